//! Where is an address? Known of one only: the caller's own, by the network it came through.

use super::Surroundings;
use crate::value::{Number, Value};
use std::net::IpAddr;

/// Code and English name of each country of ISO 3166, a line each.
const COUNTRIES: &str = include_str!("countries.txt");

/// Nothing for an address that is not the caller's: nobody may have themselves placed by naming another's.
pub(super) fn find(address: &str, surroundings: &Surroundings) -> Option<Value> {
    let named: IpAddr = address.trim().parse().ok()?;
    let own = surroundings.address?;
    if named.to_canonical() != own.to_canonical() {
        return None;
    }
    let place = &surroundings.geography;
    let country = place.country.as_deref();
    let texts = [
        ("city", place.city.clone()),
        ("province", place.region.clone()),
        ("country", country.map(|code| country_name(code).to_owned())),
        ("country_code", place.country.clone()),
        ("continent", place.continent.as_deref().map(continent_name)),
        ("postal_code", place.postal_code.clone()),
        ("timezone", place.timezone.clone()),
    ];
    let mut found: Vec<(&str, Value)> = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, Value::Text(text?))))
        .collect();
    let degrees = |text: &str| {
        let number = text.parse().ok().and_then(Number::new)?;
        Some(Value::Number(number))
    };
    let coordinates = place.coordinates.as_ref();
    let coordinates = coordinates.and_then(|(longitude, latitude)| {
        Some(Value::List(vec![degrees(longitude)?, degrees(latitude)?]))
    });
    found.extend(coordinates.map(|coordinates| ("coordinates", coordinates)));
    (!found.is_empty()).then(|| Value::object(found))
}

/// The code itself where it is none of a country, such as Tor's.
fn country_name(code: &str) -> &str {
    let named = COUNTRIES.lines().filter_map(|line| line.split_once(' '));
    let mut named = named.filter(|(other, _)| *other == code);
    named.next().map_or(code, |(_, name)| name)
}

fn continent_name(code: &str) -> String {
    let name = match code {
        "AF" => "Africa",
        "AN" => "Antarctica",
        "AS" => "Asia",
        "EU" => "Europe",
        "NA" => "North America",
        "OC" => "Oceania",
        "SA" => "South America",
        other => other,
    };
    name.to_owned()
}
