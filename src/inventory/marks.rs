//! How the marks of a row compare with a leaked key.

use sha2::{Digest, Sha256, Sha512};

use super::sort::{Sort, is_nuget_v4};
use super::{Mark, Record};
use crate::issuer::Issuer;
use crate::key::{JoinStrength, KeyFacts};
use crate::secret::Secret;

/// Length of the public id in a NuGet v4 key (NuGetGallery, `ApiKeyV4.cs`).
const NUGET_V4_ID: usize = 20;

/// A leaked key in the forms that marks are compared with. Holds hashes and the id; the key itself is borrowed.
pub(super) struct Leak<'s> {
    /// What the text of the key tells of its sort.
    pub(super) sort: Option<Sort>,
    bytes: &'s [u8],
    folds: bool,
    sha256: Vec<[u8; 32]>,
    sha512: Vec<[u8; 64]>,
    ids: Vec<String>,
}

/// What the marks of one row say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It is this key, by marks of this strength.
    Is(JoinStrength),
    /// It is not this key: the strongest mark that can be compared differs.
    IsNot,
    /// No mark can be compared.
    Open,
}

impl<'s> Leak<'s> {
    /// Reads a leaked key.
    pub(super) fn of(secret: &'s Secret, issuer: &Issuer, decoded: Option<&KeyFacts>) -> Self {
        let bytes = secret.expose_for_join();
        // NuGet's server lower-cases v4 keys before it compares them.
        let folds = is_nuget_v4(bytes);
        let spellings = spellings(bytes, folds);
        let decoded_id = decoded.and_then(|facts| facts.key_id.said().cloned());
        Self {
            sort: Sort::of_key(issuer, bytes),
            bytes,
            folds,
            sha256: spellings.iter().map(|text| Sha256::digest(text).into()).collect(),
            sha512: spellings.iter().map(|text| Sha512::digest(text).into()).collect(),
            ids: embedded_id(bytes, folds).into_iter().chain(decoded_id).collect(),
        }
    }

    /// Whether a hash of the row is the key's.
    pub(super) fn has_hash_of(&self, record: &Record) -> bool {
        record.marks.iter().any(|mark| self.hash(mark) == Some(true))
    }

    /// What the marks of a row say, the strongest first: what a hash says no id can overrule.
    pub(super) fn compare(&self, record: &Record) -> Likeness {
        let hash = self.answer(record, JoinStrength::Hash, Self::hash);
        let id = || self.answer(record, JoinStrength::Id, Self::id);
        let ends = || self.answer(record, JoinStrength::Ends, Self::ends);
        hash.or_else(id).or_else(ends).unwrap_or(Likeness::Open)
    }

    /// What the marks of one strength say; nothing if none can be compared.
    fn answer(
        &self,
        record: &Record,
        strength: JoinStrength,
        compare: fn(&Self, &Mark) -> Option<bool>,
    ) -> Option<Likeness> {
        let same = record.marks.iter().filter_map(|mark| compare(self, mark)).reduce(|one, other| one || other)?;
        Some(if same { Likeness::Is(strength) } else { Likeness::IsNot })
    }

    fn hash(&self, mark: &Mark) -> Option<bool> {
        match mark {
            Mark::Sha256(hash) => Some(self.sha256.contains(hash)),
            Mark::Sha512(hash) => Some(self.sha512.contains(hash)),
            Mark::KeyId(_) | Mark::Ends { .. } => None,
        }
    }

    /// Ids of different length are of different sorts, such as a database's number and an id in the key's text: that
    /// they differ tells nothing.
    fn id(&self, mark: &Mark) -> Option<bool> {
        let Mark::KeyId(id) = mark else { return None };
        let comparable = self.ids.iter().filter(|own| own.len() == id.len());
        comparable.map(|own| self.same_id(own, id)).reduce(|one, other| one || other)
    }

    fn same_id(&self, own: &str, id: &str) -> bool {
        own == id || ((self.folds || is_uuid(own)) && own.eq_ignore_ascii_case(id))
    }

    /// Both ends must agree, and an end of fewer than four characters is no mark.
    fn ends(&self, mark: &Mark) -> Option<bool> {
        let Mark::Ends { prefix, suffix } = mark else { return None };
        if prefix.len() < 4 || suffix.len() < 4 || prefix.len() + suffix.len() > self.bytes.len() {
            return None;
        }
        let head = &self.bytes[..prefix.len()];
        let tail = &self.bytes[self.bytes.len() - suffix.len()..];
        Some(self.same_text(head, prefix) && self.same_text(tail, suffix))
    }

    fn same_text(&self, own: &[u8], text: &str) -> bool {
        own == text.as_bytes() || (self.folds && own.eq_ignore_ascii_case(text.as_bytes()))
    }
}

/// The texts whose hash an owner may have written down: the key, the key as its issuer folds it, and either with the
/// line break that `echo "$KEY" | sha256sum` adds. A match of any is as good a proof.
fn spellings(bytes: &[u8], folds: bool) -> Vec<zeroize::Zeroizing<Vec<u8>>> {
    let mut texts = vec![bytes.to_vec()];
    if folds {
        texts.push(bytes.to_ascii_lowercase());
        texts.push(bytes.to_ascii_uppercase());
    }
    let broken: Vec<Vec<u8>> =
        [&b"\n"[..], b"\r\n"].iter().flat_map(|end| texts.iter().map(|text| [text, *end].concat())).collect();
    texts.into_iter().chain(broken).map(zeroize::Zeroizing::new).collect()
}

/// The id that stands in the key's text, where this module can read it.
fn embedded_id(bytes: &[u8], folds: bool) -> Option<String> {
    let id = if folds {
        &bytes[..NUGET_V4_ID]
    } else if std::str::from_utf8(bytes).is_ok_and(is_uuid) {
        // npm's tokens of old were UUIDs.
        bytes
    } else {
        return None;
    };
    std::str::from_utf8(id).ok().map(str::to_ascii_lowercase)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}
