//! The hash that names a rule set. `build.rs` computes that of the built-in files with this very code.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// SHA-256 over rule files (name, text), in lower-case hex. Only the last part of a name counts: the same files give
/// the same hash wherever they lie.
pub(crate) fn of_files<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        for part in [last, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    HEXLOWER.encode(&hash.finalize())
}
