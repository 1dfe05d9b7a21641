//! Which moment does this text name? ISO 8601, as Keen's clients send it.

use super::calendar::{Date, MILLISECONDS_PER_DAY};

/// Milliseconds since 1970-01-01T00:00Z. Days that no calendar has, 24:00 and leap seconds are
/// refused, and so is anything left over.
pub(super) fn parse(text: &str) -> Option<i64> {
    parse_with_offset(text).map(|(utc, _)| utc)
}

/// The same, and how many milliseconds the clock it was written by is ahead of UTC.
pub(super) fn parse_with_offset(text: &str) -> Option<(i64, i64)> {
    let mut reader = Reader {
        rest: text.as_bytes(),
    };
    let day = reader.date()?.day_number() * MILLISECONDS_PER_DAY;
    if reader.is_done() {
        return Some((day, 0));
    }
    if !reader.skip_one_of(b"Tt ") {
        return None;
    }
    let time = reader.time()?;
    let offset = reader.offset()?;
    reader.is_done().then_some((day + time - offset, offset))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn date(&mut self) -> Option<Date> {
        let year = self.number(4)?;
        self.require(b'-')?;
        let month = self.number(2)?;
        self.require(b'-')?;
        Date::new(year, month, self.number(2)?)
    }

    /// Milliseconds since midnight.
    fn time(&mut self) -> Option<i64> {
        let hours = self.number_below(24)?;
        self.require(b':')?;
        let minutes = self.number_below(60)?;
        let mut milliseconds = (hours * 60 + minutes) * 60_000;
        if self.skip_one_of(b":") {
            milliseconds += self.number_below(60)? * 1_000;
            if self.skip_one_of(b".") {
                milliseconds += self.fraction()?;
            }
        }
        Some(milliseconds)
    }

    /// The first three decimals; the rest must be digits too, and are dropped.
    fn fraction(&mut self) -> Option<i64> {
        let mut milliseconds = self.number(1)? * 100;
        for weight in [10, 1] {
            milliseconds += self.number(1).unwrap_or(0) * weight;
        }
        while self.number(1).is_some() {}
        Some(milliseconds)
    }

    /// Milliseconds that local time is ahead of UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.is_done() {
            return Some(0);
        }
        if self.skip_one_of(b"Zz") {
            // Keen's Ruby client says it twice: `…Z+00:00`.
            if self.rest == b"+00:00" {
                self.rest = &[];
            }
            return Some(0);
        }
        let sign = if self.skip_one_of(b"-") {
            -1
        } else {
            self.require(b'+')?;
            1
        };
        let hours = self.number_below(24)?;
        if self.is_done() {
            return Some(sign * hours * 3_600_000);
        }
        self.skip_one_of(b":");
        let minutes = self.number_below(60)?;
        Some(sign * (hours * 60 + minutes) * 60_000)
    }

    fn number_below(&mut self, limit: i64) -> Option<i64> {
        self.number(2).filter(|number| *number < limit)
    }

    /// Exactly that many digits; nothing is taken when there are fewer.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (taken, rest) = self.rest.split_at_checked(digits)?;
        let mut number = 0;
        for byte in taken {
            if !byte.is_ascii_digit() {
                return None;
            }
            number = number * 10 + i64::from(byte - b'0');
        }
        self.rest = rest;
        Some(number)
    }

    fn require(&mut self, byte: u8) -> Option<()> {
        self.skip_one_of(&[byte]).then_some(())
    }

    fn skip_one_of(&mut self, bytes: &[u8]) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if bytes.contains(first) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use crate::time::Instant;

    #[test]
    fn every_form_that_clients_send_is_read() {
        let cases = [
            ("2012-08-13", "2012-08-13T00:00:00.000Z"),
            ("2012-08-13T19:00", "2012-08-13T19:00:00.000Z"),
            ("2012-08-13T19:00Z", "2012-08-13T19:00:00.000Z"),
            ("2012-08-13T19:00Z+00:00", "2012-08-13T19:00:00.000Z"),
            ("2012-08-13T19:00:00.5", "2012-08-13T19:00:00.500Z"),
            ("2012-08-13t19:00:01z", "2012-08-13T19:00:01.000Z"),
            ("2012-08-13 19:00:01.23+02:00", "2012-08-13T17:00:01.230Z"),
            (
                "2012-08-13T19:00:01.999999999-0730",
                "2012-08-14T02:30:01.999Z",
            ),
            ("2012-08-13T19:00+14", "2012-08-13T05:00:00.000Z"),
            ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000Z"),
            ("0001-01-01", "0001-01-01T00:00:00.000Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ];
        for (text, expected) in cases {
            let parsed = Instant::parse(text).map(|instant| instant.to_string());
            assert_eq!(parsed.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_names_no_moment_is_refused() {
        let cases = [
            "",
            "now",
            "2012",
            "2012-08",
            "2012-8-13",
            "12-08-13",
            "20120813",
            "+2012-08-13",
            "2012-08-13Z",
            " 2012-08-13",
            "2012-08-13 ",
            "2012-08-13T",
            "2012-08-13T19",
            "2012-08-13T1900",
            "2012-08-13T19:00:",
            "2012-08-13T19:00:00.",
            "2012-08-13T19:00:00,5",
            "2012-08-13T19:00.5",
            "2012-08-13T19:00:00 Z",
            "2012-08-13T19:00ZZ",
            "2012-08-13T19:00Z+01:00",
            "2012-08-13T19:00+1",
            "2012-08-13T19:00+01:",
            "2012-08-13T19:00+01:0",
            "2012-08-13T19:00+24:00",
            "2012-08-13T19:00+01:60",
            "2012-08-13T19:00−01:00",
            "2012-08-13T19:00 Europe/Warsaw",
            "2012-08-13T24:00",
            "2012-08-13T19:60",
            "2016-12-31T23:59:60Z",
            "2023-02-29",
            "2012-04-31",
            "2012-13-01",
            "2012-00-01",
            "2012-01-00",
            "0000-12-31",
            "0001-01-01T00:00+00:01",
            "9999-12-31T23:59-00:01",
            "٢٠١٢-08-13",
        ];
        for text in cases {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
