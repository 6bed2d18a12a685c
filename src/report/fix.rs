//! A literal key replaced by a look-up in the environment, where the language is known and the literal stands alone.
//!
//! A fix names the region that goes and what comes there instead. What goes is never written.

use crate::finding::{Finding, FrameLine, Place, Subject};
use crate::location::Region;

/// How a language reads an environment variable. `NAME` stands for the variable.
struct Language {
    /// Endings of file names, without their dot.
    endings: &'static [&'static str],
    /// Instead of a string literal, quotes and all.
    literal: Option<&'static str>,
    /// Instead of the key alone, where it is a word without quotes.
    word: Option<&'static str>,
    /// What the file needs besides.
    needs: Option<&'static str>,
}

impl Language {
    const fn literal(endings: &'static [&'static str], literal: &'static str) -> Self {
        Self { endings, literal: Some(literal), word: None, needs: None }
    }

    const fn needing(endings: &'static [&'static str], literal: &'static str, needs: &'static str) -> Self {
        Self { needs: Some(needs), ..Self::literal(endings, literal) }
    }
}

const LANGUAGES: [Language; 13] = [
    Language::needing(&["py", "pyi", "pyw"], "os.environ[\"NAME\"]", "import os"),
    Language::literal(&["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"], "process.env.NAME"),
    Language::literal(&["rb", "rake", "gemspec"], "ENV.fetch(\"NAME\")"),
    Language::needing(&["go"], "os.Getenv(\"NAME\")", "import \"os\""),
    Language::literal(&["java", "kt", "kts", "groovy", "gradle", "scala"], "System.getenv(\"NAME\")"),
    Language::needing(&["cs", "csx"], "Environment.GetEnvironmentVariable(\"NAME\")", "using System;"),
    Language::literal(&["php"], "getenv('NAME')"),
    Language::literal(&["pl", "pm"], "$ENV{NAME}"),
    Language::literal(&["ps1", "psm1"], "$env:NAME"),
    Language::literal(&["lua"], "os.getenv(\"NAME\")"),
    Language::literal(&["r"], "Sys.getenv(\"NAME\")"),
    Language::literal(&["ex", "exs"], "System.fetch_env!(\"NAME\")"),
    Language { word: Some("\"${NAME:?}\""), ..Language::literal(&["sh", "bash", "zsh", "ksh"], "\"${NAME:?}\"") },
];

/// Files whose own reader puts variables in, wherever in a value they stand: the end of the path, and how it is written.
const TEMPLATES: [(&str, &[&str], &str); 4] = [
    // docs.github.com, "Using secrets in GitHub Actions"
    (".github/workflows/", &[".yml", ".yaml"], "${{ secrets.NAME }}"),
    // docs.npmjs.com, "npmrc": environment variables
    ("", &[".npmrc"], "${NAME}"),
    // docs.docker.com, "Compose file interpolation"
    ("", &["compose.yml", "compose.yaml"], "${NAME}"),
    // docs.gitlab.com, "GitLab CI/CD variables"
    ("", &[".gitlab-ci.yml"], "$NAME"),
];

/// A text that takes the place of another in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What goes: the literal, quotes and all.
    pub region: Region,
    /// What comes instead.
    pub text: String,
    /// The environment variable that is read from then on.
    pub variable: String,
    /// What the file needs besides, such as `import os`.
    pub needs: Option<&'static str>,
}

impl Fix {
    /// What to do, in sentences.
    #[must_use]
    pub fn words(&self) -> String {
        let needs = self.needs.map(|needs| format!(" The file needs `{needs}`.")).unwrap_or_default();
        format!("Revoke the key first. Then read its successor from the variable {}.{needs}", self.variable)
    }
}

/// A fix of this place, if the text lies in the work tree as the report shows it and what stands there is a whole literal.
#[must_use]
pub fn by_environment(finding: &Finding, place: &Place) -> Option<Fix> {
    let is_here = finding.subject == Subject::LeakedKey && place.provenance.is_none() && place.root.is_some();
    if !is_here || place.region.start_line != place.region.end_line {
        return None;
    }
    let assigned = around(&place.frame).and_then(|(before, _)| assigned(before));
    let variable =
        variable(place.variable.as_deref()).or_else(|| variable(assigned)).or_else(|| variable(Some(&finding.rule)))?;
    let path = place.path.to_ascii_lowercase();
    let template =
        TEMPLATES.iter().find(|(within, ends, _)| path.contains(within) && ends.iter().any(|end| path.ends_with(end)));
    if let Some((_, _, written)) = template {
        return Some(Fix { region: place.region, text: written.replace("NAME", &variable), variable, needs: None });
    }
    let (_, ending) = path.rsplit_once('/').map_or(path.as_str(), |(_, file)| file).rsplit_once('.')?;
    let language = LANGUAGES.iter().find(|language| language.endings.contains(&ending))?;
    let (before, after) = around(&place.frame)?;
    let (region, written) = if is_literal(before, after) {
        (with_quotes(place.region)?, language.literal?)
    } else {
        is_word(before, after).then_some(())?;
        (place.region, language.word?)
    };
    Some(Fix { region, text: written.replace("NAME", &variable), variable, needs: language.needs })
}

/// A quote more on either side.
fn with_quotes(region: Region) -> Option<Region> {
    Some(Region {
        start_column: region.start_column.checked_sub(1)?,
        start_column_utf16: region.start_column_utf16.checked_sub(1)?,
        end_column: region.end_column.checked_add(1)?,
        end_column_utf16: region.end_column_utf16.checked_add(1)?,
        ..region
    })
}

/// What stands on the line before the key, and after it.
fn around(frame: &[FrameLine]) -> Option<(&str, &str)> {
    frame.iter().find_map(|line| {
        let (start, end) = line.mark?;
        Some((line.text.get(..start)?, line.text.get(end..)?))
    })
}

/// The name to which the line assigns what follows: `config.apiKey = "`, `"api-key": '`, `export KEY=`.
fn assigned(before: &str) -> Option<&str> {
    let before = before.trim_end_matches(['"', '\'']).trim_end();
    let before = before.strip_suffix(['=', ':'])?.trim_end_matches([':', '=']).trim_end().trim_end_matches(['"', '\'']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let begins =
        before.rfind(|c| !is_name(c)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    Some(&before[begins..]).filter(|name| (2..=64).contains(&name.len()))
}

/// Whether the key is all of a string literal without a prefix: another quote, a letter (`b"…"`) or a backslash before the
/// quote make it something else.
fn is_literal(before: &str, after: &str) -> bool {
    let mut back = before.chars().rev();
    let (Some(quote @ ('"' | '\'')), outside) = (back.next(), back.next()) else { return false };
    let is_plain = !outside.is_some_and(|c| c == quote || c == '\\' || c.is_alphanumeric());
    is_plain && after.starts_with(quote)
}

/// Whether the key is a word by itself, outside any quotes.
fn is_word(before: &str, after: &str) -> bool {
    let begins = before.is_empty() || before.ends_with(|c: char| c == '=' || c.is_whitespace());
    let ends = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || ";&|)".contains(c));
    begins && ends && !before.contains(['"', '\'', '`'])
}

/// `apiKey`, `api-key` → `API_KEY`; `None` where nothing is left of it, or it would begin with a digit.
fn variable(name: Option<&str>) -> Option<String> {
    let mut out = String::new();
    let mut before = '_';
    for c in name?.chars() {
        let begins_word = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (begins_word || !c.is_ascii_alphanumeric()) && !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_uppercase());
        }
        before = c;
    }
    let out = out.trim_end_matches('_');
    (out.len() > 1 && !out.starts_with(|c: char| c.is_ascii_digit())).then(|| out.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_named_as_environments_name_them() {
        let named = |name: &str| variable(Some(name));
        assert_eq!(named("apiKey").as_deref(), Some("API_KEY"));
        assert_eq!(named("nuget-api-key-v4").as_deref(), Some("NUGET_API_KEY_V4"));
        assert_eq!(named("_authToken").as_deref(), Some("AUTH_TOKEN"));
        assert_eq!(named("//host/:_x\u{202e}y").as_deref(), Some("HOST_X_Y"));
        assert_eq!((named("1st"), named("ü"), named("")), (None, None, None));
    }

    #[test]
    fn the_line_tells_the_name() {
        for (before, name) in [
            ("größe.apiKey = \"", Some("apiKey")),
            ("  \"api-key\": '", Some("api-key")),
            ("export KEY_1=", Some("KEY_1")),
            ("key := \"", Some("key")),
            ("push --api-key ", None),
            ("é= \"", None),
        ] {
            assert_eq!(assigned(before), name, "{before}");
        }
    }

    #[test]
    fn only_a_whole_literal_or_word_is_replaced() {
        for (before, after) in [("k = \"", "\""), ("f('", "')"), ("{\"a\": \"", "\"}")] {
            assert!(is_literal(before, after), "{before}…{after}");
        }
        for (before, after) in
            [("k = b\"", "\""), ("\"\"\"", "\"\"\""), ("\"Bearer ", "\""), ("\"", "'"), ("\"\\\"", "\"")]
        {
            assert!(!is_literal(before, after), "{before}…{after}");
        }
        assert!(is_word("export KEY=", "") && is_word("push -k ", " && true"));
        assert!(!is_word("a=\"x ", "") && !is_word("KEY=pre", "") && !is_word("KEY=", ".suf"));
    }
}
