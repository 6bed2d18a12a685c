//! `skelkey config show`.

use anyhow::Result;

use super::Exit;
use super::args::Global;
use super::options::Surroundings;
use super::output::to_stdout;
use super::tell;

pub(crate) fn config(global: &Global, around: &Surroundings) -> Result<Exit> {
    let loaded = around.config(global)?;
    let mut text = String::new();
    if loaded.files.is_empty() {
        text.push_str("# no configuration file: defaults\n");
    }
    for file in &loaded.files {
        text.push_str(&format!("# from {}\n", skelkey::escape::visible(&file.display().to_string())));
    }
    text.push_str(&toml::to_string(&loaded.config)?);
    to_stdout(|out| out.write_all(text.as_bytes()))?;
    for note in &loaded.notes {
        tell(format_args!("note: {}", skelkey::escape::visible(note)));
    }
    Ok(Exit::Clean)
}
