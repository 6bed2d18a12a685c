//! What a name says about its value: whether it opens something, or only tells of something that does.

use super::name;
use crate::location::Span;

/// Words that, standing after the word for a secret, say that the value is something about it.
const ABOUT: [&str; 145] = [
    "age",
    "alg",
    "algorithm",
    "alias",
    "aliases",
    "arn",
    "attribute",
    "audience",
    "backend",
    "bits",
    "button",
    "bytes",
    "cache",
    "callback",
    "checker",
    "class",
    "code",
    "codes",
    "column",
    "command",
    "config",
    "count",
    "date",
    "days",
    "definition",
    "desc",
    "description",
    "dir",
    "directory",
    "disabled",
    "encoder",
    "endpoint",
    "enabled",
    "env",
    "error",
    "errors",
    "event",
    "expiration",
    "expire",
    "expired",
    "expires",
    "expiry",
    "factory",
    "field",
    "fields",
    "file",
    "filename",
    "files",
    "finder",
    "folder",
    "form",
    "format",
    "generator",
    "group",
    "handler",
    "hasher",
    "header",
    "headers",
    "help",
    "hint",
    "host",
    "id",
    "ids",
    "index",
    "input",
    "issuer",
    "keyring",
    "kind",
    "label",
    "labels",
    "len",
    "length",
    "level",
    "lifetime",
    "limit",
    "link",
    "list",
    "location",
    "lookup",
    "manager",
    "map",
    "mapping",
    "max",
    "message",
    "min",
    "mode",
    "model",
    "module",
    "msg",
    "name",
    "names",
    "namespace",
    "number",
    "option",
    "options",
    "owner",
    "page",
    "param",
    "parameter",
    "params",
    "path",
    "paths",
    "pattern",
    "placeholder",
    "policy",
    "port",
    "prefix",
    "prompt",
    "property",
    "provider",
    "question",
    "ref",
    "reference",
    "regex",
    "regexp",
    "region",
    "request",
    "required",
    "reset",
    "response",
    "role",
    "rotation",
    "route",
    "rule",
    "salt",
    "schema",
    "scope",
    "scopes",
    "selector",
    "service",
    "size",
    "source",
    "state",
    "status",
    "store",
    "strategy",
    "strength",
    "suffix",
    "template",
    "text",
    "timeout",
    "title",
    "ttl",
    "type",
    "types",
];

/// The rest of them.
const ABOUT_TOO: [&str; 55] = [
    "payload",
    "guid",
    "identifier",
    "uid",
    "uuid",
    "mechanism",
    "nonce",
    "signature",
    "verifier",
    "alphabet",
    "characters",
    "chars",
    "charset",
    "data",
    "algo",
    "padding",
    "pub",
    "sock",
    "socket",
    "thumbprint",
    "address",
    "addresses",
    "change",
    "changed",
    "created",
    "issued",
    "rotated",
    "time",
    "updated",
    "mgr",
    "modes",
    "uri",
    "url",
    "urls",
    "usage",
    "user",
    "username",
    "validation",
    "validator",
    "validity",
    "var",
    "variable",
    "version",
    "view",
    "vault",
    "arg",
    "args",
    "attr",
    "bundle",
    "store",
    "stores",
    "policies",
    "plugin",
    "idx",
    "crt",
];

/// Words that, standing before it, say the same.
const UNLIKE: [&str; 27] = [
    "cancel",
    "cancellation",
    "compare",
    "empty",
    "enum",
    "expected",
    "forgot",
    "forgotten",
    "has",
    "hashed",
    "hide",
    "incorrect",
    "invalid",
    "is",
    "mask",
    "missing",
    "no",
    "preference",
    "prefix",
    "redacted",
    "reset",
    "resume",
    "short",
    "show",
    "stored",
    "toggle",
    "wrong",
];

/// The same before a word for a key or a token; they say nothing of a password.
const UNLIKE_KEYS: [&str; 55] = [
    "anti",
    "antiforgery",
    "apt",
    "authenticity",
    "bos",
    "cache",
    "column",
    "composite",
    "continuation",
    "contract",
    "csrf",
    "ctrl",
    "dedup",
    "device",
    "dict",
    "end",
    "eos",
    "etag",
    "event",
    "foreign",
    "forgery",
    "gpg",
    "gpu",
    "group",
    "hot",
    "idempotency",
    "index",
    "lexer",
    "locale",
    "lookup",
    "map",
    "natural",
    "next",
    "nonce",
    "object",
    "pad",
    "page",
    "parser",
    "partition",
    "pgp",
    "primary",
    "pub",
    "record",
    "recv",
    "resource",
    "row",
    "shard",
    "site",
    "sort",
    "start",
    "syntax",
    "translation",
    "unk",
    "website",
    "xsrf",
];

/// Endings of words that say what was done to a token or key, or what is wrong with it: `serialized`, `malformed`.
const PARTICIPLES: [&[u8]; 10] =
    [b"ached", b"arsed", b"coded", b"formed", b"ified", b"ised", b"ized", b"pected", b"pired", b"signed"];

/// Words before `key` that make it an identifier of one thing among others, or a number used once.
const FINDING: [&str; 12] = [
    "container",
    "lang",
    "limit",
    "project",
    "query",
    "result",
    "sheet",
    "socket",
    "spreadsheet",
    "stats",
    "tenant",
    "trace",
];

/// Words before `key` that say what it opens.
const OPENING: [&str; 38] = [
    "bind",
    "activation",
    "authentication",
    "access",
    "account",
    "admin",
    "aes",
    "api",
    "app",
    "application",
    "auth",
    "authorization",
    "client",
    "consumer",
    "crypt",
    "crypto",
    "data",
    "decrypt",
    "deploy",
    "encrypt",
    "encryption",
    "function",
    "functions",
    "hmac",
    "ingest",
    "integration",
    "jwt",
    "license",
    "licence",
    "management",
    "master",
    "private",
    "secret",
    "sign",
    "signing",
    "storage",
    "subscription",
    "webhook",
];

/// How well a name speaks of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It names one: `api_key`, `db_password`.
    Plain,
    /// It may name one and much else: `key`.
    Vague,
}

/// Endings of `pass` that are still a word for one.
const PASSWORD_ENDINGS: [&[u8]; 7] = [b"words", b"word", b"wd", b"wrd", b"wort", b"phrase", b"code"];

/// How people shorten the word, or misspell it.
const SHORT_PASSWORDS: [&[u8]; 8] = [b"pw", b"pswd", b"psswd", b"pswrd", b"pasword", b"paswd", b"paswrd", b"passworsd"];

/// What stands joined before `pass` and `pwd` in small letters.
const PASSWORD_FRONTS: [&[u8]; 30] = [
    b"db", b"user", b"my", b"root", b"admin", b"mysql", b"ftp", b"smtp", b"mail", b"email", b"sql", b"pg", b"redis",
    b"ssh", b"web", b"app", b"usr", b"ldap", b"login", b"rpc", b"proxy", b"key", b"store", b"auth", b"sasl", b"wifi",
    b"vpn", b"bind", b"sudo", b"require",
];

/// Words before a password that say it is one no longer: what is kept of it to compare.
const HASHING: [&str; 3] = ["crypted", "enc", "encoded"];

/// Words before `pass` that make it one turn of several, or a verb.
const TURNS: [&str; 20] = [
    "all", "band", "boarding", "did", "each", "filter", "final", "first", "high", "last", "low", "multi", "one",
    "render", "second", "shader", "should", "single", "third", "two",
];

/// A word that begins with `pass` or `pwd`, or stands for one that does.
pub(super) fn of_password(text: &[u8], at: Span) -> Option<Meaning> {
    let rest = &text[at.end..];
    if text[at.start..at.end].contains(&b' ') {
        // `IDENTIFIED BY`
        return Some(Meaning::Plain);
    }
    let is_short = SHORT_PASSWORDS.iter().any(|word| word.eq_ignore_ascii_case(&text[at.start..at.end]));
    // Two letters stand in much that is no text.
    let before = at.start.checked_sub(1).map(|before| text[before]);
    if at.len() == 2 && before.is_some_and(|byte| !byte.is_ascii_alphanumeric() && !b" \t\n_-.,/(\"'".contains(&byte)) {
        return None;
    }
    let endings = if is_short { &[][..] } else { &PASSWORD_ENDINGS[..] };
    let ending = endings.iter().find(|ending| starts_with_folded(rest, ending)).map_or(0, |found| found.len());
    let end = at.end + ending;
    if text.get(end).is_some_and(|&after| name::continues(text[end - 1], after)) {
        return None;
    }
    let front = joined_front(text, at.start);
    let lower = front.to_ascii_lowercase();
    let is_known = |known: &&[u8]| lower.ends_with(known);
    if ending == 0 && !lower.is_empty() && !PASSWORD_FRONTS.iter().any(is_known) {
        return None;
    }
    let name = name::around(text, at);
    // `passThru`, `pass_count`: the short word has to be the last.
    if ending == 0 && text[end..name.end.max(end)].iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    let is = |list: &[&str], word: &[u8]| list.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
    let before = &text[name.start..at.start];
    if words(before).any(|word| is(&HASHING, word))
        || ending == 0 && words(before).last().is_some_and(|word| is(&TURNS, word))
    {
        return None;
    }
    plain(text, Span::new(at.start, end))
}

/// The word `secret`.
pub(super) fn of_secret(text: &[u8], at: Span) -> Option<Meaning> {
    ends(text, at, &[b"key", b"token", b"access", b"accesskey", b"keybase"])?;
    plain(text, at)
}

/// The word `token`, or one that stands for it.
pub(super) fn of_token(text: &[u8], at: Span) -> Option<Meaning> {
    ends(text, at, &[b"key", b"secret", b"value", b"s", b"orization"])?;
    plain(text, at)
}

/// The word `key`: it opens something if the name says what.
pub(super) fn of_key(text: &[u8], at: Span) -> Option<Meaning> {
    ends(text, at, &[b"ring"])?;
    let name = name::around(text, at);
    let before = &text[name.start..at.start];
    let finds = |word: &[u8]| FINDING.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
    if is_about(text, name, at) || words(before).last().is_some_and(finds) {
        return None;
    }
    let front = joined_front(text, at.start);
    if !front.is_empty() {
        let front = front.to_ascii_lowercase();
        let joined = OPENING.iter().any(|word| front.ends_with(word.as_bytes()));
        return joined.then_some(Meaning::Plain);
    }
    let words = || words(before).filter(|word| word[0].is_ascii_alphabetic());
    if words().next().is_some() {
        return Some(Meaning::Plain);
    }
    // `API key: …`
    let spaced = text[..name.start].strip_suffix(b" ").unwrap_or_default();
    let last = spaced.rsplit(|byte| !byte.is_ascii_alphabetic()).next().unwrap_or_default();
    if last.eq_ignore_ascii_case(b"public") {
        return None;
    }
    let opens = OPENING.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(last));
    Some(if opens { Meaning::Plain } else { Meaning::Vague })
}

/// Whether the word is whole at its end, or goes on with one of these, which is whole at its own.
fn ends(text: &[u8], at: Span, joined: &[&[u8]]) -> Option<()> {
    let rest = &text[at.end..];
    let goes_on = |end: usize| text.get(end).is_some_and(|&after| name::continues(text[end - 1], after));
    let is_joined = |word: &&[u8]| starts_with_folded(rest, word) && !goes_on(at.end + word.len());
    (!goes_on(at.end) || joined.iter().any(is_joined)).then_some(())
}

fn plain(text: &[u8], at: Span) -> Option<Meaning> {
    (!is_about(text, name::around(text, at), at)).then_some(Meaning::Plain)
}

/// Whether another word of the name says that the value is something else.
fn is_about(text: &[u8], name: crate::location::Span, at: Span) -> bool {
    let is = |list: &[&str], word: &[u8]| list.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word));
    let is_password = text[at.start].eq_ignore_ascii_case(&b'p');
    let is_secret = text[at.start].eq_ignore_ascii_case(&b's');
    let is_unlike = |word: &[u8]| {
        is(&UNLIKE, word)
            || !is_password && is(&UNLIKE_KEYS, word)
            || !is_password && !is_secret && PARTICIPLES.iter().any(|ending| ends_with_folded(word, ending))
    };
    words(&text[name.start..at.start]).any(is_unlike)
        || words(&text[at.end..name.end.max(at.end)]).any(|word| is(&ABOUT, word) || is(&ABOUT_TOO, word))
        || name::speaks_of_other(&text[name.start..name.end.max(at.end)], b"")
        || is_of_form(&text[name.start..name.end.max(at.end)])
}

/// Words of names whose values are made up, or no longer what opens something.
const MADE_UP: [&str; 14] = [
    "wrapped",
    "sealed",
    "bogus",
    "dummy",
    "encrypted",
    "example",
    "fake",
    "foobar",
    "invalid",
    "mock",
    "mocked",
    "obscured",
    "sample",
    "stub",
];

/// Whether the name itself says that its value is made up, or is encrypted.
pub(super) fn is_made_up(name: &[u8]) -> bool {
    words(name).any(|word| MADE_UP.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word)))
}

/// `csrfmiddlewaretoken`: what a page gives to whoever asks for it.
fn is_of_form(name: &[u8]) -> bool {
    [&b"csrf"[..], b"xsrf"].iter().any(|word| name.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word)))
}

/// Whether the name says what its key opens, or that it is secret.
pub(super) fn says_what_opens(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    let holds = |word: &[u8]| lower.windows(word.len()).any(|window| window == word);
    words(name).any(|word| OPENING.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word)))
        || OPENING.iter().any(|known| holds(&[known.as_bytes(), b"key"].concat()))
}

/// The letters that stand joined before `start`.
fn joined_front(text: &[u8], start: usize) -> &[u8] {
    let mut from = start;
    while from > 0 && name::continues(text[from - 1], text[from]) {
        from -= 1;
    }
    &text[from..start]
}

/// The words of a name: between its separators and at its humps.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.chunk_by(|&before, &after| {
        before.is_ascii_alphabetic() && after.is_ascii_alphabetic() && name::continues(before, after)
            || before.is_ascii_digit() && after.is_ascii_digit()
    })
    .filter(|word| word[0].is_ascii_alphanumeric())
}

fn ends_with_folded(text: &[u8], ending: &[u8]) -> bool {
    text.len() >= ending.len() && text[text.len() - ending.len()..].eq_ignore_ascii_case(ending)
}

fn starts_with_folded(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}
