//! Do relative timeframes mean the same?

use crate::with_chrono::{every_zone, ours};
use keyhole_policy::time::{Relative, Span, Timeframe, Unit};

#[test]
fn relative_timeframes_mean_the_same_around_every_change_of_the_clocks() {
    let mut timeframes = Vec::new();
    for unit in Unit::ALL {
        for count in [1, 9] {
            for (position, end) in [("this", 1), ("previous", 0)] {
                let text = format!("{position}_{count}_{}s", unit.singular());
                let timeframe = Timeframe::Relative(Relative::parse(&text).unwrap());
                timeframes.push((text, timeframe, unit, [end - count, end]));
            }
        }
    }
    for zone in every_zone() {
        for now in zone.around_changes() {
            for (text, timeframe, unit, ends) in &timeframes {
                let resolved = timeframe.resolve(ours(now), &zone.ours, &zone.zones);
                let [start, end] = ends.map(|steps| zone.start_of(now, *unit, steps));
                if end < zone.differs {
                    let expected = Span::new(ours(start), ours(end));
                    assert_eq!(resolved, expected, "{} {text} {now}", zone.name);
                }
            }
        }
    }
}
