//! Minting: sample keys made at run time from a rule's template, so that none is ever committed.

use data_encoding::BASE64;

use super::template::{Part, parse};
use super::{Example, Rule, RuleSet};
use crate::escape::word;
use crate::location::Span;

/// Makes samples from templates with a seeded generator: the same seed gives the same keys.
pub struct Minter {
    rng: fastrand::Rng,
}

/// A template that cannot be minted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MintError(pub String);

/// An example with its fields filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Where it stands; empty for anywhere.
    pub path: String,
    /// The text.
    pub text: String,
    /// Where each `{mint}` stands in it, in order. A key inside `{base64-of:…}` has no place of its own.
    pub spans: Vec<Span>,
    /// The same for each `{mint:RULE}`.
    pub others: Vec<Span>,
}

/// What `{mint}` means in a text, and where samples were put.
struct Minted<'a> {
    rules: &'a RuleSet,
    rule: &'a Rule,
    spans: Vec<Span>,
    others: Vec<Span>,
}

impl Minter {
    /// A generator whose keys depend on `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed) }
    }

    /// Fills a template. `{mint}` is not known here: it has a meaning in the examples of a rule only.
    ///
    /// # Errors
    /// An unknown field, a wrong length, an envelope that does not understand its argument.
    pub fn fill(&mut self, template: &str) -> Result<String, MintError> {
        let mut text = String::new();
        self.write(&parse(template).map_err(MintError)?, &mut text, None)?;
        Ok(text)
    }

    /// A key as `rule` describes it, with its checksum.
    ///
    /// # Errors
    /// As [`Minter::fill`], or a rule without a `mint`.
    pub fn mint(&mut self, rule: &Rule) -> Result<String, MintError> {
        let template = rule.mint.as_deref().ok_or_else(|| MintError(format!("rule `{}` has no `mint`", rule.id)))?;
        let key = self.fill(template)?;
        let Some(check) = rule.check else { return Ok(key) };
        // An envelope is whole already; only a template of plain fields still lacks its checksum.
        match check.seal {
            Some(seal) if !(check.verify)(key.as_bytes()) => Ok(seal(&key)),
            _ => Ok(key),
        }
    }

    /// Fills an example of `rule`; `rules` are asked for `{mint:RULE}`.
    ///
    /// # Errors
    /// As [`Minter::mint`], or a rule that does not exist.
    pub fn example(&mut self, rules: &RuleSet, rule: &Rule, example: &Example) -> Result<Sample, MintError> {
        let mut minted = Minted { rules, rule, spans: Vec::new(), others: Vec::new() };
        let mut text = String::new();
        self.write(&parse(&example.text).map_err(MintError)?, &mut text, Some(&mut minted))?;
        Ok(Sample { path: example.path.clone(), text, spans: minted.spans, others: minted.others })
    }

    /// `key` with one character changed to another of its class so that the rule's check fails. `None` when the rule
    /// has no check, or no such change breaks it.
    pub fn flip(&mut self, rule: &Rule, key: &str) -> Option<String> {
        let check = rule.check?;
        let mut places: Vec<usize> = (rule.public_prefix.len().min(key.len())..key.len()).collect();
        self.rng.shuffle(&mut places);
        places.into_iter().find_map(|place| {
            let mut bytes = key.as_bytes().to_vec();
            bytes[place] = self.another(bytes[place])?;
            if (check.verify)(&bytes) { None } else { String::from_utf8(bytes).ok() }
        })
    }

    /// Another character of the same class, `None` for a character of no class.
    fn another(&mut self, byte: u8) -> Option<u8> {
        let (first, count) = match byte {
            b'0'..=b'9' => (b'0', 10),
            b'a'..=b'f' => (b'a', 6),
            b'g'..=b'z' => (b'g', 20),
            b'A'..=b'F' => (b'A', 6),
            b'G'..=b'Z' => (b'G', 20),
            _ => return None,
        };
        Some(first + (byte - first + self.rng.u8(1..count)) % count)
    }

    fn write(&mut self, parts: &[Part], text: &mut String, mut minted: Option<&mut Minted>) -> Result<(), MintError> {
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Random(alphabet, length) => {
                    text.extend((0..*length).filter_map(|_| self.rng.choice(alphabet)));
                }
                Part::Uuid => text.push_str(&self.uuid()),
                Part::Base64Of(inner) => text.push_str(&self.base64_of(inner, minted.as_deref_mut())?),
                Part::Envelope(envelope, argument) => {
                    let made = (envelope.mint)(&mut |count| self.bytes(count), argument);
                    let refused =
                        || MintError(format!("`@{}` does not understand `{}`", envelope.name, word(argument)));
                    text.push_str(&made.ok_or_else(refused)?);
                }
                Part::Mint(rule) => self.write_mint(rule.as_deref(), text, minted.as_deref_mut())?,
            }
        }
        Ok(())
    }

    fn base64_of(&mut self, parts: &[Part], minted: Option<&mut Minted>) -> Result<String, MintError> {
        let mut inner = String::new();
        // The places of keys inside are places in the decoded text, so they are not kept.
        let mut hidden = minted.map(|m| Minted { rules: m.rules, rule: m.rule, spans: Vec::new(), others: Vec::new() });
        self.write(parts, &mut inner, hidden.as_mut())?;
        Ok(BASE64.encode(inner.as_bytes()))
    }

    fn write_mint(
        &mut self,
        rule: Option<&str>,
        text: &mut String,
        minted: Option<&mut Minted>,
    ) -> Result<(), MintError> {
        let minted = minted.ok_or_else(|| MintError("`{mint}` stands in examples only".to_owned()))?;
        let start = text.len();
        match rule {
            None => text.push_str(&self.mint(minted.rule)?),
            Some(id) => {
                let other =
                    minted.rules.get(id).ok_or_else(|| MintError(format!("there is no rule `{}`", word(id))))?;
                text.push_str(&self.mint(other)?);
            }
        }
        let places = if rule.is_none() { &mut minted.spans } else { &mut minted.others };
        places.push(Span::new(start, text.len()));
        Ok(())
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.rng.fill(&mut bytes);
        bytes
    }

    /// A random UUID (version 4), lower case.
    fn uuid(&mut self) -> String {
        let random = (self.rng.u128(..) & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{random:032x}");
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str) -> String {
        Minter::new(7).fill(template).unwrap()
    }

    #[test]
    fn fields_give_so_many_characters_of_their_class() {
        let classes = ["base62", "alnum-lower", "alnum-upper", "lower", "upper", "digits", "hex", "hex-upper"];
        for class in classes.iter().chain(&["base32", "base32-lower", "base64", "base64url"]) {
            assert_eq!(fill(&format!("{{{class}:40}}")).len(), 40, "{class}");
        }
        assert!(fill("{base32:200}").bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b)));
        assert!(fill("{hex:200}").bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
        assert!(["a", "b"].contains(&fill("{one-of:ab}").as_str()));
    }

    #[test]
    fn literals_braces_and_nesting() {
        assert_eq!(fill("a{{b}}c"), "a{b}c");
        assert_eq!(fill("{base64-of:user:pass}"), "dXNlcjpwYXNz");
        let decoded = BASE64.decode(fill("{base64-of:u:{digits:3}}").as_bytes()).unwrap();
        assert!(decoded.starts_with(b"u:") && decoded.len() == 5);
        assert_eq!(fill("{base64-of:{base64-of:x}}"), BASE64.encode(BASE64.encode(b"x").as_bytes()));
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let uuid = fill("{uuid}");
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }

    #[test]
    fn a_seed_gives_the_same_keys() {
        assert_eq!(fill("{base62:30}"), fill("{base62:30}"));
        assert_ne!(fill("{base62:30}"), Minter::new(8).fill("{base62:30}").unwrap());
    }

    #[test]
    fn what_cannot_be_minted_is_an_error() {
        let error = |template: &str| Minter::new(0).fill(template).unwrap_err().0;
        assert!(error("{mint}").contains("examples only"));
        assert!(error("{bse62:3}").contains("did you mean"));
    }
}
