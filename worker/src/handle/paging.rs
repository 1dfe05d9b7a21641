//! How does an extraction go on from page to page?

use crate::authenticate;
use crate::call::Call;
use crate::cursor::{Cursor, PURPOSE};
use crate::refusal::Refusal;
use crate::seal::Seal;
use keyhole_policy::event::EventPlace;
use keyhole_policy::query::{Portion, Query};
use keyhole_policy::time::Span;
use keyhole_policy::value::Value;
use keyhole_policy::wire::Asked;

/// What the cursor of the next page is made of.
pub struct Paging<'a> {
    seal: Seal,
    span: Span,
    question: &'a Value,
}

/// Puts a question that has a cursor where that says; `None` for a question that is not for pages.
///
/// It is authorized afterwards like any other: a cursor opens nothing that its key does not.
pub fn paging<'a>(
    call: &Call,
    asked: &mut Asked,
    question: &'a Value,
) -> Result<Option<Paging<'a>>, Refusal> {
    let Query::Extraction(extraction) = &mut asked.query else {
        return Ok(None);
    };
    if !matches!(extraction.portion, Portion::Page(_)) {
        return Ok(None);
    }
    let seal = authenticate::seal_of_caller(call, PURPOSE)?;
    if let Some(sealed) = &asked.cursor {
        let Cursor { span, place } = Cursor::open(sealed, &seal, question)?;
        extraction.resume(span, place);
    }
    Ok(Some(Paging {
        seal,
        span: extraction.selection.span,
        question,
    }))
}

impl Paging<'_> {
    /// The cursor after a page; `None` after the last.
    pub fn cursor(&self, last: Option<EventPlace>) -> Result<Option<String>, Refusal> {
        let seal = |place| {
            let span = self.span;
            Cursor { span, place }.seal(&self.seal, self.question)
        };
        last.map(seal).transpose()
    }
}
