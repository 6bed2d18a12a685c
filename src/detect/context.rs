//! Whose key it is, by what stands around it: the nearest evidence decides, and a server that nobody knows stops the
//! proof.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use crate::issuer::Issuer;
use crate::location::Span;
use crate::rules::{CONTEXT_REACH, IssuerProof, Rule};

/// How near an unknown server unproves what is not a host on the key's own statement: a small file of credentials, a
/// block of variables.
const FOREIGN_REACH: usize = 512;

/// Hosts of sources, schemas and badges: no key near them is theirs unless the rule says so.
const UNRELATED: [&str; 14] = [
    "github.com",
    "www.github.com",
    "gitlab.com",
    "raw.githubusercontent.com",
    "www.w3.org",
    "schemas.microsoft.com",
    "learn.microsoft.com",
    "aka.ms",
    "json.schemastore.org",
    "json-schema.org",
    "maven.apache.org",
    "opensource.org",
    "spdx.org",
    "img.shields.io",
];

/// A URL with its authority in `authority` and all of it up to a space or quote.
static URL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?P<scheme>[a-z][a-z0-9+.-]{1,15}:)?//(?P<authority>(?:\$\{\{[^}\n]{0,200}\}\}|\{\{[^}\n]{0,200}\}\}|\$\{[^}\n]{0,100}\}|\$\([^)\n]{0,100}\)|\[[0-9a-f:.]{2,45}\]|[^\s"'`<>/?#\\|,;(){}\[\]])+)(?P<tail>[^\s"'`<>]*)"#,
    )
});

/// A host without a URL: where a key goes by the name before it, by `git@`, by the port or the colon behind it.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    const HOST: &str = r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?::[0-9]{2,5})?";
    regex(&format!(
        r#"(?:\bgit@|(?:host|hostname|server|registry|domain|machine|login)["']?[ \t]{{0,4}}[=: \t][ \t]{{0,4}}["']?)(?P<named>{HOST})|"(?P<quoted>{HOST})"[ \t]{{0,4}}:|(?:^|[\s"'=@])(?P<port>[a-z0-9][a-z0-9.-]*:[0-9]{{2,5}})(?:/|[\s"']|$)"#
    ))
});

fn regex(pattern: &str) -> Regex {
    regex::bytes::RegexBuilder::new(pattern)
        .unicode(false)
        .case_insensitive(true)
        .build()
        .expect("a pattern of this file compiles")
}

/// Whose key it is, as far as one place tells.
pub(super) struct Told {
    pub(super) issuer: Issuer,
    /// Whether what stands near it proves that; `None` where the form alone does.
    pub(super) in_context: Option<bool>,
    /// A server that is not known to be the issuer's stands near it.
    pub(super) foreign_server: bool,
}

/// Whose key it is.
pub(super) fn issuer(rule: &Rule, text: &[u8], span: Span) -> Told {
    if rule.issuer_proof == IssuerProof::Format {
        return Told { issuer: rule.issuer.clone(), in_context: None, foreign_server: false };
    }
    // Nobody is known to issue what has no form, so nothing near it can prove who.
    if rule.reading.is_some() {
        return Told { issuer: rule.issuer.clone(), in_context: Some(false), foreign_server: false };
    }
    let place = Place::new(rule, text, span);
    let Some(best) = place.evidence.iter().min_by_key(|found| (found.nearness, found.context)) else {
        let foreign_server = place.foreign.iter().any(is_near);
        return Told { issuer: rule.issuer.clone(), in_context: Some(false), foreign_server };
    };
    let stopped = place.foreign.iter().any(|&foreign| {
        if best.in_foreign_url && foreign == best.nearness {
            return false;
        }
        let on_its_own = best.is_host && best.nearness.0 == Statement::Own;
        foreign < best.nearness || !on_its_own && is_near(&foreign)
    });
    // A host says nothing once another stands nearer; a word still says what kind of server it is.
    let named = if stopped && best.is_host { &rule.issuer } else { &rule.contexts[best.context].issuer };
    Told { issuer: named.clone(), in_context: Some(best.proves && !stopped), foreign_server: stopped }
}

fn is_near(server: &Nearness) -> bool {
    server.0 == Statement::Own || server.1 <= FOREIGN_REACH
}

/// Whether something stands on the key's own statement: its line, with those that a line's end continues.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Statement {
    Own,
    Other,
}

/// The statement, then the distance in bytes.
type Nearness = (Statement, usize);

struct Found {
    nearness: Nearness,
    /// Index into the rule's contexts.
    context: usize,
    is_host: bool,
    /// It tells what the server of a URL is that no host word names.
    in_foreign_url: bool,
    proves: bool,
}

/// A word of a rule's context.
struct Word {
    context: usize,
    text: Vec<u8>,
    /// The bytes of `text` that are a host name; empty for a word that is none.
    host: Range<usize>,
    /// Any subdomain too: the word begins with a dot.
    subdomains: bool,
}

impl Word {
    fn new(context: usize, word: &str) -> Self {
        let lower = word.to_ascii_lowercase();
        let bare = lower.strip_prefix("https://").unwrap_or(&lower);
        let subdomains = bare.starts_with('.');
        let bare = bare.trim_start_matches('.');
        let end = bare.find('/').unwrap_or(bare.len());
        let name = &bare[..end];
        let is_host = name.contains('.')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
            && name
                .rsplit('.')
                .next()
                .is_some_and(|last| last.len() > 1 && last.bytes().all(|b| b.is_ascii_lowercase()));
        if is_host {
            return Self { context, text: bare.as_bytes().to_vec(), host: 0..end, subdomains };
        }
        Self { context, text: lower.into_bytes(), host: 0..0, subdomains: false }
    }

    fn host(&self) -> &[u8] {
        &self.text[self.host.clone()]
    }

    fn is_host(&self) -> bool {
        !self.host.is_empty()
    }

    fn is_name_of(&self, host: &[u8]) -> bool {
        host == self.host() || self.subdomains && is_below(host, self.host())
    }
}

fn is_below(host: &[u8], domain: &[u8]) -> bool {
    host.strip_suffix(domain).is_some_and(|front| front.ends_with(b"."))
}

struct Url {
    /// All of it.
    span: Range<usize>,
    /// Its authority's host.
    host: Range<usize>,
    /// Whose host it is, if a word says so.
    of: Option<usize>,
    foreign: bool,
}

/// What stands around one key.
struct Place<'a> {
    rule: &'a Rule,
    /// The window, and in lower case.
    near: &'a [u8],
    lower: Vec<u8>,
    /// The key and its statement, in the window.
    key: Range<usize>,
    statement: Range<usize>,
    evidence: Vec<Found>,
    foreign: Vec<Nearness>,
}

impl<'a> Place<'a> {
    fn new(rule: &'a Rule, text: &'a [u8], span: Span) -> Self {
        let start = span.start.saturating_sub(CONTEXT_REACH);
        let near = &text[start..text.len().min(span.end + CONTEXT_REACH)];
        let key = span.start - start..span.end - start;
        let statement = statement(near, &key);
        let lower = near.to_ascii_lowercase();
        let mut place = Self { rule, near, lower, key, statement, evidence: Vec::new(), foreign: Vec::new() };
        let words: Vec<Word> = (rule.contexts.iter().enumerate())
            .flat_map(|(context, words)| words.near.iter().map(move |word| Word::new(context, word)))
            .collect();
        let urls = place.urls(&words);
        for word in &words {
            place.find(word, &urls);
        }
        place.bare_hosts(&words);
        place
    }

    fn nearness(&self, at: &Range<usize>) -> Nearness {
        let own = at.start < self.statement.end && self.statement.start < at.end;
        let distance =
            if at.end <= self.key.start { self.key.start - at.end } else { at.start.saturating_sub(self.key.end) };
        (if own { Statement::Own } else { Statement::Other }, distance)
    }

    /// Every URL, with whose host it names. An unknown one is noted.
    fn urls(&mut self, words: &[Word]) -> Vec<Url> {
        let mut urls = Vec::new();
        for found in URL.captures_iter(&self.lower) {
            let (Some(all), Some(authority)) = (found.get(0), found.name("authority")) else { continue };
            let user = memchr::memrchr(b'@', authority.as_bytes()).map_or(0, |at| at + 1);
            let host = without_port(&self.lower, authority.start() + user..authority.end());
            if host.is_empty() {
                continue;
            }
            let name = &self.lower[host.clone()];
            let of = words.iter().find(|word| word.is_host() && word.is_name_of(name)).map(|word| word.context);
            let is_server = if let Some(scheme) = found.name("scheme") {
                scheme.as_bytes() != b"file:"
            } else {
                // `//host/` is a server, `// words` and `//a.b()` are remarks.
                let before = all.start().checked_sub(1).map(|at| self.lower[at]);
                before.is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'=(".contains(&byte))
                    && (name.contains(&b'.') || host.end < authority.end())
                    && self.lower.get(authority.end()) == Some(&b'/')
            };
            let foreign = of.is_none() && is_server && !self.is_unrelated(name, words);
            urls.push(Url { span: all.range(), host, of, foreign });
        }
        let foreign: Vec<Nearness> =
            urls.iter().filter(|url| url.foreign).map(|url| self.nearness(&url.host)).collect();
        self.foreign.extend(foreign);
        urls
    }

    fn bare_hosts(&mut self, words: &[Word]) {
        let mut foreign = Vec::new();
        for found in BARE.captures_iter(&self.lower) {
            let Some(host) = found.name("named").or_else(|| found.name("quoted")).or_else(|| found.name("port")) else {
                continue;
            };
            let host = without_port(&self.lower, host.range());
            let name = &self.lower[host.clone()];
            let known = words.iter().any(|word| word.is_host() && word.is_name_of(name));
            if !known && !self.overlaps_key(&host) && !self.is_unrelated(name, words) {
                foreign.push(self.nearness(&host));
            }
        }
        self.foreign.extend(foreign);
    }

    fn overlaps_key(&self, at: &Range<usize>) -> bool {
        at.start < self.key.end && self.key.start < at.end
    }

    /// Whether a host is one that no key near it is for: sources, schemas, the rule's own references, and a further
    /// name below a known host, such as its documentation.
    fn is_unrelated(&self, host: &[u8], words: &[Word]) -> bool {
        let referred = |reference: &String| {
            let rest = reference.trim_start_matches("https://");
            rest.split('/').next().is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(host))
        };
        UNRELATED.iter().any(|name| name.as_bytes() == host)
            || self.rule.references.iter().any(referred)
            || words.iter().any(|word| word.is_host() && is_below(host, word.host()))
    }

    fn find(&mut self, word: &Word, urls: &[Url]) {
        let places: Vec<usize> = memmem::find_iter(&self.lower, &word.text).collect();
        for start in places {
            let at = start..start + word.text.len();
            if self.overlaps_key(&at) {
                continue;
            }
            let url = urls.iter().find(|url| url.span.start <= at.start && at.start < url.span.end);
            let found = if word.is_host() { self.host_word(word, &at, url) } else { self.plain_word(word, &at, url) };
            self.evidence.extend(found);
        }
    }

    /// A host counts where it is the whole of a host name that something is sent to.
    fn host_word(&self, word: &Word, at: &Range<usize>, url: Option<&Url>) -> Option<Found> {
        let host = at.start..at.start + word.host.len();
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let front = self.lower[..host.start].iter().rev().take_while(|byte| is_part(byte)).count();
        let full = host.start - front..host.end;
        let next = self.lower.get(host.end);
        let after = self.lower.get(host.end + 1);
        let goes_on = next.is_some_and(|&byte| {
            byte.is_ascii_alphanumeric()
                || b"-_".contains(&byte)
                || byte == b'.' && after.is_some_and(u8::is_ascii_alphanumeric)
        });
        if goes_on || !word.is_name_of(&self.lower[full.clone()]) {
            return None;
        }
        let stands = match url {
            Some(url) => url.host == full,
            None => match self.lower[..full.start].last() {
                Some(b'@') => self.lower[..full.start].ends_with(b"git@"),
                Some(b'/') => false,
                _ => true,
            },
        };
        let nearness = self.nearness(&full);
        stands.then_some(Found { nearness, context: word.context, is_host: true, in_foreign_url: false, proves: true })
    }

    /// Another word counts as a whole word. In the URL of an unknown server it says what that server is; its name
    /// alone proves nothing.
    fn plain_word(&self, word: &Word, at: &Range<usize>, url: Option<&Url>) -> Option<Found> {
        if !self.is_whole(at) {
            return None;
        }
        let context = word.context;
        match url {
            Some(url) if url.of.is_some_and(|of| of != context) => None,
            Some(url) if url.foreign => {
                let proves = at.start >= url.host.end;
                let nearness = self.nearness(&url.host);
                Some(Found { nearness, context, is_host: proves, in_foreign_url: true, proves })
            }
            _ => Some(Found {
                nearness: self.nearness(at),
                context,
                is_host: false,
                in_foreign_url: false,
                proves: true,
            }),
        }
    }

    /// Whether no letter or digit goes on at either end; `mavenCentral` is two words.
    fn is_whole(&self, at: &Range<usize>) -> bool {
        let joined = |left: u8, right: u8| {
            left.is_ascii_alphanumeric()
                && right.is_ascii_alphanumeric()
                && !(left.is_ascii_lowercase() && right.is_ascii_uppercase())
        };
        let begins = at.start.checked_sub(1).is_none_or(|before| !joined(self.near[before], self.near[at.start]));
        let ends = self.near.get(at.end).is_none_or(|&after| !joined(self.near[at.end - 1], after));
        begins && ends
    }
}

fn without_port(text: &[u8], mut host: Range<usize>) -> Range<usize> {
    if let Some(colon) = memchr::memrchr(b':', &text[host.clone()]) {
        let port = &text[host.start + colon + 1..host.end];
        if port.iter().all(u8::is_ascii_digit) {
            host.end = host.start + colon;
        }
    }
    host
}

/// The key's line, with the lines that `\`, a backtick or `^` at an end joins to it.
fn statement(near: &[u8], key: &Range<usize>) -> Range<usize> {
    let continues = |line: &[u8]| line.trim_ascii_end().last().is_some_and(|byte| b"\\`^".contains(byte));
    let begin = |at: usize| memchr::memrchr(b'\n', &near[..at]).map_or(0, |newline| newline + 1);
    let finish = |at: usize| memchr::memchr(b'\n', &near[at..]).map_or(near.len(), |newline| at + newline);
    let (mut start, mut end) = (begin(key.start), finish(key.end));
    while start > 0 && continues(&near[begin(start - 1)..start - 1]) {
        start = begin(start - 1);
    }
    while end < near.len() && continues(&near[begin(end)..end]) {
        end = finish(end + 1);
    }
    start..end
}
