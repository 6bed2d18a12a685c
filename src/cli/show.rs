//! `skelkey config show`.

use std::fmt::Write as _;

use anyhow::Result;

use super::Exit;
use super::args::Global;
use super::config::Loaded;
use super::options::Surroundings;
use super::output::to_stdout;
use super::tell;

pub(crate) fn config(global: &Global, around: &Surroundings, origin: bool) -> Result<Exit> {
    let loaded = around.config(global)?;
    let text = if origin { origins(&loaded)? } else { toml::to_string(&loaded.config)? };
    to_stdout(|out| {
        if loaded.files.is_empty() {
            writeln!(out, "# no configuration file: defaults")?;
        }
        for file in &loaded.files {
            writeln!(out, "# from {}", skelkey::escape::visible(&file.display().to_string()))?;
        }
        write!(out, "{text}")
    })?;
    for note in &loaded.notes {
        tell(format_args!("note: {}", skelkey::escape::visible(note)));
    }
    Ok(Exit::Clean)
}

/// A line for each field: its name, its value, and where it is written.
fn origins(loaded: &Loaded) -> Result<String> {
    let fields = loaded.origins()?;
    let lines: Vec<(String, &str)> =
        fields.iter().map(|(field, value, at)| (format!("{field} = {value}"), *at)).collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).filter(|width| *width <= 60).max().unwrap_or(0);
    let mut text = String::new();
    for (line, at) in lines {
        writeln!(text, "{line:width$}  # {}", skelkey::escape::visible(at))?;
    }
    Ok(text)
}
