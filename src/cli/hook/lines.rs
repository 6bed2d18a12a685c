//! What git writes to its hooks' standard input.

use anyhow::{Result, bail};
use skelkey::source::RefUpdate;

/// The lines of `pre-push`: `<local ref> <local id> <remote ref> <remote id>`. The first may have spaces in it: it is
/// written as the user typed it when it is no ref's name (githooks(5)).
pub(super) fn pre_push(text: &str) -> Result<Vec<RefUpdate>> {
    updates(text, |line| {
        let mut fields = line.rsplitn(4, ' ');
        let (old, name, new) = (fields.next()?, fields.next()?, fields.next()?);
        fields.next()?;
        Some((old, new, name))
    })
}

/// The lines of `pre-receive`: `<old id> <new id> <ref>`.
pub(super) fn pre_receive(text: &str) -> Result<Vec<RefUpdate>> {
    updates(text, |line| {
        let mut fields = line.splitn(3, ' ');
        Some((fields.next()?, fields.next()?, fields.next()?))
    })
}

fn updates<'t>(
    text: &'t str,
    fields: impl Fn(&'t str) -> Option<(&'t str, &'t str, &'t str)>,
) -> Result<Vec<RefUpdate>> {
    let mut updates = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        match fields(line) {
            Some((old, new, name)) if is_id(old) && is_id(new) && !name.is_empty() => {
                updates.push(RefUpdate { name: name.to_owned(), old: some(old), new: some(new) });
            }
            _ => bail!("line {number} of standard input is not as git writes it; nothing is let through"),
        }
    }
    Ok(updates)
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// An id of nothing but zeros stands for a ref that does not exist.
fn some(id: &str) -> Option<String> {
    id.bytes().any(|byte| byte != b'0').then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_a_push_are_read_and_anything_else_is_refused() {
        let (one, two, zero) = ("1".repeat(40), "2".repeat(64), "0".repeat(40));
        let push =
            pre_push(&format!("HEAD^{{/fix a bug}} {one} refs/heads/a {zero}\n(delete) {zero} refs/heads/b {two}"));
        let push = push.unwrap();
        assert_eq!(push[0], RefUpdate { name: "refs/heads/a".into(), old: None, new: Some(one.clone()) });
        assert_eq!(push[1], RefUpdate { name: "refs/heads/b".into(), old: Some(two), new: None });
        let received = pre_receive(&format!("{zero} {one} refs/tags/v1\n")).unwrap();
        assert_eq!(received[0], RefUpdate { name: "refs/tags/v1".into(), old: None, new: Some(one.clone()) });
        for broken in [format!("{one} refs/heads/a {zero}"), format!("a {one} b 12"), " ".to_owned()] {
            assert!(pre_push(&broken).is_err() && pre_receive(&broken).is_err(), "{broken}");
        }
        assert!(pre_push("").unwrap().is_empty());
    }
}
