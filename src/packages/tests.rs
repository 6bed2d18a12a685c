use proptest::prelude::*;

use super::*;

/// The ids of one file, `None` when it is no project file; panics on an error.
fn ids(path: &str, text: &str) -> Option<Vec<String>> {
    let read = read(path, text.as_bytes())?.expect("the file is valid");
    Some(read.into_iter().flat_map(|publishes| publishes.ids).collect())
}

#[track_caller]
fn publishes(path: &str, text: &str, expected: &[&str]) {
    assert_eq!(ids(path, text).expect("a project file"), expected, "{path}: {text}");
}

fn sdk(properties: &str) -> String {
    format!("<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>{properties}</PropertyGroup>\n</Project>\n")
}

#[test]
fn msbuild_ids_come_from_the_id_the_assembly_or_the_file() {
    publishes("src/Contoso.Core.csproj", &sdk(""), &["Contoso.Core"]);
    publishes("src/Core.fsproj", &sdk("<AssemblyName>Contoso.F</AssemblyName>"), &["Contoso.F"]);
    let both = "<AssemblyName>A</AssemblyName><PackageId> Contoso.V </PackageId>";
    publishes("src/Core.VBPROJ", &sdk(both), &["Contoso.V"]);
    publishes("A.csproj", &sdk("<PackageId>First</PackageId><PackageId>Last</PackageId>"), &["Last"]);
    let text = format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}", sdk("<PackageId>Bom</PackageId>"));
    publishes("A.csproj", &text, &["Bom"]);
}

#[test]
fn msbuild_variables_are_filled_in_only_where_the_file_tells_them() {
    publishes("Core.csproj", &sdk("<PackageId>Contoso.$(MSBuildProjectName)</PackageId>"), &["Contoso.Core"]);
    let own = "<AssemblyName>Own</AssemblyName><PackageId>$(AssemblyName).Tool</PackageId>";
    publishes("Core.csproj", &sdk(own), &["Own.Tool"]);
    publishes("Core.csproj", &sdk("<PackageId>$(Prefix).Core</PackageId>"), &[]);
    publishes("Core.csproj", &sdk("<AssemblyName>$(RootNamespace)</AssemblyName>"), &[]);
}

#[test]
fn msbuild_projects_that_are_not_packed_publish_nothing() {
    publishes("A.csproj", &sdk("<IsPackable>False</IsPackable><PackageId>A</PackageId>"), &[]);
    publishes("A.csproj", &sdk("<IsTestProject>true</IsTestProject>"), &[]);
    let tests = "<Project Sdk='Microsoft.NET.Sdk'><ItemGroup>\
                 <PackageReference Include='Microsoft.NET.Test.Sdk' Version='17.0.0' /></ItemGroup></Project>";
    publishes("A.Tests.csproj", tests, &[]);
    publishes("A.csproj", &sdk("<OutputType>Exe</OutputType>"), &[]);
    publishes("A.csproj", &sdk("<OutputType>Exe</OutputType><PackAsTool>true</PackAsTool>"), &["A"]);
    publishes("A.csproj", &sdk("<OutputType>WinExe</OutputType><PackageId>B</PackageId>"), &["B"]);
    publishes("Site.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />", &[]);
    let packed =
        "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><IsPackable>true</IsPackable></PropertyGroup></Project>";
    publishes("Site.csproj", packed, &["Site"]);
}

#[test]
fn old_style_projects_have_an_id_only_if_they_say_it() {
    let old = |inside: &str| {
        format!(
            "<Project ToolsVersion=\"15.0\" xmlns=\"http://schemas.microsoft.com/developer/msbuild/2003\">\
             <PropertyGroup>{inside}</PropertyGroup></Project>"
        )
    };
    publishes("Old.csproj", &old("<AssemblyName>Old</AssemblyName>"), &[]);
    publishes("Old.csproj", &old("<PackageId>Old.Named</PackageId>"), &["Old.Named"]);
}

#[test]
fn shared_properties_and_nuspecs() {
    publishes("Directory.Build.props", &sdk("<PackageId>One</PackageId>"), &["One"]);
    publishes("Directory.Build.props", &sdk("<PackageId>Contoso.$(MSBuildProjectName)</PackageId>"), &[]);
    publishes("Directory.Build.props", &sdk("<Authors>Contoso</Authors>"), &[]);
    let nuspec = |id: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\">\
             <metadata><id>{id}</id><version>1.0.0</version><dependencies><dependency id=\"Other\" /></dependencies>\
             </metadata></package>"
        )
    };
    publishes("build/Contoso.nuspec", &nuspec("Contoso.Pack"), &["Contoso.Pack"]);
    publishes("build/Contoso.nuspec", &nuspec("$id$"), &[]);
}

#[test]
fn npm_names_unless_private_or_elsewhere() {
    publishes("package.json", r#"{"name": "@contoso/core", "version": "1.0.0"}"#, &["@contoso/core"]);
    publishes("package.json", r#"{"name": "root", "private": true, "workspaces": ["packages/*"]}"#, &[]);
    publishes("package.json", r#"{"name": "a", "private": false}"#, &["a"]);
    publishes("package.json", r#"{"name": "a", "publishConfig": {"access": "public"}}"#, &["a"]);
    let elsewhere = r#"{"name": "a", "publishConfig": {"registry": "https://npm.contoso.example/"}}"#;
    publishes("package.json", elsewhere, &[]);
    let public = format!(r#"{{"name": "a", "publishConfig": {{"registry": "https://{}/"}}}}"#, "registry.npmjs.org");
    publishes("package.json", &public, &["a"]);
    publishes("package.json", r#"{"name": 7}"#, &[]);
    publishes("package.json", r#"{"name": "{{ template }}"}"#, &[]);
    publishes("package.json", "[]", &[]);
}

#[test]
fn python_names() {
    publishes("pyproject.toml", "[project]\nname = \"contoso-core\"\n", &["contoso-core"]);
    publishes("pyproject.toml", "[tool.poetry]\nname = \"contoso\"\n", &["contoso"]);
    publishes("pyproject.toml", "[tool.poetry]\nname = \"app\"\npackage-mode = false\n", &[]);
    publishes("pyproject.toml", "[tool.black]\nline-length = 100\n", &[]);
    let private = "[project]\nname = \"a\"\nclassifiers = [\"Private :: Do Not Upload\"]\n";
    publishes("pyproject.toml", private, &[]);
    publishes("setup.cfg", "[options]\nname = wrong\n[metadata]\nname = contoso\n", &["contoso"]);
    publishes("setup.cfg", "[metadata]\nauthor = me\nlong_name = x\n", &[]);
    publishes("setup.cfg", "[metadata]\nname = %(prefix)s-core\n", &[]);
}

#[test]
fn setup_py_literals_only() {
    let setup = |arguments: &str| format!("from setuptools import setup\n# setup(name='no')\nsetup({arguments})\n");
    publishes("setup.py", &setup("name='contoso', version=\"1\""), &["contoso"]);
    publishes("setup.py", &setup("\n    version='1',\n    name=\"contoso\",  # the name\n"), &["contoso"]);
    publishes("setup.py", &setup("name=NAME"), &[]);
    publishes("setup.py", &setup("name=f'contoso-{suffix}'"), &[]);
    publishes("setup.py", &setup("name='contoso' + suffix"), &[]);
    publishes("setup.py", &setup("ext_modules=[Extension(name='inner')]"), &[]);
    publishes("setup.py", &setup("description='setup(name=\\'no\\')'"), &[]);
    publishes("setup.py", "\"\"\"\nsetup(name='no')\n\"\"\"\n", &[]);
    publishes("setup.py", "setuptools.setup(name='dotted')", &["dotted"]);
}

#[test]
fn cargo_names_unless_not_published() {
    publishes("Cargo.toml", "[package]\nname = \"contoso\"\n", &["contoso"]);
    publishes("Cargo.toml", "[package]\nname = \"contoso\"\npublish = true\n", &["contoso"]);
    publishes("Cargo.toml", "[package]\nname = \"contoso\"\npublish = [\"crates-io\", \"ours\"]\n", &["contoso"]);
    for publish in ["false", "[]", "[\"ours\"]", "{ workspace = true }"] {
        publishes("Cargo.toml", &format!("[package]\nname = \"contoso\"\npublish = {publish}\n"), &[]);
    }
    publishes("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n", &[]);
}

#[test]
fn gem_names() {
    let gem = |name: &str| format!("Gem::Specification.new do |spec|\n  spec.name = {name}\n  spec.version = V\nend\n");
    publishes("contoso.gemspec", &gem("\"contoso\""), &["contoso"]);
    publishes("contoso.gemspec", &gem("'contoso-core'.freeze # ours"), &["contoso-core"]);
    publishes("contoso.gemspec", &gem("\"contoso-#{flavour}\""), &[]);
    publishes("contoso.gemspec", &gem("NAME"), &[]);
    let host = |host: &str| gem("'a'") + &format!("spec.metadata[\"allowed_push_host\"] = \"{host}\"\n");
    publishes("a.gemspec", &host("https://gems.contoso.example"), &[]);
    publishes("a.gemspec", &host("https://rubygems.org"), &["a"]);
}

#[test]
fn each_file_speaks_for_its_registry() {
    let issuer = |path: &str, text: &str| read(path, text.as_bytes()).unwrap().unwrap()[0].issuer.clone();
    assert_eq!(issuer("a.csproj", &sdk("")), Issuer::NUGET);
    assert_eq!(issuer("package.json", r#"{"name":"a"}"#), Issuer::NPM);
    assert_eq!(issuer("setup.cfg", "[metadata]\nname=a"), Issuer::PYPI);
    assert_eq!(issuer("Cargo.toml", "[package]\nname='a'"), Issuer::CRATES_IO);
    assert_eq!(issuer("a.gemspec", "s.name = 'a'"), Issuer::RUBYGEMS);
}

#[test]
fn dependencies_and_other_files_do_not_count() {
    let package = r#"{"name": "left-pad"}"#;
    for path in [
        "node_modules/left-pad/package.json",
        "a/node_modules/b/package.json",
        "a\\node_modules\\b\\package.json",
        "vendor/x/package.json",
        "test/fixtures/x/package.json",
        "Third_Party/x/package.json",
        "lib/python3.12/site-packages/x/package.json",
    ] {
        assert_eq!(ids(path, package), None, "{path}");
    }
    for path in ["package-lock.json", "src/main.rs", "csproj", "a.csproj.user", "", "/", "Cargo.lock"] {
        assert_eq!(ids(path, "{}"), None, "{path}");
    }
    assert_eq!(ids("packages/left-pad/package.json", package), Some(vec!["left-pad".to_owned()]));
}

#[test]
fn errors_name_the_line_and_quote_nothing() {
    let secret = ["oy2", "secretsecretsecret"].concat();
    for (path, text) in [
        ("a.csproj", format!("<Project>\n<{secret}>\n</Project>")),
        ("a.nuspec", format!("<!DOCTYPE x [<!ENTITY a \"{secret}\">]>\n<package/>")),
        ("package.json", format!("{{\n\"{secret}\": {secret} }}")),
        ("pyproject.toml", format!("[project]\n{secret} = {secret}\n")),
        ("Cargo.toml", format!("[package]\n\"{secret}\n")),
    ] {
        let error = read(path, text.as_bytes()).unwrap().unwrap_err();
        assert!(matches!(error, PackagesError::Malformed { line: Some(1..=3), .. }), "{path}: {error}");
        assert!(!format!("{error}{error:?}").contains(&secret), "{path}: {error}");
    }
    assert_eq!(read("Cargo.toml", b"\xff\xfe"), Some(Err(PackagesError::NotUtf8)));
    let large = vec![b' '; LARGEST + 1];
    assert_eq!(read("package.json", &large), Some(Err(PackagesError::TooLarge { size: LARGEST + 1 })));
}

#[test]
fn deep_nesting_is_an_error_or_nothing_but_no_crash() {
    let deep = |open: &str, close: &str| open.repeat(50_000) + &close.repeat(50_000);
    for (path, text) in [
        ("package.json", deep("[", "]")),
        ("a.csproj", deep("<a>", "</a>")),
        ("Cargo.toml", format!("a = {}", deep("[", "]"))),
        ("setup.py", format!("setup({})", deep("(", ")"))),
    ] {
        assert!(read(path, text.as_bytes()).is_some());
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_or_invent(
        name in prop::sample::select(vec![
            "a.csproj", "Directory.Build.props", "a.nuspec", "package.json", "pyproject.toml", "setup.cfg", "setup.py",
            "Cargo.toml", "a.gemspec",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "[\\[\\]{}()<>='\"\\\\#a-z \n.é:,$]{0,120}",
    ) {
        for input in [&bytes[..], text.as_bytes(), format!("setup(name{text}").as_bytes()] {
            if let Some(Ok(read)) = read(name, input) {
                for id in read.into_iter().flat_map(|publishes| publishes.ids) {
                    prop_assert!(is_id(&id));
                }
            }
        }
    }
}

#[test]
fn jsr_and_powershell_name_what_they_publish() {
    let ids = |path: &str, text: &str| -> Vec<(String, Vec<String>)> {
        let all = read(path, text.as_bytes()).unwrap_or_else(|| panic!("{path} is a project file")).unwrap();
        all.into_iter().map(|one| (one.issuer.to_string(), one.ids)).collect()
    };
    let one = |issuer: &str, id: &str| vec![(issuer.to_owned(), vec![id.to_owned()])];
    let jsr = r#"{"name": "@contoso/web", "version": "1.0.0", "exports": "./mod.ts"}"#;
    assert_eq!(ids("jsr.json", jsr), one("jsr", "@contoso/web"));
    assert_eq!(ids("web/deno.json", jsr), one("jsr", "@contoso/web"));
    assert_eq!(ids("deno.json", r#"{"name": "@contoso/web", "tasks": {}}"#), []);
    let manifest = "@{\r\n    ModuleVersion = '1.2'\r\n    guid= '0b1c'\r\n}\r\n";
    assert_eq!(ids("src/Contoso.Tools.psd1", manifest), one("powershell-gallery", "Contoso.Tools"));
    assert_eq!(ids("en-US/strings.psd1", "@{ Hello = 'x' }"), []);
    assert!(read("jsr.json", b"{").unwrap().is_err());
}
