//! Patches as Codex writes them: `*** Begin Patch`, then files, whose lines begin with `+`, `-` or a space.

/// What a patch does to one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) new: String,
    /// What it takes away, and what stands around that.
    pub(super) old: String,
}

/// The files of a patch; `None` if the text is none. A line that no patch has counts as new.
pub(super) fn read(text: &str) -> Option<Vec<(String, Part)>> {
    let at = text.find("*** Begin Patch")?;
    let mut files = vec![(String::new(), Part::default())];
    // What stands before it may be a command, and a key in that.
    files[0].1.new.push_str(&text[..at]);
    for line in text[at..].lines() {
        let named = ["*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: "];
        if let Some(file) = named.iter().find_map(|sign| line.strip_prefix(sign)) {
            files.push((file.trim().to_owned(), Part::default()));
            continue;
        }
        let Some((_, part)) = files.last_mut() else { continue };
        let (into, line) = match line.as_bytes().first() {
            Some(b'-' | b' ') => (&mut part.old, &line[1..]),
            Some(b'+') => (&mut part.new, &line[1..]),
            _ => (&mut part.new, line),
        };
        into.push_str(line);
        into.push('\n');
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_patch_adds_and_what_was_there_are_told_apart() {
        let text = "apply_patch <<'E'\n*** Begin Patch\n*** Update File: a/b.py\n@@ def f\n kept\n-gone\n+come\n*** End Patch\nE\n";
        let files = read(text).unwrap();
        assert_eq!(files[0].1.new, "apply_patch <<'E'\n*** Begin Patch\n");
        assert_eq!(files[1].0, "a/b.py");
        assert_eq!(
            (files[1].1.new.as_str(), files[1].1.old.as_str()),
            ("@@ def f\ncome\n*** End Patch\nE\n", "kept\ngone\n")
        );
        assert_eq!(read("no patch"), None);
    }
}
