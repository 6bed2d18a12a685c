//! Markers in comments: `skelkey:ignore[rule] reason="…" until=2027-01-31`, and those of other scanners.
//!
//! The comment syntax of the language does not matter: the marker may stand anywhere on the line.

use jiff::civil::Date;

/// A request to set aside what stands on its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    /// Ids of rules or verdicts; empty for all.
    pub ids: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// What is wrong with it; such a marker sets nothing aside.
    pub mistake: Option<String>,
    /// The line on which it stands, from 1; 0 where nobody counted.
    pub line: usize,
}

/// What begins our own.
pub const MARKER: &str = "skelkey:ignore";

/// How other scanners spell it. None of them names a rule in a way that we could know.
const FOREIGN: [&str; 8] = [
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "pragma: allowlist secret",
    "kingfisher:ignore",
    "ggignore",
    "noseyparker:ignore",
    "secretlint-disable-line",
];

/// Bytes of a line that are looked through, to either end: a minified line of megabytes holds no comment for people.
pub const MARKER_REACH: usize = 4096;

/// The markers on a line, ours and those of other scanners.
#[must_use]
pub fn markers(line: &[u8]) -> Vec<Marker> {
    let text = if line.len() <= 2 * MARKER_REACH {
        line.to_vec()
    } else {
        [&line[..MARKER_REACH], &line[line.len() - MARKER_REACH..]].concat()
    };
    let text = String::from_utf8_lossy(&text);
    let foreign = FOREIGN.iter().any(|marker| text.contains(marker)).then(Marker::default);
    own(&text).chain(foreign).collect()
}

fn own(text: &str) -> impl Iterator<Item = Marker> {
    text.match_indices(MARKER).map(|(at, marker)| parse(&text[at + marker.len()..]))
}

/// Signs that begin a comment in some language.
const SIGNS: [&[u8]; 10] = [b"#", b"//", b"--", b";", b"/*", b"*", b"<!--", b"%", b"(*", b"{-"];

/// Whether one of our own markers, which stands at `at`, begins a comment. One in a sentence or a string is none that somebody
/// forgot.
#[must_use]
pub fn begins_comment(text: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(MARKER_REACH);
    let line = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |end| from + end + 1);
    let before = text[line..at].trim_ascii_end();
    SIGNS.iter().any(|sign| before.ends_with(sign))
}

/// Whether one of our own markers stands in a comment of a text.
#[must_use]
pub fn holds_comment(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, MARKER).any(|at| begins_comment(text, at))
}

/// Reads what follows the marker's word.
fn parse(rest: &str) -> Marker {
    let mut marker = Marker::default();
    let mut rest = rest;
    if let Some(list) = rest.strip_prefix('[') {
        let Some((ids, after)) = list.split_once(']') else {
            marker.mistake = Some("`[` is not closed; write skelkey:ignore[rule-id]".to_owned());
            return marker;
        };
        marker.ids = ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
        rest = after;
    }
    while let Some((name, value, after)) = field(rest) {
        match name {
            "reason" => marker.reason = Some(value),
            _ => match value.parse() {
                Ok(day) => marker.until = Some(day),
                Err(_) => marker.mistake = Some("`until` is no day; write until=2027-01-31".to_owned()),
            },
        }
        rest = after;
    }
    marker
}

/// The next `reason=…` or `until=…`, its value (in double quotes, or up to a space) and what follows.
fn field(rest: &str) -> Option<(&str, String, &str)> {
    let rest = rest.trim_start();
    let (name, value) = rest.split_once('=').filter(|(name, _)| matches!(*name, "reason" | "until"))?;
    if let Some(quoted) = value.strip_prefix('"') {
        let (value, after) = quoted.split_once('"').unwrap_or((quoted, ""));
        return Some((name, value.to_owned(), after));
    }
    let end = value.find(char::is_whitespace).unwrap_or(value.len());
    Some((name, value[..end].to_owned(), &value[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Marker {
        let all = markers(line.as_bytes());
        assert_eq!(all.len(), 1, "{line}: {all:?}");
        all.into_iter().next().unwrap()
    }

    #[test]
    fn any_comment_syntax_will_do() {
        for line in
            ["k=v # skelkey:ignore", "k=v // skelkey:ignore", "<!-- skelkey:ignore -->", "k = v -- gitleaks:allow"]
        {
            assert_eq!(one(line), Marker::default(), "{line}");
        }
        assert!(markers(b"k=v # skelkey").is_empty());
    }

    #[test]
    fn rules_reason_and_day_are_read() {
        let marker = one("k # skelkey:ignore[nuget-api-key-v4, SK1002] reason=\"a test key\" until=2027-01-31 */");
        assert_eq!(marker.ids, ["nuget-api-key-v4", "SK1002"]);
        assert_eq!(marker.reason.as_deref(), Some("a test key"));
        assert_eq!(marker.until, Some(jiff::civil::date(2027, 1, 31)));
        assert_eq!(marker.mistake, None);
    }

    #[test]
    fn only_comments_count_as_comments() {
        let begins = |text: &str, at: &usize| begins_comment(text.as_bytes(), *at);
        let count =
            |text: &str| memchr::memmem::find_iter(text.as_bytes(), MARKER).filter(|at| begins(text, at)).count();
        assert_eq!(count("k=1 # skelkey:ignore\n// skelkey:ignore[x]\n<!--skelkey:ignore-->"), 3);
        assert_eq!(count("write `skelkey:ignore` there, or \"skelkey:ignore\""), 0);
    }

    #[test]
    fn a_mistake_is_told_and_not_guessed_at() {
        assert!(one("skelkey:ignore until=soon").mistake.is_some());
        assert!(one("skelkey:ignore[nuget").mistake.is_some());
    }
}
