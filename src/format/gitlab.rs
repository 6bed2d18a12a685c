//! GitLab's routable tokens (gitlabhq `lib/authn/token_field/generator/routable_token.rb`).
//!
//! Version 1 is `PREFIX` `PAYLOAD` `.01.` `LL` `CCCCCCC`, version 0 the same without `.01`: `LL` is the payload's
//! length and `C` the CRC-32 of everything before it, both in base 36. The payload is URL-safe base64 of 16 random
//! bytes, the routing fields and their length; in version 0 the fields come first and the random bytes follow.

use super::base64;

const RANDOM: usize = 16;
const CRC_WIDTH: usize = 7;
const LENGTH_WIDTH: usize = 2;

/// A routable token whose checksum holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Routable {
    /// What stands before the payload (`glpat-`, `glrt-t1_`, or an instance's own).
    pub prefix: String,
    /// The routing fields: `c` cell, `g` group, `o` organisation, `p` project, `t` type, `u` user; others as they are.
    pub fields: Vec<(char, u64)>,
}

/// Reads a routable token; `None` when its checksum or its length field is wrong.
#[must_use]
pub fn parse(key: &[u8]) -> Option<Routable> {
    let key = str::from_utf8(key).ok().filter(|key| key.is_ascii())?;
    let (covered, crc) = key.split_at_checked(key.len().checked_sub(CRC_WIDTH)?)?;
    (crc == base36(u64::from(crc32fast::hash(covered.as_bytes())), CRC_WIDTH)).then_some(())?;
    let (head, length) = covered.rsplit_once('.')?;
    (length.len() == LENGTH_WIDTH).then_some(())?;
    let length = usize::try_from(from_base36(length)?).ok()?;
    let (body, version) = without_version(head);
    let (prefix, payload) = body.split_at_checked(body.len().checked_sub(length)?)?;
    let payload = base64::decode_url(payload.as_bytes())?;
    Some(Routable { prefix: prefix.to_owned(), fields: fields(routing(&payload, version)) })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Zero,
    Later,
}

fn without_version(head: &str) -> (&str, Version) {
    match head.rsplit_once('.') {
        Some((body, version)) if version.len() == 2 => (body, Version::Later),
        _ => (head, Version::Zero),
    }
}

/// The bytes of the payload that hold the fields; none when its length byte is wrong.
fn routing(payload: &[u8], version: Version) -> &[u8] {
    let Some((&length, rest)) = payload.split_last() else { return &[] };
    let (first, second) = match version {
        Version::Zero => (rest.len().saturating_sub(RANDOM), 0),
        Version::Later => (RANDOM, usize::from(length)),
    };
    match version {
        Version::Zero if usize::from(length) == RANDOM => &rest[..first],
        Version::Later if rest.len() == first + second => &rest[first..],
        _ => &[],
    }
}

fn fields(routing: &[u8]) -> Vec<(char, u64)> {
    str::from_utf8(routing).unwrap_or_default().lines().filter_map(field).collect()
}

fn field(line: &str) -> Option<(char, u64)> {
    let (name, value) = line.split_once(':')?;
    let mut letters = name.chars();
    let name = letters.next().filter(char::is_ascii_alphabetic)?;
    letters.next().is_none().then_some((name, from_base36(value)?))
}

/// Writes a version 1 token of these fields, in the issuer's order (by name). `None` when they are too long.
#[must_use]
pub fn compose(prefix: &str, fields: &[(char, u64)], random: &[u8]) -> Option<String> {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}:{}", base36(*value, 1))).collect();
    let routing = lines.join("\n");
    let mut payload = random.get(..RANDOM)?.to_vec();
    payload.extend_from_slice(routing.as_bytes());
    payload.push(u8::try_from(routing.len()).ok()?);
    let payload = base64::encode_url(&payload);
    let length = base36(u64::try_from(payload.len()).ok()?, LENGTH_WIDTH);
    let covered = format!("{prefix}{payload}.01.{length}");
    let crc = base36(u64::from(crc32fast::hash(covered.as_bytes())), CRC_WIDTH);
    (length.len() == LENGTH_WIDTH).then(|| format!("{covered}{crc}"))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

fn from_base36(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    plain.then(|| u64::from_str_radix(digits, 36).ok())?
}

fn base36(value: u64, width: usize) -> String {
    let mut digits = Vec::new();
    let mut rest = value;
    while rest > 0 {
        digits.push(u32::try_from(rest % 36).ok().and_then(|digit| char::from_digit(digit, 36)).unwrap_or('0'));
        rest /= 36;
    }
    digits.resize(digits.len().max(width), '0');
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Vector = (String, &'static str, Vec<(char, u64)>);

    fn vectors() -> [Vector; 3] {
        [
            (
                format!("glpat-{}.01.14{}", concat!("AAECAwQFBgcICQoLDA0O", "D2M6MQpvOjEKdToxMTUN"), "16k5n1q"),
                "glpat-",
                vec![('c', 1), ('o', 1), ('u', 1337)],
            ),
            (
                format!("gldt-{}.01.0y{}", concat!("AAECAwQFBgcICQoLDA0O", "D286MQpwOjE2CA"), "011id5o"),
                "gldt-",
                vec![('o', 1), ('p', 42)],
            ),
            (
                format!("glpat-{}G86MQp1OmEyYwk.01.0z{}", "A".repeat(21), "1crqruy"),
                "glpat-",
                vec![('o', 1), ('u', 13044)],
            ),
        ]
    }

    #[test]
    fn the_vectors_decode() {
        for (key, prefix, fields) in vectors() {
            let token = parse(key.as_bytes()).expect("the checksum holds");
            assert_eq!((token.prefix.as_str(), token.fields), (prefix, fields));
        }
    }

    #[test]
    fn version_zero_has_its_fields_first() {
        let mut payload = b"o:1\nu:a2c".to_vec();
        payload.extend([7_u8; 16]);
        payload.push(16);
        let payload = base64::encode_url(&payload);
        let covered = format!("glpat-{payload}.{}", base36(u64::try_from(payload.len()).unwrap(), 2));
        let key = format!("{covered}{}", base36(u64::from(crc32fast::hash(covered.as_bytes())), 7));
        assert_eq!(parse(key.as_bytes()).unwrap().fields, [('o', 1), ('u', 13044)]);
    }

    #[test]
    fn composing_repeats_the_issuers_vector() {
        let random: Vec<u8> = (0..16).collect();
        let key = compose("glpat-", &[('u', 1337), ('o', 1), ('c', 1)], &random).unwrap();
        assert_eq!(key, vectors()[0].0);
    }

    #[test]
    fn a_prefix_of_the_instances_own_and_one_with_an_underscore_pass() {
        for prefix in ["glrt-t1_", "acme-pat_", ""] {
            let key = compose(prefix, &[('o', 1)], &[9; 16]).unwrap();
            assert_eq!(parse(key.as_bytes()).unwrap().prefix, prefix);
        }
    }
}
