//! Into which buckets does an interval cut a span?

use super::local::LocalClock;
use super::ruler::Ruler;
use super::{Instant, Interval, Span, Zone, Zones};

/// Calendar-aligned buckets that cover a span, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Buckets {
    /// None, or one more than there are buckets; strictly ascending.
    edges: Vec<Instant>,
    span: Span,
}

/// An interval too narrow for its span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooManyBuckets {
    /// How many buckets the calendar asks for (a day that the zone skipped counts as one).
    pub at_least: usize,
    /// How many are allowed.
    pub limit: usize,
}

impl Buckets {
    /// Cuts `span` at the edges of `interval`, the first of which is the start of the span
    /// rounded down to the local unit.
    ///
    /// The buckets are counted before any is made, so refusing costs nothing. At the two ends
    /// of the calendar an edge outside the years 0001..=9999 is moved to the last instant inside.
    pub fn new(
        interval: Interval,
        span: Span,
        zone: &Zone,
        zones: &dyn Zones,
        limit: usize,
    ) -> Result<Buckets, TooManyBuckets> {
        if span.is_empty() {
            return Ok(Buckets {
                edges: Vec::new(),
                span,
            });
        }
        let width = i64::from(interval.count());
        let ruler = Ruler::at(span.start(), interval.unit(), LocalClock { zone, zones });
        let last_unit = ruler.number_at(span.end().saturating_sub_milliseconds(1));
        let count = last_unit / width + 1;
        let at_least = usize::try_from(count).unwrap_or(usize::MAX);
        if at_least > limit {
            return Err(TooManyBuckets { at_least, limit });
        }
        let mut edges = vec![ruler.start_of(0).unwrap_or(Instant::MIN)];
        for bucket in 1..=count {
            let edge = ruler.start_of(bucket * width).unwrap_or(Instant::MAX);
            // A skipped day begins when the next one does, and is no bucket.
            if edges.last().is_some_and(|last| *last < edge) {
                edges.push(edge);
            }
        }
        Ok(Buckets { edges, span })
    }

    /// The whole buckets that reach into `span`, where one begins at the unit of `anchor`: wherever the span
    /// begins and ends, its buckets are the same.
    pub fn anchored(
        interval: Interval,
        anchor: Instant,
        span: Span,
        zone: &Zone,
        zones: &dyn Zones,
        limit: usize,
    ) -> Result<Buckets, TooManyBuckets> {
        if span.is_empty() {
            return Ok(Buckets {
                edges: Vec::new(),
                span,
            });
        }
        let width = i64::from(interval.count());
        let ruler = Ruler::at(anchor, interval.unit(), LocalClock { zone, zones });
        let bucket_at = |at: Instant| ruler.number_at(at).div_euclid(width);
        let first = bucket_at(span.start());
        let last = bucket_at(span.end().saturating_sub_milliseconds(1));
        let at_least = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        if at_least > limit {
            return Err(TooManyBuckets { at_least, limit });
        }
        let mut edges = vec![ruler.start_of(first * width).unwrap_or(Instant::MIN)];
        for bucket in first..=last {
            let edge = ruler.start_of((bucket + 1) * width).unwrap_or(Instant::MAX);
            if edges.last().is_some_and(|last| *last < edge) {
                edges.push(edge);
            }
        }
        Ok(Buckets::between(edges))
    }

    /// Those of them that begin in `span`, whole.
    pub fn beginning_in(&self, span: Span) -> Buckets {
        let begins = |edge: &Instant| *edge < span.start();
        let first = self.edges.partition_point(begins);
        let starts = self.edges.len().saturating_sub(1);
        let last = self.edges.partition_point(|edge| *edge < span.end());
        let last = last.min(starts);
        if first >= last {
            return Buckets::between(Vec::new());
        }
        let edges = self.edges.iter().skip(first).take(last - first + 1);
        Buckets::between(edges.copied().collect())
    }

    /// Those of them that end after an instant, whole.
    pub fn ending_after(&self, at: Instant) -> Buckets {
        let ended = self.edges.iter().skip(1);
        let ended = ended.take_while(|edge| **edge <= at).count();
        if ended >= self.len() {
            return Buckets::between(Vec::new());
        }
        Buckets::between(self.edges.iter().skip(ended).copied().collect())
    }

    /// These buckets and no others, whole.
    fn between(edges: Vec<Instant>) -> Buckets {
        let (first, last) = (edges.first().copied(), edges.last().copied());
        let (first, last) = (first.unwrap_or(Instant::MIN), last.unwrap_or(Instant::MIN));
        Buckets {
            edges,
            span: Span::or_empty(first, last),
        }
    }

    /// From when to when they reach.
    pub fn whole(&self) -> Span {
        self.span
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// Are there none? Then the span is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the buckets meet, the outer edges included: aligned, not clipped to the span,
    /// strictly ascending, one more than there are buckets. None when there are no buckets.
    pub fn edges(&self) -> &[Instant] {
        &self.edges
    }

    /// That bucket, clipped to the span.
    pub fn span(&self, index: usize) -> Option<Span> {
        let start = self.edges.get(index)?;
        let end = self.edges.get(index.checked_add(1)?)?;
        Some(Span::new(*start, *end)?.clip_to(self.span))
    }

    /// All of them in order, clipped to the span, which they fill without gap or overlap.
    pub fn iter(&self) -> impl Iterator<Item = Span> {
        (0..self.len()).filter_map(|index| self.span(index))
    }

    /// Which bucket holds `at`? `None` outside the span.
    pub fn index_of(&self, at: Instant) -> Option<usize> {
        if !self.span.contains(at) {
            return None;
        }
        self.edges
            .partition_point(|edge| *edge <= at)
            .checked_sub(1)
    }

    /// The buckets that reach into `span`, clipped to it. Their edges stay where they are.
    pub fn clip_to(self, span: Span) -> Buckets {
        let span = self.span.clip_to(span);
        if span.is_empty() {
            return Buckets {
                edges: Vec::new(),
                span,
            };
        }
        let after_start = self.edges.partition_point(|edge| *edge <= span.start());
        let up_to_end = self.edges.partition_point(|edge| *edge < span.end());
        let first = after_start.saturating_sub(1);
        let edges = self
            .edges
            .into_iter()
            .take(up_to_end + 1)
            .skip(first)
            .collect();
        Buckets { edges, span }
    }
}

#[cfg(test)]
mod tests;
