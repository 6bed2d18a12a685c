//! Private keys that nobody uses, for rule examples and tests: well formed, their secret numbers random.

use data_encoding::BASE64;

use super::openssh::string;
use super::product::multiply;

fn pem(label: &str, bytes: &[u8], width: usize) -> String {
    let base64 = BASE64.encode(bytes);
    let lines: Vec<&str> = base64.as_bytes().chunks(width).filter_map(|line| str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines.join("\n"))
}

/// An OpenSSH key (Ed25519) of these public and private bytes, in clear or as `aes256-ctr` with `bcrypt` would seal it.
#[must_use]
pub fn openssh(public: &[u8; 32], private: &[u8; 64], encrypted: bool) -> String {
    let blob = [string(b"ssh-ed25519"), string(public)].concat();
    let check = &private[..4];
    let inner = [check, check, &blob[..], &string(private)[..], &string(b"nobody")[..], &[1, 2, 3, 4, 5]].concat();
    let (cipher, kdf, options) = if encrypted {
        let options = [string(&private[..16]), 16_u32.to_be_bytes().to_vec()].concat();
        (&b"aes256-ctr"[..], &b"bcrypt"[..], options)
    } else {
        (&b"none"[..], &b"none"[..], Vec::new())
    };
    let parts =
        [string(cipher), string(kdf), string(&options), 1_u32.to_be_bytes().to_vec(), string(&blob), string(&inner)];
    pem("OPENSSH PRIVATE KEY", &[b"openssh-key-v1\0", &parts.concat()[..]].concat(), 70)
}

/// An RSA key of PKCS#1 with these two factors, or the same in PKCS#8.
#[must_use]
pub fn rsa(p: &[u8], q: &[u8], wrapped: bool) -> String {
    let modulus = multiply(p, q);
    let numbers = [&[0][..], &modulus, &[1, 0, 1], p, p, q, q, p, q].map(integer).concat();
    let key = tagged(0x30, &numbers);
    if !wrapped {
        return pem("RSA PRIVATE KEY", &key, 64);
    }
    // rsaEncryption, NULL
    let algorithm = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let all = [&integer(&[0])[..], &algorithm, &tagged(0x04, &key)].concat();
    pem("PRIVATE KEY", &tagged(0x30, &all), 64)
}

/// An INTEGER of a positive number.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count().min(number.len().saturating_sub(1));
    let significant = &number[zeros..];
    let sign: &[u8] = if significant.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    tagged(0x02, &[sign, significant].concat())
}

/// Tag, length and value in DER; the samples stay below 65,536 bytes.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let [.., high, low] = value.len().to_be_bytes();
    let length = match value.len() {
        0..=127 => vec![low],
        128..=255 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, value].concat()
}

/// An OpenPGP key (Ed25519, version 4) of these public and private bytes, in clear or behind iterated S2K.
#[must_use]
pub fn pgp(public: &[u8; 32], private: &[u8; 32], encrypted: bool) -> String {
    let usage: &[u8] = if encrypted { &[254, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x60] } else { &[0] };
    let body = [&[4, 0x67, 0, 0, 0, 27][..], public, usage, private].concat();
    // An old packet head of tag 5 with a length of two bytes.
    let [.., high, low] = body.len().to_be_bytes();
    pem("PGP PRIVATE KEY BLOCK", &[&[0x95, high, low][..], &body].concat(), 64).replacen("-----\n", "-----\n\n", 1)
}

/// A PuTTY file (Ed25519) of these public and private bytes.
#[must_use]
pub fn putty(public: &[u8; 32], private: &[u8; 32], encrypted: bool) -> String {
    let blob = BASE64.encode(&[string(b"ssh-ed25519"), string(public)].concat());
    let (first, second) = blob.split_at(64.min(blob.len()));
    let cipher = if encrypted { "aes256-cbc" } else { "none" };
    format!(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: {cipher}\nComment: nobody\nPublic-Lines: 2\n{first}\n{second}\n\
         Private-Lines: 1\n{}\nPrivate-MAC: {}",
        BASE64.encode(private),
        data_encoding::HEXLOWER.encode(private)
    )
}
