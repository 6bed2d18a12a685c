//! Pointers of Git LFS: small texts that stand for content which is kept outside the repository.

use crate::coverage::Reason;
use crate::source::Outcome;

/// No pointer is longer ("less than 1024 bytes in size": git-lfs, docs/spec.md).
const LONGEST: usize = 1023;

/// The first line of a pointer, today's and that of the first versions (same page, "v1" and its alias of the pre-release).
const VERSIONS: [&[u8]; 2] =
    [b"version https://git-lfs.github.com/spec/v1\n", b"version https://hawser.github.com/spec/v1\n"];

/// The size of the content that a pointer stands for; `None` if the text is no pointer.
fn pointer(text: &[u8]) -> Option<u64> {
    let rest = VERSIONS.iter().find_map(|version| text.strip_prefix(*version)).filter(|_| text.len() <= LONGEST)?;
    let value = |key: &str| rest.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(key.as_bytes()));
    value("oid ")?;
    str::from_utf8(value("size ")?).ok()?.parse().ok()
}

/// Whether a text is a pointer.
pub(in crate::source) fn is_pointer(text: &[u8]) -> bool {
    pointer(text).is_some()
}

/// Says of a pointer that its content was not scanned. Whether the text is one.
pub(super) fn note(path: &str, text: &[u8], outcome: &mut Outcome) -> bool {
    let size = pointer(text);
    if let Some(size) = size {
        let why = "its content is in the LFS store; `git lfs fetch --all` brings it, a scan of the files reads it";
        outcome.skipped(Reason::Elsewhere, path, Some(size), Some(why.to_owned()));
    }
    size.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_pointer_is_one() {
        let text = |version: &str| format!("version https://{version}/spec/v1\noid sha256:00ff\nsize 12345\n");
        assert_eq!(pointer(text("git-lfs.github.com").as_bytes()), Some(12_345));
        assert_eq!(pointer(text("hawser.github.com").as_bytes()), Some(12_345));
        assert_eq!(pointer(text("example.test").as_bytes()), None);
        assert_eq!(pointer(b"version https://git-lfs.github.com/spec/v1\nsize 12\n"), None);
        assert_eq!(pointer((text("git-lfs.github.com") + &"x".repeat(1024)).as_bytes()), None);
    }
}
