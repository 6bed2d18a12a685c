//! X.509 certificates (RFC 5280), as far as from when until when they are good, and for which key.

use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use jiff::Timestamp;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// From when it is good.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// Its public key, with the algorithm: the `SubjectPublicKeyInfo`.
    public_key: Vec<u8>,
}

impl Certificate {
    /// Reads `der`; `None` if it is no certificate.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let whole = AnyRef::from_der(der).ok()?;
        let signed = members(&whole)?.into_iter().next()?;
        let members = members(&signed)?;
        // Version (0, tagged, absent in old ones), serial number, algorithm, issuer, validity, subject, key.
        let first = usize::from(members.first()?.tag().is_context_specific());
        let validity = self::members(members.get(first + 3)?)?;
        let [not_before, not_after] = &validity[..] else { return None };
        Some(Self {
            not_before: moment(not_before)?,
            not_after: moment(not_after)?,
            public_key: members.get(first + 5)?.value().to_vec(),
        })
    }

    /// Whether its public key holds this number, for instance the modulus of an RSA key: long enough that nothing else
    /// in it can be the same.
    #[must_use]
    pub fn holds(&self, number: &[u8]) -> bool {
        number.len() >= 32 && memchr::memmem::find(&self.public_key, number).is_some()
    }
}

fn members<'a>(any: &AnyRef<'a>) -> Option<Vec<AnyRef<'a>>> {
    (any.tag() == Tag::Sequence).then_some(())?;
    let mut reader = SliceReader::new(any.value()).ok()?;
    let mut members = Vec::new();
    while !reader.is_finished() {
        members.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(members)
}

fn moment(any: &AnyRef<'_>) -> Option<Timestamp> {
    let since = match any.tag() {
        Tag::UtcTime => any.decode_as::<UtcTime>().ok()?.to_unix_duration(),
        _ => any.decode_as::<GeneralizedTime>().ok()?.to_unix_duration(),
    };
    Timestamp::from_second(i64::try_from(since.as_secs()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]][..], value].concat()
    }

    fn short(tag: u8, value: &[u8]) -> Vec<u8> {
        if value.len() >= 0x80 {
            return if value.len() < 0x100 {
                [&[tag, 0x81, u8::try_from(value.len()).unwrap()][..], value].concat()
            } else {
                tlv(tag, value)
            };
        }
        [&[tag, u8::try_from(value.len()).unwrap()][..], value].concat()
    }

    /// A certificate that nobody signed, for this key.
    fn certificate(versioned: bool, key: &[u8]) -> Vec<u8> {
        let version = short(0xa0, &short(0x02, &[2]));
        let time = [short(0x17, b"260101000000Z"), short(0x18, b"20361231235959Z")].concat();
        let signed = [
            if versioned { version } else { Vec::new() },
            short(0x02, &[7]),
            short(0x30, &[]),
            short(0x30, &[]),
            short(0x30, &time),
            short(0x30, &[]),
            short(0x30, &short(0x04, key)),
        ];
        short(0x30, &[short(0x30, &signed.concat()), short(0x30, &[]), short(0x03, &[0])].concat())
    }

    #[test]
    fn a_certificate_says_when_it_is_good_and_for_which_key() {
        let key = [9_u8; 64];
        for versioned in [true, false] {
            let read = Certificate::parse(&certificate(versioned, &key)).unwrap();
            assert_eq!(read.not_before.to_string(), "2026-01-01T00:00:00Z");
            assert_eq!(read.not_after.to_string(), "2036-12-31T23:59:59Z");
            assert!(read.holds(&[9; 64]) && !read.holds(&[8; 64]) && !read.holds(&[9; 4]));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_odd_to_be_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = Certificate::parse(&bytes);
        }
    }
}
