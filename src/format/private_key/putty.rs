//! PuTTY's key files (PuTTY's documentation, appendix C): text with the public half in clear.

use data_encoding::BASE64;

use super::openssh::sort;
use super::{Encryption, PrivateKey};

/// What such a file begins with; a version and the algorithm follow.
pub(super) const MARK: &[u8] = b"PuTTY-User-Key-File-";

pub(super) fn parse(text: &[u8]) -> Option<PrivateKey> {
    let text = str::from_utf8(text).ok()?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim);
    let public = lines_after(text, "Public-Lines")?;
    lines_after(text, "Private-Lines")?;
    let (algorithm, bits) = sort(&public)?;
    let encryption = match field("Encryption")? {
        "none" => None,
        cipher => Some(Encryption {
            cipher: cipher.to_owned(),
            kdf: field("Key-Derivation").map(str::to_owned),
            rounds: field("Argon2-Passes").and_then(|passes| passes.parse().ok()),
        }),
    };
    Some(PrivateKey {
        algorithm: Some(algorithm),
        bits,
        encryption,
        ssh_public: Some(public),
        ..PrivateKey::new("PuTTY")
    })
}

/// The bytes of so many lines of base64 as the field says.
fn lines_after(text: &str, name: &str) -> Option<Vec<u8>> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with(name));
    let count: usize = lines.next()?.split_once(": ")?.1.trim().parse().ok()?;
    let base64: String = lines.take(count).map(str::trim).collect();
    BASE64.decode(base64.as_bytes()).ok().filter(|bytes| !bytes.is_empty())
}
