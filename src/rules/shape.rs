//! What a pattern tells the prefilter. `build.rs` looks at the built-in patterns with this very code.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::syntax::begins_at_word_edge;

/// How the prefilter looks for a rule's matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seek {
    /// By its anchors.
    Anchors(Start),
    /// By its values: a run of letters, digits, `_` and `-` that has this shape, with one of its words before it.
    Value(Shape),
}

/// Where an anchor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Wherever it stands.
    Anywhere,
    /// Where `\b` sees the edge of a word.
    Edge,
    /// Where it is a word of a name: `acme` in `acme_key` and `myAcmeKey`.
    Part,
}

/// What every value of a rule is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Bytes at least and at most.
    pub(crate) least: u16,
    pub(crate) most: u16,
    /// Which kinds of bytes it may hold: bits of [`kinds`].
    pub(crate) kinds: u8,
}

/// A run that is shorter says too little: too many stand in any text.
pub(crate) const SHORTEST_RUN: usize = 16;

/// How the matches of a pattern are looked for. A pattern that cannot be read is a mistake of its rule, told elsewhere.
pub(crate) fn seek(pattern: Option<&Hir>, left: usize, is_assigned: bool) -> Seek {
    let shape = pattern.filter(|_| is_assigned).and_then(shape);
    let start = match is_assigned {
        true => Start::Part,
        false if left == 0 && pattern.is_some_and(begins_at_word_edge) => Start::Edge,
        false => Start::Anywhere,
    };
    shape.map_or(Seek::Anchors(start), Seek::Value)
}

/// Whether the keys of a rule are looked for in base64 as well: those that begin with an anchor whose case counts.
pub(crate) const fn may_be_encoded(is_structured: bool, fold: bool, left: usize) -> bool {
    is_structured && !fold && left == 0
}

/// How many bytes of base64 hold so many bytes and the one behind them, and the byte behind these.
pub(crate) const fn encoded_reach(bytes: usize) -> usize {
    (bytes + 1).div_ceil(3) * 4 + 1
}

/// The shape of a value that is one run, and long enough.
fn shape(value: &Hir) -> Option<Shape> {
    let (least, most) = (value.properties().minimum_len()?, value.properties().maximum_len()?);
    let kinds = kinds_of(value)?;
    let (least, most) = (u16::try_from(least).ok()?, u16::try_from(most).ok()?);
    (usize::from(least) >= SHORTEST_RUN).then_some(Shape { least, most, kinds })
}

/// The kinds of all bytes that a match may hold; `None` if one of them ends a run.
fn kinds_of(pattern: &Hir) -> Option<u8> {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(0),
        HirKind::Literal(literal) => all(literal.0.iter().map(|&byte| known(byte))),
        HirKind::Class(Class::Bytes(class)) => {
            all(class.iter().flat_map(|range| range.start()..=range.end()).map(known))
        }
        HirKind::Class(Class::Unicode(_)) => None,
        HirKind::Repetition(repetition) => kinds_of(&repetition.sub),
        HirKind::Capture(capture) => kinds_of(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts.iter().map(kinds_of)),
    }
}

fn all(mut kinds: impl Iterator<Item = Option<u8>>) -> Option<u8> {
    kinds.try_fold(0, |all, kinds| Some(all | kinds?))
}

fn known(byte: u8) -> Option<u8> {
    Some(kinds(byte)).filter(|&kinds| kinds != 0)
}

/// A length that some run of letters, digits, `_` and `-` in every match has at least.
pub(crate) fn least_run(pattern: &Hir) -> usize {
    if kinds_of(pattern).is_some() {
        return pattern.properties().minimum_len().unwrap_or(0);
    }
    match pattern.kind() {
        HirKind::Concat(parts) => {
            // What belongs to a run joins what stands beside it.
            let mut all = vec![0];
            let mut run = 0;
            for part in parts {
                let length = least_run(part);
                if kinds_of(part).is_some() {
                    run += length;
                } else {
                    all.extend([run, length]);
                    run = 0;
                }
            }
            all.into_iter().chain([run]).max().unwrap_or(0)
        }
        HirKind::Alternation(parts) => parts.iter().map(least_run).min().unwrap_or(0),
        HirKind::Capture(capture) => least_run(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => least_run(&repetition.sub),
        _ => 0,
    }
}

/// Whether a text holds a run of that length. Looks at few bytes where runs are short.
pub(crate) fn holds_run(text: &[u8], least: usize) -> bool {
    let is_part = |byte: &&u8| kinds(**byte) != 0;
    let mut at = least.saturating_sub(1);
    while let Some(byte) = text.get(at) {
        if is_part(&byte) {
            let before = text[..at].iter().rev().take_while(is_part).count();
            let after = text[at..].iter().take_while(is_part).count();
            if before + after >= least {
                return true;
            }
            at += after;
        }
        at += least.max(1);
    }
    least == 0
}

/// The kind of a byte, as one bit; no bit for a byte that ends a run.
#[inline]
pub(crate) const fn kinds(byte: u8) -> u8 {
    KINDS[byte as usize]
}

const KINDS: &[u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 0x80 {
        kinds[byte as usize] = match byte {
            b'0'..=b'9' => 1,
            b'a'..=b'f' => 2,
            b'g'..=b'z' => 4,
            b'A'..=b'F' => 8,
            b'G'..=b'Z' => 16,
            b'_' => 32,
            b'-' => 64,
            _ => 0,
        };
        byte += 1;
    }
    &{ kinds }
};

#[cfg(test)]
mod tests {
    use super::super::syntax::parse;
    use super::*;

    #[test]
    fn a_run_of_every_match_is_known() {
        let least = |pattern: &str| least_run(&parse(pattern).unwrap());
        assert_eq!(least("[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"), 36);
        assert_eq!(least(r"(?i:key)[ 	]{0,4}=(?P<secret>[A-Za-z]{0,24}[0-9][A-Za-z0-9]{19,120})(?:\s|$)"), 20);
        assert_eq!(least("(?:ab=|cde=)[0-9]{2}"), 2);
        assert_eq!(least("(?:[a-z]{20}|x.y)"), 1);
        assert_eq!(least("(?:[a-z]{20}=)?z"), 1);
        assert_eq!(least("[^ ]{20}"), 0);
    }

    #[test]
    fn a_run_is_seen_wherever_it_stands() {
        for (lead, length) in (0..40).flat_map(|lead| (0..40).map(move |length| (lead, length))) {
            let text = format!("{}{}{}", " ab=".repeat(lead), "x".repeat(length), ".y".repeat(lead % 7));
            let longest = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::len).max().unwrap_or(0);
            for least in [0, 1, 2, 5, 16, 36] {
                assert_eq!(holds_run(text.as_bytes(), least), longest >= least, "{text} {least}");
            }
        }
    }

    fn of(value: &str) -> Seek {
        seek(parse(value).ok().as_ref(), 0, true)
    }

    #[test]
    fn a_value_that_is_one_long_run_is_sought_by_its_shape() {
        assert_eq!(of("[0-9a-f]{32}"), Seek::Value(Shape { least: 32, most: 32, kinds: 3 }));
        assert_eq!(
            of("[0-9a-f]{16}(?:-[A-Z]{4,9})?"),
            Seek::Value(Shape { least: 16, most: 26, kinds: 1 | 2 | 8 | 16 | 64 })
        );
        for other in ["[0-9a-f]{15}", "[0-9a-f]{8}\\.[0-9a-f]{8}", "[^ ]{20}"] {
            assert_eq!(of(other), Seek::Anchors(Start::Part), "{other}");
        }
    }

    #[test]
    fn only_what_begins_at_its_anchor_and_at_a_word_is_sought_at_words() {
        let at_word =
            |pattern: &str, left| seek(parse(pattern).ok().as_ref(), left, false) == Seek::Anchors(Start::Edge);
        assert!(at_word(r"\bacme_[a-z]{9}", 0));
        assert!(!at_word(r"\bacme_[a-z]{9}", 1));
        assert!(!at_word(r"\bacme_[a-z]{9}|acme", 0));
    }
}
