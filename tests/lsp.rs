//! `skelkey lsp`, spoken to as an editor does.
#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value, reason = "a test may be blunt")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use skelkey::rules::Minter;
use support::write;

/// An editor, and everything that it was told.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    heard: String,
    last: i64,
}

impl Editor {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_skelkey"))
            .args(["lsp", "--stdio"])
            .current_dir(folder)
            .env_clear()
            .env("HOME", folder.join("no-home"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output, heard: String::new(), last: 0 }
    }

    /// Started and introduced.
    fn ready(folder: &Path, encodings: &[&str]) -> Self {
        let mut editor = Self::start(folder);
        let answer = editor.introduce(folder, encodings);
        assert!(answer["result"]["capabilities"]["hoverProvider"].as_bool().unwrap(), "{answer}");
        editor.tell("initialized", json!({}));
        editor
    }

    fn introduce(&mut self, folder: &Path, encodings: &[&str]) -> Value {
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        let folders = json!([{ "uri": uri(folder, ""), "name": "folder" }]);
        self.ask("initialize", json!({ "processId": null, "capabilities": capabilities, "workspaceFolders": folders }))
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input.as_mut().unwrap(), "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        let id = self.last;
        self.until(|message| message["id"] == id)
    }

    fn next(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server went away");
            if let Some(count) = line.strip_prefix("Content-Length: ") {
                length = count.trim().parse().unwrap();
            } else if line == "\r\n" {
                break;
            }
        }
        let mut text = vec![0; length];
        self.output.read_exact(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        self.heard.push_str(&text);
        serde_json::from_str(&text).unwrap()
    }

    fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.next();
            if is_it(&message) {
                return message;
            }
        }
    }

    /// What is shown in the document as of this version.
    fn shown(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let message = self.until(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    fn open(&mut self, uri: &str, language: &str, text: &str) -> Vec<Value> {
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.shown(uri, 1)
    }

    fn change(&mut self, uri: &str, version: i64, changes: &Value) -> Vec<Value> {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        self.shown(uri, version)
    }

    fn finish(mut self) -> String {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        drop(self.input.take());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        self.heard + &said
    }
}

fn uri(folder: &Path, file: &str) -> String {
    format!("file://{}/{file}", folder.canonicalize().unwrap().display()).trim_end_matches('/').to_owned()
}

fn key(seed: u64) -> String {
    Minter::new(seed).fill("{@nuget-v5:created=2026-10-22T09:00Z;lifetime=365d}").unwrap()
}

fn range(line: u64, start: usize, end: usize) -> Value {
    json!({ "start": { "line": line, "character": start }, "end": { "line": line, "character": end } })
}

#[test]
fn a_key_is_shown_as_it_is_typed_and_gone_when_it_is() {
    let at = tempfile::tempdir().unwrap();
    let (key, other) = (key(1), key(2));
    let file = uri(at.path(), "push.py");
    let mut editor = Editor::ready(at.path(), &["utf-16"]);
    assert!(editor.open(&file, "python", "import os\n").is_empty());

    // Typed behind a character of two UTF-16 units and one of three bytes.
    let line = format!("s = \"𝄞€\"; api_key = \"{key}\"  # nuget push");
    let typed = json!([{ "range": range(1, 0, 0), "text": format!("{line}\n") }]);
    let shown = editor.change(&file, 2, &typed);
    assert_eq!(shown.len(), 1, "{shown:?}");
    let start = line[..line.find(&key).unwrap()].encode_utf16().count();
    assert_eq!(shown[0]["range"], range(1, start, start + key.len()));
    assert_eq!((shown[0]["severity"].as_u64(), shown[0]["source"].as_str()), (Some(1), Some("skelkey")));
    assert_eq!(shown[0]["code"], "nuget-api-key-v5");

    let position = json!({ "line": 1, "character": start + 3 });
    let hover = editor.ask("textDocument/hover", json!({ "textDocument": { "uri": file }, "position": position }));
    let words = hover["result"]["contents"]["value"].as_str().unwrap().to_owned();
    for word in ["**Opens:**", "**Until:**", "2027-10-22", "**Do now**"] {
        assert!(words.contains(word), "{words}");
    }
    let nothing = json!({ "textDocument": { "uri": file }, "position": { "line": 0, "character": 2 } });
    assert_eq!(editor.ask("textDocument/hover", nothing)["result"], Value::Null);

    let asked =
        json!({ "textDocument": { "uri": file }, "range": range(1, start, start), "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", asked);
    let actions = actions["result"].as_array().unwrap().clone();
    // The first is to move it out: the literal goes, quotes and all, and the key with it.
    assert_eq!(actions.len(), 2, "{actions:?}");
    let title = actions[0]["title"].as_str().unwrap();
    assert!(title.contains("environment variable API_KEY") && title.contains("`import os`"), "{title}");
    assert_eq!(actions[0]["isPreferred"], true);
    let moved = actions[0]["edit"]["changes"][&file][0].clone();
    assert_eq!(moved["range"], range(1, start - 1, start + key.len() + 1));
    assert_eq!(moved["newText"], "os.environ[\"API_KEY\"]");
    let ignore = actions.iter().find(|action| action["title"].as_str().unwrap().contains("comment")).unwrap();
    let edits = ignore["edit"]["changes"][&file].clone();
    assert_eq!(edits[0]["range"], range(1, line.encode_utf16().count(), line.encode_utf16().count()));
    let edit = json!([{ "range": edits[0]["range"], "text": edits[0]["newText"] }]);
    assert!(editor.change(&file, 3, &edit).is_empty(), "a comment sets it aside");

    // Moved out, nothing of it is left.
    let back = json!([{ "text": format!("import os\n{line}\n") }]);
    assert_eq!(editor.change(&file, 4, &back).len(), 1);
    let edit = json!([{ "range": moved["range"], "text": moved["newText"] }]);
    assert!(editor.change(&file, 5, &edit).is_empty());

    // The last of several quick changes counts.
    let whole = json!([{ "text": format!("api_key = \"{other}\"\n") }]);
    editor.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": file, "version": 6 }, "contentChanges": [{ "text": "" }] }),
    );
    assert_eq!(editor.change(&file, 7, &whole)[0]["range"], range(0, 11, 11 + other.len()));
    assert!(editor.change(&file, 8, &json!([{ "text": "" }])).is_empty());

    let heard = editor.finish();
    for key in [&key, &other] {
        assert!(!heard.contains(key.as_str()) && !heard.contains(&key[8..30]), "the editor is told no key");
    }
}

#[test]
fn an_editor_that_counts_bytes_gets_bytes() {
    let at = tempfile::tempdir().unwrap();
    let (key, file) = (key(3), uri(at.path(), "a.js"));
    let mut editor = Editor::ready(at.path(), &["utf-8", "utf-16"]);
    let text = format!("const a = '€𝄞', nugetApiKey = '{key}';\n");
    let shown = editor.open(&file, "javascript", &text);
    let start = text.find(&key).unwrap();
    assert_eq!(shown[0]["range"], range(0, start, start + key.len()));
    let asked =
        json!({ "textDocument": { "uri": file }, "range": shown[0]["range"], "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", asked);
    let moved = &actions["result"][0]["edit"]["changes"][&file][0];
    assert_eq!(moved["range"], range(0, start - 1, start + key.len() + 1), "{actions}");
    assert_eq!(moved["newText"], "process.env.NUGET_API_KEY");
    // Text that is no literal of a known language has no such action.
    let (words, file) = (format!("nuget push -k {key}\n"), uri(at.path(), "notes.txt"));
    let shown = editor.open(&file, "plaintext", &words);
    let asked =
        json!({ "textDocument": { "uri": file }, "range": shown[0]["range"], "context": { "diagnostics": [] } });
    assert_eq!(editor.ask("textDocument/codeAction", asked)["result"], json!([]));
    editor.finish();
}

#[test]
fn the_editor_shows_what_the_gate_would_say() {
    let at = tempfile::tempdir().unwrap();
    let key = key(4);
    let text = format!("nuget_api_key = \"{key}\"\n");
    for (file, text) in [("HEAD", "ref: refs/heads/main\n"), ("objects/info/packs", ""), ("refs/heads/.keep", "")] {
        write(at.path(), &format!(".git/{file}"), text);
    }
    write(at.path(), ".gitignore", "local.py\nbuild/\n");
    write(at.path(), "skelkey.toml", "[scan]\nexclude = [\"samples/**\"]\nfail-on = \"critical\"\n");
    let mut editor = Editor::ready(at.path(), &[]);
    for left_out in ["local.py", "build/deep/x.py", "samples/x.py"] {
        assert!(editor.open(&uri(at.path(), left_out), "python", &text).is_empty(), "{left_out}");
    }
    let file = uri(at.path(), "src/main.py");
    let shown = editor.open(&file, "python", &text);
    assert_eq!(shown[0]["severity"], 2, "below the configuration's fail-on it is a warning: {shown:?}");
    assert_eq!(editor.open("untitled:Untitled-1", "python", &text).len(), 1, "a text without a file is scanned, too");

    // A saved configuration is in force at once; one that is wrong is told, and the one before stays.
    let configuration = uri(at.path(), "skelkey.toml");
    write(
        at.path(),
        "skelkey.toml",
        "[rules]\ndisable = [\"nuget-api-key-v5\", \"nuget-push-key\"]\n[scan]\nconfidense = 1\n",
    );
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": configuration } }));
    let told = editor.until(|message| message["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("skelkey.toml:4"), "{told}");
    write(at.path(), "skelkey.toml", "[scan]\nfail-on = \"low\"\n");
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": configuration } }));
    assert_eq!(editor.shown(&file, 1)[0]["severity"], 1);

    let long = format!("{text}{}", "x = 1\n".repeat(800_000));
    let shown = editor.open(&uri(at.path(), "long.py"), "python", &long);
    assert!(shown.len() == 1 && shown[0]["message"].as_str().unwrap().contains("not scanned"), "{shown:?}");
    assert!(!editor.finish().contains(&key));
}

#[test]
fn a_configuration_that_does_not_hold_is_no_silent_server() {
    let at = tempfile::tempdir().unwrap();
    write(at.path(), "skelkey.toml", "[scan]\nfail-on = \"sometimes\"\n");
    let mut editor = Editor::start(at.path());
    let answer = editor.introduce(at.path(), &[]);
    assert!(answer["error"]["message"].as_str().unwrap().contains("skelkey.toml:2"), "{answer}");
    drop(editor.input.take());
    assert!(editor.child.wait().unwrap().code().is_some());
}
