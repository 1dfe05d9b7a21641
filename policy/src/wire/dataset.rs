//! What is a dataset defined to be, and how is its question answered?

use super::Moment;
use super::node::Node;
use super::problem::{Area, Invalid, Problem};
use super::query::query;
use super::saved_query::without_nulls;
use super::timeframe::timezone;
use crate::dataset::Dataset;
use crate::filter::{Property, Spelling};
use crate::limits;
use crate::name::Label;
use crate::query::{AnalysisType, Query};
use crate::time::{Buckets, Instant, Interval, Position, Relative};
use crate::value::Value;

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

    /// As it is kept; [`kept_dataset`] reads it back.
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
    let (actual, limit) = (body.to_string().len(), limits::DATASET_BYTES_MAX);
    if actual > limit {
        let what = "bytes in the definition";
        return Err(node.invalid(Problem::TooMany {
            what,
            actual,
            limit,
        }));
    }
    let new = kept_dataset(body, moment)?;
    let query = node.require("query")?;
    must_be_few(&new.dataset, &query)?;
    let question = Query::Aggregate(new.dataset.question.clone());
    if question
        .spelling_beside(limits::DATASET_INSTRUCTIONS)
        .is_none()
    {
        return Err(query.invalid(Problem::TooMany {
            what: "instructions that D1 needs for this question",
            actual: question.weight(Spelling::Listed) + limits::DATASET_INSTRUCTIONS,
            limit: limits::STATEMENT_INSTRUCTIONS_MAX,
        }));
    }
    Ok(new)
}

/// Reads a definition that is kept. How large it may be was decided when it was made: as it is kept it is a little longer
/// than as it was sent, and the same timeframe has an hour more when the clock was put back in it.
pub fn kept_dataset(body: &Value, moment: &Moment) -> Result<NewDataset, Invalid> {
    let node = Node::root(Area::Dataset, body);
    node.properties("a dataset: an object")?;
    let display_name = node
        .get("display_name")
        .map(|node| node.name(Label::parse))
        .transpose()?;
    let index = node.require("index_by")?;
    let index_by = index_by(&index)?;
    let query = node.require("query")?;
    let dataset = defined(&query, index_by, moment)?;
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

fn must_be_few(dataset: &Dataset, query: &Node) -> Result<(), Invalid> {
    let actual = dataset.question.buckets.as_ref().map_or(0, Buckets::len);
    let limit = limits::DATASET_SUB_TIMEFRAMES_MAX;
    if actual <= limit {
        return Ok(());
    }
    let interval = query.require("interval")?;
    Err(interval.as_area(Area::Interval).invalid(Problem::TooMany {
        what: "sub-timeframes",
        actual,
        limit,
    }))
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

fn defined(node: &Node, index_by: Vec<Property>, moment: &Moment) -> Result<Dataset, Invalid> {
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
    let read = interval.value().as_text().and_then(Interval::parse);
    Ok(Dataset {
        index_by,
        timeframe: relative,
        interval: read.ok_or_else(|| interval.out_of_range("an interval such as daily"))?,
        zone: timezone(node, moment)?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::NoZones;
    use crate::time::testing::FewZones;
    use crate::value::parse;

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
            assert_eq!(kept_dataset(&new.print(), &moment()), Ok(new));
        }
    }

    #[test]
    fn what_was_kept_is_read_back_whatever_the_season_and_as_long_as_it_may_be() {
        let at = |now: &str| Moment {
            now: Instant::parse(now).unwrap(),
            zones: &FewZones,
        };
        // In summer an hour is missing of 250 days: 2,000 times three hours, and 2,001 once one is there twice.
        let more = r#","timezone":"Europe/Warsaw""#;
        let text = defined(r#""a""#, more).replace("this_30", "this_250");
        let text = text.replace("daily", "every_3_hours");
        let sent = parse(text.as_bytes()).unwrap();
        let new = dataset(&sent, &at("2024-09-15T12:00:00Z")).unwrap();
        let later = at("2024-12-20T12:00:00Z");
        assert!(dataset(&sent, &later).is_err());
        let kept = kept_dataset(&new.print(), &later).unwrap();
        assert_eq!(kept.dataset.question.buckets.unwrap().len(), 2_001);

        let filter = |padding: usize| {
            let text = "x".repeat(padding);
            let filter = format!(
                r#","filters":[{{"property_name":"p","operator":"eq","property_value":"{text}"}}]"#
            );
            defined(r#""a""#, &filter)
        };
        let padding = limits::DATASET_BYTES_MAX - filter(0).len();
        let longest = read(&filter(padding)).unwrap();
        assert_eq!(kept_dataset(&longest.print(), &moment()), Ok(longest));
        assert!(read(&filter(padding + 1)).is_err());
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
}
