//! Is a place near another? Great-circle distance on a sphere.

use crate::value::Value;

/// The earth's mean radius (IUGG), in statute miles.
pub const EARTH_RADIUS_MILES: f64 = 3_958.761_3;

/// A place on earth, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// East of Greenwich, −180 to 180.
    pub longitude: f64,
    /// North of the equator, −90 to 90.
    pub latitude: f64,
}

/// All places within a distance of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// The middle.
    pub centre: Place,
    /// The distance, in statute miles.
    pub radius_miles: f64,
}

impl Place {
    /// Reads `[longitude, latitude]`, both in range.
    pub fn from_value(value: &Value) -> Option<Place> {
        let Value::List(coordinates) = value else {
            return None;
        };
        let [longitude, latitude] = coordinates.as_slice() else {
            return None;
        };
        let longitude = longitude.as_number()?.double();
        let latitude = latitude.as_number()?.double();
        let on_earth = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
        on_earth.then_some(Place {
            longitude,
            latitude,
        })
    }

    /// Great-circle distance in miles, by the haversine formula.
    pub fn distance_miles(self, other: Place) -> f64 {
        let half_chord = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let chord = half_chord(other.latitude - self.latitude)
            + self.latitude.to_radians().cos()
                * other.latitude.to_radians().cos()
                * half_chord(other.longitude - self.longitude);
        2.0 * EARTH_RADIUS_MILES * chord.sqrt().min(1.0).asin()
    }
}

impl Circle {
    /// Is the value a place in the circle?
    pub fn contains(&self, value: &Value) -> bool {
        let place = Place::from_value(value);
        place.is_some_and(|place| self.centre.distance_miles(place) <= self.radius_miles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances_come_out() {
        let warsaw = Place {
            longitude: 21.0122,
            latitude: 52.2297,
        };
        let berlin = Place {
            longitude: 13.4050,
            latitude: 52.5200,
        };
        let miles = warsaw.distance_miles(berlin);
        assert!((miles - 321.0).abs() < 2.0, "{miles}");
        assert_eq!(warsaw.distance_miles(warsaw), 0.0);
        let antipode = Place {
            longitude: 21.0122 - 180.0,
            latitude: -52.2297,
        };
        let half_round = std::f64::consts::PI * EARTH_RADIUS_MILES;
        assert!((warsaw.distance_miles(antipode) - half_round).abs() < 0.01);
    }
}
