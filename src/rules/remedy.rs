//! How a key is closed, as data with fields to fill in for the key at hand.

/// Steps with fields: `{key}` (the key's name, id or mask), `{key_id}`, `{owner}`, `{host}`, `{packages}` (the package
/// ids that this repository publishes, comma-separated), `{scope}` (the narrowest glob or list that covers
/// them), `{repository}` (`OWNER/NAME`), `{workflow}`. A step with a field that is not known for the key falls back
/// to the words after `|`: `{key_id|the id in your token list}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemedyTemplate {
    /// The issuer's exact page for this class of key.
    pub page: Option<String>,
    /// How to revoke it there, in order.
    pub revoke: Vec<String>,
    /// The issuer's own command or API call, where there is one. Never run by us.
    pub command: Option<String>,
    /// How to create its successor with the least it needs.
    pub recreate: Vec<String>,
    /// How to need no key.
    pub keyless: Option<Keyless>,
}

/// A way to need no key: Trusted Publishing, OIDC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
pub struct Keyless {
    /// In a few words.
    pub title: String,
    /// What to set up at the issuer, in order.
    pub steps: Vec<String>,
    /// A ready snippet with the same fields, or empty.
    pub snippet: String,
    /// Its language for a Markdown fence.
    pub language: String,
    /// Where it is documented.
    pub reference: String,
}

/// The fields that a step, command or snippet may have.
pub(super) const FIELDS: [&str; 8] = ["key", "key_id", "owner", "host", "packages", "scope", "repository", "workflow"];

/// Every field in `text` that no key can ever fill in. `${name}`, `${{ … }}` and other braces that do not hold one
/// lower-case name (and words after `|`) are text.
pub(super) fn unknown_fields(text: &str) -> Vec<&str> {
    let mut unknown = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let of_shell = rest[..open].ends_with('$');
        rest = &rest[open + 1..];
        let Some(end) = rest.find(['{', '}', '|']) else { break };
        let name = &rest[..end];
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if is_name && !of_shell && !rest[end..].starts_with('{') && !FIELDS.contains(&name) {
            unknown.push(name);
        }
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_field_that_nothing_fills_is_unknown() {
        let text = "{key} {scop} {pakages|them} {scope|a b} ${{ secrets.X }} ${home} {\"a\": 1} {";
        assert_eq!(unknown_fields(text), ["scop", "pakages"]);
    }
}
