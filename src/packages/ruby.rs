//! Ruby's `*.gemspec`, which is a program: only a literal `spec.name = "…"` is read.

use std::sync::LazyLock;

use regex::Regex;

use super::Project;

/// The one host whose ids these are.
const PUBLIC_HOST: &str = "https://rubygems.org";

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r#"(?m)^[ \t]*[a-z_][a-z0-9_]*\.name[ \t]*=[ \t]*(?:"([A-Za-z0-9._-]+)"|'([A-Za-z0-9._-]+)')(?:\.freeze)?[ \t]*(?:#.*)?\r?$"#,
    )
});

/// RubyGems refuses to push a gem anywhere else.
static ALLOWED_PUSH_HOST: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?m)^[^#\n]*allowed_push_host['"]?\]?[ \t]*=>?[ \t]*['"]([^'"\n]*)['"]"#));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern is valid: the tests compile it")
}

/// The gem's name, unless the gem may only be pushed elsewhere.
pub(super) fn ids(file: &Project<'_>) -> Vec<String> {
    let elsewhere = ALLOWED_PUSH_HOST
        .captures(file.text)
        .and_then(|found| found.get(1))
        .is_some_and(|host| host.as_str().trim_end_matches('/') != PUBLIC_HOST);
    let name = NAME.captures(file.text).and_then(|found| found.get(1).or(found.get(2)));
    name.filter(|_| !elsewhere).map(|name| name.as_str().to_owned()).into_iter().collect()
}
