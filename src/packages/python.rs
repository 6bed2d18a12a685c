//! Python's `pyproject.toml`, `setup.cfg` and `setup.py`.

use toml::Value;

use super::{PackagesError, Project, toml_table};

/// PyPI refuses packages with such a classifier: they are never published there.
const PRIVATE: &str = "Private ::";

/// `[project] name`, else Poetry's.
pub(super) fn pyproject(file: &Project<'_>) -> Result<Vec<String>, PackagesError> {
    let table = toml_table(file.text)?;
    let project = table.get("project").and_then(Value::as_table);
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry")).and_then(Value::as_table);
    let packaged = poetry.and_then(|poetry| poetry.get("package-mode")).and_then(Value::as_bool).unwrap_or(true);
    let private = [project, poetry].into_iter().flatten().any(is_private);
    let name = [project, poetry].into_iter().flatten().find_map(|table| table.get("name")?.as_str());
    Ok(name.filter(|_| packaged && !private).map(str::to_owned).into_iter().collect())
}

fn is_private(table: &toml::Table) -> bool {
    let classifiers = table.get("classifiers").and_then(Value::as_array);
    classifiers.into_iter().flatten().filter_map(Value::as_str).any(|classifier| classifier.starts_with(PRIVATE))
}

/// `name` in `[metadata]`.
pub(super) fn setup_cfg(file: &Project<'_>) -> Vec<String> {
    if file.text.lines().any(|line| line.trim().starts_with(PRIVATE)) {
        return Vec::new();
    }
    let mut section = "";
    for line in file.text.lines() {
        if let Some(header) = line.strip_prefix('[') {
            section = header.split(']').next().unwrap_or_default().trim();
        } else if let ("metadata", Some((key, value))) = (section, line.split_once(['=', ':']))
            && key.trim_end() == "name"
        {
            return vec![value.trim().to_owned()];
        }
    }
    Vec::new()
}

/// A literal `name=` among the arguments of `setup(…)`.
pub(super) fn setup_py(file: &Project<'_>) -> Vec<String> {
    let tokens = tokens(file.text);
    let private = tokens.iter().any(|token| matches!(token, Token::Text(text) if text.starts_with(PRIVATE)));
    setup_name(&tokens).filter(|_| !private).map(str::to_owned).into_iter().collect()
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    /// A plain string; one with a prefix (`f"…"`) is preceded by that word, which keeps it from being an argument.
    Text(&'a str),
    Mark(u8),
}

fn setup_name<'a>(tokens: &[Token<'a>]) -> Option<&'a str> {
    let call = tokens.windows(2).position(|pair| pair == [Token::Word("setup"), Token::Mark(b'(')])?;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(call + 1) {
        match token {
            Token::Mark(b'(' | b'[' | b'{') => depth += 1,
            Token::Mark(b')' | b']' | b'}') if depth <= 1 => return None,
            Token::Mark(b')' | b']' | b'}') => depth -= 1,
            Token::Word("name") if depth == 1 => {
                if let [Token::Mark(b'='), Token::Text(name), Token::Mark(b',' | b')'), ..] = tokens[at + 1..] {
                    return Some(name);
                }
            }
            _ => {}
        }
    }
    None
}

/// Words, strings and marks of Python, without comments. Enough to find a call's arguments; not a parser.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let (bytes, mut at, mut tokens) = (text.as_bytes(), 0, Vec::new());
    while let Some(&byte) = bytes.get(at) {
        let from = at;
        at = match byte {
            b'#' => end_of(bytes, at, |byte| byte != b'\n'),
            b'\'' | b'"' => {
                let (inside, end) = string(bytes, at);
                tokens.extend(text.get(inside).map(Token::Text));
                end
            }
            _ if is_word(byte) => {
                let end = end_of(bytes, at, is_word);
                tokens.extend(text.get(from..end).map(Token::Word));
                end
            }
            _ if byte.is_ascii_whitespace() => at + 1,
            _ => {
                tokens.push(Token::Mark(byte));
                at + 1
            }
        };
    }
    tokens
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn end_of(bytes: &[u8], from: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|byte| !goes_on(*byte)).map_or(bytes.len(), |length| from + length)
}

/// The inside of the string that begins at `at`, and where it ends: one or three quotes, backslashes skip.
fn string(bytes: &[u8], at: usize) -> (std::ops::Range<usize>, usize) {
    let quote = bytes[at];
    let width = if bytes[at..].starts_with(&[quote; 3]) { 3 } else { 1 };
    let close = &[quote; 3][..width];
    let mut to = at + width;
    while to < bytes.len() {
        match bytes[to] {
            b'\\' => to += 2,
            b'\n' if width == 1 => break,
            _ if bytes[to..].starts_with(close) => return (at + width..to, to + width),
            _ => to += 1,
        }
    }
    let end = to.min(bytes.len());
    ((at + width).min(end)..end, end)
}
