//! Which time zones are known, and how far are they from UTC now?

use crate::context::Context;
use crate::reply::Reply;
use keyhole_policy::time::Zone;
use keyhole_policy::value::{Number, Value};

/// `GET /timezones`: the same for everyone, so no key is needed.
pub fn list_timezones(context: &Context) -> Reply {
    let mut names: Vec<String> = context.zones.names().collect();
    names.sort();
    let zones = names.into_iter().filter_map(|name| {
        let zone = Zone::parse(&name, &context.zones)?;
        let seconds = zone.offset_seconds(context.now, &context.zones);
        Some(Value::object([
            ("name", Value::Text(name)),
            ("utc_offset", Value::Text(clock(seconds))),
            (
                "number_of_seconds_to_offset_time",
                Number::new(f64::from(seconds)).map_or(Value::Null, Value::Number),
            ),
        ]))
    });
    let mut reply = Reply::ok(Value::List(zones.collect()));
    // Zones change their clocks on the hour or the half.
    let cacheable = "public, max-age=1800".to_owned();
    reply.headers.push(("cache-control", cacheable));
    reply
}

/// `+01:00`; no zone has had odd seconds since 1972.
fn clock(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn offsets_read_as_clocks() {
        for (seconds, text) in [
            (0, "+00:00"),
            (3_600, "+01:00"),
            (-34_200, "-09:30"),
            (20_700, "+05:45"),
        ] {
            assert_eq!(clock(seconds), text);
        }
    }
}
