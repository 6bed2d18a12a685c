//! Names that people give to the secrets of an issuer.

use crate::issuer::Issuer;

/// Names that a tool's own documentation sets, and whose key they hold. Any other name must say the issuer's.
const SET: &[(&str, &str)] = &[
    // docs.npmjs.com, "using private packages in a CI/CD workflow"; actions/setup-node
    ("NODE_AUTH_TOKEN", "npm"),
    // twine.readthedocs.io; python-poetry.org; docs.astral.sh/uv; flit.pypa.io; hatch.pypa.io; pdm-project.org; maturin.rs
    ("TWINE_PASSWORD", "pypi"),
    ("POETRY_PYPI_TOKEN_PYPI", "pypi"),
    ("UV_PUBLISH_TOKEN", "pypi"),
    ("FLIT_PASSWORD", "pypi"),
    ("HATCH_INDEX_AUTH", "pypi"),
    ("PDM_PUBLISH_PASSWORD", "pypi"),
    ("MATURIN_PYPI_TOKEN", "pypi"),
    // doc.rust-lang.org/cargo, "environment variables"
    ("CARGO_REGISTRY_TOKEN", "crates-io"),
    // guides.rubygems.org, "API key scopes"
    ("GEM_HOST_API_KEY", "rubygems"),
    // hexdocs.pm/hex
    ("HEX_API_KEY", "hex"),
    // code.visualstudio.com/api; github.com/eclipse/openvsx
    ("VSCE_PAT", "azure-devops"),
    ("OVSX_PAT", "open-vsx"),
    // learn.microsoft.com/azure/devops/cli
    ("AZURE_DEVOPS_EXT_PAT", "azure-devops"),
    // huggingface.co/docs/huggingface_hub
    ("HF_TOKEN", "hugging-face"),
    // cli.github.com/manual
    ("GH_TOKEN", "github"),
    // docs.aws.amazon.com/cli, "environment variables"
    ("AWS_ACCESS_KEY_ID", "aws"),
    ("AWS_SECRET_ACCESS_KEY", "aws"),
    // docs.github.com/actions: google-github-actions/auth
    ("GOOGLE_CREDENTIALS", "gcp"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "gcp"),
    // developers.cloudflare.com/workers/wrangler
    ("CLOUDFLARE_API_TOKEN", "cloudflare"),
    ("CF_API_TOKEN", "cloudflare"),
    // developer.hashicorp.com/terraform/cli
    ("TF_API_TOKEN", "terraform"),
    ("TF_TOKEN_APP_TERRAFORM_IO", "terraform"),
];

/// Other words for an issuer in such names, joined and in lower case.
const WORDS: &[(&str, &[&str])] = &[
    ("crates-io", &["crates", "cratesio", "cargo"]),
    ("rubygems", &["rubygem", "gem"]),
    ("docker-hub", &["dockerhub", "docker"]),
    ("hugging-face", &["huggingface", "hf"]),
    ("powershell-gallery", &["psgallery", "powershellgallery"]),
    ("jfrog", &["jfrog", "artifactory"]),
    ("azure-devops", &["azuredevops", "ado", "vsts"]),
    ("testpypi", &["testpypi"]),
    ("terraform", &["terraform", "tfc", "tfe"]),
];

/// Words that say that a name is a key's.
const KEYS: &[&str] = &["key", "token", "password", "secret", "pat", "apikey", "auth", "credential", "credentials"];

/// Whether a secret of this name is most likely a key of this issuer. `GITHUB_TOKEN` is nobody's key: each run makes
/// its own.
#[must_use]
pub fn speaks_of(name: &str, issuer: &Issuer) -> bool {
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_");
    if let Some((_, of)) = SET.iter().find(|(known, _)| *known == upper) {
        return *of == issuer.as_str();
    }
    if upper == "GITHUB_TOKEN" {
        return false;
    }
    let words = words_of(name);
    let own = issuer.as_str().replace('-', "");
    let others = WORDS.iter().find(|(id, _)| *id == issuer.as_str()).map_or(&[][..], |(_, words)| words);
    let is_named = others.iter().copied().chain([own.as_str()]).any(|word| holds(&words, word));
    // `TEST_PYPI_TOKEN` is another server's.
    let is_other = *issuer == Issuer::PYPI && holds(&words, "testpypi");
    is_named && !is_other && names_a_key(name)
}

/// Whether a name says that it is a key's, whoever's.
#[must_use]
pub fn names_a_key(name: &str) -> bool {
    words_of(name).iter().any(|word| KEYS.contains(&word.as_str()))
}

/// The words of a name, in lower case: split at marks, and where a small letter meets a capital.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let breaks = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && before.is_ascii_lowercase());
        if breaks && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether neighbouring words together are `wanted`.
fn holds(words: &[String], wanted: &str) -> bool {
    (0..words.len()).any(|from| {
        let mut joined = String::new();
        words[from..].iter().any(|word| {
            joined.push_str(word);
            joined == wanted
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_speak_of_the_issuer_whose_word_they_hold() {
        for (name, issuer, speaks) in [
            ("NUGET_API_KEY", "nuget", true),
            ("NugetApiKey", "nuget", true),
            ("NUGET_USER", "nuget", false),
            ("NPM_TOKEN", "npm", true),
            ("PNPM_TOKEN", "npm", false),
            ("NODE_AUTH_TOKEN", "npm", true),
            ("TEST_PYPI_TOKEN", "pypi", false),
            ("TEST_PYPI_TOKEN", "testpypi", true),
            ("CRATES_IO_TOKEN", "crates-io", true),
            ("GITHUB_TOKEN", "github", false),
            ("GITHUB_PAT", "github", true),
            ("HUGGING_FACE_TOKEN", "hugging-face", true),
            ("ado-pat", "azure-devops", true),
        ] {
            assert_eq!(speaks_of(name, &Issuer::new(issuer)), speaks, "{name} {issuer}");
        }
    }
}
