//! What can be asked? Analyses, groups, buckets, extractions and funnels, with every time resolved.

use crate::filter::{Filter, Property};
use crate::name::CollectionName;
use crate::time::{Buckets, Span};
use crate::value::Number;

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

/// What is computed of a set of events.
#[derive(Clone, Debug, PartialEq)]
pub enum Analysis {
    /// How many.
    Count,
    /// How many distinct values; a missing property is none, a stored null is one.
    CountUnique(Property),
    /// The smallest number.
    Minimum(Property),
    /// The largest number.
    Maximum(Property),
    /// The numbers added up.
    Sum(Property),
    /// Their arithmetic mean.
    Average(Property),
    /// The 50th percentile by nearest rank.
    Median(Property),
    /// A percentile by nearest rank.
    Percentile(Property, Percent),
    /// Of the population.
    StandardDeviation(Property),
    /// The distinct values, ascending.
    SelectUnique(Property),
}

/// A percentage above 0, at most 100, in steps of 0.01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent {
    hundredths: u64,
}

impl Percent {
    /// Reads a percentage.
    pub fn new(number: Number) -> Option<Percent> {
        let hundredths = number.double() * 100.0;
        let rounded = hundredths.round();
        let in_steps = (hundredths - rounded).abs() < 1e-6;
        let in_range = (1.0..=10_000.0).contains(&rounded);
        (in_steps && in_range).then_some(Percent {
            hundredths: rounded as u64,
        })
    }

    /// The median's.
    pub const HALF: Percent = Percent { hundredths: 5_000 };

    /// In steps of 0.01 %: 1 to 10,000.
    pub fn hundredths(self) -> u64 {
        self.hundredths
    }

    /// The rank, from 1, of this percentile among so many values: ⌈p·n⌉.
    pub fn nearest_rank(self, values: u64) -> u64 {
        (self.hundredths * values).div_ceil(10_000).max(1)
    }
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
        /// The width of a class, above 0.
        size: Number,
        /// Where a class begins.
        offset: Number,
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

/// A question for events themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Extraction {
    /// The events.
    pub selection: Selection,
    /// Only so many, the newest first; otherwise all, the oldest first.
    pub latest: Option<usize>,
    /// Only these properties; otherwise whole events.
    pub properties: Option<Vec<Property>>,
}

/// A question for actors who took one step after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// At least one.
    pub steps: Vec<Step>,
}

/// One step of a funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The events that make it.
    pub selection: Selection,
    /// Whose value tells actors apart.
    pub actor: Property,
    /// Answer the actors too.
    pub with_actors: bool,
    /// Count those who did not do it.
    pub inverted: bool,
    /// Does not narrow what follows.
    pub optional: bool,
}

/// The kind of a question, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnalysisType {
    /// `count`
    Count,
    /// `count_unique`
    CountUnique,
    /// `minimum`
    Minimum,
    /// `maximum`
    Maximum,
    /// `sum`
    Sum,
    /// `average`
    Average,
    /// `median`
    Median,
    /// `percentile`
    Percentile,
    /// `standard_deviation`
    StandardDeviation,
    /// `select_unique`
    SelectUnique,
    /// `multi_analysis`
    MultiAnalysis,
    /// `extraction`
    Extraction,
    /// `funnel`
    Funnel,
}

impl AnalysisType {
    /// All of them, in the order of the documentation.
    pub const ALL: [AnalysisType; 13] = [
        AnalysisType::Count,
        AnalysisType::CountUnique,
        AnalysisType::Minimum,
        AnalysisType::Maximum,
        AnalysisType::Sum,
        AnalysisType::Average,
        AnalysisType::Median,
        AnalysisType::Percentile,
        AnalysisType::StandardDeviation,
        AnalysisType::SelectUnique,
        AnalysisType::MultiAnalysis,
        AnalysisType::Extraction,
        AnalysisType::Funnel,
    ];

    /// The name in paths and bodies.
    pub fn as_str(self) -> &'static str {
        match self {
            AnalysisType::Count => "count",
            AnalysisType::CountUnique => "count_unique",
            AnalysisType::Minimum => "minimum",
            AnalysisType::Maximum => "maximum",
            AnalysisType::Sum => "sum",
            AnalysisType::Average => "average",
            AnalysisType::Median => "median",
            AnalysisType::Percentile => "percentile",
            AnalysisType::StandardDeviation => "standard_deviation",
            AnalysisType::SelectUnique => "select_unique",
            AnalysisType::MultiAnalysis => "multi_analysis",
            AnalysisType::Extraction => "extraction",
            AnalysisType::Funnel => "funnel",
        }
    }

    /// The type of that name.
    pub fn parse(name: &str) -> Option<AnalysisType> {
        AnalysisType::ALL
            .into_iter()
            .find(|analysis| analysis.as_str() == name)
    }
}

impl Analysis {
    /// Its kind.
    pub fn analysis_type(&self) -> AnalysisType {
        match self {
            Analysis::Count => AnalysisType::Count,
            Analysis::CountUnique(_) => AnalysisType::CountUnique,
            Analysis::Minimum(_) => AnalysisType::Minimum,
            Analysis::Maximum(_) => AnalysisType::Maximum,
            Analysis::Sum(_) => AnalysisType::Sum,
            Analysis::Average(_) => AnalysisType::Average,
            Analysis::Median(_) => AnalysisType::Median,
            Analysis::Percentile(..) => AnalysisType::Percentile,
            Analysis::StandardDeviation(_) => AnalysisType::StandardDeviation,
            Analysis::SelectUnique(_) => AnalysisType::SelectUnique,
        }
    }

    /// The property it computes from; `count` has none.
    pub fn target(&self) -> Option<&Property> {
        match self {
            Analysis::Count => None,
            Analysis::CountUnique(property)
            | Analysis::Minimum(property)
            | Analysis::Maximum(property)
            | Analysis::Sum(property)
            | Analysis::Average(property)
            | Analysis::Median(property)
            | Analysis::Percentile(property, _)
            | Analysis::StandardDeviation(property)
            | Analysis::SelectUnique(property) => Some(property),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_nearest_and_never_interpolated() {
        let percent = |double| Percent::new(Number::new(double).unwrap());
        for (double, values, rank) in [
            (50.0, 2, 1),
            (100.0, 2, 2),
            (0.01, 2, 1),
            (99.9, 1000, 999),
            (90.0, 10, 9),
            (95.0, 1, 1),
        ] {
            assert_eq!(percent(double).unwrap().nearest_rank(values), rank);
        }
        for bad in [0.0, -1.0, 100.01, 0.001, 101.0, 33.333] {
            assert!(percent(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn every_analysis_type_is_read_back_from_its_name() {
        for analysis in AnalysisType::ALL {
            assert_eq!(AnalysisType::parse(analysis.as_str()), Some(analysis));
        }
    }
}
