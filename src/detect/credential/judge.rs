//! How sure it is that a value opens something: its own look, its name, how it is written, and the file.
//!
//! Low is for what a person has to look at: made of words, or written where made-up values are usual. Nothing is for
//! what is known to be something else.

use data_encoding::{BASE64, BASE64_NOPAD};

use super::place::{self, Place};
use super::shape::{WORDY, is_number, is_other, is_uuid};
use super::surprise::surprise;
use super::{Found, Syntax, code, meaning, name, weak};
use crate::detect::placeholder::{is_placeholder, is_reference, is_unfinished};
use crate::location::Span;
use crate::rules::Reading;
use crate::severity::Confidence;

/// What random letters and digits cost at least, nearly always, in half bits per character.
const RANDOM: u32 = 11;

/// Shortest value that is looked at.
const SHORTEST: usize = 4;

/// No counter, identifier or moment has so many digits.
const LONGEST_COUNT: usize = 24;

/// A machine's token has so many characters at least to be told from a word by its look.
const SHORTEST_TOKEN: usize = 16;

/// Parts of a token between dots: an encrypted one (RFC 7516) has five.
const MOST_PARTS: usize = 5;

/// What is known about one value.
struct Case<'t> {
    reading: Reading,
    text: &'t [u8],
    at: Span,
    found: &'t Found,
    value: &'t [u8],
    place: Place,
    /// In a remark that documents code.
    remark: bool,
}

/// The confidence in what a reading found, or nothing if it is something else.
pub(super) fn judge(reading: Reading, text: &[u8], at: Span, found: &Found, path: &str) -> Option<Confidence> {
    let value = &text[found.value.start..found.value.end];
    let is_text = value.iter().all(u8::is_ascii_graphic);
    if value.len() < SHORTEST || !is_text {
        return None;
    }
    let mut place = place::of(path);
    let remark = is_in_remark(text, found.value.start);
    place.sample |= remark;
    let case = Case { reading, text, at, found, value, place, remark };
    let confidence = match reading {
        Reading::Password | Reading::Command | Reading::Arguments | Reading::Address => case.password(),
        Reading::Secret => case.secret(),
        Reading::Token | Reading::Key => case.token(),
        Reading::Bearer => case.bearer(),
        Reading::Basic => case.basic(),
        Reading::Manifest => case.manifest(),
        Reading::Otp => Some(Confidence::Medium),
    }?;
    let is_placeholder = if case.is_strengthened() { is_unfinished(value) } else { is_placeholder(value) };
    if is_reference(text, found.value) || is_placeholder {
        return None;
    }
    let doubtful = case.place.apart && reading != Reading::Address || meaning::is_made_up(case.name());
    Some(if doubtful { Confidence::Low } else { confidence })
}

impl Case<'_> {
    fn name(&self) -> &[u8] {
        self.found.name.map_or(b"", |name| &self.text[name.start..name.end])
    }

    /// What a person made up, or a machine: a literal that is no word is enough where only a password can stand.
    fn password(&self) -> Option<Confidence> {
        let value = self.value;
        if self.is_something_else() {
            return None;
        }
        let bare = matches!(self.found.syntax, Syntax::Setting | Syntax::Bare);
        if bare && weak::is_word(value) && value.len() < SHORTEST_TOKEN {
            let is_setting = self.place.pairs || self.place.settings && name::is_constant(self.name());
            return (is_setting && self.ends_statement() && weak::is_chosen(value)).then(|| self.unless_sample());
        }
        if let Some(decoded) = decoded_text(value) {
            let inner = Case { value: &decoded, ..*self };
            return if is_placeholder(&decoded) { None } else { Some(inner.as_written().min(Confidence::Medium)) };
        }
        Some(self.as_written())
    }

    fn as_written(&self) -> Confidence {
        let value = self.value;
        let random = is_random_password(value);
        let literal = match self.found.syntax {
            Syntax::Quoted | Syntax::Argument | Syntax::Element | Syntax::Address | Syntax::Encoded => true,
            Syntax::Setting => self.place.settings || self.place.prose || name::is_constant(self.name()),
            Syntax::Bare => self.place.settings || self.place.prose,
            Syntax::Told => false,
        };
        let mixed = is_mixed(value) && !is_dashed_words(value) && !weak::speaks_for_itself(value);
        let worded = self.place.settings || self.found.syntax == Syntax::Argument && self.found.name.is_none();
        let chosen = literal && (mixed || worded && weak::is_word(value) && weak::is_chosen(value));
        let least = if self.remark { SHORTEST_TOKEN } else { 10 };
        let spelled = self.place.sample && weak::spells_itself(value);
        let told = random && !weak::speaks_for_itself(value) && !spelled && value.len() >= least;
        match (chosen && value.len() >= 6, told) {
            (_, true) => Confidence::Medium,
            (true, false) if !self.place.sample && !self.is_for_nobody() && !self.is_user() => Confidence::Medium,
            _ => Confidence::Low,
        }
    }

    /// Whether signs and digits were put to the words of a password, as rules for passwords demand: `Admin@123`.
    fn is_strengthened(&self) -> bool {
        let has = |is: fn(&u8) -> bool| self.value.iter().any(is);
        matches!(self.reading, Reading::Password | Reading::Command | Reading::Arguments)
            && !self.place.sample
            && has(|byte| b"!@#$%^&*".contains(byte))
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic)
    }

    /// Whether nothing but a remark follows on the line.
    fn ends_statement(&self) -> bool {
        let rest =
            self.text[self.found.value.end..].split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
        rest.is_empty() || b"#;\\\"'}".contains(&rest[0])
    }

    /// Whether the password of an address is its user's name.
    fn is_user(&self) -> bool {
        let before = &self.text[..self.found.value.start];
        let user = before.strip_suffix(b":").filter(|_| self.found.syntax == Syntax::Address);
        user.is_some_and(|user| user.ends_with(self.value))
    }

    /// Medium, but not where made-up values are usual.
    fn unless_sample(&self) -> Confidence {
        if self.place.sample { Confidence::Low } else { Confidence::Medium }
    }

    /// A value of a Kubernetes Secret: what stands there is one, unless it plainly is not.
    fn manifest(&self) -> Option<Confidence> {
        let value = self.value;
        let decoded = decoded_text(value).filter(|_| self.found.syntax == Syntax::Encoded);
        let plain = decoded.as_deref().unwrap_or(value);
        if is_other(plain) || is_placeholder(plain) || code::is_keyword(plain) || plain.starts_with(b"-----BEGIN") {
            return None;
        }
        let random = is_random_password(plain) || is_random_token(plain);
        Some(if random || !weak::speaks_for_itself(plain) && !self.place.sample {
            Confidence::Medium
        } else {
            Confidence::Low
        })
    }

    /// A random text, or what stands for a password.
    fn secret(&self) -> Option<Confidence> {
        let token = self.token();
        if token == Some(Confidence::Medium) || self.value.iter().all(|byte| is_token_byte(*byte)) {
            return token;
        }
        let is_setting = (self.place.settings || self.place.prose) && !self.place.sample;
        let sure = is_setting || is_random_password(self.value);
        self.password().map(|confidence| if sure { confidence } else { Confidence::Low })
    }

    /// A random text, as machines make it.
    fn token(&self) -> Option<Confidence> {
        let value = self.value;
        if !value.iter().all(|byte| is_token_byte(*byte)) {
            return None;
        }
        if !value.iter().any(u8::is_ascii_alphabetic) {
            return self.number();
        }
        // Most values are words: that is told before anything else is asked.
        let (uuid, random) = (is_uuid(value), is_random_token(value));
        let mixed = is_mixed(value) && value.len() >= SHORTEST_TOKEN;
        if !(uuid || random || mixed) || self.is_something_else() || value.split(|b| *b == b'.').count() > MOST_PARTS {
            return None;
        }
        let bare_key = self.is_unclear();
        let unclear = bare_key && !self.is_query();
        if uuid {
            let opens = self.reading != Reading::Key || meaning::says_what_opens(self.name()) || bare_key;
            let told = self.found.syntax == Syntax::Told || !opens;
            return (!unclear).then_some(if told { Confidence::Low } else { Confidence::Medium });
        }
        if unclear {
            let unmistakable = is_mixed_case(value) && value.len() >= 20 || !is_hexadecimal(value) && value.len() >= 32;
            return random.then_some(if unmistakable { Confidence::Medium } else { Confidence::Low });
        }
        let short = value.len() < SHORTEST_TOKEN;
        match (random, self.found.syntax) {
            (true, Syntax::Bare | Syntax::Told) if short || !has_digits(value, 2) => None,
            (true, _) if short && (self.place.sample || self.is_query()) => Some(Confidence::Low),
            (true, _) if weak::is_typed(value) => Some(Confidence::Low),
            (true, _) => Some(Confidence::Medium),
            (false, Syntax::Quoted | Syntax::Setting | Syntax::Element) if mixed && !is_dashed_words(value) => {
                let chosen = self.place.settings && !self.place.sample && self.reading != Reading::Key;
                let chosen =
                    chosen && has_digits(value, 2) && !weak::speaks_for_itself(value) && !weak::is_typed(value);
                Some(if chosen { Confidence::Medium } else { Confidence::Low })
            }
            (false, _) => None,
        }
    }

    /// A token of digits alone: so long that it counts nothing.
    fn number(&self) -> Option<Confidence> {
        let value = self.value;
        let is_long = value.len() >= LONGEST_COUNT && value.iter().all(u8::is_ascii_digit) && distinct(value) >= 7;
        let literal = matches!(self.found.syntax, Syntax::Quoted | Syntax::Setting | Syntax::Element);
        (is_long && literal && !self.is_unclear() && !self.is_something_else()).then(|| self.unless_sample())
    }

    /// Whether the name may be about anything: `key` alone.
    fn is_unclear(&self) -> bool {
        self.reading == Reading::Key && meaning::of_key(self.text, self.at) == Some(meaning::Meaning::Vague)
    }

    fn bearer(&self) -> Option<Confidence> {
        let value = self.value;
        if is_other(value) || code::is_keyword(value) {
            return None;
        }
        let random = (is_uuid(value) || is_random_token(value)) && !weak::is_typed(value);
        if random { Some(Confidence::Medium) } else { has_digits(value, 2).then_some(Confidence::Low) }
    }

    /// A user and a password in base64.
    fn basic(&self) -> Option<Confidence> {
        let decoded = decoded_text(self.value)?;
        let colon = decoded.iter().position(|byte| *byte == b':')?;
        let password = &decoded[colon + 1..];
        if password.is_empty() || is_placeholder(password) || decoded == b"Aladdin:open sesame" {
            return None;
        }
        let chosen = !weak::speaks_for_itself(password) && !repeats(password, &decoded[..colon]);
        Some(if chosen || is_random_password(password) { Confidence::Medium } else { Confidence::Low })
    }

    fn is_something_else(&self) -> bool {
        let value = self.value;
        let quoted = !matches!(self.found.syntax, Syntax::Setting | Syntax::Bare | Syntax::Told);
        let expression =
            !(quoted || self.found.syntax == Syntax::Setting && self.place.settings) && code::is_expression(value);
        is_other(value)
            || expression
            || is_number(value, quoted)
            || code::is_keyword(value)
            || repeats(value, self.name())
    }

    /// Whether the key is a parameter of an address: `?key=…`.
    fn is_query(&self) -> bool {
        let before = self.found.name.and_then(|name| self.text[..name.start].last());
        before.is_some_and(|byte| b"?&".contains(byte))
    }

    /// Whether the server is one of those that only stand in texts about servers.
    fn is_for_nobody(&self) -> bool {
        let Some(host) = self.found.host.map(|host| self.text[host.start..host.end].to_ascii_lowercase()) else {
            return false;
        };
        let ends = |end: &str| host.ends_with(end.as_bytes());
        [
            "localhost",
            "example.com",
            "example.org",
            "example.net",
            ".example",
            ".test",
            ".invalid",
            "127.0.0.1",
            "0.0.0.0",
        ]
        .iter()
        .any(|end| ends(end))
            || [&b"host"[..], b"hostname", b"server", b"host.com", b"hostname.com", b"foo.com", b"domain.com"]
                .contains(&host.as_slice())
    }
}

/// Whether the line is one of a remark that documents code: ` * …`, `/// …`, `#   …`. A setting that is commented out has
/// no space before it.
fn is_in_remark(text: &[u8], at: usize) -> bool {
    let line = text[..at].rsplit(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    [&b"* "[..], b"/// ", b"//! ", b"#  ", b"//  ", b"--  "].iter().any(|mark| line.starts_with(mark))
}

/// Letters, digits and what URL-safe and plain base64 and the separators of tokens add.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+/=.~|:%".contains(&byte)
}

/// A token that is random all over: no word costs as much.
fn is_random_token(value: &[u8]) -> bool {
    let cost = surprise(value);
    let distinct = distinct(value);
    if has_run(value) || value.len() >= 24 && distinct < 10 {
        return false;
    }
    if is_hexadecimal(value) {
        return value.len() >= SHORTEST_TOKEN && distinct >= 8;
    }
    if is_spelled(value) && cost < RANDOM + 2 {
        return false;
    }
    let many_digits = has_digits(value, 8) && has_digits(value, value.len() / 3);
    let cost = if many_digits { cost + 3 } else { cost };
    let (digits, letters) = (value.iter().any(u8::is_ascii_digit), value.iter().any(u8::is_ascii_alphabetic));
    match value.len() {
        0..=9 => false,
        10..SHORTEST_TOKEN => cost > RANDOM && digits && letters && distinct >= 7,
        16..24 => cost >= RANDOM - 1 && distinct >= 8 && (digits || cost > RANDOM),
        _ => cost >= WORDY && distinct >= 8 && (digits || cost >= RANDOM),
    }
}

/// A password that no word comes close to.
fn is_random_password(value: &[u8]) -> bool {
    value.len() >= 8 && surprise(value) >= RANDOM && distinct(value) >= 6 && is_mixed(value)
        || value.len() >= SHORTEST_TOKEN && is_random_token(value)
}

/// Digits of base 16 alone, of which some are letters and some are not.
fn is_hexadecimal(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"0x").unwrap_or(value);
    value.iter().all(u8::is_ascii_hexdigit) && has_digits(value, 3) && value.iter().any(u8::is_ascii_alphabetic)
}

/// Whether one character stands six times in a row.
fn has_run(value: &[u8]) -> bool {
    value.chunk_by(|before, after| before == after).any(|run| run.len() >= 6)
}

fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    value.iter().filter(|byte| !std::mem::replace(&mut seen[usize::from(**byte)], true)).count()
}

fn has_digits(value: &[u8], least: usize) -> bool {
    value.iter().filter(|byte| byte.is_ascii_digit()).count() >= least
}

/// Letters, and digits or signs that are no separators of words.
fn is_mixed(value: &[u8]) -> bool {
    let other = |byte: &u8| byte.is_ascii_digit() || !byte.is_ascii_alphanumeric() && !b"-_. /:".contains(byte);
    value.iter().any(u8::is_ascii_alphabetic) && value.iter().any(other)
}

fn is_mixed_case(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
        && value.iter().any(u8::is_ascii_digit)
}

/// `user-password-2`, `DB_PASSWORD_1`: words of one case with separators, and a number at most.
fn is_dashed_words(value: &[u8]) -> bool {
    let one_case = !(value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase));
    one_case
        && value.iter().any(|byte| b"-_.:/".contains(byte))
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/".contains(byte))
        && surprise(value) < WORDY
}

/// Words of one case with two separators or more, and few digits: `_aj_ruby2_keywords`.
fn is_spelled(value: &[u8]) -> bool {
    let one_case = !(value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase));
    one_case && value.iter().filter(|byte| b"-_".contains(byte)).count() >= 2 && !has_digits(value, value.len() / 8 + 1)
}

/// Whether the value is its name, or a part of it, but for digits and separators.
fn repeats(value: &[u8], name: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let (value, name) = (letters(value), letters(name));
    value.len() >= 3 && name.windows(value.len()).any(|window| window == value)
}

/// What a value says in base64, if that is a text.
fn decoded_text(value: &[u8]) -> Option<Vec<u8>> {
    let decoded = if value.len().is_multiple_of(4) { BASE64.decode(value) } else { BASE64_NOPAD.decode(value) }.ok()?;
    let is_text = decoded.len() >= SHORTEST && decoded.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    let trimmed = decoded.trim_ascii_end();
    let is_text = is_text || trimmed.len() >= SHORTEST && trimmed.iter().all(u8::is_ascii_graphic);
    is_text.then(|| trimmed.to_vec())
}
