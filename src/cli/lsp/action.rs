//! What an editor can do about a key: read it from the environment, or set it aside by a comment.

use std::collections::HashMap;

use tower_lsp_server::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, Position, Range, TextEdit, Uri, WorkspaceEdit,
};

use super::diagnose::{Shown, range};
use super::document::{Columns, Document, offset};

/// The actions for one key.
pub(super) fn all(shown: &Shown, document: &Document, uri: &Uri, columns: Columns) -> Vec<CodeActionOrCommand> {
    let all = [move_out(shown, uri, columns), ignore(shown, document, uri, columns)];
    all.into_iter().flatten().map(CodeActionOrCommand::CodeAction).collect()
}

/// The literal replaced by a look-up of an environment variable, where the language is known.
fn move_out(shown: &Shown, uri: &Uri, columns: Columns) -> Option<CodeAction> {
    let fix = shown.fix.as_ref()?;
    let needs = fix.needs.map(|needs| format!("; the file needs `{needs}`")).unwrap_or_default();
    let title = format!("Move to the environment variable {} (revoke the key first{needs})", fix.variable);
    let action = edit(&title, shown, uri, range(&fix.region, columns), fix.text.clone());
    Some(CodeAction { is_preferred: Some(true), ..action })
}

/// A comment at the end of the key's line, where the language has such comments.
fn ignore(shown: &Shown, document: &Document, uri: &Uri, columns: Columns) -> Option<CodeAction> {
    let (open, close) = comment(&document.language)?;
    let line = shown.diagnostic.range.end.line;
    let end = offset(&document.text, Position { line, character: u32::MAX }, columns);
    let start = offset(&document.text, Position { line, character: 0 }, columns);
    let written = document.text.get(start..end)?;
    let character = match columns {
        Columns::Utf8 => written.len(),
        Columns::Utf16 => written.encode_utf16().count(),
    };
    let at = Position { line, character: u32::try_from(character).ok()? };
    let text = format!(" {open} skelkey:ignore[{}] reason=\"\"{close}", shown.rule);
    let title = "Set aside with a comment; write the reason between the quotes";
    Some(edit(title, shown, uri, Range { start: at, end: at }, text))
}

fn edit(title: &str, shown: &Shown, uri: &Uri, range: Range, new_text: String) -> CodeAction {
    CodeAction {
        title: title.to_owned(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![shown.diagnostic.clone()]),
        edit: Some(WorkspaceEdit {
            changes: Some(HashMap::from([(uri.clone(), vec![TextEdit { range, new_text }])])),
            ..WorkspaceEdit::default()
        }),
        ..CodeAction::default()
    }
}

/// How a comment begins and ends that may follow something on its line, by the protocol's names of languages. Not where
/// what follows a value belongs to it (`.env`, properties), nor where there are none (JSON, Dockerfile).
fn comment(language: &str) -> Option<(&'static str, &'static str)> {
    Some(match language {
        "python" | "ruby" | "yaml" | "toml" | "shellscript" | "perl" | "r" | "elixir" | "powershell" | "terraform"
        | "hcl" | "julia" | "nix" => ("#", ""),
        "javascript" | "javascriptreact" | "typescript" | "typescriptreact" | "java" | "kotlin" | "go" | "rust"
        | "c" | "cpp" | "csharp" | "objective-c" | "swift" | "php" | "scala" | "dart" | "groovy" | "jsonc"
        | "fsharp" | "zig" => ("//", ""),
        "sql" | "lua" | "haskell" => ("--", ""),
        "html" | "xml" | "markdown" | "vue" => ("<!--", " -->"),
        "css" | "less" | "scss" => ("/*", " */"),
        "clojure" | "lisp" => (";", ""),
        _ => return None,
    })
}
