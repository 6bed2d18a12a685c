//! Objects that are kept apart from the repository: what is being pushed, until the hooks of the receiving side accept it.
//!
//! git names the folders by `GIT_OBJECT_DIRECTORY` and `GIT_ALTERNATE_OBJECT_DIRECTORIES`. A temporary folder that borrows
//! from all of them, as `objects/info/alternates` says it, stands for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{GitPlaces, OpenError};

/// A folder without objects of its own that borrows from those which the process names.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    /// `None` where the process names none. Relative folders are relative to `here`.
    pub(super) fn of(places: &GitPlaces, here: &Path, common_dir: &Path) -> Result<Option<Self>, OpenError> {
        if places.objects.is_none() && places.more_objects.is_empty() {
            return Ok(None);
        }
        let own = places.objects.clone().unwrap_or_else(|| common_dir.join("objects"));
        let mut lines = String::new();
        for folder in std::iter::once(&own).chain(&places.more_objects) {
            lines += &line(&here.join(folder)).ok_or(OpenError::Objects)?;
        }
        let folder = tempfile::tempdir().map_err(|_| OpenError::Objects)?;
        fs::create_dir(folder.path().join("info"))
            .and_then(|()| fs::write(folder.path().join("info/alternates"), lines))
            .map_err(|_| OpenError::Objects)?;
        Ok(Some(Self(folder)))
    }

    pub(super) fn store(&self, hash: gix::hash::Kind) -> Result<Arc<gix::odb::Store>, OpenError> {
        let options = gix::odb::store::init::Options::default();
        let store = gix::odb::Store::at_opts(self.0.path().to_path_buf(), hash, &mut std::iter::empty(), options);
        store.map(Arc::new).map_err(|_| OpenError::Objects)
    }
}

/// How a list of alternates names a folder that exists.
fn line(folder: &Path) -> Option<String> {
    let folder: PathBuf = fs::canonicalize(folder).ok()?;
    // The list has one folder to a line and a comment or a quotation where a line begins so; an absolute path does not.
    let name = folder.to_str().filter(|name| !name.contains('\n'))?;
    Some(format!("{name}\n"))
}
