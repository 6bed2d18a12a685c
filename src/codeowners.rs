//! `CODEOWNERS`: who answers for a file, by the rules of the code host.
//!
//! GitHub: the last pattern that matches wins (docs.github.com, "About code owners"). GitLab: the same within each
//! section, and the owners of all sections answer (docs.gitlab.com, "Syntax of CODEOWNERS file").

use globset::{GlobBuilder, GlobMatcher};

/// Whose rules hold. They differ in what a path without a slash in front means, and in sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// GitHub, and those that do as it does.
    Github,
    /// GitLab.
    Gitlab,
}

/// The places where a host looks for the file, in its order. Those that only one host looks at tell which it is.
pub const PLACES: [&str; 4] = [".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// More bytes than these GitHub does not read.
pub const MOST: u64 = 3 << 20;

/// Owners of one file that are named; no host lets more answer.
const OWNERS_MAX: usize = 20;

/// One file, read.
#[derive(Clone, Debug, Default)]
pub struct CodeOwners {
    /// GitHub's files have one.
    sections: Vec<Section>,
    /// Lines that say nothing: from 1.
    pub mistakes: Vec<usize>,
}

#[derive(Clone, Debug, Default)]
struct Section {
    name: String,
    /// Who answers where an entry names nobody.
    owners: Vec<String>,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    globs: Vec<GlobMatcher>,
    owners: Vec<String>,
    /// GitLab's `!pattern`: nobody of this section answers.
    excludes: bool,
}

/// Whose file it is: by its place, or else by what only GitLab's have.
#[must_use]
pub fn host(place: &str, text: &str) -> Host {
    let has_section = || text.lines().any(|line| section_head(line).is_some());
    if place.starts_with(".gitlab") || !place.starts_with(".github") && has_section() {
        Host::Gitlab
    } else {
        Host::Github
    }
}

impl CodeOwners {
    /// Reads a file.
    #[must_use]
    pub fn parse(text: &str, host: Host) -> Self {
        let mut owners = Self { sections: vec![Section::default()], mistakes: Vec::new() };
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let (Host::Gitlab, Some((name, default))) = (host, section_head(line)) {
                owners.open(name, default);
            } else if let Some(entry) = entry(line, host) {
                if let Some(section) = owners.sections.last_mut() {
                    section.entries.push(entry);
                }
            } else {
                owners.mistakes.push(number);
            }
        }
        owners
    }

    /// A section of the same name goes on, whatever the case of its letters.
    fn open(&mut self, name: &str, owners: Vec<String>) {
        let known = self.sections.iter().position(|section| section.name.eq_ignore_ascii_case(name));
        match known {
            Some(at) => {
                let mut section = self.sections.remove(at);
                if !owners.is_empty() {
                    section.owners = owners;
                }
                self.sections.push(section);
            }
            None => self.sections.push(Section { name: name.to_owned(), owners, entries: Vec::new() }),
        }
    }

    /// Who answers for a path, relative to the root of the repository: each once, in the file's order.
    #[must_use]
    pub fn of(&self, path: &str) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for section in &self.sections {
            let matching = section.entries.iter().rev().find(|entry| entry.matches(path));
            let Some(entry) = matching.filter(|entry| !entry.excludes) else { continue };
            let named = if entry.owners.is_empty() { &section.owners } else { &entry.owners };
            all.extend(named.iter().filter(|owner| !all.contains(owner)).cloned().collect::<Vec<_>>());
        }
        all.truncate(OWNERS_MAX);
        all
    }
}

impl Entry {
    fn matches(&self, path: &str) -> bool {
        self.globs.iter().any(|glob| glob.is_match(path))
    }
}

/// `[Section]`, `^[Optional section]`, `[Section][2] @default`.
fn section_head(line: &str) -> Option<(&str, Vec<String>)> {
    let inside = line.trim().trim_start_matches('^').strip_prefix('[')?;
    let (name, rest) = inside.split_once(']')?;
    let rest = match rest.strip_prefix('[') {
        Some(count) => count.split_once(']').filter(|(n, _)| n.bytes().all(|b| b.is_ascii_digit()))?.1,
        None => rest,
    };
    let is_head = !name.trim().is_empty() && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    is_head.then(|| (name.trim(), owners(rest)))
}

fn entry(line: &str, host: Host) -> Option<Entry> {
    let (pattern, rest) = pattern(line);
    let excludes = host == Host::Gitlab && pattern.starts_with('!');
    if pattern.starts_with('!') && !excludes {
        return None;
    }
    let globs = globs(pattern.trim_start_matches('!'), host)?;
    Some(Entry { globs, owners: owners(rest), excludes })
}

/// The pattern, with `\ ` for a space in it, and what follows.
fn pattern(line: &str) -> (String, &str) {
    let mut pattern = String::new();
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, escaped @ (' ' | '#' | '\\'))) => pattern.push(escaped),
                Some((_, other)) => pattern.extend(['\\', other]),
                None => {}
            },
            c if c.is_whitespace() => return (pattern, &line[at..]),
            c => pattern.push(c),
        }
    }
    (pattern, "")
}

/// `@user`, `@org/team`, `@@role` and addresses; a `#` begins a comment.
fn owners(text: &str) -> Vec<String> {
    let words = text.split_whitespace().take_while(|word| !word.starts_with('#'));
    words.filter(|word| word.contains('@') && word.len() > 1).map(str::to_owned).collect()
}

/// As `.gitignore` reads patterns, but `docs/*` stops at the files of `docs` itself.
fn globs(pattern: &str, host: Host) -> Option<Vec<GlobMatcher>> {
    let inner = pattern.trim_end_matches('/');
    let anchored = pattern.starts_with('/') || host == Host::Github && inner.contains('/');
    let inner = inner.trim_start_matches('/');
    let is_folder = pattern.ends_with('/');
    let base = match (inner, anchored) {
        ("", _) if pattern == "/" => "**".to_owned(),
        ("", _) => return None,
        (inner, true) => inner.to_owned(),
        (inner, false) => format!("**/{inner}"),
    };
    let below = format!("{base}/**");
    let stops = base.ends_with("/*") && anchored || base.ends_with("**");
    let all = match (is_folder, stops) {
        (true, _) => vec![below],
        (false, true) => vec![base],
        (false, false) => vec![base, below],
    };
    all.iter().map(|glob| compile(glob, host)).collect()
}

fn compile(glob: &str, host: Host) -> Option<GlobMatcher> {
    // Braces are no sign of either host, and brackets none of GitHub's.
    let plain = |c: char| matches!(c, '{' | '}') || host == Host::Github && matches!(c, '[' | ']');
    let escaped: String = glob.chars().flat_map(|c| plain(c).then_some('\\').into_iter().chain([c])).collect();
    let glob = GlobBuilder::new(&escaped).literal_separator(true).backslash_escape(true).build().ok()?;
    Some(glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn github(text: &str, path: &str) -> String {
        CodeOwners::parse(text, Host::Github).of(path).join(" ")
    }

    fn gitlab(text: &str, path: &str) -> String {
        CodeOwners::parse(text, Host::Gitlab).of(path).join(" ")
    }

    /// The examples of docs.github.com, "About code owners".
    #[test]
    fn github_lets_the_last_match_win() {
        let file = "* @global-owner1 @global-owner2\n*.js @js-owner # inline\n*.go docs@example.com\n/build/logs/ @doctocat\n\
            docs/* docs@example.com\napps/ @octocat\n/docs/ @doctocat\n/scripts/ @doctocat @octocat\n**/logs @octocat\n\
            /apps/ @octocat\n/apps/github\n!x @nobody\n";
        for (path, owners) in [
            ("README", "@global-owner1 @global-owner2"),
            ("a/b/c.js", "@js-owner"),
            ("x.go", "docs@example.com"),
            ("build/logs/a/b", "@octocat"),
            ("docs/a.md", "@doctocat"),
            ("lib/apps/x", "@octocat"),
            ("scripts/x", "@doctocat @octocat"),
            ("deeply/nested/logs/x", "@octocat"),
            ("apps/github/x", ""),
            ("apps/other/x", "@octocat"),
        ] {
            assert_eq!(github(file, path), owners, "{path}");
        }
        assert_eq!(CodeOwners::parse(file, Host::Github).mistakes, [12]);
        assert_eq!(github("docs/* @d", "docs/a/b.md"), "", "a star stays in its folder");
        assert_eq!((github("docs @d", "docs/a/b"), github("docs @d", "x/docs")), ("@d".into(), "@d".into()));
        assert_eq!(github("a\\ b/ @d", "a b/c"), "@d");
        assert_eq!(github("src/[x].ts @d", "src/[x].ts"), "@d", "brackets are no class");
    }

    #[test]
    fn gitlab_lets_each_section_answer() {
        let file = "* @all\n[Docs] @docs-team\ndocs/\nREADME.md @writer\n^[Database][2]\nmodel/db/ @dba\n!model/db/seed.sql\n\
            [docs]\ndocs/api/ @api\n";
        for (path, owners) in [
            ("x", "@all"),
            ("docs/x", "@all @docs-team"),
            ("sub/docs/x", "@all @docs-team"),
            ("docs/api/x", "@all @api"),
            ("README.md", "@all @writer"),
            ("model/db/x", "@all @dba"),
            ("model/db/seed.sql", "@all"),
        ] {
            assert_eq!(gitlab(file, path), owners, "{path}");
        }
        assert_eq!(host("CODEOWNERS", file), Host::Gitlab);
        assert_eq!(host("CODEOWNERS", "* @a\n"), Host::Github);
        assert_eq!(host(".github/CODEOWNERS", file), Host::Github);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn no_file_makes_it_panic(text in ".*\n.*\n.*", path in ".*") {
            for host in [Host::Github, Host::Gitlab] {
                _ = CodeOwners::parse(&text, host).of(&path);
            }
        }
    }
}
