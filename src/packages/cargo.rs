//! Cargo's `Cargo.toml`.

use toml::Value;

use super::{PackagesError, Project, toml_table};

/// The package's name, unless it is not published or only elsewhere.
pub(super) fn ids(file: &Project<'_>) -> Result<Vec<String>, PackagesError> {
    let manifest = toml_table(file.text)?;
    let package = manifest.get("package").and_then(Value::as_table);
    let published = package.filter(|package| is_published(package.get("publish")));
    let name = published.and_then(|package| package.get("name")).and_then(Value::as_str);
    Ok(name.map(str::to_owned).into_iter().collect())
}

/// `publish.workspace = true` is settled in another file, which may say no.
fn is_published(publish: Option<&Value>) -> bool {
    match publish {
        None => true,
        Some(Value::Boolean(published)) => *published,
        Some(Value::Array(registries)) => registries.iter().any(|registry| registry.as_str() == Some("crates-io")),
        Some(_) => false,
    }
}
