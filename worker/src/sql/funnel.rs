//! Which statements walk a funnel? One for the counts, one more for each step whose actors are wanted.

use super::bucket::{BucketSql, bucket};
use super::property::property;
use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::limits::UNIQUE_VALUES_MAX;
use keyhole_policy::query::{Funnel, InOrder, Step};

/// One row: the list of the steps' counts; over buckets, of each step's `[bucket, count]`.
pub fn counts(source: &Source, funnel: &Funnel) -> Sql {
    let mut constants = Constants::default();
    let with = steps(source, funnel, &mut constants);
    let count = match funnel.in_order {
        None => "count(*)",
        Some(_) => "count(DISTINCT a)",
    };
    let counts: Vec<String> = (0..funnel.steps.len())
        .map(|at| match funnel.buckets {
            None => format!("(SELECT {count} FROM r{at})"),
            Some(_) => format!(
                "json((SELECT json_group_array(json_array(b, n)) \
                 FROM (SELECT b, {count} AS n FROM r{at} GROUP BY b)))"
            ),
        })
        .collect();
    constants.into_sql(format!(
        "{with} SELECT json_array({}) AS row",
        counts.join(", ")
    ))
}

/// Rows `[actor as JSON text]` of one step; at most one more than may be answered.
pub fn actors(source: &Source, funnel: &Funnel, step: usize) -> Sql {
    let mut constants = Constants::default();
    let with = steps(source, funnel, &mut constants);
    let limit = UNIQUE_VALUES_MAX + 1;
    let distinct = match funnel.in_order {
        None => "",
        Some(_) => "DISTINCT ",
    };
    constants.into_sql(format!(
        "{with} SELECT {distinct}json_array(a) AS row FROM r{step} LIMIT {limit}"
    ))
}

/// `r0`, `r1`, …: who came as far as each step. An actor is a JSON text in the column `a`, over buckets once for
/// each bucket `b`; in order, once for each time `start` of a first step, and the step is taken at `at`.
fn steps(source: &Source, funnel: &Funnel, constants: &mut Constants) -> String {
    let bucket = bucket(funnel.buckets.as_ref(), constants);
    let mut walk = Walk {
        source,
        funnel,
        who: if funnel.buckets.is_some() {
            "b, a"
        } else {
            "a"
        },
        bucket,
        constants,
    };
    let mut tables = Vec::new();
    let mut narrowing = None;
    for (at, step) in funnel.steps.iter().enumerate() {
        let who = walk.who;
        let table = match (funnel.in_order, narrowing) {
            (None, None) => format!("r{at}({who}) AS MATERIALIZED ({})", walk.did(step)),
            (None, Some(before)) => {
                let word = if step.inverted { "NOT IN" } else { "IN" };
                let did = walk.did(step);
                format!(
                    "r{at}({who}) AS MATERIALIZED (SELECT {who} FROM r{before} WHERE ({who}) {word} ({did}))"
                )
            }
            (Some(in_order), before) => {
                let ways = walk.ways(step, in_order, before);
                format!("r{at}({who}, start, at) AS MATERIALIZED ({ways})")
            }
        };
        tables.push(table);
        if !step.optional {
            narrowing = Some(at);
        }
    }
    let before = match walk.bucket.with.as_str() {
        "" => String::new(),
        with => format!("{with}, "),
    };
    format!("WITH {before}{}", tables.join(", "))
}

/// What every step of one statement is written with.
struct Walk<'a> {
    source: &'a Source<'a>,
    funnel: &'a Funnel,
    /// The columns that tell one walk from another.
    who: &'static str,
    bucket: BucketSql,
    constants: &'a mut Constants,
}

impl Walk<'_> {
    /// Who did it, once each.
    fn did(&mut self, step: &Step) -> String {
        self.events("SELECT DISTINCT", step, "")
    }

    /// The columns `who`, and more, of the events of a step.
    fn events(&mut self, select: &str, step: &Step, more: &str) -> String {
        let actor = property(&step.actor, self.constants);
        let mut selection = step.selection.clone();
        let mut number = String::new();
        if let Some(buckets) = &self.funnel.buckets {
            selection.span = selection.span.clip_to(buckets.whole());
            number = format!("{} AS b, ", self.bucket.number);
        }
        let rows = self.source.rows(&selection, self.constants).replacen(
            "event_with_body e",
            &format!("event_with_body e {}", self.bucket.join),
            1,
        );
        format!(
            "{select} {number}({0} || '') AS a{more} {rows} AND coalesce({0}, 'null') <> 'null'",
            actor.json
        )
    }

    /// How each walk that came as far as the step before goes on: at the first time that it can.
    fn ways(&mut self, step: &Step, in_order: InOrder, before: Option<usize>) -> String {
        let who = self.who;
        let Some(before) = before else {
            let begun = self.events("SELECT DISTINCT", step, ", e.ts AS start, e.ts AS at");
            return match in_order.within_milliseconds {
                Some(_) => begun,
                // Without a bound whoever starts first comes farthest.
                None => {
                    format!("SELECT {who}, min(start), min(start) FROM ({begun}) GROUP BY {who}")
                }
            };
        };
        let events = self.events("SELECT", step, ", NULL AS start, e.ts AS at");
        let in_time = in_order
            .within_milliseconds
            .map_or(String::new(), |within| {
                format!(" AND next <= start + {within}")
            });
        // One pass over both, the latest first, costs the same however many events one actor has; joining
        // each start with each event would not. Of walks that stand at one time the latest start goes farthest.
        format!(
            "SELECT {who}, max(start), next FROM (SELECT {who}, start, \
             min(CASE WHEN start IS NULL THEN at END) OVER (PARTITION BY {who} ORDER BY at DESC \
             RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS next \
             FROM (SELECT {who}, start, at FROM r{before} UNION ALL {events})) \
             WHERE start IS NOT NULL AND next IS NOT NULL{in_time} GROUP BY {who}, next"
        )
    }
}
