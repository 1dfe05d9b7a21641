//! Which of a dataset's rows does a request ask for?

use super::Moment;
use super::filter::scalar;
use super::node::Node;
use super::parameters::query_object;
use super::problem::{Area, Invalid, Problem};
use super::timeframe::timeframe;
use crate::dataset::Dataset;
use crate::filter::Property;
use crate::time::{Buckets, Instant, Span};
use crate::value::{Value, parse};

/// Which rows a request asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Retrieval {
    /// A value for each property of the index, in the order of the definition.
    pub index: Vec<(Property, Value)>,
    /// The sub-timeframes, whole.
    pub buckets: Buckets,
    /// What was asked, as the answer repeats it.
    pub echo: Value,
}

/// Reads the parameters of a request for results. Others, such as the `dataset_name` that Keen's own client sends, are
/// ignored.
pub fn retrieval(
    pairs: &[(String, String)],
    dataset: &Dataset,
    anchor: Instant,
    moment: &Moment,
) -> Result<Retrieval, Invalid> {
    let times = pairs
        .iter()
        .filter(|(name, _)| name.starts_with("timeframe"));
    let times = query_object(&times.cloned().collect::<Vec<_>>())?;
    let sent = sent_index(pairs)?;
    let index = index(&Node::root(Area::Request, &sent), dataset)?;
    let buckets = buckets(&Node::root(Area::Request, &times), dataset, anchor, moment)?;
    let values = index
        .iter()
        .map(|(property, value)| (property.to_string(), value.clone()));
    let echo = Value::object([
        ("index_by", Value::Object(values.collect())),
        (
            "timeframe",
            times.get("timeframe").cloned().unwrap_or(Value::Null),
        ),
    ]);
    Ok(Retrieval {
        index,
        buckets,
        echo,
    })
}

/// The parameter `index_by`, as the property of an object: JSON where it begins as a list, an object or a quoted
/// string does, else a string.
fn sent_index(pairs: &[(String, String)]) -> Result<Value, Invalid> {
    let mut found = pairs.iter().filter(|(name, _)| name == "index_by");
    let (Some((_, text)), second) = (found.next(), found.next()) else {
        return Ok(Value::Object(Vec::new()));
    };
    let invalid = |problem| Invalid {
        area: Area::Request,
        pointer: "/index_by".to_owned(),
        problem,
    };
    if second.is_some() {
        return Err(invalid(Problem::Twice("index_by".to_owned())));
    }
    let value = if text.starts_with(['[', '{', '"']) {
        parse(text.as_bytes()).map_err(|problem| invalid(Problem::Json(problem)))?
    } else {
        Value::text(text.as_str())
    };
    Ok(Value::object([("index_by", value)]))
}

fn index(node: &Node, dataset: &Dataset) -> Result<Vec<(Property, Value)>, Invalid> {
    let node = node.require("index_by")?;
    let properties = &dataset.index_by;
    let one_each =
        "A value is expected for each property that the dataset is indexed by, and for no other.";
    let values = match node.value() {
        Value::Object(_) => {
            let sent = node.properties("an object")?;
            let known = |(name, _): &(&str, Node)| {
                let mut known = properties.iter();
                known.any(|property| property.to_string() == *name)
            };
            if let Some((_, other)) = sent.iter().find(|sent| !known(sent)) {
                return Err(other.conflict(one_each));
            }
            let value = |property: &Property| {
                let value = node.get_even_null(&property.to_string());
                value.ok_or_else(|| node.conflict(one_each))
            };
            properties
                .iter()
                .map(value)
                .collect::<Result<Vec<_>, _>>()?
        }
        Value::List(_) => node.items("a list of values")?,
        _ => vec![node.clone()],
    };
    if values.len() != properties.len() {
        return Err(node.conflict(one_each));
    }
    let pair =
        |(property, value): (&Property, &Node)| Ok((property.clone(), scalar(property, value)?));
    properties.iter().zip(&values).map(pair).collect()
}

/// What lies before the dataset's first sub-timeframe is not kept, so that is refused. Of what is still to come, a
/// relative timeframe that ends with its running unit asks as well, and gets what there is.
fn buckets(
    node: &Node,
    dataset: &Dataset,
    anchor: Instant,
    moment: &Moment,
) -> Result<Buckets, Invalid> {
    let asked = timeframe(node, &dataset.zone, moment)?;
    let at = || {
        node.get("timeframe")
            .map(|node| node.as_area(Area::Timeframe))
    };
    let refused = |reason| match at() {
        Some(node) => node.conflict(reason),
        None => node.conflict(reason),
    };
    let limit = usize::MAX;
    let zones = moment.zones;
    let cut = |span: Span| {
        let buckets = dataset.sub_timeframes(anchor, span, zones, limit);
        buckets.map_err(|_| refused("The timeframe has more sub-timeframes than can be counted."))
    };
    let span = dataset.span(moment.now, zones);
    let span = span.ok_or_else(|| refused("The dataset's timeframe has left the calendar."))?;
    let kept = cut(span)?.whole();
    let outside = "The timeframe reaches outside of the dataset's own.";
    let text = at().and_then(|node| node.value().as_text().map(str::to_owned));
    let is_relative = text.is_some_and(|text| !text.starts_with('{'));
    if asked.start() < kept.start() || (asked.end() > kept.end() && !is_relative) {
        return Err(refused(outside));
    }
    cut(asked.clip_to(kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::NoZones;
    use crate::wire::dataset;

    #[test]
    fn an_index_is_a_word_an_object_or_a_list() {
        let moment = Moment {
            now: Instant::parse("2026-03-15T12:00:00Z").unwrap(),
            zones: &NoZones,
        };
        let definition = r#"{"index_by":["a","b"],"query":{"analysis_type":"count","event_collection":"c",
            "timeframe":"this_30_days","interval":"daily"}}"#;
        let new = dataset(&parse(definition.as_bytes()).unwrap(), &moment).unwrap();
        let retrieved = |index: &str| {
            let pairs = [
                ("index_by", index),
                ("timeframe", "this_3_days"),
                ("dataset_name", "x"),
            ];
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let retrieval = retrieval(&pairs, &new.dataset, new.anchor(), &moment)?;
            assert_eq!(retrieval.buckets.len(), 3);
            let values: Vec<String> = retrieval
                .index
                .iter()
                .map(|(_, value)| value.to_string())
                .collect();
            Ok::<_, Invalid>(values.join(" "))
        };
        for (index, values) in [
            (r#"{"b":1,"a":"x"}"#, r#""x" 1"#),
            (r#"["x",null]"#, r#""x" null"#),
            (r#"[true,"true"]"#, r#"true "true""#),
        ] {
            assert_eq!(retrieved(index).unwrap(), values);
        }
        for index in [
            "x",
            r#"["x"]"#,
            r#"{"a":"x"}"#,
            r#"{"a":1,"b":2,"c":3}"#,
            r#"[[1],2]"#,
            "[",
            "",
        ] {
            assert!(retrieved(index).is_err(), "{index}");
        }
    }
}
