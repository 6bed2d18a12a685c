//! Values that people make up: which of them are passwords that somebody uses, and which only stand for one.

/// Words that a made-up password holds because nobody uses it.
const OWN_WORDS: [&str; 35] = [
    "anonymous",
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "pasword",
    "passwrod",
    "secret",
    "token",
    "apikey",
    "credential",
    "example",
    "sample",
    "dummy",
    "changeme",
    "changeit",
    "change_me",
    "change-me",
    "placeholder",
    "redacted",
    "foobar",
    "your",
    "insert",
    "replace",
    "fake",
    "mock",
    "default",
    "test",
    "todo",
    "qwerty",
    "invalid",
    "somepass",
    "supersec",
    "hackme",
    "hunter2",
];

/// Whether the value says what it is instead of being it.
pub(super) fn speaks_for_itself(value: &[u8]) -> bool {
    holds_own_word(&value.to_ascii_lowercase())
}

/// The same with digits and signs in place of letters, as people write it in examples, but also choose it.
pub(super) fn spells_itself(value: &[u8]) -> bool {
    let spelled: Vec<u8> = value.iter().map(|byte| letter(byte.to_ascii_lowercase())).collect();
    holds_own_word(&spelled)
}

fn holds_own_word(text: &[u8]) -> bool {
    OWN_WORDS.iter().any(|word| text.windows(word.len()).any(|window| window == word.as_bytes()))
}

/// The letter that a digit or a sign looks like.
fn letter(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        _ => byte,
    }
}

/// Words that stand for no password where a setting takes one.
const SETTINGS: [&str; 32] = [
    "always",
    "ask",
    "auto",
    "basic",
    "bcrypt",
    "bearer",
    "digest",
    "disabled",
    "enabled",
    "encrypted",
    "external",
    "generate",
    "generated",
    "global",
    "hashed",
    "inherit",
    "internal",
    "keychain",
    "keyring",
    "ldap",
    "local",
    "manual",
    "never",
    "omit",
    "plain",
    "plaintext",
    "prompt",
    "random",
    "required",
    "scram",
    "stdin",
    "vault",
];

/// Shortest word that counts.
const SHORTEST: usize = 5;

/// A word, or words with what joins them.
pub(super) fn is_word(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphabetic() || b"_.-".contains(byte))
}

/// Whether a word of a setting is a password that somebody chose: no placeholder, and nothing that the setting may say
/// instead of one.
pub(super) fn is_chosen(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    let own = [&b"pass"[..], b"pwd"].iter().any(|own| lower.windows(own.len()).any(|window| window == *own));
    let begins = [&b"my"[..], b"the_", b"some", b"enter", b"xxx"].iter().any(|start| lower.starts_with(start));
    word.len() >= SHORTEST
        && word.iter().all(u8::is_ascii_alphabetic)
        && lower.iter().any(|byte| *byte != lower[0])
        && !own
        && !begins
        && !SETTINGS.iter().any(|known| known.as_bytes() == lower)
        && !speaks_for_itself(word)
}

/// A number that somebody chose for a password, and still uses: six to ten digits.
pub(super) fn is_pin(value: &[u8]) -> bool {
    (6..=10).contains(&value.len()) && value.iter().all(u8::is_ascii_digit) && !value.iter().all(|byte| *byte == b'0')
}

/// Pieces that people type when they make up a token, too long to stand in a random one by chance.
const TYPED: [&str; 37] = [
    "abc123",
    "123abc",
    "abcdef",
    "1234567",
    "7654321",
    "987654",
    "1234-1234",
    "5678-abcd",
    // Seeds of RFC 6238 (appendix B) and of the pages that explain it.
    "gezdgnbvgy3tqojq",
    "jbswy3dpehpk3pxp",
    "1a1a1a1a",
    "aabbcc",
    "qwerty",
    "asdfg",
    "blabla",
    "bogus",
    "dummy",
    "foobar",
    "lorem",
    "deadbeef",
    "webhook",
    "example",
    "secretkey",
    "mytoken",
    "password",
    "passwd",
    "placeholder",
    "redacted",
    "mysecret",
    "my_secret",
    "my-secret",
    "supersecret",
    "super_secret",
    "super-secret",
    "your_",
    "sessiontoken",
    "changeme",
];

/// UUIDs that stand in texts about UUIDs: of RFC 4122 (appendix C), and of the pages that explain them.
const SAMPLE_UUIDS: [&str; 4] =
    ["6ba7b810-9dad-11d1-", "550e8400-e29b-41d4-", "f47ac10b-58cc-4372-", "123e4567-e89b-12d3-"];

/// Whether the value is a UUID that everybody writes.
pub(super) fn is_sample_uuid(value: &[u8]) -> bool {
    value.len() == 36 && SAMPLE_UUIDS.iter().any(|known| value[..known.len()].eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether a token that looks random was typed by a person.
pub(super) fn is_typed(value: &[u8]) -> bool {
    let said = value.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"your"));
    said || TYPED
        .iter()
        .any(|piece| value.windows(piece.len()).any(|window| window.eq_ignore_ascii_case(piece.as_bytes())))
}
