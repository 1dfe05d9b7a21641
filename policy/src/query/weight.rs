//! Does a question fit into D1's statements? Its weight: instructions of SQLite's virtual machine, rounded up.
//!
//! What each part takes was counted by `EXPLAIN`; a test of the Worker's counts again, over the widest questions.

use super::{Aggregate, Analysis, Funnel, Grouping, Measures, Query, Step};
use crate::filter::Spelling;
use crate::limits::{STATEMENT_INSTRUCTIONS_MAX, STATEMENT_OPERAND_BYTES_MAX};

/// From so many on, ranges are looked up in a list instead of being spelled out.
pub const RANGES_SPELLED_MAX: usize = 10;

impl Query {
    /// How its filters are spelled so that every statement of it fits; `None` where none does.
    pub fn spelling(&self) -> Option<Spelling> {
        let operand_bytes: usize = self
            .selections()
            .iter()
            .map(|selection| selection.filter.operand_bytes())
            .sum();
        if operand_bytes > STATEMENT_OPERAND_BYTES_MAX {
            return None;
        }
        [Spelling::Each, Spelling::Listed]
            .into_iter()
            .find(|spelling| self.weight(*spelling) <= STATEMENT_INSTRUCTIONS_MAX)
    }

    /// The instructions that its heaviest statement takes, at most.
    pub fn weight(&self, spelling: Spelling) -> usize {
        let filters: usize = self
            .selections()
            .iter()
            .map(|selection| selection.filter.weight(spelling))
            .sum();
        filters
            + match self {
                Query::Aggregate(aggregate) => weight_of_aggregate(aggregate),
                Query::Extraction(_) => 400,
                Query::Funnel(funnel) => weight_of_funnel(funnel),
            }
    }
}

fn weight_of_aggregate(aggregate: &Aggregate) -> usize {
    let groups = aggregate.group_by.iter().map(weight_of_grouping);
    let measures = aggregate.measures.analyses().into_iter();
    let measures = measures.map(|analysis| match analysis {
        Analysis::Count => 10,
        _ => 50,
    });
    let base = match &aggregate.measures {
        Measures::One(Analysis::Count) => 250,
        _ => 700,
    };
    base + groups.sum::<usize>() + measures.sum::<usize>()
}

fn weight_of_grouping(grouping: &Grouping) -> usize {
    match grouping {
        Grouping::Property(_) => 60,
        Grouping::Classes { .. } => 400,
        Grouping::Ranges { ranges, .. } if ranges.len() <= RANGES_SPELLED_MAX => {
            100 + 70 * ranges.len()
        }
        Grouping::Ranges { .. } => 300,
    }
}

fn weight_of_funnel(funnel: &Funnel) -> usize {
    let step = |_: &Step| match (funnel.in_order, &funnel.buckets) {
        (None, None) => 150,
        (None, Some(_)) => 300,
        (Some(_), None) => 350,
        (Some(_), Some(_)) => 500,
    };
    200 + funnel.steps.iter().map(step).sum::<usize>()
}
