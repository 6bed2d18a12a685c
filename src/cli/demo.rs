//! `skelkey demo`: a small leaky repository and its key lists, to try everything on. Every key is minted on the spot,
//! so that none is ever committed and none was ever alive.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use skelkey::rules::Minter;

use super::args::{DemoArgs, Global};
use super::options::Surroundings;
use super::output::to_stdout;
use super::{Exit, tell};

pub(crate) fn run(global: &Global, args: &DemoArgs, around: &Surroundings) -> Result<Exit> {
    let folder = &args.folder;
    if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{}: not empty; name a folder that does not exist yet", folder.display());
    }
    let minter = Minter::new(args.seed.unwrap_or_else(|| fastrand::u64(..)));
    let keys = Keys::mint(minter, global.now.unwrap_or(around.now))?;
    for (path, text) in keys.files() {
        write(&folder.join(path), &text)?;
    }
    let shown = folder.display().to_string();
    if !global.quiet {
        tell(format_args!(
            "Wrote a leaky repository to {shown}/repo and its owner's key lists to {shown}/keys. Now run, one by one:"
        ));
    }
    let lists = format!("--inventory {shown}/keys/nuget-api-keys.html --inventory {shown}/keys/npm-tokens.json");
    to_stdout(|out| {
        writeln!(out, "skelkey scan {shown}/repo {lists}")?;
        writeln!(out, "skelkey keys audit {lists}")?;
        writeln!(out, "skelkey keys forecast {shown}/repo {lists}")?;
        writeln!(out, "skelkey keys suggest {shown}/repo {lists}")
    })?;
    Ok(Exit::Clean)
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a demo file has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

/// The minted keys, and the moments that their lists speak of.
struct Keys {
    now: Timestamp,
    nuget: String,
    nuget_expired: String,
    pypi: String,
    npm: String,
    npm_shadow: String,
    crates_io: String,
}

impl Keys {
    fn mint(mut minter: Minter, now: Timestamp) -> Result<Self> {
        let created = days_from(now, -40)?.strftime("%Y-%m-%dT%H:%MZ").to_string();
        let mut sealed = |body: &str, check: &str| -> Result<String> {
            let seal = skelkey::format::check(check).and_then(|check| check.seal).context("a check that seals")?;
            Ok(seal(&minter.fill(body)?))
        };
        let (npm, npm_shadow) = (sealed("npm_{base62:30}", "npm")?, sealed("npm_{base62:30}", "npm")?);
        Ok(Self {
            now,
            nuget: minter.fill("{@nuget-v4}")?,
            nuget_expired: minter
                .fill(&format!("{{@nuget-v5:created={created};lifetime=60m;env=P;owner=42;class=S}}"))?,
            pypi: minter.fill("{@pypi:projects=contoso-client}")?,
            npm,
            npm_shadow,
            crates_io: minter.fill("cio{base62:32}")?,
        })
    }

    /// Every file of the demo: path below its folder, and text.
    fn files(&self) -> Vec<(&'static str, String)> {
        let project = |id: &str| {
            format!(
                "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <TargetFramework>net10.0</TargetFramework>\n    \
                 <PackageId>{id}</PackageId>\n    <Version>1.4.0</Version>\n  </PropertyGroup>\n</Project>\n"
            )
        };
        vec![
            ("repo/.git/HEAD", "ref: refs/heads/main\n".to_owned()),
            ("repo/.git/config", GIT_CONFIG.to_owned()),
            ("repo/.git/objects/info/.keep", String::new()),
            ("repo/.git/refs/heads/.keep", String::new()),
            ("repo/.gitignore", "bin/\nobj/\nout/\n".to_owned()),
            ("repo/.github/workflows/release.yml", self.workflow()),
            ("repo/.github/workflows/hotfix.yml", HOTFIX_WORKFLOW.to_owned()),
            ("repo/azure-pipelines.yml", AZURE_PIPELINES.to_owned()),
            ("repo/src/Contoso.Core/Contoso.Core.csproj", project("Contoso.Core")),
            ("repo/src/Contoso.Logging/Contoso.Logging.csproj", project("Contoso.Logging")),
            ("repo/scripts/hotfix.ps1", self.hotfix()),
            ("repo/python/pyproject.toml", "[project]\nname = \"contoso-client\"\nversion = \"0.9.2\"\n".to_owned()),
            ("repo/python/.pypirc", format!("[pypi]\nusername = __token__\npassword = {}\n", self.pypi)),
            ("repo/web/package.json", "{\n  \"name\": \"@contoso/web\",\n  \"version\": \"3.1.0\"\n}\n".to_owned()),
            ("repo/web/.npmrc", format!("//registry.npmjs.org/:_authToken={}\n", self.npm)),
            ("repo/web/.env", format!("# borrowed from a laptop\nNPM_TOKEN={}\n", self.npm_shadow)),
            ("repo/tools/ids/Cargo.toml", "[package]\nname = \"contoso-ids\"\nversion = \"0.2.0\"\n".to_owned()),
            ("repo/tools/ids/publish.sh", format!("#!/bin/sh\ncargo publish --token {}\n", self.crates_io)),
            ("keys/nuget-api-keys.html", self.nuget_page()),
            ("keys/npm-tokens.json", self.npm_list()),
        ]
    }

    fn workflow(&self) -> String {
        format!(
            "name: release\non:\n  push:\n    tags: ['v*']\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      \
             - uses: actions/checkout@v5\n      - run: dotnet pack -c Release -o out\n      \
             # contoso-release; move it to a secret one day\n      \
             - run: dotnet nuget push out/*.nupkg --source https://api.nuget.org/v3/index.json --api-key {}\n",
            self.nuget
        )
    }

    fn hotfix(&self) -> String {
        format!(
            "# the short-lived key of the day; it is long gone\ndotnet nuget push out/*.nupkg `\n  \
             --source https://api.nuget.org/v3/index.json `\n  --api-key {}\n",
            self.nuget_expired
        )
    }

    /// The NuGet page as a browser saves it: the list stands in it as `initialData`.
    fn nuget_page(&self) -> String {
        let row = |key: u32, name: &str, days: i64, scopes: &[&str], packages: &[&str], glob: Option<&str>| {
            let expires = days_from(self.now, days).unwrap_or(self.now);
            json!({
                "Key": key, "Type": "apikey.v4", "Value": null, "Description": name,
                "Expires": expires.strftime("%Y-%m-%dT%H:%M:%S.0000000Z").to_string(), "HasExpired": days < 0,
                "IsNonScopedApiKey": false, "RevocationSource": null, "Owner": "contoso",
                "Scopes": scopes, "Packages": packages, "GlobPattern": glob,
            })
        };
        let data = json!({ "ApiKeys": [
            row(101, "contoso-release", 201, &["Push new packages and package versions"], &[], Some("*")),
            row(102, "contoso-logging-hotfix", 12, &["Push only new package versions"], &["Contoso.Logging"], None),
            row(103, "old-build-server", -33, &["Push new packages and package versions"], &[], Some("Contoso.*")),
        ], "PackageOwners": [] });
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>API keys</title></head>\n<body>\n<h1>API keys</h1>\n<script>\n\
             var initialData = {data};\n</script>\n</body>\n</html>\n"
        )
    }

    /// What `npm token list --json` prints.
    fn npm_list(&self) -> String {
        let redacted = format!("{}...{}", &self.npm[..8], &self.npm[self.npm.len() - 4..]);
        let at =
            |days: i64| days_from(self.now, days).unwrap_or(self.now).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        let list = json!([{
            "name": "contoso-web-publish", "description": "used by the web team", "expiry": at(21), "token": redacted,
            "key": "6d1f0c5e-8f5a-4f0e-9d53-2f5a0c1c7b11", "readonly": false, "bypass_2fa": true, "cidr": [], "revoked": null,
            "created": at(-69), "updated": at(-69), "accessed": at(-2),
            "permissions": [{ "name": "package", "action": "write" }],
            "scopes": [{ "type": "package", "name": "@contoso/web" }],
        }]);
        format!("{list:#}\n")
    }
}

/// Holds its key as it should, and breaks when that key ends.
const HOTFIX_WORKFLOW: &str = "name: hotfix\non: workflow_dispatch\njobs:\n  push-logging:\n    runs-on: ubuntu-latest\n    \
                               steps:\n      - uses: actions/checkout@v5\n      \
                               - run: dotnet pack src/Contoso.Logging -c Release -o out\n      \
                               - run: dotnet nuget push out/*.nupkg --source https://api.nuget.org/v3/index.json --api-key \"$KEY\"\n        \
                               env:\n          KEY: ${{ secrets.CONTOSO_LOGGING_HOTFIX }}\n";

const AZURE_PIPELINES: &str = "trigger:\n  tags:\n    include: ['web-*']\njobs:\n- job: PublishWeb\n  pool:\n    \
                               vmImage: ubuntu-latest\n  steps:\n  - script: npm publish\n    workingDirectory: web\n    \
                               env:\n      NODE_AUTH_TOKEN: $(NPM_TOKEN)\n";

const GIT_CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\
                          [remote \"origin\"]\n\turl = https://github.com/contoso/libraries.git\n";

fn days_from(now: Timestamp, days: i64) -> Result<Timestamp> {
    now.checked_add(SignedDuration::from_hours(24 * days)).context("a moment that far away")
}
