//! Texts in UTF-16, as a shell writes them that redirects a key into a file: found in every git source as in a file.

use super::repo::{Repo, all_places, leak, places};

/// UTF-16 with its byte order mark, the low byte first.
fn wide(text: &str) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn utf_16_is_read_in_the_index_in_ranges_and_in_history() {
    let repo = Repo::new();
    repo.commit(1, "x", "x\n");
    repo.write("a.env", wide(&format!("é 𝄞\n  {}", leak(1))));
    repo.git(&["add", "-A"]);
    let staged = repo.scan(&["--staged"]);
    assert_eq!(places(&staged), ["a.env:2"], "{}", staged.err);
    repo.git_on(2, &["commit", "-qm", "wide"]);
    for args in [&["--range", "HEAD"][..], &["--history"], &["."]] {
        let run = repo.scan(args);
        assert_eq!((run.code, places(&run)), (1, vec!["a.env:2".to_owned()]), "{args:?}: {}", run.err);
        let region = |run| all_places(run)[0]["region"].clone();
        assert_eq!(region(&run), region(&staged), "{args:?}");
    }
}

#[test]
fn versions_in_utf_16_that_a_pack_builds_on_each_other_are_all_read() {
    let repo = Repo::new();
    let lines: Vec<String> = (0..400_u32).map(|n| format!("{:x}", n.wrapping_mul(2_654_435_761))).collect();
    let text = lines.join("\n");
    repo.commit(1, "a.txt", wide(&text));
    repo.commit(2, "a.txt", wide(&format!("{text}\n{}", leak(1))));
    repo.commit(3, "a.txt", wide(&format!("{text}\nlast\n")));
    repo.commit(4, "a.txt", format!("{text}\nno longer wide\n"));
    repo.git(&["repack", "-adqf"]);
    assert_eq!(places(&repo.scan(&["--history"])), ["a.txt:401"]);
}

#[test]
fn a_key_that_an_earlier_version_held_in_utf_16_is_not_new() {
    let repo = Repo::new();
    repo.commit(1, "a.env", wide(&leak(1)));
    repo.write("a.env", format!("{}more\n{}", leak(1), leak(2)));
    repo.git(&["add", "-A"]);
    assert_eq!(places(&repo.scan(&["--staged"])), ["a.env:3"]);
}
