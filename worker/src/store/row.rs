//! How is a stored row read? By position, refusing what is not of the expected form.

use crate::refusal::Refusal;
use keyhole_policy::time::Instant;
use keyhole_policy::value::Value;

/// One row, read from left to right.
pub struct Row<'a> {
    place: &'static str,
    items: std::slice::Iter<'a, Value>,
}

impl<'a> Row<'a> {
    /// A row of a statement; `place` is named in the log when it is not of the expected form.
    pub fn new(place: &'static str, row: &'a Value) -> Result<Row<'a>, Refusal> {
        match row {
            Value::List(items) => Ok(Row {
                place,
                items: items.iter(),
            }),
            _ => Err(Refusal::corrupt(place)),
        }
    }

    /// The next value.
    pub fn value(&mut self) -> Result<&'a Value, Refusal> {
        self.items
            .next()
            .ok_or_else(|| Refusal::corrupt(self.place))
    }

    /// The next value's text, or none for null.
    pub fn text_or_null(&mut self) -> Result<Option<&'a str>, Refusal> {
        match self.value()? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(Refusal::corrupt(self.place)),
        }
    }

    /// The next value's text.
    pub fn text(&mut self) -> Result<&'a str, Refusal> {
        self.text_or_null()?
            .ok_or_else(|| Refusal::corrupt(self.place))
    }

    /// The next value, a whole number.
    pub fn whole(&mut self) -> Result<i64, Refusal> {
        self.whole_or_null()?
            .ok_or_else(|| Refusal::corrupt(self.place))
    }

    /// The next value, a whole number, or none for null.
    pub fn whole_or_null(&mut self) -> Result<Option<i64>, Refusal> {
        match self.value()? {
            Value::Null => Ok(None),
            value => {
                let whole = value.as_number().and_then(|number| number.whole());
                whole.map(Some).ok_or_else(|| Refusal::corrupt(self.place))
            }
        }
    }

    /// The next value, an instant, or none for null.
    pub fn instant_or_null(&mut self) -> Result<Option<Instant>, Refusal> {
        match self.value()? {
            Value::Null => Ok(None),
            value => {
                let whole = value.as_number().and_then(|number| number.whole());
                let instant = whole.and_then(Instant::from_milliseconds);
                instant
                    .map(Some)
                    .ok_or_else(|| Refusal::corrupt(self.place))
            }
        }
    }

    /// The next value, an instant.
    pub fn instant(&mut self) -> Result<Instant, Refusal> {
        self.instant_or_null()?
            .ok_or_else(|| Refusal::corrupt(self.place))
    }

    /// The next value, a list.
    pub fn list(&mut self) -> Result<&'a [Value], Refusal> {
        match self.value()? {
            Value::List(items) => Ok(items),
            _ => Err(Refusal::corrupt(self.place)),
        }
    }
}
