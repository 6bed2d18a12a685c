//! Imported rules as text.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::literals::exact;
use super::{Draft, HOME, Imported, Proved};
use crate::escape::visible;
use crate::rules::pattern_syntax;

/// The file: header, provider, rules.
pub(super) fn file(provider: &str, rules: &[&Imported], notes: &[String]) -> String {
    let mut text = String::new();
    for note in notes {
        let _ = writeln!(text, "# {}", visible(note));
    }
    let name = titled(provider);
    let _ = writeln!(
        text,
        "\n[provider]\nid = {}\nname = {}\nhome = {}\nreferences = [{}]\n\n[provider.remedy]\nrevoke = [\n  {},\n]",
        quoted(provider),
        quoted(&format!("{name} (imported)")),
        quoted(HOME),
        quoted(HOME),
        quoted(
            "Find out who issued {key|the key}, open the issuer's page of keys, revoke it there, and look through what was done with it."
        ),
    );
    for rule in rules {
        let _ = write!(text, "\n{}", rule.text);
    }
    text
}

/// One `[[rule]]`.
pub(super) fn rule(id: &str, draft: &Draft<'_>, proved: &Proved) -> String {
    let title = titled(draft.original);
    let description = if draft.description.trim().is_empty() { &title } else { &draft.description };
    let kind = match proved.own_form {
        true => "structured",
        false if draft.original.contains("generic") => "generic",
        false => "contextual",
    };
    let mut text = format!(
        "[[rule]]\nid = {}\ntitle = {}\ndescription = {}\nkind = \"{kind}\"\n",
        quoted(id),
        quoted(&title),
        quoted(description)
    );
    if !proved.own_form && proved.shortest < SHORTEST_BY_VALUE {
        text.push_str("identity = \"place\"\n");
    }
    text.push_str("severity = \"high\"\nconfidence = \"medium\"\n");
    let mut field = |key: &str, value: String| {
        let _ = writeln!(text, "{key} = {value}");
    };
    field("anchors", list(&proved.anchors));
    field("anchors-case", quoted("insensitive"));
    if proved.left > 0 {
        field("left", proved.left.to_string());
    }
    field("right", proved.right.to_string());
    field("pattern", quoted(&proved.pattern));
    if draft.min_entropy > 0.0 {
        field("min-entropy", format!("{:?}", draft.min_entropy));
    }
    field("mint", quoted(&proved.templates.mint));
    for (key, values) in [("paths", &draft.paths), ("not-paths", &draft.not_paths), ("samples", &draft.samples)] {
        if !values.is_empty() {
            field(key, list(values));
        }
    }
    let example = quoted(&proved.templates.example);
    match draft.paths.first() {
        Some(glob) => field("examples", format!("[{{ path = {}, text = {example} }}]", quoted(&path_of(glob)))),
        None => field("examples", format!("[{example}]")),
    }
    text
}

/// A shorter key may be guessed, so its hash is none to be told by.
const SHORTEST_BY_VALUE: usize = 16;

/// A path that a glob matches.
fn path_of(glob: &str) -> String {
    let mut path = String::new();
    let mut rest = glob.replace("**/", "").replace("/**", "/a").replace('*', "a");
    // A character in brackets stands for itself.
    while let Some((before, after)) = rest.split_once('[') {
        path.push_str(before);
        let mut inside = after.chars();
        path.extend(inside.next());
        rest = inside.as_str().strip_prefix(']').unwrap_or(inside.as_str()).to_owned();
    }
    path + &rest
}

/// `github-pat` → `Github pat`.
fn titled(id: &str) -> String {
    let words: Vec<&str> = id.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    let mut letters = joined.chars();
    let title = letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str());
    title.unwrap_or_else(|| "Rule".to_owned())
}

/// The hash of the one value that a regular expression allows.
pub(super) fn sample(regex: &str) -> Option<String> {
    let inner = regex.strip_prefix('^')?.strip_suffix('$')?;
    let hir = pattern_syntax(inner).ok()?;
    let regex_syntax::hir::HirKind::Literal(literal) = hir.kind() else { return None };
    exact(&hir).filter(|_| !inner.contains("(?i)"))?;
    Some(HEXLOWER.encode(&Sha256::digest(&literal.0)))
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "))
}

/// A TOML string: as it is between three quotes where that is possible.
fn quoted(text: &str) -> String {
    let plain = text.chars().all(|c| !c.is_control() && c != '\'' && c != '"' && c != '\\');
    if plain {
        return format!("\"{text}\"");
    }
    if !text.contains("'''") && !text.ends_with('\'') && !text.chars().any(char::is_control) {
        return format!("'''{text}'''");
    }
    toml::Value::String(text.to_owned()).to_string()
}
