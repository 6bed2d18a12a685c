//! Minting templates: text with fields, read before any sample is made so that a wrong one is a mistake of its file.

use data_encoding::{BASE64, BASE64URL};

use crate::escape::word;
use crate::format::{ENVELOPES, Envelope};
use crate::suggest::did_you_mean;

/// One piece of a template.
#[derive(Debug)]
pub(super) enum Part {
    Literal(String),
    /// So many characters, each any of these.
    Random(Vec<char>, usize),
    Uuid,
    /// The text as padded base64.
    Base64Of(Vec<Part>),
    Envelope(&'static Envelope, String),
    /// A sample of the rule at hand, or of the named one.
    Mint(Option<String>),
}

/// Characters of one field at most: longer keys do not exist, and a slip must not eat the memory.
const LONGEST: usize = 1 << 16;

const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Fields that give N characters of an alphabet.
pub(super) const CLASSES: [(&str, &str); 12] = [
    ("base62", ALPHANUMERIC),
    ("alnum-lower", "0123456789abcdefghijklmnopqrstuvwxyz"),
    ("alnum-upper", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("lower", "abcdefghijklmnopqrstuvwxyz"),
    ("upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("digits", "0123456789"),
    ("hex", "0123456789abcdef"),
    ("hex-upper", "0123456789ABCDEF"),
    ("base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    ("base32-lower", "abcdefghijklmnopqrstuvwxyz234567"),
    ("base64", ""),
    ("base64url", ""),
];

/// The fields that are none of [`CLASSES`].
const OTHERS: [&str; 4] = ["one-of", "uuid", "base64-of", "mint"];

/// Reads a template.
pub(super) fn parse(template: &str) -> Result<Vec<Part>, String> {
    Parser { rest: template }.parts(false)
}

/// The rules whose samples a template asks for.
pub(super) fn minted_rules(parts: &[Part]) -> Vec<Option<&str>> {
    let mut rules = Vec::new();
    for part in parts {
        match part {
            Part::Mint(rule) => rules.push(rule.as_deref()),
            Part::Base64Of(inner) => rules.extend(minted_rules(inner)),
            _ => {}
        }
    }
    rules
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    /// Reads up to the end or, in a nested text, up to its closing brace, which is taken too.
    fn parts(&mut self, nested: bool) -> Result<Vec<Part>, String> {
        let mut parts = Vec::new();
        loop {
            let literal = self.literal(nested);
            if !literal.is_empty() {
                parts.push(Part::Literal(literal));
            }
            match self.rest.chars().next() {
                None if nested => return Err("a field has no closing `}`".to_owned()),
                None => return Ok(parts),
                Some('{') => {
                    self.rest = &self.rest[1..];
                    parts.push(self.field()?);
                }
                Some(_) if nested => {
                    self.rest = &self.rest[1..];
                    return Ok(parts);
                }
                Some(_) => return Err("a `}` closes no field; write `}}` for a literal brace".to_owned()),
            }
        }
    }

    /// Takes text up to the next field or end. In a nested text a brace is never literal: `}}` there closes two fields.
    fn literal(&mut self, nested: bool) -> String {
        let mut literal = String::new();
        loop {
            let end = self.rest.find(['{', '}']).unwrap_or(self.rest.len());
            literal.push_str(&self.rest[..end]);
            self.rest = &self.rest[end..];
            let doubled = self.rest.starts_with("{{") || self.rest.starts_with("}}");
            if nested || !doubled {
                return literal;
            }
            literal.push_str(&self.rest[..1]);
            self.rest = &self.rest[2..];
        }
    }

    fn field(&mut self) -> Result<Part, String> {
        if let Some(rest) = self.rest.strip_prefix("base64-of:") {
            self.rest = rest;
            return Ok(Part::Base64Of(self.parts(true)?));
        }
        let end = self.rest.find('}').ok_or("a field has no closing `}`; write `{{` for a literal brace")?;
        let (name, argument) = split(&self.rest[..end]);
        self.rest = &self.rest[end + 1..];
        match (name.strip_prefix('@'), name, argument) {
            (Some(name), ..) => envelope(name, argument.unwrap_or("")),
            (_, "uuid", None) => Ok(Part::Uuid),
            (_, "mint", rule) => Ok(Part::Mint(rule.map(str::to_owned))),
            (_, "one-of", Some(characters)) if !characters.is_empty() => {
                Ok(Part::Random(characters.chars().collect(), 1))
            }
            _ => class(name, argument),
        }
    }
}

fn split(field: &str) -> (&str, Option<&str>) {
    field.split_once(':').map_or((field, None), |(name, argument)| (name, Some(argument)))
}

fn envelope(name: &str, argument: &str) -> Result<Part, String> {
    let known: Vec<&str> = ENVELOPES.iter().map(|envelope| envelope.name).collect();
    let found = ENVELOPES.iter().find(|envelope| envelope.name == name);
    found
        .map(|envelope| Part::Envelope(envelope, argument.to_owned()))
        .ok_or_else(|| format!("unknown envelope `@{}`{}", word(name), did_you_mean(name, &known)))
}

fn class(name: &str, argument: Option<&str>) -> Result<Part, String> {
    let Some((_, alphabet)) = CLASSES.iter().find(|(class, _)| *class == name) else {
        if OTHERS.contains(&name) {
            return Err(format!(
                "`{{{}}}` is not written like this; see the minting fields in rules/README.md",
                word(name)
            ));
        }
        let known: Vec<&str> = CLASSES.iter().map(|(class, _)| *class).chain(OTHERS).collect();
        return Err(format!("unknown field `{{{}}}`{}", word(name), did_you_mean(name, &known)));
    };
    let length = argument.and_then(|digits| digits.parse().ok()).filter(|n| (1..=LONGEST).contains(n));
    let length =
        length.ok_or_else(|| format!("`{{{0}}}` needs a length: `{{{0}:N}}`, N from 1 to {LONGEST}", word(name)))?;
    Ok(Part::Random(alphabet_of(name, alphabet), length))
}

/// The two base64 alphabets are the encoder's own; the others are written out above.
pub(super) fn alphabet_of(name: &str, alphabet: &str) -> Vec<char> {
    let symbols = match name {
        "base64" => BASE64.specification().symbols,
        "base64url" => BASE64URL.specification().symbols,
        _ => alphabet.to_owned(),
    };
    symbols.chars().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_template_says_what_is_wrong() {
        let message = |template: &str| parse(template).unwrap_err();
        assert!(message("{bse62:4}").contains("did you mean `base62`"));
        assert!(message("{hex}").contains("`{hex:N}`"));
        assert!(message("{hex:0}").contains("from 1"));
        assert!(message("{hex:4").contains("no closing"));
        assert!(message("a}").contains("`}}`"));
        assert!(message("{uuid:4}").contains("not written like this"));
        assert!(message("{@no-such}").contains("unknown envelope"));
    }

    #[test]
    fn the_rules_that_are_minted_are_found_at_any_depth() {
        let parts = parse("{mint} {base64-of:u:{mint:other}}").unwrap();
        assert_eq!(minted_rules(&parts), [None, Some("other")]);
    }
}
