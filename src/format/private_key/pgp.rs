//! OpenPGP's secret keys (RFC 4880, RFC 9580): the first packet, which is the primary key.

use data_encoding::HEXUPPER;
use jiff::Timestamp;
use sha1::{Digest, Sha1};

use super::{Encryption, PrivateKey};

const SECRET_KEY: u8 = 5;

pub(super) fn parse(bytes: &[u8]) -> Option<PrivateKey> {
    let (tag, packet) = packet(bytes)?;
    (tag == SECRET_KEY && packet.first() == Some(&4)).then_some(())?;
    let created = u32::from_be_bytes(packet.get(1..5)?.try_into().ok()?);
    let algorithm = *packet.get(5)?;
    let public = 6 + parameters(algorithm, packet.get(6..)?)?;
    let (name, bits) = sort(algorithm, packet.get(6..public)?)?;
    Some(PrivateKey {
        algorithm: Some(name),
        bits,
        encryption: encryption(packet.get(public..)?)?,
        key_id: Some(key_id(&packet[..public])?),
        created: Timestamp::from_second(i64::from(created)).ok(),
        ..PrivateKey::new("OpenPGP")
    })
}

/// Tag and body of the first packet, in the old or the new form.
fn packet(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (&head, rest) = bytes.split_first()?;
    (head & 0x80 != 0).then_some(())?;
    let (tag, length, body) = if head & 0x40 == 0 {
        let width = match head & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return None,
        };
        let (digits, body) = rest.split_at_checked(width)?;
        (head >> 2 & 15, digits.iter().fold(0_usize, |all, &digit| all << 8 | usize::from(digit)), body)
    } else {
        let (&first, rest) = rest.split_first()?;
        match first {
            0..=191 => (head & 63, usize::from(first), rest),
            192..=223 => {
                let (&second, rest) = rest.split_first()?;
                (head & 63, ((usize::from(first) - 192) << 8) | (usize::from(second) + 192), rest)
            }
            255 => {
                let (digits, rest) = rest.split_first_chunk::<4>()?;
                (head & 63, usize::try_from(u32::from_be_bytes(*digits)).ok()?, rest)
            }
            _ => return None,
        }
    };
    Some((tag, body.get(..length)?))
}

/// How many bytes the public parameters take.
fn parameters(algorithm: u8, rest: &[u8]) -> Option<usize> {
    let numbers =
        |count: usize, from: usize| (0..count).try_fold(from, |at, _| Some(at + 2 + mpi_length(rest.get(at..)?)?));
    let curve = || Some(1 + usize::from(*rest.first()?));
    match algorithm {
        1..=3 => numbers(2, 0),
        16 => numbers(3, 0),
        17 => numbers(4, 0),
        18 => {
            let at = numbers(1, curve()?)?;
            Some(at + 1 + usize::from(*rest.get(at)?))
        }
        19 | 22 => numbers(1, curve()?),
        25 | 27 => Some(32),
        26 => Some(56),
        28 => Some(57),
        _ => None,
    }
}

fn mpi_length(rest: &[u8]) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(*rest.first_chunk::<2>()?)).div_ceil(8))
}

fn sort(algorithm: u8, public: &[u8]) -> Option<(String, Option<usize>)> {
    let bits = public.first_chunk::<2>().map(|bits| usize::from(u16::from_be_bytes(*bits)));
    Some(match algorithm {
        1..=3 => ("RSA".to_owned(), bits),
        16 => ("ElGamal".to_owned(), bits),
        17 => ("DSA".to_owned(), bits),
        18 => ("ECDH".to_owned(), None),
        19 => ("ECDSA".to_owned(), None),
        22 | 27 => ("Ed25519".to_owned(), Some(256)),
        25 => ("X25519".to_owned(), Some(256)),
        26 => ("X448".to_owned(), Some(448)),
        28 => ("Ed448".to_owned(), Some(448)),
        _ => return None,
    })
}

/// By the octet before the secret numbers; the outer option says whether it is well formed.
#[expect(clippy::option_option, reason = "outer: is it a key; inner: is it encrypted")]
fn encryption(rest: &[u8]) -> Option<Option<Encryption>> {
    let (&usage, rest) = rest.split_first()?;
    if usage == 0 {
        return (!rest.is_empty()).then_some(None);
    }
    let kdf = matches!(usage, 253..=255).then(|| rest.get(1).map(|s2k| if *s2k == 3 { "iterated S2K" } else { "S2K" }));
    // The count of iterated S2K is one octet after mode, hash and salt (RFC 4880, 3.7.1.3).
    let count = (rest.get(1) == Some(&3)).then(|| rest.get(11)).flatten();
    let rounds = count.map(|count| (16 + u64::from(count & 15)) << ((count >> 4) + 6));
    let cipher = match rest.first() {
        Some(7) => "AES-128",
        Some(8) => "AES-192",
        Some(9) => "AES-256",
        Some(3) => "CAST5",
        Some(2) => "3DES",
        _ => "a cipher",
    };
    Some(Some(Encryption { cipher: cipher.to_owned(), kdf: kdf.flatten().map(str::to_owned), rounds }))
}

/// The last eight bytes of SHA-1 over the public half, in hexadecimal.
fn key_id(public: &[u8]) -> Option<String> {
    let length = u16::try_from(public.len()).ok()?;
    let hash = Sha1::new().chain_update([0x99]).chain_update(length.to_be_bytes()).chain_update(public).finalize();
    Some(HEXUPPER.encode(&hash[12..]))
}
