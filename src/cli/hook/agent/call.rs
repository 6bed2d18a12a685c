//! What an agent sends: one JSON object. Every text in it is looked at, whatever its field is called, but for what a
//! change replaces; so an agent, a tool or a field that nobody here has heard of is scanned as well.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::patch;

/// One call.
pub(super) struct Call(Map<String, Value>);

/// One text of a call.
pub(super) struct Said {
    /// The file that it is written to, or read from; empty if none is named.
    pub(super) path: String,
    /// Where in the call it stands.
    pub(super) shown: String,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// What a change replaces.
const OLD: [&str; 7] = ["old_string", "oldString", "old_str", "old_text", "oldText", "old_source", "TargetContent"];

/// The file that a tool works on.
const FILE: [&str; 8] =
    ["file_path", "filePath", "path", "notebook_path", "target_file", "TargetFile", "AbsolutePath", "absolute_path"];

/// Tools that hand a file to the model.
const READERS: [&str; 8] =
    ["Read", "read_file", "readFile", "copilot_readFile", "view", "NotebookRead", "fs_read", "read_many_files"];

/// Events before a tool runs, when the file on disk is what was there before.
const BEFORE: [&str; 4] = ["PreToolUse", "preToolUse", "BeforeTool", "pre_write_code"];

impl Call {
    pub(super) fn read(text: &[u8]) -> Result<Self> {
        // The parser's message may quote what it read.
        let value = serde_json::from_slice(text).ok();
        let value = value.context("standard input is no JSON of a tool call or prompt; it is refused")?;
        let Value::Object(fields) = value else {
            bail!("standard input is no JSON object of a tool call or prompt; it is refused")
        };
        ensure!(!fields.is_empty(), "standard input is an empty JSON object; it is refused");
        Ok(Self(fields))
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    fn word(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }

    /// The event, where the agent names it.
    pub(super) fn event(&self) -> Option<&str> {
        self.word("hook_event_name").or(self.word("hookEventName")).or(self.word("agent_action_name"))
    }

    /// Whether the call hands a file's text to the model.
    fn reads(&self) -> bool {
        let tool = self.word("tool_name").or(self.word("toolName"));
        let is_reader = |tool: &str| READERS.contains(&tool);
        tool.is_some_and(is_reader) || matches!(self.event(), Some("beforeReadFile" | "pre_read_code"))
    }

    /// The texts that are new to whoever gets them, and those that were there before. `most`: the largest file read.
    pub(super) fn texts(&self, here: &Path, most: u64) -> Result<(Vec<Said>, Vec<Said>)> {
        let here = self.word("cwd").map_or_else(|| here.to_path_buf(), PathBuf::from);
        let is_before = self.event().map_or(self.has("toolName"), |event| BEFORE.contains(&event));
        let mut walk = Walk { here, most, is_before: is_before && !self.reads(), new: Vec::new(), old: Vec::new() };
        let whole = walk.object(&self.0, "", "");
        walk.say("", "the call", &format!("{whole:#}"));
        if self.reads() {
            walk.files(&self.0)?;
        }
        Ok((walk.new, walk.old))
    }
}

struct Walk {
    here: PathBuf,
    most: u64,
    /// Whether the file that a text is written to is there as it was before.
    is_before: bool,
    new: Vec<Said>,
    old: Vec<Said>,
}

impl Walk {
    fn say(&mut self, path: &str, shown: &str, text: &str) {
        self.new.push(said(path, shown, text.as_bytes().to_vec()));
    }

    /// Takes every text of an object. Gives the object with the texts left out that JSON would write otherwise: the rest
    /// is looked at as it stands, for a field's name may tell what its value is.
    fn object(&mut self, fields: &Map<String, Value>, shown: &str, path: &str) -> Value {
        let file = FILE.iter().find_map(|name| fields.get(*name)?.as_str()).map(|file| self.inside(file));
        let file = file.unwrap_or_else(|| path.to_owned());
        let texts = self.new.len();
        let mut left = Map::new();
        for (name, value) in fields {
            let shown = if shown.is_empty() { name.clone() } else { format!("{shown}.{name}") };
            if OLD.contains(&name.as_str()) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.old.push(said(&file, &shown, text.into_bytes()));
            } else {
                left.insert(name.clone(), self.value(value, &shown, &file));
            }
        }
        if self.is_before && file != path && self.new.len() > texts {
            self.on_disk(&file);
        }
        Value::Object(left)
    }

    fn value(&mut self, value: &Value, shown: &str, path: &str) -> Value {
        match value {
            Value::Object(fields) => self.object(fields, shown, path),
            Value::Array(values) => values.iter().map(|value| self.value(value, shown, path)).collect(),
            Value::String(text) => self.text(text, shown, path),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str, shown: &str, path: &str) -> Value {
        // Some agents write the arguments of a tool as JSON in JSON.
        if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
            return self.value(&inner, shown, path);
        }
        if let Some(files) = patch::read(text) {
            for (file, part) in files {
                let file = self.inside(&file);
                self.say(&file, shown, &part.new);
                self.old.push(said(&file, shown, part.old.into_bytes()));
            }
            return Value::Null;
        }
        self.say(path, shown, text);
        let is_plain = !text.contains(|c: char| c.is_control() || c == '"' || c == '\\');
        if is_plain { Value::String(text.to_owned()) } else { Value::Null }
    }

    /// A file as the rules want its path: relative to where the agent works.
    fn inside(&self, file: &str) -> String {
        let relative = Path::new(file).strip_prefix(&self.here).unwrap_or(Path::new(file));
        relative.to_string_lossy().replace('\\', "/")
    }

    /// The file as it is now: what it holds already is not new. One that cannot be read holds nothing.
    fn on_disk(&mut self, file: &str) {
        if let Ok(Some(bytes)) = read(&self.here.join(file), self.most) {
            self.old.push(said(file, file, bytes));
        }
    }

    /// The files that the call hands to the model.
    fn files(&mut self, fields: &Map<String, Value>) -> Result<()> {
        let mut files = Vec::new();
        named(&Value::Object(fields.clone()), &mut files);
        for file in files {
            let file = self.inside(&file);
            // What is not there, or no file, is not read by the agent either.
            if let Some(bytes) = read(&self.here.join(&file), self.most).with_context(|| format!("read {file}"))? {
                self.new.push(said(&file, &file, bytes));
            }
        }
        Ok(())
    }
}

/// Every file that is named anywhere in a call.
fn named(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(FILE.iter().filter_map(|name| fields.get(*name)?.as_str()).map(str::to_owned));
            fields.values().for_each(|value| named(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| named(value, into)),
        Value::String(text) => {
            if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                named(&inner, into);
            }
        }
        _ => {}
    }
}

/// The bytes of a file; `None` if there is none.
fn read(file: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    match file.metadata() {
        Ok(about) if !about.is_file() => return Ok(None),
        Ok(about) => ensure!(about.len() <= most, "larger than {most} bytes; it cannot be looked through"),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let mut bytes = Vec::new();
    File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn said(path: &str, shown: &str, bytes: Vec<u8>) -> Said {
    Said { path: path.to_owned(), shown: shown.to_owned(), bytes: Zeroizing::new(bytes) }
}
