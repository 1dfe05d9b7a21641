//! What is a dataset defined to be, and which of its rows does a request ask for?

use super::Moment;
use super::filter::scalar;
use super::node::Node;
use super::parameters::query_object;
use super::problem::{Area, Invalid, Problem};
use super::query::query;
use super::saved_query::without_nulls;
use super::timeframe::{timeframe, timezone};
use crate::dataset::Dataset;
use crate::filter::Property;
use crate::limits;
use crate::name::Label;
use crate::query::{AnalysisType, Query};
use crate::time::{Buckets, Instant, Interval, Position, Relative, Span};
use crate::value::{Value, parse};

/// A definition as sent: `display_name`, `index_by` and `query`.
///
/// Everything else is ignored: what is answered may be sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDataset {
    /// What people call it.
    pub display_name: Option<Label>,
    /// `query`, without its nulls.
    pub query: Value,
    /// What it means.
    pub dataset: Dataset,
}

impl NewDataset {
    /// Where its sub-timeframes are counted from: the beginning of the first.
    pub fn anchor(&self) -> Instant {
        let span = self.dataset.question.selection.span;
        let buckets = self.dataset.question.buckets.as_ref();
        let first = buckets.and_then(|buckets| buckets.edges().first());
        first.copied().unwrap_or(span.start())
    }

    /// As it is kept; [`dataset`] reads it back.
    pub fn print(&self) -> Value {
        let display_name = self.display_name.as_ref();
        Value::object([
            (
                "display_name",
                display_name.map_or(Value::Null, |name| Value::text(name.as_str())),
            ),
            ("index_by", self.print_index()),
            ("query", self.query.clone()),
        ])
    }

    /// `index_by` as it is answered: always a list.
    pub fn print_index(&self) -> Value {
        let names = self.dataset.index_by.iter();
        Value::List(names.map(|name| Value::Text(name.to_string())).collect())
    }
}

/// Reads a definition, and whether it can be kept.
pub fn dataset(body: &Value, moment: &Moment) -> Result<NewDataset, Invalid> {
    let node = Node::root(Area::Dataset, body);
    node.properties("a dataset: an object")?;
    let (actual, limit) = (body.to_string().len(), limits::DATASET_BYTES_MAX);
    if actual > limit {
        let what = "bytes in the definition";
        return Err(node.invalid(Problem::TooMany {
            what,
            actual,
            limit,
        }));
    }
    let display_name = node
        .get("display_name")
        .map(|node| node.name(Label::parse))
        .transpose()?;
    let index = node.require("index_by")?;
    let index_by = index_by(&index)?;
    let query = node.require("query")?;
    let dataset = kept(&query, index_by, moment)?;
    for (at, property) in dataset.index_by.iter().enumerate() {
        let mut groups = dataset.question.group_by.iter();
        if groups.any(|group| group.property() == property) {
            let reason = "A property that is indexed by is not grouped by as well: every row has one value of it.";
            let pointer = match index.value() {
                Value::List(_) => format!("{}/{at}", index.pointer()),
                _ => index.pointer().to_owned(),
            };
            return Err(Invalid {
                pointer,
                ..index.conflict(reason)
            });
        }
    }
    Ok(NewDataset {
        display_name,
        query: without_nulls(query.value()),
        dataset,
    })
}

/// One property, or a list of them.
fn index_by(node: &Node) -> Result<Vec<Property>, Invalid> {
    let limit = limits::DATASET_INDEX_PROPERTIES_MAX;
    let nodes = match node.value() {
        Value::List(_) => node.items_at_most("a list", "properties to index by", limit)?,
        Value::Text(_) => vec![node.clone()],
        _ => return Err(node.wrong_type("a property's name, or a list of one to three of them")),
    };
    if nodes.is_empty() {
        return Err(node.conflict("A dataset is indexed by one to three properties."));
    }
    let mut properties = Vec::new();
    for item in nodes {
        let property = item.name(Property::parse)?;
        if properties.contains(&property) {
            return Err(item.invalid(Problem::Twice(property.to_string())));
        }
        properties.push(property);
    }
    Ok(properties)
}

fn kept(node: &Node, index_by: Vec<Property>, moment: &Moment) -> Result<Dataset, Invalid> {
    let within = |invalid: Invalid| Invalid {
        pointer: format!("{}{}", node.pointer(), invalid.pointer),
        ..invalid
    };
    node.properties("a query: an object with `analysis_type`")?;
    let analysis = node.require("analysis_type")?;
    let analysis_type = match AnalysisType::parse(analysis.text()?) {
        None | Some(AnalysisType::Extraction | AnalysisType::Funnel) => {
            let expected = "an analysis that answers one value, or multi_analysis";
            return Err(analysis.out_of_range(expected));
        }
        Some(analysis_type) => analysis_type,
    };
    let word = node.require("timeframe")?;
    let expected = "a timeframe that moves with the clock, such as \"this_90_days\"";
    let relative = word.value().as_text().and_then(Relative::parse);
    let relative = relative
        .filter(|relative| relative.position == Position::This)
        .ok_or_else(|| word.clone().as_area(Area::Timeframe).out_of_range(expected))?;
    let interval = node.require("interval")?;
    let asked = query(analysis_type, node.value(), moment).map_err(within)?;
    let Query::Aggregate(question) = asked.query else {
        return Err(analysis.out_of_range("an analysis that answers one value, or multi_analysis"));
    };
    let sub_timeframes = question.buckets.as_ref().map_or(0, Buckets::len);
    if sub_timeframes > limits::DATASET_SUB_TIMEFRAMES_MAX {
        return Err(interval.as_area(Area::Interval).invalid(Problem::TooMany {
            what: "sub-timeframes",
            actual: sub_timeframes,
            limit: limits::DATASET_SUB_TIMEFRAMES_MAX,
        }));
    }
    let read = interval.value().as_text().and_then(Interval::parse);
    Ok(Dataset {
        index_by,
        timeframe: relative,
        interval: read.ok_or_else(|| interval.out_of_range("an interval such as daily"))?,
        zone: timezone(node, moment).map_err(|invalid| invalid)?,
        question,
    })
}

/// `query` as it is answered: what is not set stands there as null, as Keen's clients expect.
pub fn print_dataset_question(query: &Value, project: &str) -> Value {
    let unset = [
        ("project_id", Value::text(project)),
        ("timezone", Value::Null),
        ("filters", Value::List(Vec::new())),
        ("group_by", Value::Null),
        ("target_property", Value::Null),
        ("order_by", Value::Null),
        ("limit", Value::Null),
    ];
    let Value::Object(mut properties) = query.clone() else {
        return query.clone();
    };
    for (name, value) in unset {
        if query.get(name).is_none() {
            properties.push((name.to_owned(), value));
        }
    }
    Value::Object(properties)
}

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

    fn moment() -> Moment<'static> {
        Moment {
            now: Instant::parse("2026-03-15T12:00:00Z").unwrap(),
            zones: &NoZones,
        }
    }

    fn read(text: &str) -> Result<NewDataset, Invalid> {
        dataset(&parse(text.as_bytes()).unwrap(), &moment())
    }

    fn defined(index_by: &str, more: &str) -> String {
        format!(
            r#"{{"index_by":{index_by},"query":{{"analysis_type":"count","event_collection":"c","timeframe":"this_30_days","interval":"daily"{more}}}}}"#
        )
    }

    #[test]
    fn what_is_kept_is_read_back_as_it_was_meant() {
        for text in [
            defined(r#""a""#, ""),
            defined(r#"["a","keen.id"]"#, r#","group_by":"s","filters":[]"#),
            defined(r#"["a"]"#, r#","timezone":3600,"group_by":null"#),
        ] {
            let new = read(&text).unwrap();
            assert_eq!(dataset(&new.print(), &moment()), Ok(new));
        }
    }

    #[test]
    fn a_dataset_moves_with_the_clock_and_its_sub_timeframes_do_not() {
        let new = read(&defined(r#""a""#, "").replace("daily", "every_7_days")).unwrap();
        let starts = |now: &str| {
            let now = Instant::parse(now).unwrap();
            let span = new.dataset.span(now, &NoZones).unwrap();
            let buckets = new
                .dataset
                .sub_timeframes(new.anchor(), span, &NoZones, 100);
            let starts = buckets.unwrap();
            let starts = starts.iter().map(|span| span.start().to_string());
            starts
                .map(|start| start.split('T').next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let first = [
            "2026-02-14",
            "2026-02-21",
            "2026-02-28",
            "2026-03-07",
            "2026-03-14",
        ];
        assert_eq!(starts("2026-03-15T12:00:00Z"), first);
        assert_eq!(starts("2026-03-20T23:59:59Z"), first);
        assert_eq!(
            starts("2026-03-21T00:00:00Z"),
            [&first[..], &["2026-03-21"]].concat()
        );
        assert_eq!(
            starts("2026-03-22T00:00:00Z"),
            [&first[1..], &["2026-03-21"]].concat()
        );
    }

    #[test]
    fn what_cannot_be_kept_is_refused_at_its_place() {
        for (text, pointer) in [
            (defined("[]", ""), "/index_by"),
            (defined(r#"["a","b","c","d"]"#, ""), "/index_by"),
            (defined(r#"["a","b","a"]"#, ""), "/index_by/2"),
            (
                defined(r#"["a","s"]"#, r#","group_by":["s"]"#),
                "/index_by/1",
            ),
            (defined(r#""s""#, r#","group_by":["s"]"#), "/index_by"),
            (
                defined(r#""a""#, "").replace("count", "funnel"),
                "/query/analysis_type",
            ),
            (
                defined(r#""a""#, "").replace("this_30", "previous_30"),
                "/query/timeframe",
            ),
            (
                defined(r#""a""#, "").replace("daily", "minutely"),
                "/query/interval",
            ),
            (
                defined(r#""a""#, "").replace(r#","interval":"daily""#, ""),
                "/query",
            ),
        ] {
            let refused = read(&text).map_err(|invalid| invalid.pointer);
            assert_eq!(refused, Err(pointer.to_owned()), "{text}");
        }
        let at_the_limit = defined(r#""a""#, "").replace("this_30", "this_2000");
        assert!(read(&at_the_limit).is_ok());
        assert!(read(&at_the_limit.replace("2000", "2001")).is_err());
    }

    #[test]
    fn an_index_is_a_word_an_object_or_a_list() {
        let new = read(&defined(r#"["a","b"]"#, "")).unwrap();
        let retrieved = |index: &str| {
            let pairs = [
                ("index_by", index),
                ("timeframe", "this_3_days"),
                ("dataset_name", "x"),
            ];
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let retrieval = retrieval(&pairs, &new.dataset, new.anchor(), &moment())?;
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
