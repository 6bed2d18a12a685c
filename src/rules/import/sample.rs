//! Samples for imported rules, read off their patterns: a template for the key, and one for the text around it.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::literals::characters;
use crate::rules::template::{CLASSES, alphabet_of};

/// A key and a text in which it stands, as minting templates.
pub(super) struct Templates {
    pub(super) mint: String,
    pub(super) example: String,
}

/// Which of the texts that a pattern allows is made.
#[derive(Clone, Copy)]
pub(super) struct Variant {
    /// Which branch of an alternation, counted round.
    pub(super) branch: usize,
    /// How many characters a repetition of the key has that leaves it open.
    pub(super) length: u32,
}

/// The variants that are tried, the most telling first.
pub(super) const VARIANTS: [Variant; 8] = [
    Variant { branch: 0, length: 40 },
    Variant { branch: 0, length: 20 },
    Variant { branch: 0, length: 0 },
    Variant { branch: 1, length: 40 },
    Variant { branch: 1, length: 0 },
    Variant { branch: 2, length: 40 },
    Variant { branch: 3, length: 40 },
    Variant { branch: 3, length: 0 },
];

/// Templates of one variant; `None` where a text of printable characters cannot be made.
pub(super) fn templates(pattern: &Hir, variant: Variant) -> Option<Templates> {
    let mut writer = Writer { variant, mint: String::new(), example: String::new(), in_secret: false };
    writer.write(pattern)?;
    let Writer { mint, example, .. } = writer;
    (!mint.is_empty()).then_some(Templates { mint, example })
}

struct Writer {
    variant: Variant,
    mint: String,
    example: String,
    in_secret: bool,
}

impl Writer {
    fn out(&mut self) -> &mut String {
        if self.in_secret { &mut self.mint } else { &mut self.example }
    }

    fn write(&mut self, part: &Hir) -> Option<()> {
        match part.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?.replace('{', "{{").replace('}', "}}");
                self.out().push_str(&text);
            }
            HirKind::Class(class) => self.class(class, 1)?,
            HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => {
                self.example.push_str("{mint}");
                self.in_secret = true;
                self.write(&capture.sub)?;
                self.in_secret = false;
            }
            HirKind::Capture(capture) => self.write(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            HirKind::Alternation(branches) => self.write(branches.get(self.variant.branch % branches.len())?)?,
            HirKind::Repetition(repetition) => {
                let wanted = if self.in_secret { self.variant.length } else { 0 };
                let times = wanted.max(repetition.min).min(repetition.max.unwrap_or(u32::MAX));
                match repetition.sub.kind() {
                    HirKind::Class(class) => self.class(class, times)?,
                    _ => (0..times.min(repetition.min.max(1))).try_for_each(|_| self.write(&repetition.sub))?,
                }
            }
        }
        Some(())
    }

    /// So many characters of a class: random ones in the key, the plainest outside.
    fn class(&mut self, class: &Class, times: u32) -> Option<()> {
        if times == 0 {
            return Some(());
        }
        let all: Vec<char> = (' '..='~').filter(|c| holds(class, *c)).collect();
        if self.in_secret {
            let field = random(&all, times)?;
            self.mint.push_str(&field);
            return Some(());
        }
        let plain = "= \"x0:-_".chars().find(|c| all.contains(c)).or_else(|| all.first().copied());
        let one = plain.or_else(|| characters(class, 8)?.into_iter().find(|c| "\n\t".contains(*c)))?;
        let one = if "{}".contains(one) { one.to_string().repeat(2) } else { one.to_string() };
        (0..times).for_each(|_| self.example.push_str(&one));
        Some(())
    }
}

fn holds(class: &Class, c: char) -> bool {
    match class {
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&(c as u8))),
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&c)),
    }
}

/// A minting field for so many characters out of `all`: of a class with a name, if one is nearly as large.
fn random(all: &[char], times: u32) -> Option<String> {
    let named = CLASSES.iter().map(|(name, alphabet)| (name, alphabet_of(name, alphabet)));
    let inside = named.filter(|(_, alphabet)| alphabet.iter().all(|c| all.contains(c)));
    let usual: Vec<char> = all.iter().copied().filter(|c| !"{}\\'\"` ".contains(*c)).collect();
    match inside.max_by_key(|(_, alphabet)| alphabet.len()) {
        Some((name, alphabet)) if 2 * alphabet.len() >= usual.len() => Some(format!("{{{name}:{times}}}")),
        _ if usual.is_empty() => None,
        _ => Some(format!("{{one-of:{}}}", usual.iter().collect::<String>()).repeat(usize::try_from(times).ok()?)),
    }
}
