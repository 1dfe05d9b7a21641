//! What is computed of a set of events?

use crate::filter::Property;
use crate::value::Number;

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
