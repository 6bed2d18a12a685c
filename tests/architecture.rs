//! The imports of `src/` against the list in ARCHITECTURE.md.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Module → the modules it may name. `leaf` modules may name nothing of ours.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap();
    let block = text.split("```imports\n").nth(1).expect("an imports block").split("```").next().unwrap();
    let lines: Vec<(&str, Vec<&str>)> = block
        .lines()
        .map(|line| line.split_once(':').expect("module: modules"))
        .map(|(module, may)| (module.trim(), may.split_whitespace().collect()))
        .collect();
    let (head, leaf) = &lines[0];
    assert_eq!(*head, "leaf");
    let mut allowed: BTreeMap<String, BTreeSet<String>> =
        leaf.iter().map(|module| ((*module).to_owned(), BTreeSet::new())).collect();
    for (module, may) in &lines[1..] {
        let expanded = may.iter().flat_map(|name| if *name == "leaf" { leaf.clone() } else { vec![*name] });
        allowed.insert((*module).to_owned(), expanded.map(str::to_owned).collect());
    }
    // A report is made of findings, which hold masks and fingerprints; it never names where keys are.
    allowed.get_mut("report").unwrap().remove("secret");
    allowed
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

/// The modules of ours that a file names by `crate::`, outside comments.
fn names(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = BTreeSet::new();
    for line in lines {
        for after in line.split("crate::").skip(1) {
            found.insert(after.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect());
        }
    }
    found.remove("");
    found
}

#[test]
fn every_module_imports_only_what_the_architecture_allows() {
    let allowed = allowed();
    let mut files = Vec::new();
    rust_files(&Path::new(ROOT).join("src"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let below = file.strip_prefix(Path::new(ROOT).join("src")).unwrap().to_owned();
        let module = below.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if ["main", "lib", "cli"].contains(&module.as_str()) {
            continue;
        }
        let Some(may) = allowed.get(&module) else {
            wrong.push(format!("{}: `{module}` is not in ARCHITECTURE.md", below.display()));
            continue;
        };
        for name in names(&fs::read_to_string(&file).unwrap()) {
            if name != module && !may.contains(&name) {
                wrong.push(format!("{}: names `{name}`", below.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the flow:\n{}", wrong.join("\n"));
}

#[test]
fn the_walker_and_git_are_named_in_the_source_folder_alone() {
    let mut files = Vec::new();
    rust_files(&Path::new(ROOT).join("src"), &mut files);
    for file in files.iter().filter(|file| !file.starts_with(Path::new(ROOT).join("src/source"))) {
        let text = fs::read_to_string(file).unwrap();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for library in ["ignore::", "gix"] {
            let named = code.iter().any(|line| line.contains(&format!("use {library}")));
            assert!(!named, "{} names {library}", file.display());
        }
    }
}
