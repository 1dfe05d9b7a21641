//! Which statements walk a funnel? One for the counts, one more for each step whose actors are wanted.
//!
//! No table is named twice: SQLite writes a common table out wherever it is named, so that a chain of steps of which
//! each is counted by itself would grow with their square, and past what SQLite takes from 3.54 on.

use super::bucket::{BucketSql, bucket};
use super::property::property;
use super::selection::Source;
use super::{Constants, Sql};
use keyhole_policy::limits::UNIQUE_VALUES_MAX;
use keyhole_policy::query::{Funnel, InOrder, Step};

/// Past every time there is, in milliseconds.
const NEVER: i64 = 9_007_199_254_740_991;
/// D1 takes five terms in a compound SELECT.
const UNION_TERMS_MAX: usize = 5;

/// One row: the list of the steps' counts; over buckets, rows of `[bucket, [count, …]]`.
pub fn counts(source: &Source, funnel: &Funnel) -> Sql {
    let mut constants = Constants::default();
    let walked = walked(source, funnel, &mut constants);
    let counts: Vec<String> = walked
        .came_to
        .iter()
        .map(|came| format!("count(*) FILTER (WHERE {came})"))
        .collect();
    let (actors, counts) = (walked.actors, counts.join(", "));
    constants.into_sql(match funnel.buckets {
        None => format!("SELECT json_array({counts}) AS row FROM ({actors})"),
        Some(_) => {
            format!("SELECT json_array(b, json_array({counts})) AS row FROM ({actors}) GROUP BY b")
        }
    })
}

/// Rows `[actor as JSON text]` of one step; at most one more than may be answered.
pub fn actors(source: &Source, funnel: &Funnel, step: usize) -> Sql {
    let mut constants = Constants::default();
    let walked = walked(source, funnel, &mut constants);
    let came = walked.came_to.get(step).map_or("0", String::as_str);
    let (actors, limit) = (walked.actors, UNIQUE_VALUES_MAX + 1);
    constants.into_sql(format!(
        "SELECT json_array(a) AS row FROM ({actors}) WHERE {came} LIMIT {limit}"
    ))
}

/// Who walked, and how far.
struct Walked {
    /// A statement of one row for each actor, a JSON text in the column `a`; over buckets for each in each bucket `b`.
    actors: String,
    /// For each step the condition that such a row's actor came to it.
    came_to: Vec<String>,
}

fn walked(source: &Source, funnel: &Funnel, constants: &mut Constants) -> Walked {
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
    match funnel.in_order {
        None => walk.in_any_order(),
        Some(in_order) => walk.in_order(in_order),
    }
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
    /// Each actor once, with a bit in `did` for each step that it did.
    fn in_any_order(&mut self) -> Walked {
        let who = self.who;
        let steps = self.funnel.steps.iter().enumerate();
        let events = steps.map(|(at, step)| self.events("SELECT", step, &format!(", {at} AS s")));
        let events = union_all(events.collect());
        let bit = |at: usize| format!("(max(s = {at}) << {at})");
        let bits: Vec<String> = (0..self.funnel.steps.len()).map(bit).collect();
        let did = bits.join(" | ");
        Walked {
            actors: format!("SELECT {who}, {did} AS did FROM ({events}) GROUP BY {who}"),
            came_to: self.came_in_any_order(),
        }
    }

    /// Whoever came to the step before that narrows, and did this one, or did not where it is inverted.
    fn came_in_any_order(&self) -> Vec<String> {
        let (mut looked_at, mut done) = (0_u32, 0_u32);
        let mut came_to = Vec::new();
        for (at, step) in self.funnel.steps.iter().enumerate() {
            let bit = 1_u32 << at;
            let this = if step.inverted { 0 } else { bit };
            came_to.push(format!("did & {} = {}", looked_at | bit, done | this));
            if !step.optional {
                (looked_at, done) = (looked_at | bit, done | this);
            }
        }
        came_to
    }

    /// Each actor once, with the farthest step that narrows in `depth`, and in `o…` whether it took each that does not.
    fn in_order(&mut self, in_order: InOrder) -> Walked {
        let who = self.who;
        let mut ways = String::new();
        let mut came_to = Vec::new();
        let mut optional = Vec::new();
        for (at, step) in self.funnel.steps.iter().enumerate() {
            ways = if at == 0 {
                self.begun(step, in_order)
            } else {
                self.gone_on(at, step, &ways, &optional)
            };
            if step.optional {
                optional.push(at);
                came_to.push(format!("o{at}"));
            } else {
                came_to.push(format!("depth >= {at}"));
            }
        }
        let optional: String = optional
            .iter()
            .map(|at| format!(", max(o{at}) AS o{at}"))
            .collect();
        Walked {
            actors: format!(
                "SELECT {who}, max(depth) AS depth{optional} FROM ({ways}) GROUP BY {who}"
            ),
            came_to,
        }
    }

    /// Every event of the first step begins a way: it starts then, stands there, and must end `until` then.
    fn begun(&mut self, step: &Step, in_order: InOrder) -> String {
        let who = self.who;
        match in_order.within_milliseconds {
            Some(within) => {
                let until = format!(", e.ts AS at, e.ts + {within} AS until, 0 AS depth");
                self.events("SELECT DISTINCT", step, &until)
            }
            // Without a bound whoever starts first comes farthest.
            None => {
                let begun = self.events("SELECT", step, ", e.ts AS at");
                format!(
                    "SELECT {who}, min(at) AS at, {NEVER} AS until, 0 AS depth FROM ({begun}) GROUP BY {who}"
                )
            }
        }
    }

    /// How each way goes on: to the first time that it can. One that cannot stands at NEVER and goes no farther.
    fn gone_on(&mut self, at: usize, step: &Step, ways: &str, optional: &[usize]) -> String {
        let who = self.who;
        let each = |with: &dyn Fn(usize) -> String| -> String {
            optional.iter().map(|at| with(*at)).collect()
        };
        let none = each(&|at| format!(", NULL AS o{at}"));
        let more = format!(", e.ts AS at, NULL AS until, NULL AS depth, e.ts AS event{none}");
        let events = self.events("SELECT", step, &more);
        let names = each(&|at| format!(", o{at}"));
        let farthest = each(&|at| format!(", max(o{at}) AS o{at}"));
        // One pass over both, the latest first, costs the same however many events one actor has; joining
        // each way with each event would not.
        let next = format!(
            "SELECT {who}, at, until, depth{names}, min(event) OVER (PARTITION BY {who} \
             ORDER BY at DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS next \
             FROM ({events} UNION ALL SELECT {who}, at, until, depth, NULL{names} FROM ({ways}))"
        );
        let (stands, depth, taken) = if step.optional {
            let taken = format!(", max(next <= until) AS o{at}");
            ("at".to_owned(), "depth".to_owned(), taken)
        } else {
            let stands = format!("iif(next <= until, next, {NEVER})");
            (
                stands,
                format!("iif(next <= until, {at}, depth)"),
                String::new(),
            )
        };
        // Of ways that stand at one time the one with the longest time left goes farthest.
        format!(
            "SELECT {who}, {stands} AS at, max(until) AS until, max({depth}) AS depth{farthest}{taken} \
             FROM ({next}) WHERE until IS NOT NULL GROUP BY {who}, {stands}"
        )
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
}

/// Statements joined by UNION ALL, five by five.
fn union_all(statements: Vec<String>) -> String {
    if statements.len() <= UNION_TERMS_MAX {
        return statements.join(" UNION ALL ");
    }
    let chunks = statements.chunks(UNION_TERMS_MAX);
    let joined = chunks.map(|chunk| format!("SELECT * FROM ({})", chunk.join(" UNION ALL ")));
    union_all(joined.collect())
}
