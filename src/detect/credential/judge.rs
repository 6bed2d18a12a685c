//! How sure it is that a value opens something: its own look, its name, how it is written, and the file.
//!
//! Low is for what a person has to look at: made of words, or written where made-up values are usual. Nothing is for
//! what is known to be something else. Each ruling says what decided.

use std::cell::OnceCell;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD};

use super::because::{Because, Ruling, low, medium, none};
use super::place::{self, Holds, Place};
use super::random::{
    SHORTEST_TOKEN, distinct, has_digits, is_dashed_words, is_hexadecimal, is_mixed, is_mixed_case, is_random_password,
    is_random_token, is_token_byte,
};
use super::shape::{is_number, is_other, is_uuid};
use super::{Found, Syntax, code, meaning, name, weak};
use crate::detect::placeholder::{is_placeholder, is_reference, is_unfinished};
use crate::location::Span;
use crate::rules::Reading;
use crate::severity::Confidence;

/// Shortest value that is looked at.
const SHORTEST: usize = 4;

/// Shortest password that a person chose, where nothing but its place speaks for it.
const SHORTEST_CHOSEN: usize = 6;

/// Shortest random password.
const SHORTEST_RANDOM: usize = 10;

/// No counter, identifier or moment has so many digits.
const LONGEST_COUNT: usize = 24;

/// Parts of a token between dots: an encrypted one (RFC 7516) has five.
const MOST_PARTS: usize = 5;

/// Of more, each is so long: names of members and hosts are shorter.
const SHORTEST_PART: usize = 10;

/// What is known about one value.
struct Case<'t> {
    reading: Reading,
    text: &'t [u8],
    at: Span,
    found: &'t Found,
    value: &'t [u8],
    path: &'t str,
    /// What the path and the line tell: asked of few values only.
    place: OnceCell<Place>,
}

/// How sure it is that what a reading found opens something, and what decided.
pub(super) fn judge(reading: Reading, text: &[u8], at: Span, found: &Found, path: &str) -> Ruling {
    let value = &text[found.value.start..found.value.end];
    if value.len() < SHORTEST {
        return none(Because::TooShort);
    }
    if !value.iter().all(u8::is_ascii_graphic) && !is_of_many_scripts(reading, value, found.syntax) {
        return none(Because::NoText);
    }
    let case = Case { reading, text, at, found, value, path, place: OnceCell::new() };
    let ruling = match reading {
        Reading::Record if found.syntax == Syntax::Hashed => case.unless_sample(Because::Hashed),
        Reading::Password | Reading::Command | Reading::Arguments | Reading::Address | Reading::Record => {
            case.password()
        }
        Reading::Secret => case.secret(),
        Reading::Token | Reading::Key => case.token(),
        Reading::Bearer => case.bearer(),
        Reading::Basic => case.basic(),
        Reading::Manifest => case.manifest(),
        Reading::Otp if weak::is_typed(value) => low(Because::Typed),
        Reading::Otp => medium(Because::Seed),
    };
    if ruling.confidence.is_none() { ruling } else { case.doubt(ruling) }
}

impl Case<'_> {
    fn name(&self) -> &[u8] {
        self.found.name.map_or(b"", |name| &self.text[name.start..name.end])
    }

    /// What the file is for; what stands in a remark that documents code is a sample.
    fn place(&self) -> Place {
        *self.place.get_or_init(|| {
            let place = place::of(self.path);
            Place { sample: place.sample || !place.is_settings() && self.is_remark(), ..place }
        })
    }

    fn is_remark(&self) -> bool {
        is_in_remark(self.text, self.found.value.start)
    }

    /// Whether the setting is commented out.
    fn is_commented(&self) -> bool {
        let line = self.text[..self.found.value.start].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        line.trim_ascii_start().first().is_some_and(|byte| b"#;".contains(byte))
    }

    /// What takes all or most of the confidence away, whatever the reading.
    fn doubt(&self, ruling: Ruling) -> Ruling {
        let placeholder = if self.is_strengthened() { is_unfinished(self.value) } else { is_placeholder(self.value) };
        if is_reference(self.text, self.found.value) {
            none(Because::Reference)
        } else if placeholder || weak::is_sample_uuid(self.value) {
            none(Because::Placeholder)
        } else if self.place().apart && self.reading != Reading::Address {
            low(Because::Apart)
        } else if meaning::is_made_up(self.name()) {
            low(Because::NamedMadeUp)
        } else {
            ruling
        }
    }

    /// What a person made up, or a machine: a literal that is no word is enough where only a password can stand.
    fn password(&self) -> Ruling {
        let value = self.value;
        if let Some(because) = self.something_else() {
            return none(because);
        }
        if self.is_enumerated() {
            return low(Because::Identifier);
        }
        if self.is_listed() {
            return none(Because::Word);
        }
        let bare = matches!(self.found.syntax, Syntax::Setting | Syntax::Bare);
        if bare && weak::is_word(value) && value.len() < SHORTEST_TOKEN {
            return self.word();
        }
        if bare && self.place().is_settings() && weak::is_pin(value) && self.ends_statement() {
            return self.unless_sample(Because::Chosen);
        }
        if let Some(decoded) = decoded_text(value) {
            let inner = Case { value: &decoded, place: self.place.clone(), ..*self };
            return if is_placeholder(&decoded) { none(Because::Placeholder) } else { inner.as_written() };
        }
        self.as_written()
    }

    /// A word without quotes: a password only where it can be nothing else.
    fn word(&self) -> Ruling {
        let is_setting = self.place().holds == Holds::Pairs
            || self.place().is_literal() && self.found.syntax == Syntax::Setting && name::is_constant(self.name());
        if is_setting && self.ends_statement() && weak::is_chosen(self.value) {
            self.unless_sample(Because::ChosenWord)
        } else {
            none(Because::Word)
        }
    }

    fn as_written(&self) -> Ruling {
        let value = self.value;
        if value.windows(2).any(|pair| pair == b"\\u") || self.place().sample && is_digest_long(value) {
            return low(Because::Sample);
        }
        if self.found.syntax == Syntax::Quoted && self.place().holds == Holds::Code && is_numbered_name(value) {
            return low(Because::Word);
        }
        let sample = self.place().sample || self.is_commented();
        let own = weak::speaks_for_itself(value) || sample && weak::spells_itself(value);
        let least = if self.is_remark() { SHORTEST_TOKEN } else { SHORTEST_RANDOM };
        if is_random_password(value) && !own && value.len() >= least {
            return medium(Because::Random);
        }
        let alone = self.found.name.is_none() && matches!(self.found.syntax, Syntax::Argument | Syntax::Address);
        let worded = alone || self.place().is_settings();
        let chosen_word = worded && weak::is_word(value) && weak::is_chosen(value);
        let mixed = is_mixed(value) && !is_dashed_words(value);
        let because = if own {
            Because::OwnWords
        } else if !self.is_literal() {
            Because::NotLiteral
        } else if value.len() < SHORTEST_CHOSEN || !(mixed || chosen_word) {
            Because::Word
        } else if self.place().sample {
            Because::Sample
        } else if self.is_for_nobody() {
            Because::Nobody
        } else if self.is_user() {
            Because::UserName
        } else {
            return medium(if mixed { Because::Chosen } else { Because::ChosenWord });
        };
        low(because)
    }

    /// Whether what stands here is a literal, by how it is written and in what file.
    fn is_literal(&self) -> bool {
        match self.found.syntax {
            Syntax::Quoted
            | Syntax::Argument
            | Syntax::Element
            | Syntax::Address
            | Syntax::Encoded
            | Syntax::Hashed => true,
            Syntax::Setting => {
                (self.place().is_literal() || name::is_constant(self.name())) && !self.goes_on_in_words()
            }
            Syntax::Bare => self.place().is_literal() && !self.goes_on_in_words(),
            Syntax::Told => false,
        }
    }

    /// Whether signs and digits were put to the words of a password, as rules for passwords demand: `Admin@123`.
    fn is_strengthened(&self) -> bool {
        let has = |is: fn(&u8) -> bool| self.value.iter().any(is);
        matches!(self.reading, Reading::Password | Reading::Command | Reading::Arguments)
            && !self.place().sample
            && has(|byte| b"!@#$%^&*".contains(byte))
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic)
    }

    /// Whether the value is the first of several words, in a file that holds one for each name.
    fn goes_on_in_words(&self) -> bool {
        let after = &self.text[self.found.value.end..];
        let before = &self.text[..self.found.value.start];
        let word = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let next = after.strip_prefix(b" ").unwrap_or_default();
        let second = next[word(next)..].strip_prefix(b" ").unwrap_or_default();
        let is_sentence = || before.trim_ascii_end().ends_with(b":") && word(next) > 1 && word(second) > 0;
        let is_next = || before.ends_with(b"=") && next.first().is_some_and(u8::is_ascii_alphanumeric);
        is_sentence() || self.place().holds == Holds::Pairs && is_next()
    }

    /// Whether nothing but a remark follows on the line.
    fn ends_statement(&self) -> bool {
        let rest = &self.text[self.found.value.end..];
        let rest = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
        rest.first().is_none_or(|byte| b"#;\\\"'}".contains(byte))
    }

    /// Whether the user's name, which stands before the password, is the same.
    fn is_user(&self) -> bool {
        let before = &self.text[self.found.value.start.saturating_sub(USER_REACH)..self.found.value.start];
        let is_same = |window: &[u8]| window.eq_ignore_ascii_case(self.value);
        let beside = self.found.name.is_none() && matches!(self.found.syntax, Syntax::Argument | Syntax::Address);
        beside && !self.is_for_number() && before.windows(self.value.len()).any(is_same)
    }

    /// Whether the server is named by its number: somebody runs it.
    fn is_for_number(&self) -> bool {
        let host = self.found.host.map(|host| &self.text[host.start..host.end]).unwrap_or_default();
        memchr::memchr_iter(b'.', host).count() == 3 && host.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
    }

    /// Medium, but not where made-up values are usual.
    fn unless_sample(&self, because: Because) -> Ruling {
        if self.place().sample { low(Because::Sample) } else { medium(because) }
    }

    /// A value of a Kubernetes Secret: what stands there is one, unless it plainly is not.
    fn manifest(&self) -> Ruling {
        let plain = decoded_text(self.value);
        let plain = plain.as_deref().unwrap_or(self.value);
        if is_other(plain) || plain.starts_with(b"-----BEGIN") {
            none(Because::OtherForm)
        } else if is_placeholder(plain) || code::is_keyword(plain) {
            none(Because::Placeholder)
        } else if is_random_password(plain) || is_random_token(plain) {
            medium(Because::Random)
        } else if weak::speaks_for_itself(plain) {
            low(Because::OwnWords)
        } else {
            self.unless_sample(Because::InSecret)
        }
    }

    /// A random text, or what stands for a password.
    fn secret(&self) -> Ruling {
        let token = self.token();
        if token.confidence == Some(Confidence::Medium) || self.value.iter().all(|byte| is_token_byte(*byte)) {
            return token;
        }
        let is_setting = self.place().is_literal() && !self.place().sample;
        let ruling = self.password();
        if ruling.confidence.is_none() || is_setting || is_random_password(self.value) {
            return ruling;
        }
        low(if self.place().sample { Because::Sample } else { Because::NotRandom })
    }

    /// A random text, as machines make it.
    fn token(&self) -> Ruling {
        let value = self.value;
        if self.reading == Reading::Token && is_of_header(self.name()) && self.basic().confidence.is_some() {
            return self.basic();
        }
        if !value.iter().all(|byte| is_token_byte(*byte)) {
            return self.signed_token();
        }
        if !value.iter().any(u8::is_ascii_alphabetic) {
            return self.number();
        }
        // Most values are words: that is told before anything else is asked.
        let (uuid, random) = (is_uuid(value), is_random_token(value));
        let mixed = is_mixed(value) && value.len() >= SHORTEST_TOKEN;
        if !(uuid || random || mixed) {
            return none(Because::NotRandom);
        }
        if let Some(because) = self.something_else() {
            return none(because);
        }
        let parts = value.split(|byte| *byte == b'.').count();
        let is_long = is_mixed_case(value) && value.len() >= parts * SHORTEST_PART;
        if parts > MOST_PARTS && !is_long {
            return none(Because::OtherForm);
        }
        if is_part_of_token(value) {
            return none(Because::OtherForm);
        }
        if self.is_name_of_code() {
            return none(Because::Expression);
        }
        if self.is_of_form() {
            return none(Because::Identifier);
        }
        if matches!(self.reading, Reading::Key | Reading::Secret) && (is_fingerprint(value) || is_dated(value)) {
            return none(Because::Identifier);
        }
        // A digest, and nothing says that it opens something.
        if self.reading == Reading::Key
            && matches!(value.len(), 64 | 128)
            && is_hexadecimal(value)
            && !meaning::says_what_opens(self.name())
            && self.place().sample
        {
            return low(Because::Identifier);
        }
        let bare_key = self.is_unclear();
        let unclear = bare_key && !self.is_query();
        match (uuid, unclear) {
            (true, true) => none(Because::Unclear),
            (true, false) => self.uuid(bare_key),
            (false, true) if self.says_itself() => low(Because::OwnWords),
            (false, true) => of_unclear(value, random),
            (false, false) if random => self.random_token(),
            (false, false) => self.chosen_token(mixed),
        }
    }

    /// A token with signs that only few issuers use: between quotes and random all over.
    fn signed_token(&self) -> Ruling {
        let value = self.value;
        let random = self.found.syntax == Syntax::Quoted
            && value.len() >= SHORTEST_TOKEN
            && (!value.contains(&b'?') || signs(value) >= SIGNS_OF_KEY)
            && is_mixed_case(value)
            && has_digits(value, 2)
            && is_random_password(value)
            && !self.is_unclear();
        if !random || self.something_else().is_some() {
            return none(Because::NoText);
        }
        if weak::speaks_for_itself(value) { low(Because::OwnWords) } else { self.unless_sample(Because::Random) }
    }

    /// A UUID: it opens something if its name says so.
    fn uuid(&self, bare_key: bool) -> Ruling {
        let opens = self.reading != Reading::Key || meaning::says_what_opens(self.name()) || bare_key;
        if self.found.syntax == Syntax::Told {
            low(Because::NotLiteral)
        } else if self.is_query() && self.name().eq_ignore_ascii_case(b"token") {
            low(Because::Identifier)
        } else if weak::is_typed(self.value) {
            low(Because::Typed)
        } else if opens {
            medium(Because::Random)
        } else {
            low(Because::Identifier)
        }
    }

    fn random_token(&self) -> Ruling {
        let short = self.value.len() < SHORTEST_TOKEN;
        let bare = matches!(self.found.syntax, Syntax::Bare | Syntax::Told);
        if bare && (short || !has_digits(self.value, 2)) {
            none(Because::NotLiteral)
        } else if (short || self.is_query() && !KEY_LENGTHS.contains(&self.value.len())) && self.place().sample {
            low(Because::Sample)
        } else if short && self.is_query() {
            low(Because::NotRandom)
        } else if weak::is_typed(self.value) || is_spelled_out(self.value) {
            low(Because::Typed)
        } else if self.says_itself() {
            low(Because::OwnWords)
        } else {
            medium(Because::Random)
        }
    }

    /// Whether a program's text assigns it without quotes: `.add_key = ACME80211_OpsKeyAdd,`.
    fn is_name_of_code(&self) -> bool {
        let unquoted = matches!(self.found.syntax, Syntax::Bare | Syntax::Setting);
        let before = &self.text[..self.found.value.start];
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let in_text = memchr::memchr_iter(b'"', line).count() % 2 == 1 || line.contains(&b'`');
        unquoted
            && self.place().is_code
            && before.ends_with(b"= ")
            && code::is_name(self.value)
            && !in_text
            && !line.trim_ascii_start().starts_with(b"/")
            && matches!(self.text[self.found.value.end..].first(), Some(b',' | b';' | b')'))
    }

    /// Whether it says of itself in base64 that it is made up; in a sample, also if what it says was chosen.
    fn says_itself(&self) -> bool {
        let is_chosen = |plain: &[u8]| !(is_random_token(plain) || is_random_password(plain));
        decoded_text(self.value).is_some_and(|plain| {
            weak::speaks_for_itself(&plain)
                || weak::is_typed(&plain)
                || repeats(&plain, self.name())
                || (self.place().sample || self.found.syntax == Syntax::Told) && is_chosen(&plain)
        })
    }

    /// Whether it is what a page gives to whoever asks for it: a token beside words about forgery.
    fn is_of_form(&self) -> bool {
        let beside = &self.text[self.found.value.start.saturating_sub(BESIDE)..];
        let beside = &beside[..beside.len().min(self.value.len() + 2 * BESIDE)];
        self.reading == Reading::Token
            && [&b"csrf"[..], b"xsrf"]
                .iter()
                .any(|word| beside.windows(word.len()).any(|here| here.eq_ignore_ascii_case(word)))
    }

    /// A token that is not random: in a setting somebody may have chosen it.
    fn chosen_token(&self, mixed: bool) -> Ruling {
        let value = self.value;
        let literal = matches!(self.found.syntax, Syntax::Quoted | Syntax::Setting | Syntax::Element);
        if literal && self.is_phrase() {
            return self.unless_sample(Because::Chosen);
        }
        if !literal || !mixed || is_dashed_words(value) {
            return none(Because::NotRandom);
        }
        if weak::speaks_for_itself(value) || weak::is_typed(value) {
            return low(Because::OwnWords);
        }
        if self.place().is_settings() && self.reading != Reading::Key && has_digits(value, 2) {
            return self.unless_sample(Because::Chosen);
        }
        low(Because::NotRandom)
    }

    /// Words that a generator of passphrases put together: four or more, and a digit.
    fn is_phrase(&self) -> bool {
        let value = self.value;
        let words = || value.split(|byte| *byte == b'-');
        let is_of_it = |word: &[u8]| word.len() >= 4 && word.iter().all(u8::is_ascii_alphanumeric);
        self.reading == Reading::Secret
            && self.place().holds == Holds::Pairs
            && (4..=10).contains(&words().count())
            && words().all(is_of_it)
            && value.iter().any(u8::is_ascii_digit)
            && !weak::speaks_for_itself(value)
    }

    /// A token of digits alone: so long that it counts nothing.
    fn number(&self) -> Ruling {
        let value = self.value;
        let is_long = value.len() >= LONGEST_COUNT && value.iter().all(u8::is_ascii_digit) && distinct(value) >= 7;
        let literal = matches!(self.found.syntax, Syntax::Quoted | Syntax::Setting | Syntax::Element);
        if !is_long || !literal || self.is_unclear() {
            return none(Because::Number);
        }
        self.something_else().map_or_else(|| self.unless_sample(Because::Random), none)
    }

    /// Whether the name may be about anything: `key` alone.
    fn is_unclear(&self) -> bool {
        self.reading == Reading::Key && meaning::of_key(self.text, self.at) == Some(meaning::Meaning::Vague)
    }

    fn bearer(&self) -> Ruling {
        let value = self.value;
        if is_other(value) {
            return none(Because::OtherForm);
        }
        if is_part_of_token(value) {
            return none(Because::OtherForm);
        }
        if code::is_keyword(value) {
            return none(Because::Keyword);
        }
        match (is_uuid(value) || is_random_token(value), weak::is_typed(value)) {
            (true, false) => medium(Because::Random),
            (true, true) => low(Because::Typed),
            (false, _) if has_digits(value, 2) => low(Because::NotRandom),
            (false, _) => none(Because::NotRandom),
        }
    }

    /// A user and a password in base64.
    fn basic(&self) -> Ruling {
        let Some(decoded) = decoded_text(self.value) else { return none(Because::NotBasic) };
        let Some(colon) = decoded.iter().position(|byte| *byte == b':') else { return none(Because::NotBasic) };
        let password = &decoded[colon + 1..];
        if password.is_empty() || is_placeholder(password) || decoded == b"Aladdin:open sesame" {
            return none(Because::Placeholder);
        }
        if is_random_password(password) {
            medium(Because::Random)
        } else if weak::speaks_for_itself(password) {
            low(Because::OwnWords)
        } else if repeats(password, &decoded[..colon]) {
            low(Because::UserName)
        } else {
            self.unless_sample(Because::Chosen)
        }
    }

    /// What the value is instead of a credential.
    fn something_else(&self) -> Option<Because> {
        let value = self.value;
        let quoted = !matches!(self.found.syntax, Syntax::Setting | Syntax::Bare | Syntax::Told);
        let literal = quoted || self.found.syntax == Syntax::Setting && self.place().is_settings();
        if is_other(value) || self.is_sealed() || self.is_cipher() {
            Some(Because::OtherForm)
        } else if self.is_random_name() {
            Some(Because::Unclear)
        } else if !literal && code::is_expression(value) || self.is_told_constant() {
            Some(Because::Expression)
        } else if is_number(value, quoted) {
            Some(Because::Number)
        } else if code::is_keyword(value) {
            Some(Because::Keyword)
        } else if repeats(value, self.name()) || self.is_property() {
            Some(Because::RepeatsName)
        } else {
            None
        }
    }

    /// Whether a sentence names a constant: *the driver does not pass NL80211_RRF_AUTO_BW for …*.
    fn is_told_constant(&self) -> bool {
        let value = self.value;
        self.found.syntax == Syntax::Told
            && value.contains(&b'_')
            && value.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    }

    /// Whether the value is the name of a setting that ends as its own name does: `OAUTH_TOKEN("gcs.oauth.token")`.
    fn is_property(&self) -> bool {
        const SHORTEST_NAME: usize = 5;
        self.name().len() >= SHORTEST_NAME && code::is_member_path(self.value) && repeats(self.name(), self.value)
    }

    /// Whether it is the first half of what NiFi encrypted: a vector of 12 bytes, `||` and the rest, both in base64
    /// (its administration guide, *Encrypted Passwords in Configuration Files*).
    fn is_sealed(&self) -> bool {
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
        let rest = self.text[self.found.value.end..].strip_prefix(b"||").unwrap_or_default();
        self.value.len() == 16
            && self.value.iter().all(is_base64)
            && rest.iter().take_while(|byte| is_base64(byte)).count() >= 16
    }

    /// Whether it is a word of a list in which another stands before the name: `'user', 'password', 'role'`.
    fn is_listed(&self) -> bool {
        let Some(name) = self.found.name else { return false };
        let quotes = b"\"'`";
        let before = self.text[..name.start].split_last().filter(|(quote, _)| quotes.contains(quote));
        let before = before.and_then(|(_, before)| before.trim_ascii_end().strip_suffix(b","));
        let is_list = before.and_then(<[u8]>::last).is_some_and(|quote| quotes.contains(quote));
        let between = &self.text[name.end..self.found.value.start];
        is_list && !between.iter().any(|byte| b":=>(".contains(byte)) && weak::is_word(self.value)
    }

    /// Whether it is so much base64 that somebody encrypted a password: none is so long.
    fn is_cipher(&self) -> bool {
        const LONGEST_PASSWORD: usize = 160;
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        self.reading == Reading::Password && self.value.len() > LONGEST_PASSWORD && self.value.iter().all(is_base64)
    }

    /// Whether the name is random itself, and holds the word by chance: `"rs5MssTDMaPw": "1SPSz7dAmC4n"`.
    fn is_random_name(&self) -> bool {
        const SHORTEST_NAME: usize = 10;
        let name = self.name();
        name.len() >= SHORTEST_NAME && is_mixed_case(name) && is_random_token(name)
    }

    /// Whether it names one of several kinds rather than a password: `NordPass = "b84e…"` with a UUID.
    fn is_enumerated(&self) -> bool {
        let name = self.name();
        let words = name.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
        self.found.syntax == Syntax::Quoted
            && self.place().is_code
            && is_uuid(self.value)
            && name.first().is_some_and(u8::is_ascii_uppercase)
            && (words > 0 || name.ends_with(b"s"))
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

/// Whether a password holds letters beyond ASCII besides digits and signs that no word in another language has.
fn is_of_many_scripts(reading: Reading, value: &[u8], syntax: Syntax) -> bool {
    reading == Reading::Password
        && syntax == Syntax::Quoted
        && value.iter().all(|byte| byte.is_ascii_graphic() || !byte.is_ascii())
        && value.iter().filter(|byte| byte.is_ascii_punctuation()).count() >= 2
        && has_digits(value, 2)
        && is_random_password(value)
}

/// Whether the name is that of the header which holds a user and a password.
fn is_of_header(name: &[u8]) -> bool {
    name.len() >= HEADER.len() && name[name.len() - HEADER.len()..].eq_ignore_ascii_case(HEADER)
}

const HEADER: &[u8] = b"authorization";

/// How far before a password its user's name may begin.
const USER_REACH: usize = 48;

/// Whether words with digits for letters stand between dashes: `4-v3ry-53cr37-k3y`.
fn is_spelled_out(value: &[u8]) -> bool {
    let parts = || value.split(|byte| b"-_".contains(byte));
    parts().count() > 2 && parts().all(|part| part.len() < SHORTEST_RANDOM) && weak::spells_itself(value)
}

/// Whether the value is the first part of a JWT (RFC 7515, section 3.1), which only names an algorithm, and what follows
/// is too short for a signature: nothing, or a mask.
fn is_part_of_token(value: &[u8]) -> bool {
    // `.eyJ…`: its head is missing.
    if !value.starts_with(b"eyJ") {
        return value.starts_with(b".eyJ");
    }
    let mut parts = value.split(|byte| *byte == b'.');
    let head = parts.next().unwrap_or_default();
    // Alone it is a part if it names an algorithm, or if no document ends in it.
    let is_part =
        |plain: Vec<u8>| !plain.ends_with(b"}") || plain.windows(ALGORITHM.len()).any(|window| window == ALGORITHM);
    let plain = || BASE64URL_NOPAD.decode(head).or_else(|_| BASE64.decode(head)).or_else(|_| BASE64_NOPAD.decode(head));
    let signature = parts.nth(1).unwrap_or_default();
    // An encrypted token (RFC 7516) has five parts, of which any may be short.
    signature.len() < SHORTEST_SIGNATURE
        && parts.next().is_none()
        && (head.len() < value.len() || plain().map_or(value.len() < SHORTEST_DOCUMENT, is_part))
}

/// What begins like a token and cannot be decoded is cut short, if it is shorter than any.
const SHORTEST_DOCUMENT: usize = 24;

/// No signature of a JWT is shorter in base64.
const SHORTEST_SIGNATURE: usize = 22;

/// So far from a token stands what says that it is one of a form.
const BESIDE: usize = 60;

/// Of so many characters are keys in the query of an address; longer tokens there are those of links to share.
const KEY_LENGTHS: std::ops::RangeInclusive<usize> = 24..=48;

const ALGORITHM: &[u8] = b"\"alg\"";

/// 40 digits in capitals: how OpenPGP (RFC 4880, section 12.2) names public keys.
fn is_fingerprint(value: &[u8]) -> bool {
    value.len() == 40 && is_hexadecimal(value) && !value.iter().any(u8::is_ascii_lowercase)
}

/// So many different signs have keys that a generator made of all that a keyboard has; an address has fewer.
const SIGNS_OF_KEY: usize = 3;

/// How many different signs it has.
fn signs(value: &[u8]) -> usize {
    (b'!'..=b'~').filter(|sign| sign.is_ascii_punctuation() && value.contains(sign)).count()
}

/// A moment to the second and then something that tells two of it apart: `20170430092936-dee2d58e74515ff3`.
fn is_dated(value: &[u8]) -> bool {
    const MOMENT: usize = 14;
    value.starts_with(b"20")
        && value.len() > MOMENT
        && value[..MOMENT].iter().all(u8::is_ascii_digit)
        && b"-_".contains(&value[MOMENT])
}

/// As many bytes as a digest or the blocks of a cipher have, in hexadecimal digits or in base64: what tests hold of
/// passwords that are hashed or encrypted.
fn is_digest_long(value: &[u8]) -> bool {
    let bare = value.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let is_base64 = || {
        value.len().is_multiple_of(4)
            && matches!(value.len() - bare, 1 | 2)
            && matches!(bare * 3 / 4, 16 | 20 | 32 | 40 | 64)
            && value[..bare].iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
    };
    matches!(value.len(), 32 | 40 | 64 | 80 | 96 | 128) && is_hexadecimal(value) || is_base64()
}

/// Three words or more with their capitals, and one digit behind them: what code calls the second of several.
fn is_numbered_name(value: &[u8]) -> bool {
    let Some((b'0'..=b'9', letters)) = value.split_last() else { return false };
    let mut words = 0;
    let are_words =
        letters.chunk_by(|before, after| !(before.is_ascii_lowercase() && after.is_ascii_uppercase())).all(|word| {
            words += 1;
            word.len() > 2 && word[1..].iter().all(u8::is_ascii_lowercase) && word[0].is_ascii_alphabetic()
        });
    are_words && words > 2
}

/// A value of a name that may be about anything: only what can be nothing else counts.
fn of_unclear(value: &[u8], random: bool) -> Ruling {
    let unmistakable = is_mixed_case(value) && value.len() >= 20
        || !is_hexadecimal(value) && has_digits(value, 2) && value.len() >= 32;
    match (random, unmistakable) {
        (true, true) => medium(Because::Random),
        (true, false) => low(Because::Unclear),
        (false, _) => none(Because::NotRandom),
    }
}

/// Whether the line is one of a remark that documents code: ` * …`, `/// …`, `#   …`. A setting that is commented out has
/// no space before it.
fn is_in_remark(text: &[u8], at: usize) -> bool {
    let line = text[..at].rsplit(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    [&b"* "[..], b"/// ", b"//! ", b"#  ", b"//  ", b"--  "].iter().any(|mark| line.starts_with(mark))
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
    // What SASL puts between its fields, and before the first.
    let decoded: Vec<u8> = decoded.into_iter().map(|byte| if byte <= 1 { b' ' } else { byte }).collect();
    let is_text = decoded.len() >= SHORTEST && decoded.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    let trimmed = decoded.trim_ascii_end();
    let is_text =
        is_text || trimmed.len() >= SHORTEST && trimmed.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    is_text.then(|| trimmed.to_vec())
}
