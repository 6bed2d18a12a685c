//! OpenSSH's own form (openssh/openssh-portable `PROTOCOL.key`): the public half is in clear, whatever the private one is.

use super::{Encryption, PrivateKey};

const MAGIC: &[u8] = b"openssh-key-v1\0";

pub(super) fn parse(bytes: &[u8]) -> Option<PrivateKey> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let cipher = text(take(&mut rest)?)?;
    let kdf = text(take(&mut rest)?)?;
    let mut options = take(&mut rest)?;
    (number(&mut rest)? == 1).then_some(())?;
    let public = take(&mut rest)?;
    let private = take(&mut rest)?;
    let encryption = if cipher == "none" {
        let mut inner = private;
        (number(&mut inner)? == number(&mut inner)?).then_some(())?;
        None
    } else {
        let rounds = take(&mut options).and_then(|_salt| number(&mut options)).map(u64::from);
        Some(Encryption { cipher: cipher.to_owned(), kdf: Some(kdf.to_owned()), rounds })
    };
    let (algorithm, bits) = sort(public)?;
    Some(PrivateKey {
        algorithm: Some(algorithm),
        bits,
        encryption,
        ssh_public: Some(public.to_vec()),
        ..PrivateKey::new("OpenSSH")
    })
}

/// Algorithm and bits of a public key as SSH writes it.
pub(super) fn sort(public: &[u8]) -> Option<(String, Option<usize>)> {
    let mut rest = public;
    let name = text(take(&mut rest)?)?;
    Some(match name {
        "ssh-rsa" => {
            take(&mut rest)?;
            let modulus = take(&mut rest)?;
            let significant = &modulus[modulus.iter().take_while(|byte| **byte == 0).count()..];
            let unused = significant.first().map_or(0, |first| first.leading_zeros() as usize);
            ("RSA".to_owned(), Some(significant.len() * 8 - unused))
        }
        "ssh-ed25519" => ("Ed25519".to_owned(), Some(256)),
        "ssh-dss" => ("DSA".to_owned(), None),
        "ecdsa-sha2-nistp256" => ("EC P-256".to_owned(), Some(256)),
        "ecdsa-sha2-nistp384" => ("EC P-384".to_owned(), Some(384)),
        "ecdsa-sha2-nistp521" => ("EC P-521".to_owned(), Some(521)),
        other if other.is_ascii() && other.len() < 64 => (other.to_owned(), None),
        _ => return None,
    })
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (first, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    Some(u32::from_be_bytes(*first))
}

/// A string: its length in four bytes, and so many bytes.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (data, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(data)
}

fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

/// A string as SSH writes it. Longer than four thousand million bytes is no key.
pub(super) fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

/// A positive number as SSH writes it.
pub(super) fn mpint(number: &[u8]) -> Vec<u8> {
    let significant = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    let sign: &[u8] = if significant.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    string(&[sign, significant].concat())
}

/// A point on a curve, as SSH writes a public key.
pub(super) fn ecdsa(curve: &str, point: &[u8]) -> Vec<u8> {
    [string(format!("ecdsa-sha2-{curve}").as_bytes()), string(curve.as_bytes()), string(point)].concat()
}
