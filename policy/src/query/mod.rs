//! What can be asked? Analyses, groups, buckets, extractions and funnels, with every time resolved.

mod analysis;
mod classes;
mod extraction;
mod funnel;
mod weight;

pub use analysis::{Analysis, AnalysisType, Percent};
pub use classes::{Classes, ClassesProblem, power_of_ten};
pub use extraction::{Extraction, Page, Portion};
pub use funnel::{Funnel, InOrder, Step};
pub use weight::RANGES_SPELLED_MAX;

use crate::filter::{Filter, Property};
use crate::name::CollectionName;
use crate::time::{Buckets, Span};
use crate::value::Number;
use std::fmt;

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Numbers or distinct values, maybe by group and by bucket.
    Aggregate(Aggregate),
    /// The events themselves.
    Extraction(Extraction),
    /// How many actors went how far.
    Funnel(Funnel),
}

/// The events a question is about. Every read of events goes through one of these.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Their collection.
    pub collection: CollectionName,
    /// When they happened.
    pub span: Span,
    /// What else must hold.
    pub filter: Filter,
}

/// Analyses of one selection.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The events.
    pub selection: Selection,
    /// What is computed of them.
    pub measures: Measures,
    /// One answer for each bucket, instead of one.
    pub buckets: Option<Buckets>,
    /// One answer for each combination of these, instead of one.
    pub group_by: Vec<Grouping>,
    /// The order of groups; ascending by group where empty.
    pub order_by: Vec<Ordering>,
    /// Groups to answer at most, in each bucket.
    pub limit: Option<usize>,
    /// Does a group of one bucket appear in all of them?
    pub zero_fill: bool,
}

/// One analysis, or several with labels (a multi-analysis).
#[derive(Clone, Debug, PartialEq)]
pub enum Measures {
    /// A single analysis.
    One(Analysis),
    /// Labels and their analyses, in the order sent.
    Many(Vec<(String, Analysis)>),
}

/// How events are put into groups.
#[derive(Clone, Debug, PartialEq)]
pub enum Grouping {
    /// By a property's value; missing and null are one group.
    Property(Property),
    /// By classes of equal width of a numeric property; what is no number is in the null group.
    Classes {
        /// The numeric property.
        property: Property,
        /// The classes.
        classes: Classes,
    },
    /// By the first range that holds the number; what none holds is in the null group.
    Ranges {
        /// The numeric property.
        property: Property,
        /// In the order sent.
        ranges: Vec<Range>,
    },
}

/// From ≤ number < to; an end may be open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The first number inside, if there is one.
    pub from: Option<Number>,
    /// The first number past it, if there is one.
    pub to: Option<Number>,
}

impl fmt::Display for Range {
    /// As answers name it: `10 - 20`, `< 10`, `>= 20`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(formatter, "{from} - {to}"),
            (Some(from), None) => write!(formatter, ">= {from}"),
            (None, Some(to)) => write!(formatter, "< {to}"),
            (None, None) => formatter.write_str("any"),
        }
    }
}

/// One key of the order of groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordering {
    /// What is compared.
    pub by: OrderKey,
    /// Descending instead of ascending.
    pub descending: bool,
}

/// What groups are ordered by: a column of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKey {
    /// The grouping at this place.
    Group(usize),
    /// The measure at this place.
    Measure(usize),
}

impl Measures {
    /// The analyses, in order.
    pub fn analyses(&self) -> Vec<&Analysis> {
        match self {
            Measures::One(analysis) => vec![analysis],
            Measures::Many(labelled) => labelled.iter().map(|(_, analysis)| analysis).collect(),
        }
    }
}

impl Grouping {
    /// The property whose values make the groups.
    pub fn property(&self) -> &Property {
        match self {
            Grouping::Property(property)
            | Grouping::Classes { property, .. }
            | Grouping::Ranges { property, .. } => property,
        }
    }
}

impl Query {
    /// Its kinds: one, but for a multi-analysis, which is also each kind inside.
    pub fn analysis_types(&self) -> Vec<AnalysisType> {
        match self {
            Query::Extraction(_) => vec![AnalysisType::Extraction],
            Query::Funnel(_) => vec![AnalysisType::Funnel],
            Query::Aggregate(aggregate) => {
                let inside = aggregate
                    .measures
                    .analyses()
                    .into_iter()
                    .map(Analysis::analysis_type);
                match aggregate.measures {
                    Measures::One(_) => inside.collect(),
                    Measures::Many(_) => std::iter::once(AnalysisType::MultiAnalysis)
                        .chain(inside)
                        .collect(),
                }
            }
        }
    }

    /// Every selection that answering reads: what a key's filter must reach.
    pub fn selections_mut(&mut self) -> Vec<&mut Selection> {
        match self {
            Query::Aggregate(aggregate) => vec![&mut aggregate.selection],
            Query::Extraction(extraction) => vec![&mut extraction.selection],
            Query::Funnel(funnel) => funnel
                .steps
                .iter_mut()
                .map(|step| &mut step.selection)
                .collect(),
        }
    }

    /// Every selection that answering reads.
    pub fn selections(&self) -> Vec<&Selection> {
        match self {
            Query::Aggregate(aggregate) => vec![&aggregate.selection],
            Query::Extraction(extraction) => vec![&extraction.selection],
            Query::Funnel(funnel) => funnel.steps.iter().map(|step| &step.selection).collect(),
        }
    }

    /// Every property the question names, wherever it names it. Repeats are kept.
    pub fn named_properties(&self) -> Vec<&Property> {
        let mut named: Vec<&Property> = Vec::new();
        for selection in self.selections() {
            named.extend(
                selection
                    .filter
                    .tests()
                    .into_iter()
                    .map(|(property, _)| property),
            );
        }
        match self {
            Query::Aggregate(aggregate) => {
                let analyses = aggregate.measures.analyses().into_iter();
                named.extend(analyses.filter_map(Analysis::target));
                named.extend(aggregate.group_by.iter().map(Grouping::property));
            }
            Query::Extraction(extraction) => named.extend(extraction.properties.iter().flatten()),
            Query::Funnel(funnel) => named.extend(funnel.steps.iter().map(|step| &step.actor)),
        }
        named
    }
}
