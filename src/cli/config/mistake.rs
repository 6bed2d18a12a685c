//! What the parser says of a configuration file, in words that help: a slip gets the name that was meant, a wrong type an example.

use skelkey::escape::{message, word};
use skelkey::suggest::did_you_mean;

/// How the parser names a type, and how a person writes a value of it.
const TYPES: [(&str, &str); 5] = [
    ("a sequence", "a list, such as [\"one\", \"two\"]"),
    ("a boolean", "true or false"),
    ("a string", "a text in quotes"),
    ("a map", "a table"),
    ("u32", "a whole number, such as 90"),
];

/// The parser's message without any value in it.
pub(super) fn explained(said: &str) -> String {
    if let Some((field, known)) = unknown_field(said) {
        return format!("there is no field `{}` here{}", word(field), did_you_mean(field, &known));
    }
    let said = message(said);
    let wanted = said.split_once(", expected ").and_then(|(is, wanted)| {
        let (_, written) = TYPES.iter().find(|(name, _)| *name == wanted)?;
        Some(format!("{is}; write {written}"))
    });
    wanted.unwrap_or(said)
}

/// The field and those that there are, of "unknown field `x`, expected one of `a`, `b`".
fn unknown_field(said: &str) -> Option<(&str, Vec<&str>)> {
    let (field, rest) = said.strip_prefix("unknown field `")?.split_once("`, expected ")?;
    let known = rest.split('`').skip(1).step_by(2).collect();
    Some((field, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_wrong_types_are_told_with_what_was_meant() {
        for (said, told) in [
            (
                "unknown field `confidense`, expected one of `exclude`, `confidence`",
                "there is no field `confidense` here; did you mean `confidence`?",
            ),
            ("unknown field `zzzzz`, expected `a` or `b`", "there is no field `zzzzz` here; known are a, b"),
            (
                "invalid type: string \"ghp_secret\", expected u32",
                "invalid type: string \"…\"; write a whole number, such as 90",
            ),
            ("unclosed table, expected `]`", "unclosed table, expected `]`"),
        ] {
            assert_eq!(explained(said), told);
        }
        assert!(!explained("unknown field `ghp_0123456789abcdefABCDEF`, expected `a`").contains("ghp"));
    }
}
