//! What a file is for, as its path tells.

/// What a path says about the values in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// A test, a fixture, an example or documentation: made-up passwords are usual there.
    pub(super) sample: bool,
    /// What stands in it.
    pub(super) holds: Holds,
    /// The text of a program, in a language whose texts stand between quotes.
    pub(super) is_code: bool,
    /// Written by a machine, or words for people in several languages: names and values in it are not what they seem.
    pub(super) apart: bool,
}

/// What a file holds besides literals in quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Holds {
    /// Code, or nobody knows.
    #[default]
    Code,
    /// Text for people, of which nothing is code.
    Prose,
    /// Settings, in which values without quotes are literals.
    Settings,
    /// Names and values alone, without expressions or types.
    Pairs,
}

impl Place {
    /// Whether values without quotes are literals of settings.
    pub(super) fn is_settings(self) -> bool {
        matches!(self.holds, Holds::Settings | Holds::Pairs)
    }

    /// Whether values without quotes are literals.
    pub(super) fn is_literal(self) -> bool {
        self.holds != Holds::Code
    }

    /// What the path says, in words.
    pub(super) fn words(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.sample, "file: a test, an example or documentation"),
            (self.is_settings(), "file: settings, in which values need no quotes"),
            (self.holds == Holds::Prose, "file: text for people"),
            (self.apart, "file: written by a machine, or words in several languages"),
        ];
        all.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words)
    }
}

/// Names of folders for tests and their like.
const SAMPLE_FOLDERS: [&str; 35] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "__tests__",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "__fixtures__",
    "mock",
    "mocks",
    "__mocks__",
    "e2e",
    "example",
    "examples",
    "sample",
    "samples",
    "doc",
    "docs",
    "documentation",
    "demo",
    "demos",
    "it",
    "integration-test",
    "integration_tests",
    "test-integration",
    "snippets",
    "benchmark",
    "benchmarks",
    "testutil",
    "testutils",
    "testsupport",
];

/// Folders of texts in several languages.
const WORD_FOLDERS: [&str; 9] =
    ["locale", "locales", "i18n", "l10n", "lang", "langs", "languages", "translations", "translation"];

const SETTINGS: [&str; 17] = [
    "env",
    "yml",
    "yaml",
    "ini",
    "cfg",
    "conf",
    "config",
    "properties",
    "toml",
    "cnf",
    "tfvars",
    "ps1",
    "sh",
    "bat",
    "dockerfile",
    "netrc",
    "service",
];
const PAIRS: [&str; 9] = ["env", "ini", "cfg", "conf", "cnf", "properties", "netrc", "tfvars", "envrc"];
const PROSE: [&str; 5] = ["txt", "text", "log", "csv", "tsv"];
/// Text files that are settings or lists of programs.
const NO_PROSE: [&str; 4] = ["cmakelists.txt", "requirements.txt", "constraints.txt", "robots.txt"];
const MACHINE: [&str; 8] = ["lock", "map", "snap", "svg", "sum", "pdf", "tlog", "sarif"];
const DOCUMENTS: [&str; 6] = ["md", "mdx", "rst", "adoc", "asciidoc", "textile"];
const CODE: [&str; 24] = [
    "c", "cc", "cpp", "cs", "cxx", "dart", "go", "h", "hpp", "java", "js", "jsx", "kt", "m", "mm", "php", "py", "rb",
    "rs", "scala", "swift", "ts", "tsx", "vue",
];
const WORDS: [&str; 6] = ["po", "pot", "strings", "arb", "xlf", "resx"];
const MACHINE_FILES: [&str; 4] = ["package-lock.json", "pnpm-lock.yaml", "npm-shrinkwrap.json", "packages.lock.json"];

/// Reads a path.
pub(super) fn of(path: &str) -> Place {
    let path = path.to_ascii_lowercase();
    let mut names = path.rsplit(['/', '\\']);
    let file = names.next().unwrap_or_default();
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let folders = || names.clone();
    let is = |list: &[&str], word: &str| list.contains(&word);
    let is_test = |folder: &str| {
        is(&SAMPLE_FOLDERS, folder)
            || folder.starts_with("test")
            || folder.ends_with("test")
            || folder.ends_with("tests")
    };
    let parts = || stem.split(['.', '-', '_']);
    Place {
        sample: folders().any(is_test)
            || is(&DOCUMENTS, extension)
            || parts().any(|part| is(&["test", "tests", "spec", "mock", "fixture", "example", "sample", "stub"], part))
            || is(&["example", "sample", "template", "dist", "test"], extension)
            || ["java", "kt", "cs", "php", "swift", "scala", "groovy", "vb", "fs"].contains(&extension)
                && (stem.ends_with("test") || stem.ends_with("tests") || stem.ends_with("spec")),
        holds: holds(file, stem, extension),
        is_code: is(&CODE, extension),
        apart: is(&MACHINE, extension)
            || is(&MACHINE_FILES, file)
            || file.contains(".min.")
            || folders().any(|folder| folder == "node_modules" || is(&WORD_FOLDERS, folder))
            || is(&WORDS, extension)
            || extension == "properties" && (stem.starts_with("messages") || is_translation(stem)),
    }
}

fn holds(file: &str, stem: &str, extension: &str) -> Holds {
    let is = |list: &[&str]| list.contains(&extension);
    if is(&PAIRS) || file.starts_with(".env") {
        Holds::Pairs
    } else if is(&SETTINGS)
        || file.starts_with("dockerfile")
        || file.starts_with('.') && !stem.is_empty() && file.ends_with("rc")
    {
        Holds::Settings
    } else if is(&PROSE) && !NO_PROSE.contains(&file) {
        Holds::Prose
    } else {
        Holds::Code
    }
}

/// `login_de`, `config_pt_BR`: a file of words, named after their language.
fn is_translation(stem: &str) -> bool {
    let is_code = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut parts = stem.rsplit('_');
    let last = parts.next().unwrap_or_default();
    parts.next().is_some_and(|before| is_code(last) || is_code(before) && last.len() == 2)
}
