//! Whether a list carries a key itself. Such a list is refused: a list of keys must be safe to commit and to mail.

use serde_json::Value;

/// What a key begins with and how many characters follow at least. Sources: the registries' own code and
/// documentation as named in the importers of this folder.
const PREFIXES: &[(&str, usize)] = &[
    ("npm_", 36),
    ("glpat-", 20),
    ("gldt-", 20),
    ("pypi-", 40),
    ("rubygems_", 48),
    ("github_pat_", 40),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghu_", 36),
    ("ghs_", 36),
    ("ghr_", 36),
    ("cio_tp_", 32),
    ("jsrp_", 30),
    ("dckr_pat_", 27),
    ("dckr_oat_", 32),
    ("hf_", 34),
    ("sk-ant-", 80),
    ("sk-proj-", 40),
    ("sk-svcacct-", 40),
    ("sk-admin-", 40),
    ("xoxb-", 30),
    ("xoxp-", 30),
    ("xapp-", 40),
    ("tskey-", 40),
    ("dapi", 32),
    ("vcp_", 56),
    ("cfut_", 48),
    ("cfat_", 48),
    ("cfk_", 48),
    ("AIza", 35),
    ("SG.", 60),
    ("cmVmdGtuOjAx", 50),
    // Our own lists are of any issuer: the same forms as in `rules`.
    ("sk_live_", 24),
    ("rk_live_", 24),
    ("shpat_", 32),
    ("glsa_", 41),
    ("dop_v1_", 64),
    ("hvs.", 24),
    ("sntrys_", 60),
    ("lin_api_", 40),
    ("pul-", 40),
];

/// Whether any text in `value`, at any depth, holds what can only be a key.
pub(super) fn holds_key(value: &Value) -> bool {
    match value {
        Value::String(text) => text_holds_key(text),
        Value::Array(items) => items.iter().any(holds_key),
        Value::Object(members) => members.iter().any(|(name, value)| text_holds_key(name) || holds_key(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a word of `text` has the form of a key.
pub(super) fn text_holds_key(text: &str) -> bool {
    // RFC 7468; no list has a private key, and a public one is named so.
    text.contains("PRIVATE KEY-----")
        || text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).any(is_key)
}

fn is_key(word: &str) -> bool {
    is_nuget_v4(word) || is_identifiable(word) || is_crates_io(word) || has_prefix(word) || is_signed(word)
}

/// RFC 7519: a token with claims, of which the first two parts are JSON in base64.
fn is_signed(word: &str) -> bool {
    let mut parts = word.split('.');
    let json = |part: Option<&str>| part.is_some_and(|part| part.starts_with("eyJ") && part.len() > 12);
    json(parts.next()) && json(parts.next()) && parts.next().is_some_and(|signature| signature.len() > 20)
}

fn has_prefix(word: &str) -> bool {
    // A redacted key (`npm_aBcD...7890`) is too short behind its prefix to be taken for one.
    PREFIXES.iter().any(|&(prefix, rest)| word.strip_prefix(prefix).is_some_and(|tail| tail.len() >= rest))
}

/// NuGetGallery, `ApiKeyV4.cs`: 46 characters of base32.
fn is_nuget_v4(word: &str) -> bool {
    super::sort::is_nuget_v4(word.as_bytes())
}

/// microsoft/security-utilities, `IdentifiableSecrets.cs`: 84 characters with a signature at 52.
fn is_identifiable(word: &str) -> bool {
    word.len() == 84 && word.get(52..57) == Some("JQQJ9")
}

/// rust-lang/crates.io, `utils/token.rs`: `cio` and 32 alphanumerics.
fn is_crates_io(word: &str) -> bool {
    word.len() == 35 && word.starts_with("cio") && word.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_hashes_ids_and_redacted_forms() {
        let v4 = format!("{}{}", "oy2", "a".repeat(43));
        let v5 = format!("{}JQQJ99{}", "k".repeat(52), "A".repeat(26));
        for key in [
            v4.clone(),
            v4.to_uppercase(),
            v5,
            format!("{}{}", "npm_", "a1".repeat(18)),
            format!("{}{}", "cio", "a1".repeat(16)),
            format!("see {}{} there", "glpat-", "x_-9".repeat(5)),
        ] {
            assert!(text_holds_key(&key));
            assert!(holds_key(&serde_json::json!({ "a": [{ "b": key }] })));
        }
        for other in ["npm_aBcD...7890", "Contoso release key", &"ab".repeat(32), &v4[..20], "oy2", ""] {
            assert!(!text_holds_key(other), "{other}");
        }
    }
}
