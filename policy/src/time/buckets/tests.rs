//! Do buckets begin where people expect, and fill their span exactly?

use super::*;
use crate::time::testing::{FewZones, changes, instant, names, span, zone};
use crate::time::{INTERVAL_UNITS_MAX, Unit};

const LIMIT: usize = 9_000;

fn cut(interval: &str, zone_text: &str, span: Span) -> Result<Buckets, TooManyBuckets> {
    let interval = Interval::parse(interval).unwrap();
    Buckets::new(interval, span, &zone(zone_text), &FewZones, LIMIT)
}

fn check(interval: &str, zone_text: &str, timeframe: (&str, &str), expected: &[&str]) {
    let buckets = cut(interval, zone_text, span(timeframe.0, timeframe.1)).unwrap();
    let expected: Vec<Instant> = expected.iter().map(|edge| instant(edge)).collect();
    assert_eq!(
        buckets.edges(),
        expected,
        "{interval} {zone_text} {timeframe:?}"
    );
    check_that_they_fill_their_span(&buckets);
}

fn check_that_they_fill_their_span(buckets: &Buckets) {
    let mut reached = buckets.span.start();
    for bucket in buckets.iter() {
        assert_eq!(bucket.start(), reached);
        assert!(!bucket.is_empty());
        reached = bucket.end();
    }
    assert_eq!(reached, buckets.span.end());
    assert_eq!(buckets.iter().count(), buckets.len());
    assert_eq!(buckets.span(buckets.len()), None);
    assert!(
        buckets
            .edges()
            .is_sorted_by(|earlier, later| earlier < later)
    );
}

#[test]
fn edges_are_aligned_to_the_local_calendar() {
    let june = ("2024-06-05T10:20:30Z", "2024-06-05T12:00:00.001Z");
    let hours = [
        "2024-06-05T10:00Z",
        "2024-06-05T11:00Z",
        "2024-06-05T12:00Z",
        "2024-06-05T13:00Z",
    ];
    check("hourly", "0", june, &hours);
    check("hourly", "3600", june, &hours);
    let half = [
        "2024-06-05T09:30Z",
        "2024-06-05T10:30Z",
        "2024-06-05T11:30Z",
        "2024-06-05T12:30Z",
    ];
    check("hourly", "19800", june, &half);
    check(
        "daily",
        "-25200",
        june,
        &["2024-06-05T07:00Z", "2024-06-06T07:00Z"],
    );
    check("weekly", "0", june, &["2024-06-02", "2024-06-09"]);
    check("yearly", "0", june, &["2024-01-01", "2025-01-01"]);
    let months = [
        "2023-12-31T23:00Z",
        "2024-01-31T23:00Z",
        "2024-02-29T23:00Z",
        "2024-03-31T22:00Z",
    ];
    check(
        "monthly",
        "Europe/Warsaw",
        ("2024-01-31", "2024-03-15"),
        &months,
    );
}

#[test]
fn every_n_units_counts_from_the_first_unit_of_the_timeframe() {
    let days = ["2024-02-27", "2024-03-01", "2024-03-04"];
    check(
        "every_3_days",
        "0",
        ("2024-02-27T12:00Z", "2024-03-03"),
        &days,
    );
    let months = ["2024-02-01", "2024-05-01", "2024-08-01", "2024-11-01"];
    check(
        "every_3_months",
        "0",
        ("2024-02-29", "2024-08-01T00:00:00.001Z"),
        &months,
    );
    let minutes = [
        "2024-06-05T10:20Z",
        "2024-06-05T10:35Z",
        "2024-06-05T10:50Z",
    ];
    check(
        "every_15_minutes",
        "0",
        ("2024-06-05T10:20:30Z", "2024-06-05T10:50Z"),
        &minutes,
    );
    let years = ["2024-01-01", "9999-12-31T23:59:59.999Z"];
    check(
        "every_10000_years",
        "0",
        ("2024-06-05", "2025-06-05"),
        &years,
    );
}

#[test]
fn the_first_and_the_last_bucket_are_clipped_to_the_timeframe() {
    let buckets = cut("monthly", "0", span("2020-01-15", "2020-02-01T16:00Z")).unwrap();
    let spans: Vec<Span> = buckets.iter().collect();
    let expected = [
        span("2020-01-15", "2020-02-01"),
        span("2020-02-01", "2020-02-01T16:00Z"),
    ];
    assert_eq!(spans, expected);
}

#[test]
fn the_repeated_hour_of_autumn_is_two_buckets() {
    let hours = [
        "2024-10-27T00:00Z",
        "2024-10-27T01:00Z",
        "2024-10-27T02:00Z",
    ];
    check(
        "hourly",
        "Europe/Warsaw",
        ("2024-10-27T00:00Z", "2024-10-27T02:00Z"),
        &hours,
    );
}

#[test]
fn days_are_as_long_as_the_clocks_make_them() {
    let days = [
        "2024-11-02T04:00Z",
        "2024-11-03T04:00Z",
        "2024-11-04T05:00Z",
    ];
    check(
        "daily",
        "America/Havana",
        ("2024-11-02T04:00Z", "2024-11-04T05:00Z"),
        &days,
    );
    let days = [
        "2024-03-09T05:00Z",
        "2024-03-10T05:00Z",
        "2024-03-11T04:00Z",
    ];
    check(
        "daily",
        "America/Havana",
        ("2024-03-09T05:00Z", "2024-03-11T04:00Z"),
        &days,
    );
}

#[test]
fn a_day_that_never_was_is_no_bucket() {
    let timeframe = ("2011-12-29T10:00Z", "2012-01-01T10:00Z");
    let days = [
        "2011-12-29T10:00Z",
        "2011-12-30T10:00Z",
        "2011-12-31T10:00Z",
        "2012-01-01T10:00Z",
    ];
    check("daily", "Pacific/Apia", timeframe, &days);
}

#[test]
fn an_empty_span_has_no_buckets() {
    let buckets = cut("daily", "0", span("2024-01-01", "2024-01-01")).unwrap();
    assert!(buckets.is_empty() && buckets.edges().is_empty());
    assert_eq!(buckets.index_of(instant("2024-01-01")), None);
    check_that_they_fill_their_span(&buckets);
}

#[test]
fn the_limit_itself_is_allowed_and_one_more_is_not() {
    let start = instant("2024-01-01T00:00:30Z");
    let upto =
        |milliseconds| Span::new(start, start.saturating_add_milliseconds(milliseconds)).unwrap();
    let just = upto(9_000 * 60_000 - 30_000);
    assert_eq!(
        cut("minutely", "0", just).map(|buckets| buckets.len()),
        Ok(LIMIT)
    );
    let refused = Err(TooManyBuckets {
        at_least: LIMIT + 1,
        limit: LIMIT,
    });
    assert_eq!(cut("minutely", "0", upto(9_000 * 60_000 - 29_999)), refused);
}

#[test]
fn refusing_does_not_count_by_hand() {
    let everything = Span::new(Instant::MIN, Instant::MAX).unwrap();
    // Five thousand million minutes: this ends only because none of them is made.
    assert!(cut("minutely", "Europe/Warsaw", everything).is_err());
    assert!(cut("daily", "Europe/Warsaw", everything).is_err());
    let years = cut("every_2_years", "Europe/Warsaw", everything).unwrap();
    check_that_they_fill_their_span(&years);
}

#[test]
fn the_ends_of_the_calendar_are_edges_like_any_other() {
    let start = Span::new(Instant::MIN, instant("0001-01-02")).unwrap();
    let end = Span::new(instant("9999-12-31"), Instant::MAX).unwrap();
    for (unit, offset) in Unit::ALL
        .into_iter()
        .flat_map(|unit| [(unit, 64_800), (unit, -64_800)])
    {
        for (count, span) in [(1, start), (1, end), (INTERVAL_UNITS_MAX, end)] {
            let interval = Interval::new(count, unit).unwrap();
            let zone = Zone::from_offset_seconds(offset).unwrap();
            let buckets = Buckets::new(interval, span, &zone, &FewZones, LIMIT).unwrap();
            check_that_they_fill_their_span(&buckets);
        }
    }
}

/// Every interval in [`INTERVALS`], around every change of every zone.
fn many_buckets() -> impl Iterator<Item = Buckets> {
    const INTERVALS: [&str; 9] = [
        "every_7_minutes",
        "hourly",
        "every_5_hours",
        "daily",
        "every_2_days",
        "weekly",
        "monthly",
        "every_5_months",
        "yearly",
    ];
    let starts = names().flat_map(|name| changes(name).map(move |change| (name, change)));
    starts.flat_map(|(name, change)| {
        INTERVALS.into_iter().flat_map(move |interval| {
            [(10_000, 9_000), (2_900, 4_321), (61, 59), (0, 1)].map(|(before, after)| {
                let start = change.saturating_sub_milliseconds(before * 60_000);
                let end = change.saturating_add_milliseconds(after * 60_000);
                cut(interval, name, Span::new(start, end).unwrap()).unwrap()
            })
        })
    })
}

#[test]
fn buckets_fill_their_span_around_every_change_of_the_clocks() {
    many_buckets().for_each(|buckets| check_that_they_fill_their_span(&buckets));
}

#[test]
fn the_index_of_an_instant_is_the_bucket_that_a_search_one_by_one_finds() {
    for buckets in many_buckets() {
        let edges = buckets.edges().iter().step_by(5).copied();
        let around =
            edges.flat_map(|edge| [-1, 0, 1].map(|by| edge.saturating_add_milliseconds(by)));
        for at in around.chain([buckets.span.start(), buckets.span.end(), Instant::MIN]) {
            let found = buckets.iter().position(|bucket| bucket.contains(at));
            assert_eq!(buckets.index_of(at), found, "{at}");
        }
    }
}

#[test]
fn clipping_keeps_the_buckets_that_reach_into_the_span_and_their_edges() {
    let days = cut("daily", "0", span("2024-01-01T12:00Z", "2024-01-05T12:00Z")).unwrap();
    let cases = [
        (
            ("2024-01-02", "2024-01-04"),
            vec!["2024-01-02", "2024-01-03", "2024-01-04"],
        ),
        (
            ("2024-01-02T01:00Z", "2024-01-02T02:00Z"),
            vec!["2024-01-02", "2024-01-03"],
        ),
        (("2024-01-01", "2024-01-01T12:00Z"), vec![]),
        (
            ("2023-01-01", "2024-01-02"),
            vec!["2024-01-01", "2024-01-02"],
        ),
        (
            ("2024-01-05", "2025-01-01"),
            vec!["2024-01-05", "2024-01-06"],
        ),
        (("2025-01-01", "2025-01-02"), vec![]),
    ];
    for ((start, end), expected) in cases {
        let clipped = days.clone().clip_to(span(start, end));
        let expected: Vec<Instant> = expected.into_iter().map(instant).collect();
        assert_eq!(clipped.edges(), expected, "{start} {end}");
        check_that_they_fill_their_span(&clipped);
    }
}

#[test]
fn anchored_buckets_are_whole_and_the_same_wherever_a_span_begins_and_ends() {
    let (warsaw, three_days) = (
        zone("Europe/Warsaw"),
        Interval::parse("every_3_days").unwrap(),
    );
    let anchor = instant("2024-03-20T15:00Z");
    let anchored =
        |span| Buckets::anchored(three_days, anchor, span, &warsaw, &FewZones, 1_000).unwrap();
    let all = anchored(span("2024-02-01", "2024-06-01"));
    for day in 0..100 {
        let start = instant("2024-02-05T11:00Z").saturating_add_milliseconds(day * 86_400_000);
        let asked = Span::new(start, start.saturating_add_milliseconds(10 * 86_400_000)).unwrap();
        let some = anchored(asked);
        assert!(some.whole().start() <= asked.start() && asked.end() <= some.whole().end());
        assert_eq!(some, all.beginning_in(some.whole()));
        assert_eq!(
            some.clone().clip_to(asked).len(),
            some.len(),
            "a bucket reaches into no part of it"
        );
    }
    assert!(
        all.edges().contains(&instant("2024-03-19T23:00Z")),
        "one begins at the anchor's day"
    );
    let limit = Buckets::anchored(
        three_days,
        anchor,
        span("2024-01-01", "2025-01-01"),
        &warsaw,
        &FewZones,
        5,
    );
    assert!(limit.is_err());
    let ending = all.ending_after(instant("2024-05-01"));
    assert_eq!(ending.whole().end(), all.whole().end());
    assert!(ending.span(0).unwrap().contains(instant("2024-05-01")));
    assert!(all.ending_after(all.whole().end()).is_empty());
    assert!(
        all.beginning_in(span("2024-02-10T00:00Z", "2024-02-10T00:00Z"))
            .is_empty()
    );
}
