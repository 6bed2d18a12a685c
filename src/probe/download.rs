//! A small public text by its address, without any key: how a configuration from elsewhere is fetched.

use super::base::Base;
use super::client::{http_client, read};
use super::failure::Failure;
use super::settings::{Settings, SettingsError};

/// Why a text could not be had.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// Nothing can be asked at all.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The server answered with another status than 200.
    #[error("the server answered with status {0}; give the file's final address, where it can be read without a key")]
    Status(u16),
    /// No answer, or not a whole one.
    #[error("{0}")]
    Failed(String),
}

/// The bytes at `address`, at most `settings.limits.body` of them. Sends no key and follows no redirect.
///
/// # Errors
/// Says what went wrong, and names the host at most.
pub fn download(settings: &Settings, address: &Base) -> Result<Vec<u8>, DownloadError> {
    let failed = |failure: Failure| DownloadError::Failed(failure.sentence(&address.host()));
    let request = http_client(settings, &[address])?.get(address.url()).timeout(settings.limits.total);
    let response = request.send().map_err(|error| failed(Failure::of(&error)))?;
    match response.status().as_u16() {
        200 => read(response, settings.limits.body).map(|body| body.to_vec()).map_err(failed),
        other => Err(DownloadError::Status(other)),
    }
}
