//! MSBuild projects (`*.csproj`, `*.fsproj`, `*.vbproj`, `Directory.Build.props`).
//!
//! The rules are those of NuGet's pack targets: the id is `PackageId`, else `AssemblyName`, else the file's name.
//! Properties are read as MSBuild reads them without conditions: the last one wins.

use roxmltree::{Document, Node};

use super::xml::{attribute, children, parse};
use super::{PackagesError, Project};

/// SDKs whose projects are applications: `IsPackable` is false unless the project says otherwise.
const APPLICATION_SDKS: &[&str] =
    &["Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.Worker", "Microsoft.NET.Sdk.BlazorWebAssembly", "Aspire.AppHost.Sdk"];

/// A package whose presence makes a project a test project.
const TEST_SDK: &str = "Microsoft.NET.Test.Sdk";

/// What a project publishes.
pub(super) fn project(file: &Project<'_>) -> Result<Vec<String>, PackagesError> {
    let document = parse(file.text)?;
    let properties = Properties { root: document.root_element(), stem: file.stem };
    Ok(if properties.is_packable() { properties.id().into_iter().collect() } else { Vec::new() })
}

/// What a `Directory.Build.props` says for every project below it: only a literal `PackageId`.
pub(super) fn shared(file: &Project<'_>) -> Result<Vec<String>, PackagesError> {
    let document: Document<'_> = parse(file.text)?;
    let properties = Properties { root: document.root_element(), stem: file.stem };
    Ok(properties.last("PackageId").filter(|id| !id.contains('$')).into_iter().collect())
}

struct Properties<'a, 'input> {
    root: Node<'a, 'input>,
    stem: &'a str,
}

impl Properties<'_, '_> {
    fn last(&self, name: &'static str) -> Option<String> {
        children(self.root, "PropertyGroup")
            .flat_map(|group| children(group, name))
            .filter_map(|property| property.text())
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .last()
    }

    fn says(&self, name: &'static str, value: &str) -> bool {
        self.last(name).is_some_and(|said| said.eq_ignore_ascii_case(value))
    }

    fn is_packable(&self) -> bool {
        if self.says("IsPackable", "false") || self.says("IsTestProject", "true") {
            return false;
        }
        if self.says("IsPackable", "true") {
            return true;
        }
        !self.is_test() && !self.is_application() && (self.sdk().is_some() || self.last("PackageId").is_some())
    }

    fn is_test(&self) -> bool {
        children(self.root, "ItemGroup").flat_map(|group| children(group, "PackageReference")).any(|reference| {
            attribute(reference, "Include").is_some_and(|name| name.trim().eq_ignore_ascii_case(TEST_SDK))
        }) || self.sdk().is_some_and(|sdk| sdk.eq_ignore_ascii_case("MSTest.Sdk"))
    }

    fn is_application(&self) -> bool {
        let runs = self.says("OutputType", "Exe") || self.says("OutputType", "WinExe");
        let named = self.last("PackageId").is_some() || self.says("PackAsTool", "true");
        let web = self.sdk().is_some_and(|sdk| APPLICATION_SDKS.iter().any(|name| sdk.eq_ignore_ascii_case(name)));
        web || (runs && !named)
    }

    /// The project's SDK without its version. An old-style project has none, and `dotnet pack` gives it no id.
    fn sdk(&self) -> Option<String> {
        let element = children(self.root, "Sdk").next().and_then(|sdk| attribute(sdk, "Name"));
        let import = children(self.root, "Import").find_map(|import| attribute(import, "Sdk"));
        let named = attribute(self.root, "Sdk").or(element).or(import)?;
        let first = named.split(';').next().unwrap_or(named);
        Some(first.split('/').next().unwrap_or(first).trim().to_owned())
    }

    fn id(&self) -> Option<String> {
        let assembly = self.last("AssemblyName").unwrap_or_else(|| self.stem.to_owned());
        let assembly = self.filled(&assembly, None);
        self.filled(&self.last("PackageId").unwrap_or_else(|| assembly.clone()), Some(&assembly)).into()
    }

    /// Fills in the two properties whose values the file itself tells; any other stays and makes the id none.
    fn filled(&self, text: &str, assembly: Option<&str>) -> String {
        let text = text.replace("$(MSBuildProjectName)", self.stem);
        match assembly {
            Some(assembly) => text.replace("$(AssemblyName)", assembly),
            None => text,
        }
    }
}
