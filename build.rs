//! Lists the rule files (`rules/*.toml`) for embedding, so that adding a provider is one file and nothing else.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?;
    fs::write(Path::new(&out).join("embedded_rules.rs"), table(&rule_files(&folder)?)?)?;
    announce("rules");
    announce("build.rs");
    Ok(())
}

/// The rule files of `folder`, sorted by name so that every build embeds them in the same order.
fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A Rust slice of names and texts.
fn table(files: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let mut text = String::from("&[\n");
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a rule file's name is not UTF-8")?;
        let path = path.to_str().ok_or("the path to the rule files is not UTF-8")?;
        writeln!(text, "    ({:?}, include_str!({path:?})),", format!("rules/{name}"))?;
    }
    text.push_str("]\n");
    Ok(text)
}

/// Cargo reads a build script's standard output.
fn announce(path: &str) {
    println!("cargo::rerun-if-changed={path}");
}
