//! Who issues and revokes a key.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of an issuer: lower case, kebab-case, stable (`nuget`, `npm`, `crates-io`). Rule files may name new ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Issuer(Cow<'static, str>);

impl Issuer {
    /// NuGet.org.
    pub const NUGET: Self = Self(Cow::Borrowed("nuget"));
    /// The PowerShell Gallery, which runs the same software as NuGet.org.
    pub const POWERSHELL_GALLERY: Self = Self(Cow::Borrowed("powershell-gallery"));
    /// npm's public registry.
    pub const NPM: Self = Self(Cow::Borrowed("npm"));
    /// PyPI.
    pub const PYPI: Self = Self(Cow::Borrowed("pypi"));
    /// TestPyPI.
    pub const TESTPYPI: Self = Self(Cow::Borrowed("testpypi"));
    /// crates.io.
    pub const CRATES_IO: Self = Self(Cow::Borrowed("crates-io"));
    /// RubyGems.org.
    pub const RUBYGEMS: Self = Self(Cow::Borrowed("rubygems"));
    /// GitHub.
    pub const GITHUB: Self = Self(Cow::Borrowed("github"));
    /// GitLab, hosted or self-managed.
    pub const GITLAB: Self = Self(Cow::Borrowed("gitlab"));
    /// JFrog Artifactory and the JFrog platform.
    pub const JFROG: Self = Self(Cow::Borrowed("jfrog"));
    /// Hex.pm.
    pub const HEX: Self = Self(Cow::Borrowed("hex"));
    /// Hugging Face.
    pub const HUGGING_FACE: Self = Self(Cow::Borrowed("hugging-face"));
    /// JSR.
    pub const JSR: Self = Self(Cow::Borrowed("jsr"));
    /// Azure DevOps, which also issues for the Visual Studio Marketplace.
    pub const AZURE_DEVOPS: Self = Self(Cow::Borrowed("azure-devops"));
    /// A devpi server.
    pub const DEVPI: Self = Self(Cow::Borrowed("devpi"));
    /// A Verdaccio registry.
    pub const VERDACCIO: Self = Self(Cow::Borrowed("verdaccio"));
    /// A Harbor registry.
    pub const HARBOR: Self = Self(Cow::Borrowed("harbor"));

    /// The server software of PyPI, run elsewhere.
    pub const WAREHOUSE: Self = Self(Cow::Borrowed("warehouse"));

    /// Every issuer that a decoder, an importer or the judgement knows; rules and probes name more.
    pub const KNOWN: [Self; 18] = [
        Self::NUGET,
        Self::POWERSHELL_GALLERY,
        Self::NPM,
        Self::PYPI,
        Self::TESTPYPI,
        Self::CRATES_IO,
        Self::RUBYGEMS,
        Self::GITHUB,
        Self::GITLAB,
        Self::JFROG,
        Self::HEX,
        Self::HUGGING_FACE,
        Self::JSR,
        Self::AZURE_DEVOPS,
        Self::DEVPI,
        Self::VERDACCIO,
        Self::HARBOR,
        Self::WAREHOUSE,
    ];

    /// An issuer by an id that is written in the code.
    #[must_use]
    pub const fn known(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// An issuer by its id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Issuer {
    type Err = std::convert::Infallible;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(id))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
