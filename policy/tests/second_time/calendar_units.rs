//! Do days, weeks, months and years begin at the same instant?

use crate::with_chrono::{Both, every_zone, instant};
use chrono::TimeDelta;

#[test]
fn every_day_week_month_and_year_of_three_decades_begins_at_the_same_instant() {
    for zone in every_zone() {
        for interval in ["daily", "weekly", "monthly", "yearly"] {
            zone.check_edges(interval, zone.first, zone.beyond);
        }
    }
}

#[test]
fn several_units_at_a_time_are_stepped_alike_for_three_decades() {
    for zone in every_zone() {
        let start = zone.first + TimeDelta::hours(4_000) + TimeDelta::minutes(7);
        for units in ["2_days", "30_days", "3_weeks", "5_months", "2_years"] {
            zone.check_edges(&format!("every_{units}"), start, zone.beyond);
        }
    }
}

#[test]
fn longer_units_begin_alike_around_every_change_of_the_clocks() {
    let hours = TimeDelta::hours;
    for zone in every_zone() {
        for start in zone.around_changes() {
            zone.check_edges("daily", start, start + hours(60));
            zone.check_edges("every_2_weeks", start, start + hours(1_000));
            zone.check_edges("every_2_months", start, start + hours(1_000));
            zone.check_edges("yearly", start, start + hours(1));
        }
    }
}

#[test]
fn offsets_that_are_no_whole_minutes_are_followed() {
    // Until January 1972 Liberia was 44 minutes and 30 seconds behind.
    let zone = Both::new("Africa/Monrovia");
    let [start, end] = ["1971-12-30T10:20:30.4Z", "1972-01-09T00:00:00Z"].map(instant);
    for interval in ["every_7_minutes", "hourly", "daily", "weekly", "monthly"] {
        zone.check_edges(interval, start, end);
    }
}
