//! NuGet's own package description (`*.nuspec`).

use super::xml::{children, parse};
use super::{PackagesError, Project};

/// `package/metadata/id`, unless the build fills it in (`$id$`).
pub(super) fn ids(file: &Project<'_>) -> Result<Vec<String>, PackagesError> {
    let document = parse(file.text)?;
    let id = children(document.root_element(), "metadata")
        .flat_map(|metadata| children(metadata, "id"))
        .find_map(|id| id.text().map(|text| text.trim().to_owned()));
    Ok(id.into_iter().collect())
}
