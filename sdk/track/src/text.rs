//! How are numbers and times written? Without `format!`, which alone is as large as all the rest.

use alloc::string::String;

/// Appends decimal digits, at least `width` of them.
pub fn push_decimal(text: &mut String, number: u64, width: u32) {
    let mut unit = 1;
    let mut digits = 1;
    while digits < width || number / unit > 9 {
        unit *= 10;
        digits += 1;
    }
    while unit > 0 {
        text.push(char::from(b'0' + (number / unit % 10) as u8));
        unit /= 10;
    }
}

/// Decimal digits.
pub fn decimal(number: usize) -> String {
    let mut text = String::new();
    push_decimal(&mut text, number as u64, 1);
    text
}

/// Appends the lowest `digits` hexadecimal digits.
pub fn push_hexadecimal(text: &mut String, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        let digit = (number >> (4 * place) & 15) as u8;
        let first = if digit < 10 { b'0' } else { b'a' - 10 };
        text.push(char::from(first + digit));
    }
}

/// Milliseconds since 1970 in ISO 8601, in UTC: `2026-01-02T03:04:05.678Z`.
///
/// The years 0 to 9999, as the server takes them; what is outside is the nearest inside.
pub fn iso_time(milliseconds: f64) -> String {
    let clamped = milliseconds.clamp(-62_167_219_200_000.0, 253_402_300_799_999.0);
    // From the year 0, so that nothing is negative.
    let since = (clamped + 62_167_219_200_000.0) as u64;
    let (days, time) = (since / 86_400_000, since % 86_400_000);
    // Years begin in March here: the day that is not always there is their last. 400 years are added, so that
    // January of the year 0 has a year to belong to.
    let from_march = days + 146_037;
    let era = from_march / 146_097;
    let of_era = from_march % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2) - 400;
    let mut text = String::new();
    push_decimal(&mut text, year, 4);
    for (mark, number, width) in [
        ('-', month, 2),
        ('-', day, 2),
        ('T', time / 3_600_000, 2),
        (':', time / 60_000 % 60, 2),
        (':', time / 1_000 % 60, 2),
        ('.', time % 1_000, 3),
    ] {
        text.push(mark);
        push_decimal(&mut text, number, width);
    }
    text.push('Z');
    text
}

/// The parts one after another.
pub fn joined(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_full() {
        let numbers = [0, 7, 10, 900_001].map(decimal);
        assert_eq!(numbers, ["0", "7", "10", "900001"]);
        let mut text = String::new();
        push_decimal(&mut text, 7, 3);
        push_hexadecimal(&mut text, 0x1fa0, 8);
        push_hexadecimal(&mut text, 0xe3, 2);
        assert_eq!(text, "00700001fa0e3");
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for (milliseconds, text) in [
            (0.0, "1970-01-01T00:00:00.000Z"),
            (1_767_323_045_678.0, "2026-01-02T03:04:05.678Z"),
            (951_782_399_999.0, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000.0, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000.0, "2000-03-01T00:00:00.000Z"),
            (1_709_251_199_999.9, "2024-02-29T23:59:59.999Z"),
            (4_107_542_399_000.0, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400_000.0, "2100-03-01T00:00:00.000Z"),
            (-1.0, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000.0, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999.0, "9999-12-31T23:59:59.999Z"),
            (f64::INFINITY, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso_time(milliseconds), text, "{milliseconds}");
        }
    }
}
