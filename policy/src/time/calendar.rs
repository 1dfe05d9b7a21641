//! Which day, week, month or year is it? The Gregorian calendar as arithmetic on day numbers.

pub(super) const MILLISECONDS_PER_DAY: i64 = 86_400_000;

const DAYS_PER_400_YEARS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_1970: i64 = 719_468;

/// A date of the Gregorian calendar, also for the years before people used it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Date {
    pub(super) year: i64,
    /// 1..=12.
    pub(super) month: i64,
    /// 1..=31.
    pub(super) day: i64,
}

// Years are counted from March here, so that the leap day is the last of its year and the
// lengths of the months before it repeat every five: 31 30 31 30 31.
impl Date {
    /// `None` when the calendar has no such day.
    pub(super) fn new(year: i64, month: i64, day: i64) -> Option<Date> {
        if !(1..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let date = Date { year, month, day };
        (Date::of_day(date.day_number()) == date).then_some(date)
    }

    /// The date that many days after 1970-01-01.
    pub(super) fn of_day(day_number: i64) -> Date {
        let day = day_number + DAYS_BEFORE_1970;
        let era = day.div_euclid(DAYS_PER_400_YEARS);
        let of_era = day.rem_euclid(DAYS_PER_400_YEARS);
        let leap_days = of_era / 1_460 - of_era / 36_524 + of_era / (DAYS_PER_400_YEARS - 1);
        let year_of_era = (of_era - leap_days) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Date {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: of_year - (153 * from_march + 2) / 5 + 1,
        }
    }

    /// Days since 1970-01-01.
    pub(super) fn day_number(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = (self.month + 9) % 12;
        let of_year = (153 * from_march + 2) / 5 + self.day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        era * DAYS_PER_400_YEARS + of_era - DAYS_BEFORE_1970
    }
}

/// A unit whose length only a calendar knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CalendarUnit {
    Day,
    /// From Sunday.
    Week,
    Month,
    Year,
}

impl CalendarUnit {
    /// Units of one kind are numbered without holes; which of them holds this day?
    pub(super) fn number_of(self, day: i64) -> i64 {
        match self {
            CalendarUnit::Day => day,
            CalendarUnit::Week => (day + DAYS_FROM_SUNDAY).div_euclid(7),
            CalendarUnit::Month => {
                let date = Date::of_day(day);
                date.year * 12 + date.month - 1
            }
            CalendarUnit::Year => Date::of_day(day).year,
        }
    }

    /// The number of the first day of that unit. `None` when it is far outside any calendar.
    pub(super) fn first_day(self, number: i64) -> Option<i64> {
        // More than the days in 10,000 years, few enough that nothing below can overflow.
        if number.checked_abs()? > 4_000_000 {
            return None;
        }
        Some(match self {
            CalendarUnit::Day => number,
            CalendarUnit::Week => number * 7 - DAYS_FROM_SUNDAY,
            CalendarUnit::Month => {
                let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
                Date {
                    year,
                    month,
                    day: 1,
                }
                .day_number()
            }
            CalendarUnit::Year => Date {
                year: number,
                month: 1,
                day: 1,
            }
            .day_number(),
        })
    }
}

/// 1970-01-01 was a Thursday.
const DAYS_FROM_SUNDAY: i64 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_one_another_through_ten_thousand_years() {
        let mut day = Date {
            year: 0,
            month: 1,
            day: 1,
        }
        .day_number();
        for year in 0..=10_000 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let february = if leap { 29 } else { 28 };
            let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(lengths) {
                for of_month in 1..=length {
                    let date = Date {
                        year,
                        month,
                        day: of_month,
                    };
                    assert_eq!((date.day_number(), Date::of_day(day)), (day, date));
                    day += 1;
                }
            }
        }
    }

    #[test]
    fn days_that_are_on_no_calendar_are_refused() {
        let cases = [
            (2023, 2, 29),
            (1900, 2, 29),
            (2024, 4, 31),
            (2024, 0, 1),
            (2024, 13, 1),
        ];
        for (year, month, day) in cases
            .into_iter()
            .chain([(2024, 1, 0), (0, 1, 1), (10_000, 1, 1)])
        {
            assert_eq!(Date::new(year, month, day), None, "{year}-{month}-{day}");
        }
        assert!(Date::new(2000, 2, 29).is_some());
    }

    #[test]
    fn every_unit_begins_on_its_first_day_and_the_day_before_is_in_the_previous_one() {
        use CalendarUnit::{Day, Month, Week, Year};
        for unit in [Day, Week, Month, Year] {
            for number in -3_000..3_000 {
                let first = unit.first_day(number).unwrap();
                assert_eq!(unit.number_of(first), number);
                assert_eq!(unit.number_of(first - 1), number - 1);
            }
            assert_eq!(unit.first_day(i64::MIN), None);
            assert_eq!(unit.first_day(i64::MAX), None);
        }
    }

    #[test]
    fn weeks_begin_on_sunday() {
        let sunday = Date {
            year: 2024,
            month: 6,
            day: 2,
        }
        .day_number();
        let week = CalendarUnit::Week.number_of(sunday + 6);
        assert_eq!(CalendarUnit::Week.first_day(week), Some(sunday));
    }
}
