//! What the next few bytes tell of a word: whether a reading can find anything there at all.
//!
//! Most places of a word like *key* are code that hands it on (`key)`, `key->next`, `key;`). In a history they need not be
//! remembered for the texts that are built from this one.

use super::{letters, name};
use crate::location::Span;
use crate::rules::Reading;

/// From the first byte of a word so many bytes may decide.
pub(in crate::detect) const NEAR: usize = 64;

/// Whether the reading may find something at the word `at`. If not, it finds nothing, whatever stands beyond [`NEAR`] bytes.
pub(in crate::detect) fn may_lead(reading: Reading, text: &[u8], at: Span) -> bool {
    // Where the bytes do not suffice, it may; a word at the very end of a text has nothing behind it.
    let shown = &text[..text.len().min(at.start + NEAR)];
    let is_cut = shown.len() < text.len();
    match reading {
        Reading::Password => may_assign(shown, letters(text, at), is_cut),
        Reading::Secret | Reading::Token | Reading::Key => may_assign(shown, at, is_cut),
        Reading::Command => may_command(shown, at, is_cut),
        _ => true,
    }
}

/// Whether an operator may stand behind the name in which the word stands.
fn may_assign(shown: &[u8], word: Span, is_cut: bool) -> bool {
    let Some(rest) = shown.get(word.end..) else { return true };
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let name = rest.iter().take_while(is_part).count();
    if name == rest.len() {
        return is_cut;
    }
    let joined = rest[..name].iter().rev().take_while(|byte| matches!(byte, b'-' | b'.')).count();
    let after = &rest[name - joined..];
    match after[0] {
        b'"' | b'\'' | b'`' | b']' | b'\\' | b'&' | b' ' | b'\t' | b'=' | b':' | b'|' | b'?' | b'+' | b'!' | b'('
        | b'<' | b'>' => true,
        b'.' => after.get(1).map_or(is_cut, |next| *next == b'='),
        // Only after a constant, of which no letter is small, or in a pair in braces.
        b',' => !shown[word.start..word.end].iter().any(u8::is_ascii_lowercase) || is_braced(shown, word),
        b')' => may_default(after, is_cut),
        b'\n' | b'\r' => may_list(after, is_cut),
        _ => false,
    }
}

/// Whether a brace stands before the name.
fn is_braced(shown: &[u8], word: Span) -> bool {
    shown[..name::around(shown, word).start].ends_with(b"{")
}

/// Whether a literal may follow that stands for a value that is not set: `) or "…"`.
fn may_default(after: &[u8], is_cut: bool) -> bool {
    let next = after.iter().find(|byte| !b")] \t".contains(byte));
    next.map_or(is_cut, |next| matches!(next, b'o' | b'|' | b'?'))
}

/// Whether `value: …` may follow on the next line.
fn may_list(after: &[u8], is_cut: bool) -> bool {
    let next = after.iter().find(|byte| !byte.is_ascii_whitespace() && !b",\"'".contains(byte));
    next.map_or(is_cut, |next| matches!(next, b'v' | b'V'))
}

/// Whether arguments follow the name of a command.
fn may_command(shown: &[u8], at: Span, is_cut: bool) -> bool {
    let Some(rest) = shown.get(at.end..) else { return true };
    let rest = rest.strip_prefix(b".exe").unwrap_or(rest);
    match rest.first() {
        Some(byte) => byte.is_ascii_whitespace() || b"\"',.".contains(byte),
        None => is_cut,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::detect::credential::read;

    /// What stands around a word, and what a value may be.
    const PIECES: [&str; 49] = [
        "\">> => <<\"",
        "ring",
        ", \"",
        "=",
        " = ",
        ": ",
        ":",
        "==",
        "=>",
        "(",
        ")",
        "))",
        ") or \"",
        "] || '",
        " ?? \"",
        ",",
        ", ",
        "\"",
        "'",
        "`",
        "\\\"",
        "&quot;",
        "]",
        "}",
        "\n",
        "\n  value: ",
        "\r\n",
        "}, value = \"",
        ".",
        "-",
        "->",
        "_id",
        ".value",
        ";",
        "{",
        "[",
        "<",
        "</name> <value>",
        ">",
        " is ",
        " ",
        "\t",
        ".exe ",
        " -u ",
        " -p",
        "a:",
        "|=",
        "+=",
        "~",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6000))]

        #[test]
        fn where_nothing_may_lead_nothing_is_read(
            reading in prop::sample::select(vec![
                (Reading::Key, "key"), (Reading::Key, "KEY"), (Reading::Token, "auth"), (Reading::Token, "TOKEN"),
                (Reading::Secret, "secret"), (Reading::Password, "pass"), (Reading::Password, "pw="),
                (Reading::Password, "_pw"), (Reading::Password, "PWD"), (Reading::Command, "curl"),
                (Reading::Command, "mysql"),
            ]),
            before in prop::sample::select(vec!["", "api_", "\"", "x = ", "--", "\n", "API_", "<name>", "( ", "{", "{my_", "<<\"", "List<"]),
            behind in prop::collection::vec(prop_oneof![
                prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned),
                "[a-zA-Z0-9]{1,30}",
                " {1,30}",
            ], 0..7),
        ) {
            let (reading, word) = reading;
            let text = format!("{before}{word}{}", behind.concat()).into_bytes();
            let at = Span::new(before.len(), before.len() + word.len());
            let mut is_read = false;
            read(reading, &text, at, |_| is_read = true);
            prop_assert!(!is_read || may_lead(reading, &text, at), "{}", String::from_utf8_lossy(&text));
            // What decides stands near: whatever follows, the answer is the same.
            let mut longer = text.clone();
            longer.truncate(at.start + NEAR);
            if text.len() > longer.len() {
                longer.extend_from_slice(b"= \"zzz\"");
                prop_assert_eq!(may_lead(reading, &text, at), may_lead(reading, &longer, at));
            }
        }
    }
}
