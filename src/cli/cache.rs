//! `--cache`: where it is kept what need not be read again, and the key that seals it.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use clap::builder::{OsStringValueParser, TypedValueParser};
use skelkey::secret::FingerprintKey;
use skelkey::source::Cache;
use zeroize::Zeroizing;

use super::options::Surroundings;

/// Bytes of a key that is made here.
const KEY: usize = 32;

/// Reads the folder of the command line. One without a value is empty, which clap's own reader of paths refuses.
pub(crate) fn folder() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// The cache that is asked for: in the folder that is named, or else in the user's own.
///
/// Its key comes from the environment or from the user's own configuration, never from a repository's: whoever has the key
/// decides what is let through.
pub(crate) fn asked(named: Option<&Path>, around: &Surroundings) -> Result<Option<Arc<Cache>>> {
    let Some(named) = named else { return Ok(None) };
    let own = around.user_cache.as_ref().map(|cache| cache.join("skelkey"));
    let folder = if named.as_os_str().is_empty() { own } else { Some(named.to_path_buf()) };
    let folder = folder.context("there is no cache folder; name one: --cache=FOLDER")?;
    let material = match &around.fingerprint_key {
        Some(key) => key.clone(),
        None => own_key(around)?,
    };
    let key = FingerprintKey::from_owner(&material).context(
        "SKELKEY_FINGERPRINT_KEY is shorter than 16 bytes; make one with `head -c 32 /dev/urandom | base64`",
    )?;
    Ok(Some(Arc::new(Cache { folder, key })))
}

/// The key that this user's caches are sealed with; made when there is none.
fn own_key(around: &Surroundings) -> Result<Zeroizing<Vec<u8>>> {
    let folder = around
        .user_config
        .as_ref()
        .context("there is no HOME to keep the cache's key in; set SKELKEY_FINGERPRINT_KEY")?;
    let file = folder.join("skelkey").join("cache-key");
    let shown = file.display();
    let read = || -> Result<Option<Zeroizing<Vec<u8>>>> {
        match fs::read(&file) {
            Ok(key) => {
                ensure!(key.len() == KEY && is_private(&file), "{shown} is no key of yours alone; delete it");
                Ok(Some(Zeroizing::new(key)))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("read {shown}")),
        }
    };
    if let Some(key) = read()? {
        return Ok(key);
    }
    make_key(&file).with_context(|| format!("write {shown}, the key of the cache"))?;
    // Another run may have been faster.
    read()?.with_context(|| format!("{shown} is gone again"))
}

fn make_key(file: &Path) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut key = Zeroizing::new([0_u8; KEY]);
    getrandom::fill(&mut key[..]).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(&key[..])?;
    match new.persist_noclobber(file) {
        Err(error) if error.error.kind() != ErrorKind::AlreadyExists => Err(error.error.into()),
        _ => Ok(()),
    }
}

/// Whether nobody else may read it.
#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    file.metadata().is_ok_and(|about| about.permissions().mode() & OTHERS == 0)
}

/// The folders of a user's configuration are that user's.
#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}
