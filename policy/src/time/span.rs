//! From when to when?

use super::Instant;

/// The instants from a start, included, to an end, excluded. The start is never after the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    start: Instant,
    end: Instant,
}

impl Span {
    /// All the time there is.
    pub const ALL: Span = Span {
        start: Instant::MIN,
        end: Instant::MAX,
    };

    /// Empty, at its start, when it would end before it starts.
    pub fn or_empty(start: Instant, end: Instant) -> Span {
        let end = end.max(start);
        Span { start, end }
    }

    /// `None` when it would end before it starts.
    pub fn new(start: Instant, end: Instant) -> Option<Span> {
        (start <= end).then_some(Span { start, end })
    }

    /// The first instant inside, unless the span is empty.
    pub fn start(self) -> Instant {
        self.start
    }

    /// The first instant after it.
    pub fn end(self) -> Instant {
        self.end
    }

    /// Is `at` inside? The end is not.
    pub fn contains(self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }

    /// Does it hold no instant at all?
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// How long it lasts.
    pub fn milliseconds(self) -> i64 {
        self.end.milliseconds() - self.start.milliseconds()
    }

    /// The part of this span that is inside `other`. When they do not meet it is empty, at the
    /// end of `other` that lies closer.
    pub fn clip_to(self, other: Span) -> Span {
        let start = self.start.max(other.start).min(other.end);
        let end = self.end.min(other.end).max(start);
        Span { start, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Instant {
        Instant::from_milliseconds(milliseconds).unwrap()
    }

    fn span(start: i64, end: i64) -> Span {
        Span::new(at(start), at(end)).unwrap()
    }

    #[test]
    fn a_span_never_ends_before_it_starts() {
        assert_eq!(Span::new(at(2), at(1)), None);
        assert!(span(2, 2).is_empty());
    }

    #[test]
    fn the_start_is_inside_and_the_end_is_not() {
        let inside: Vec<i64> = (0..10).filter(|&it| span(3, 6).contains(at(it))).collect();
        assert_eq!(inside, [3, 4, 5]);
        assert_eq!(span(3, 6).milliseconds(), 3);
    }

    #[test]
    fn clipping_keeps_exactly_the_instants_that_both_hold() {
        for (start, end) in (0..6).flat_map(|start| (start..6).map(move |end| (start, end))) {
            let (this, other) = (span(start, end), span(2, 4));
            let clipped = this.clip_to(other);
            assert!(clipped.start() >= other.start() && clipped.end() <= other.end());
            for instant in (0..6).map(at) {
                let both = this.contains(instant) && other.contains(instant);
                assert_eq!(clipped.contains(instant), both, "{this:?} {instant:?}");
            }
        }
    }
}
