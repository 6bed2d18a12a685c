//! PowerShell's module manifests (`*.psd1`): the module is called as the file (learn.microsoft.com, "how to write a
//! PowerShell module manifest").

use super::Project;

/// The file's name, if it is a manifest: other data files have the same ending, but no version and no identity.
pub(super) fn ids(file: &Project<'_>) -> Vec<String> {
    let sets = |key: &str| {
        file.text.lines().any(|line| {
            let line = line.trim_start();
            let rest = line.get(..key.len()).filter(|word| word.eq_ignore_ascii_case(key)).map(|_| &line[key.len()..]);
            rest.is_some_and(|rest| rest.trim_start().starts_with('='))
        })
    };
    if sets("ModuleVersion") && sets("GUID") { vec![file.stem.to_owned()] } else { Vec::new() }
}
