//! What is to be computed? One analysis with its target, or several with labels.

use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use crate::filter::Property;
use crate::limits;
use crate::query::{Analysis, AnalysisType, Measures, Percent};

/// Reads the parameters of an analysis that answers one value.
pub(super) fn one_analysis(analysis: AnalysisType, node: &Node) -> Result<Analysis, Invalid> {
    let target = || {
        let target = node.require("target_property").map_err(|invalid| Invalid {
            area: Area::Analysis,
            ..invalid
        })?;
        target.as_area(Area::Property).name(Property::parse)
    };
    Ok(match analysis {
        AnalysisType::Count => Analysis::Count,
        AnalysisType::CountUnique => Analysis::CountUnique(target()?),
        AnalysisType::Minimum => Analysis::Minimum(target()?),
        AnalysisType::Maximum => Analysis::Maximum(target()?),
        AnalysisType::Sum => Analysis::Sum(target()?),
        AnalysisType::Average => Analysis::Average(target()?),
        AnalysisType::Median => Analysis::Median(target()?),
        AnalysisType::StandardDeviation => Analysis::StandardDeviation(target()?),
        AnalysisType::SelectUnique => Analysis::SelectUnique(target()?),
        AnalysisType::Percentile => {
            let percent = node.clone().as_area(Area::Analysis).require("percentile")?;
            let read = Percent::new(percent.number()?);
            let read = read.ok_or_else(|| {
                percent.out_of_range("a number above 0, at most 100, with at most two decimals")
            })?;
            Analysis::Percentile(target()?, read)
        }
        AnalysisType::MultiAnalysis | AnalysisType::Extraction | AnalysisType::Funnel => {
            let found = analysis.as_str().to_owned();
            let expected = "an analysis that answers one value";
            return Err(node.invalid(Problem::UnknownWord { found, expected }));
        }
    })
}

/// Reads the `analyses` of a multi-analysis.
pub(super) fn analyses(node: &Node) -> Result<Measures, Invalid> {
    let node = node.clone().as_area(Area::Analysis).require("analyses")?;
    let labelled = node.properties("an object of labels and analyses")?;
    let limit = limits::ANALYSES_MAX;
    if labelled.is_empty() {
        return Err(node.invalid(Problem::Conflict("At least one analysis is expected.")));
    }
    if labelled.len() > limit {
        return Err(node.invalid(Problem::TooMany {
            what: "analyses",
            actual: labelled.len(),
            limit,
        }));
    }
    let mut read = Vec::with_capacity(labelled.len());
    for (label, node) in labelled {
        let fields = node.properties("an analysis: an object")?;
        let word = node.require("analysis_type")?;
        let analysis = AnalysisType::parse(word.text()?);
        let expected = "an analysis that answers one value, such as count or sum";
        let analysis = analysis.ok_or_else(|| {
            word.invalid(Problem::UnknownWord {
                found: word.value().to_string(),
                expected,
            })
        })?;
        read.push((label.to_owned(), one_analysis(analysis, &node)?));
        // Keen takes no filters here. Ignoring them would answer another question than the one asked.
        let known = &["analysis_type", "target_property", "percentile"];
        let other = |(name, field): &(&str, Node)| !known.contains(name) && !field.is_null();
        if let Some((name, field)) = fields.into_iter().find(other) {
            let found = name.to_owned();
            return Err(field.invalid(Problem::UnknownField { found, known }));
        }
    }
    Ok(Measures::Many(read))
}
