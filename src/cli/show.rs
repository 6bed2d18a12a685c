//! `skelkey config show`.

use anyhow::Result;

use super::Exit;
use super::args::Global;
use super::options::Surroundings;
use super::output::to_stdout;
use super::tell;

pub(crate) fn config(global: &Global, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let text = toml::to_string(&loaded.config)?;
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
