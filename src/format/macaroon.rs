//! Macaroons in libmacaroons' second binary form (`doc/format.txt` there), as PyPI and devpi-tokens write them.
//!
//! The signature is a chain of HMACs under the issuer's own key: nobody else can check it.

use super::base64;

const VERSION: u8 = 2;
const END: u64 = 0;
const LOCATION: u64 = 1;
const IDENTIFIER: u64 = 2;
const VERIFICATION: u64 = 4;
const SIGNATURE: u64 = 6;
const SIGNATURE_LENGTH: usize = 32;

/// What PyPI's, TestPyPI's and other Warehouses' tokens begin with.
pub const PYPI_PREFIX: &str = "pypi-";
/// What the tokens of devpi-tokens begin with.
pub const DEVPI_PREFIX: &str = "devpi-";

/// A macaroon without its signature, which is of use to nobody but the issuer.
#[derive(Clone, PartialEq, Eq)]
pub struct Macaroon {
    /// Where it is for, as the issuer writes it; devpi-tokens writes an empty one.
    pub location: Option<String>,
    /// The issuer's id of it.
    pub identifier: Vec<u8>,
    /// Its caveats in order; all of them hold.
    pub caveats: Vec<Caveat>,
}

/// One caveat.
#[derive(Clone, PartialEq, Eq)]
pub struct Caveat {
    /// What it demands, in the issuer's own form.
    pub id: Vec<u8>,
    /// Whether another party must discharge it.
    pub third_party: bool,
}

/// Reads `prefix` and URL-safe base64 of a macaroon.
#[must_use]
pub fn parse(prefix: &str, key: &[u8]) -> Option<Macaroon> {
    from_binary(&base64::decode_url(key.strip_prefix(prefix.as_bytes())?)?)
}

/// Reads the binary form; `None` for any byte too few or too many.
#[must_use]
pub fn from_binary(bytes: &[u8]) -> Option<Macaroon> {
    let mut rest = bytes.strip_prefix(&[VERSION])?;
    let header = section(&mut rest)?;
    let mut caveats = Vec::new();
    loop {
        let fields = section(&mut rest)?;
        if fields.is_empty() {
            break;
        }
        caveats.push(caveat(&fields)?);
    }
    let (kind, signature) = field(&mut rest)??;
    (kind == SIGNATURE && signature.len() == SIGNATURE_LENGTH && rest.is_empty()).then_some(())?;
    let (location, identifier) = match header[..] {
        [(IDENTIFIER, identifier)] => (None, identifier),
        [(LOCATION, location), (IDENTIFIER, identifier)] => (Some(location), identifier),
        _ => return None,
    };
    let location = location.map(|location| String::from_utf8(location.to_vec())).transpose().ok()?;
    Some(Macaroon { location, identifier: identifier.to_vec(), caveats })
}

fn caveat(fields: &[(u64, &[u8])]) -> Option<Caveat> {
    let without_location = match fields {
        [(LOCATION, _), rest @ ..] => rest,
        all => all,
    };
    match without_location {
        [(IDENTIFIER, id)] => Some(Caveat { id: id.to_vec(), third_party: false }),
        [(IDENTIFIER, id), (VERIFICATION, _)] => Some(Caveat { id: id.to_vec(), third_party: true }),
        _ => None,
    }
}

type Field<'a> = (u64, &'a [u8]);

/// Fields up to the next end mark.
fn section<'a>(rest: &mut &'a [u8]) -> Option<Vec<Field<'a>>> {
    let mut fields = Vec::new();
    while let Some(next) = field(rest)? {
        fields.push(next);
    }
    Some(fields)
}

/// The next field, or `Some(None)` for an end mark.
#[expect(clippy::option_option, reason = "outer: is it well formed; inner: is it a field or the end of a section")]
fn field<'a>(rest: &mut &'a [u8]) -> Option<Option<Field<'a>>> {
    let kind = varint(rest)?;
    if kind == END {
        return Some(None);
    }
    let length = usize::try_from(varint(rest)?).ok()?;
    let (data, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(Some((kind, data)))
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Writes `prefix` and the macaroon with this signature, as the issuers do.
#[must_use]
pub fn compose(prefix: &str, macaroon: &Macaroon, signature: &[u8]) -> String {
    let mut bytes = vec![VERSION];
    if let Some(location) = &macaroon.location {
        put(&mut bytes, LOCATION, location.as_bytes());
    }
    put(&mut bytes, IDENTIFIER, &macaroon.identifier);
    bytes.push(0);
    for caveat in &macaroon.caveats {
        put(&mut bytes, IDENTIFIER, &caveat.id);
        bytes.push(0);
    }
    bytes.push(0);
    put(&mut bytes, SIGNATURE, signature);
    format!("{prefix}{}", base64::encode_url(&bytes))
}

fn put(bytes: &mut Vec<u8>, kind: u64, data: &[u8]) {
    put_varint(bytes, kind);
    put_varint(bytes, data.len() as u64);
    bytes.extend_from_slice(data);
}

fn put_varint(bytes: &mut Vec<u8>, value: u64) {
    let mut rest = value;
    while rest >= 0x80 {
        bytes.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    bytes.push(rest.to_le_bytes()[0]);
}

/// A PyPI token's structure: a macaroon that names where it is for.
pub(super) fn verify_pypi(key: &[u8]) -> bool {
    parse(PYPI_PREFIX, key).is_some_and(|macaroon| macaroon.is_placed())
}

/// A devpi token's structure: a macaroon that names no place.
pub(super) fn verify_devpi(key: &[u8]) -> bool {
    parse(DEVPI_PREFIX, key).is_some_and(|macaroon| !macaroon.is_placed())
}

impl Macaroon {
    /// Whether it names where it is for.
    #[must_use]
    pub fn is_placed(&self) -> bool {
        self.location.as_deref().is_some_and(|location| !location.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(caveats: &[&str]) -> Macaroon {
        let caveats = caveats.iter().map(|id| Caveat { id: id.as_bytes().to_vec(), third_party: false }).collect();
        Macaroon { location: Some("example.org".to_owned()), identifier: b"1".to_vec(), caveats }
    }

    #[test]
    fn what_is_written_is_read() {
        let long = "x".repeat(300);
        let macaroon = sample(&["a", &long]);
        let key = compose(PYPI_PREFIX, &macaroon, &[7; 32]);
        assert!(parse(PYPI_PREFIX, key.as_bytes()) == Some(macaroon));
        assert!(verify_pypi(key.as_bytes()) && verify_pypi(format!("{key}=").as_bytes()));
        assert!(!verify_devpi(key.as_bytes()));
    }

    #[test]
    fn every_shorter_and_longer_text_is_none() {
        let key = compose("", &sample(&["a"]), &[7; 32]);
        let bytes = base64::decode_url(key.as_bytes()).unwrap();
        for end in 0..bytes.len() {
            assert!(from_binary(&bytes[..end]).is_none());
        }
        assert!(from_binary(&[&bytes[..], b"\0"].concat()).is_none());
        assert!(from_binary(&[2, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_none());
    }

    #[test]
    fn a_third_party_caveat_is_told() {
        let bytes = [&[2, 2, 1, b'i', 0, 1, 1, b'l', 2, 1, b'c', 4, 1, b'v', 0, 0, 6, 32][..], &[0; 32]].concat();
        let macaroon = from_binary(&bytes).unwrap();
        assert!(macaroon.caveats[0].third_party && macaroon.location.is_none());
    }
}
