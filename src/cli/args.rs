//! Arguments as typed. Their resolution is in [`super::options`].

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use skelkey::report::{Format, SarifProfile};
use skelkey::severity::{Confidence, Severity};

/// Finds leaked keys, says what each one opens and until when, and how to close it.
///
/// Exit codes: 0 complete and nothing at or above --fail-on; 1 findings; 2 wrong use or bad configuration, nothing was
/// scanned; 3 incomplete, something asked for could not be scanned.
#[derive(Debug, Parser)]
#[command(name = "skelkey", version, max_term_width = 100, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Read this configuration instead of the skelkey.toml found upward from here
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Read no configuration at all but the one that --config names
    #[arg(long, global = true)]
    pub(crate) isolated: bool,
    /// Further rule files or folders of them (may repeat)
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Judge as of this moment (RFC 3339) instead of now; run times are then left out of reports
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<jiff::Timestamp>,
    /// Colour the output
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub(crate) color: Colour,
    /// Print nothing but findings and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find leaked keys in files and folders
    Scan(ScanArgs),
    /// Say what one key on standard input is, what it opens, and until when
    Inspect(InspectArgs),
    /// List, show or check rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Say why a line is a finding or none, or what a rule or a verdict is about and how to fix it
    Explain {
        /// A line (FILE:LINE), the id of a rule, or of a verdict (SK2001)
        #[arg(value_name = "FILE:LINE|ID")]
        what: String,
    },
    /// Findings that were there before the gate: make, renew, prune or explain a baseline
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Put skelkey into the hooks of git or of coding agents, or run as one
    #[command(subcommand)]
    Hook(super::hook::args::HookCommand),
    /// Key hygiene from the owner's list, without any leak
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Earlier reports in other formats: convert one, or merge the shards of a scan
    #[command(subcommand)]
    Report(ReportCommand),
    /// What the keys of an earlier report are now
    Recheck(RecheckArgs),
    /// Write a small leaky repository and its key list, every key minted on the spot
    Demo(DemoArgs),
    /// What issuers can be asked
    #[cfg(feature = "probe")]
    #[command(subcommand)]
    Probe(ProbeCommand),
    /// The configuration in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Serve an editor on standard input and output: keys are shown while one types, with what they open
    #[cfg(feature = "lsp")]
    Lsp {
        /// Taken because editors give it; it is how this server always talks
        #[arg(long, hide = true)]
        stdio: bool,
    },
    /// Look at everything that decides whether skelkey does its work here
    Doctor,
    /// Write a manual page for every command
    Man {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// How findings are shown and when a run fails.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Output format (may repeat): human, json, jsonl, sarif, html, gitlab, codeclimate, junit, github, rdjson, csv or markdown
    #[arg(long, short, value_name = "FORMAT")]
    pub(crate) format: Vec<Format>,
    /// Write the n-th format to the n-th file instead of standard output (may repeat)
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Vec<PathBuf>,
    /// Whom SARIF is for: github, azure or full [default: github]
    #[arg(long, value_name = "PROFILE")]
    pub(crate) sarif_profile: Option<SarifProfile>,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    /// Leave owners, key names and list rows out of the report: for reports that will be published
    #[arg(long)]
    pub(crate) privacy: bool,
    /// Show everything known of each key, with ready snippets
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// When a run fails.
#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// Fail (exit 1) on findings of this severity and above: note, low, medium, high or critical [default: medium; for an
    /// earlier report as its scan did]
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Severity>,
    /// Exit 0 whatever was found; an incomplete run still exits 3
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// What the owner knows of the keys.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The owner's list of keys (may repeat; the format is recognised)
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Vec<PathBuf>,
}

/// Whom to ask.
#[derive(Debug, Args)]
pub(crate) struct ProbeArgs {
    /// Ask the issuers about each key found (network): all that can be asked, or only these. Some are asked only by name
    /// (`skelkey probe list`)
    #[cfg(feature = "probe")]
    #[arg(long, value_name = "ISSUER", num_args = 0.., require_equals = true, value_delimiter = ',')]
    pub(crate) probe: Option<Vec<skelkey::issuer::Issuer>>,
    /// With --probe: show the requests instead of sending them
    #[cfg(feature = "probe")]
    #[arg(long, requires = "probe")]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) lists: ListArgs,
    #[command(flatten)]
    pub(crate) probe: ProbeArgs,
    /// Set aside what this baseline holds (`skelkey baseline create` makes one)
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Say on standard error how long each phase took, and over how much
    #[arg(long)]
    pub(crate) timing: bool,
}

/// What is scanned, and which matches count.
#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct SourceArgs {
    /// Files and folders; with --staged, --range, --since and --history the repository, or a folder in it [default: .]
    #[arg(value_name = "PATH", conflicts_with = "stdin")]
    pub(crate) paths: Vec<PathBuf>,
    /// Scan standard input
    #[arg(long)]
    pub(crate) stdin: bool,
    #[cfg(feature = "git")]
    #[command(flatten)]
    pub(crate) git: GitArgs,
    /// Show matches of this confidence and above: low, medium or high [default: medium]
    #[arg(long, value_name = "CONFIDENCE")]
    pub(crate) confidence: Option<Confidence>,
    /// Scan what the repository ignores as well
    #[arg(long)]
    pub(crate) no_ignore: bool,
    /// Let no comment (skelkey:ignore) set a finding aside
    #[arg(long)]
    pub(crate) no_inline_ignore: bool,
    /// Set nothing aside without a reason: comments, baseline and [[allow]] need one
    #[arg(long)]
    pub(crate) strict: bool,
    /// Skip (and say so) files larger than this, such as 50MB or 1GiB [default: 512MiB]
    #[arg(long, value_name = "SIZE", value_parser = super::size::parse)]
    pub(crate) max_file_size: Option<u64>,
    /// Number of threads [default: one for each processor]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
}

/// More threads than this help nobody, and their number could take all memory.
const MOST_JOBS: usize = 1024;

fn jobs(text: &str) -> Result<std::num::NonZeroUsize, String> {
    let jobs = text.parse().ok().filter(|jobs: &std::num::NonZeroUsize| jobs.get() <= MOST_JOBS);
    jobs.ok_or_else(|| format!("write a number of threads from 1 to {MOST_JOBS}"))
}

/// What of a git repository to scan instead of its work tree.
#[cfg(feature = "git")]
#[derive(Debug, Default, Args)]
pub(crate) struct GitArgs {
    /// Scan what is staged for the next commit (honours GIT_INDEX_FILE)
    #[arg(long, conflicts_with_all = ["stdin", "range", "since", "history"])]
    pub(crate) staged: bool,
    /// Scan every object of the repository, reachable or not
    #[arg(long, conflicts_with_all = ["stdin", "range", "since"])]
    pub(crate) history: bool,
    /// With --history: every object of the submodules too, as far as they are checked out
    #[arg(long, requires = "history", conflicts_with_all = ["staged", "range", "since"])]
    pub(crate) submodules: bool,
    /// Remember which files of a repository hold nothing, in your cache folder or in this one, and do not read them again
    // Without a value it is empty, which is no folder's name.
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    #[arg(value_parser = super::cache::folder())]
    #[arg(conflicts_with = "stdin")]
    pub(crate) cache: Option<PathBuf>,
    /// Scan what commits add: A..B, A...B or one commit
    #[arg(long, value_name = "COMMITS", conflicts_with = "stdin")]
    pub(crate) range: Option<String>,
    /// Scan what commits since then add (of HEAD, or of --range): 2026-01-31 or RFC 3339
    #[arg(long, value_name = "DATE", conflicts_with = "stdin", value_parser = super::date::parse)]
    pub(crate) since: Option<jiff::Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Output format, as for `scan`
    #[arg(long, short, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
    /// Show the ready snippet for needing no key as well
    #[arg(long, short)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) lists: ListArgs,
    #[command(flatten)]
    pub(crate) probe: ProbeArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// All rules, a line each
    List {
        /// human, json or markdown
        #[arg(long, short, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// All issuers: what of their keys is decoded, listed, asked, revoked and limited
    Issuers {
        /// human, json or markdown
        #[arg(long, short, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// One rule with all its facts
    Show {
        /// The rule's id or an earlier one
        id: String,
    },
    /// Count how often each rule's anchors stand in files: what the rule costs
    Stats(StatsArgs),
    /// Make a rule file out of configurations of gitleaks or betterleaks
    Import(ImportArgs),
    /// Check rule files: the built-in ones and any named
    Check {
        /// Files or folders of them
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
}

/// What is imported.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Configurations (.toml)
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Write the rules to this file, whose name becomes their provider's, instead of to standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What is counted.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Files and folders [default: .]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Human,
    Json,
    Markdown,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Scan, and write a new baseline of everything that is found
    Create(BaselineWriteArgs),
    /// Scan, and bring the baseline up to date: what is new is added, what is gone is dropped, reasons stay
    Update(BaselineWriteArgs),
    /// Scan, and drop the entries that cover nothing any more
    Prune(BaselineArgs),
    /// Scan, and say of each entry what it covers
    Explain(BaselineArgs),
    /// Scan, and take over the baseline of gitleaks, detect-secrets or kingfisher
    Import(BaselineImportArgs),
    /// Merge two baselines entry by entry into the second file, as git's merge driver
    Merge(BaselineMergeArgs),
    /// Let git merge baselines of this repository by `baseline merge`: a line of .gitattributes and of .git/config
    InstallDriver {
        /// The baseline
        #[arg(long, value_name = "FILE", default_value = ".skelkey-baseline")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    /// The baseline
    #[arg(long, value_name = "FILE", default_value = ".skelkey-baseline")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BaselineImportArgs {
    /// The other scanner's: .gitleaksignore, a report of gitleaks (JSON), .secrets.baseline or kingfisher's YAML
    #[arg(value_name = "IMPORT")]
    pub(crate) import: PathBuf,
    #[command(flatten)]
    pub(crate) write: BaselineWriteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BaselineMergeArgs {
    /// What both come from (git's %O); empty where each side made its own
    #[arg(value_name = "BASE")]
    pub(crate) base: PathBuf,
    /// Ours (git's %A), which becomes the outcome
    #[arg(value_name = "OURS")]
    pub(crate) ours: PathBuf,
    /// Theirs (git's %B)
    #[arg(value_name = "THEIRS")]
    pub(crate) theirs: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BaselineWriteArgs {
    #[command(flatten)]
    pub(crate) baseline: BaselineArgs,
    /// Why the new entries may stay
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Write an earlier report (json or jsonl) in any format, as the scan itself would have written it
    Convert(ConvertArgs),
    /// Make one report of several: the shards of a scan, or scans of several repositories
    Merge(MergeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// The report (`-` for standard input)
    #[arg(value_name = "REPORT")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The reports (json or jsonl)
    #[arg(value_name = "REPORT", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Judge every key of the owner's lists
    Audit(AuditArgs),
    /// Compare the owner's lists with JSON reports of scans: used, never seen, in no list, closed but still in code
    Reconcile(ReconcileArgs),
    /// What ends soon, and which jobs then fail
    Forecast(ForecastArgs),
    /// The least key for each registry that the repository publishes to, and how to need none
    Suggest(SuggestArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Folders with the pipelines that use the keys: a key for several jobs is then told
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) lists: ListArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReconcileArgs {
    /// JSON reports (`skelkey scan --format json`), all made under one fingerprint key
    #[arg(value_name = "SCAN.json", required = true)]
    pub(crate) reports: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) lists: ListArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    /// Folders with the pipelines that use the keys [default: .]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How many days to look ahead
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(crate) days: u32,
    /// human, json, markdown (the body of an issue), ics (a calendar) or sarif
    #[arg(long, short, value_enum, default_value_t = ForecastFormat::Human, value_name = "FORMAT")]
    pub(crate) format: ForecastFormat,
    #[command(flatten)]
    pub(crate) page: PageArgs,
    #[command(flatten)]
    pub(crate) lists: ListArgs,
}

/// How a forecast is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ForecastFormat {
    Human,
    Json,
    Markdown,
    Ics,
    Sarif,
}

/// Where a page goes and when the run fails.
#[derive(Debug, Args)]
pub(crate) struct PageArgs {
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SuggestArgs {
    /// Folders with the packages [default: .]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// human, json or markdown
    #[arg(long, short, value_enum, default_value_t = ListFormat::Human, value_name = "FORMAT")]
    pub(crate) format: ListFormat,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The owner's list of keys (may repeat): packages that its keys name are known besides
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RecheckArgs {
    /// The earlier report (`skelkey scan --format json`)
    #[arg(value_name = "REPORT.json")]
    pub(crate) report: PathBuf,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) lists: ListArgs,
    #[command(flatten)]
    pub(crate) probe: ProbeArgs,
}

#[cfg(feature = "probe")]
#[derive(Debug, Subcommand)]
pub(crate) enum ProbeCommand {
    /// For each issuer: what is asked, whom, what each answer means, and what asking leaves behind
    List {
        /// human, json or markdown
        #[arg(long, short, value_enum, default_value_t = ListFormat::Human, value_name = "FORMAT")]
        format: ListFormat,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// The configuration in force, as TOML, and the files it comes from
    Show {
        /// Say for each field where it is written
        #[arg(long)]
        origin: bool,
    },
    /// Fetch what the configuration extends and is not here yet (network), as far as it is what its hash says
    Fetch,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// A folder that does not exist yet, or is empty
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Mint the same keys again: any number
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}
