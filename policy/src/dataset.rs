//! What does a dataset keep? One question, answered ahead for each value of its index and each sub-timeframe.

use crate::filter::{Filter, Property, Test};
use crate::query::Aggregate;
use crate::time::{
    Buckets, Instant, Interval, Relative, Span, Timeframe, TooManyBuckets, Zone, Zones,
};
use crate::value::Value;

/// What a dataset is defined to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The properties whose values its rows are found by: one to three.
    pub index_by: Vec<Property>,
    /// How far back it reaches from now, the running unit included.
    pub timeframe: Relative,
    /// How wide each sub-timeframe is.
    pub interval: Interval,
    /// Whose calendar.
    pub zone: Zone,
    /// The question, as it was asked when it was read.
    pub question: Aggregate,
}

impl Dataset {
    /// From when to when it reaches now; `None` outside the years 0001..=9999.
    pub fn span(&self, now: Instant, zones: &dyn Zones) -> Option<Span> {
        Timeframe::Relative(self.timeframe).resolve(now, &self.zone, zones)
    }

    /// Its sub-timeframes that reach into a span, whole. They do not move with the clock: one of them begins at
    /// the unit of `anchor`.
    pub fn sub_timeframes(
        &self,
        anchor: Instant,
        span: Span,
        zones: &dyn Zones,
        limit: usize,
    ) -> Result<Buckets, TooManyBuckets> {
        Buckets::anchored(self.interval, anchor, span, &self.zone, zones, limit)
    }

    /// Its question of some sub-timeframes, whatever the index.
    pub fn over(&self, buckets: Buckets) -> Aggregate {
        let mut aggregate = self.question.clone();
        aggregate.selection.span = buckets.whole();
        aggregate.buckets = Some(buckets);
        aggregate
    }

    /// The same of the events that have these values: what its rows of them must answer.
    pub fn of(&self, index: &[(Property, Value)], buckets: Buckets) -> Aggregate {
        let mut aggregate = self.over(buckets);
        let pin = |(property, value): &(Property, Value)| {
            Filter::Test(property.clone(), Test::Equal(value.clone()))
        };
        let pins = Filter::All(index.iter().map(pin).collect());
        let asked = std::mem::replace(&mut aggregate.selection.filter, Filter::everything());
        aggregate.selection.filter = pins.and(asked);
        aggregate
    }
}
