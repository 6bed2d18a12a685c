//! Where jobs and steps begin and end.

use super::System;
use super::call::Call;
use super::yaml::{self, Node};

/// Lines that belong together, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lines {
    from: usize,
    to: usize,
}

impl Lines {
    fn length(self) -> usize {
        self.to.saturating_sub(self.from)
    }
}

/// A set of secrets that a job is handed as a whole.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) line: usize,
    pub(super) name: String,
    /// The job that is handed it, where another line than the job's own says so.
    job: Option<String>,
}

/// The jobs of a file, and the steps whose lines belong together.
#[derive(Debug, Default)]
pub(super) struct Structure {
    jobs: Vec<(String, Lines)>,
    steps: Vec<Lines>,
    /// Names that stand in lists of secrets: line and name.
    pub(super) listed: Vec<(usize, String)>,
    /// Sets of secrets that jobs are handed by the set's name.
    pub(super) sets: Vec<Set>,
    /// Variables and the secrets that fill them, where the file's structure says so.
    pub(super) filled: Vec<(String, String)>,
    /// Workflows that its jobs call.
    pub(super) calls: Vec<Call>,
    /// Names in a job's matrix and the texts that each stands for.
    matrices: Vec<(Lines, String, Vec<String>)>,
    /// For each line the innermost job and the innermost step around it.
    around: Vec<(Option<usize>, Option<usize>)>,
}

impl Structure {
    /// The innermost job around a line.
    pub(super) fn job(&self, line: usize) -> Option<&str> {
        let (job, _) = self.around.get(line)?;
        job.map(|at| self.jobs[at].0.as_str())
    }

    /// The job that is handed a set of secrets, and its first and last line: those of the whole file where it holds for all
    /// of it; `None` where the job stands in another file.
    pub(super) fn user<'s>(&'s self, set: &'s Set) -> (Option<&'s str>, Option<(usize, usize)>) {
        let Some(name) = set.job.as_deref().or_else(|| self.job(set.line)) else {
            return (None, Some((1, usize::MAX)));
        };
        let lines = self.jobs.iter().find(|(known, _)| known == name);
        (Some(name), lines.map(|(_, lines)| (lines.from, lines.to)))
    }

    /// First and last line of the innermost step around a line; the line itself where there is none.
    pub(super) fn step(&self, line: usize) -> (usize, usize) {
        let step = self.around.get(line).and_then(|(_, step)| *step);
        step.map_or((line, line), |at| (self.steps[at].from, self.steps[at].to))
    }

    /// What a name of the matrix stands for, in the job around a line.
    pub(super) fn matrix<'s>(&'s self, line: usize, name: &'s str) -> impl Iterator<Item = &'s str> {
        let around = self
            .matrices
            .iter()
            .filter(move |(lines, known, _)| (lines.from..=lines.to).contains(&line) && known == name);
        around.flat_map(|(_, _, texts)| texts.iter().map(String::as_str))
    }

    /// Finds out what is around each line: the shorter paints over the longer. Nesting is bounded, so this takes no more
    /// than so many times the lines of the file.
    fn indexed(mut self, lines: usize) -> Self {
        let mut around = vec![(None, None); lines + 1];
        let mut jobs: Vec<(usize, Lines)> = self.jobs.iter().map(|(_, span)| *span).enumerate().collect();
        let mut steps: Vec<(usize, Lines)> = self.steps.iter().copied().enumerate().collect();
        for spans in [&mut jobs, &mut steps] {
            spans.sort_by_key(|(at, span)| std::cmp::Reverse((span.length(), *at)));
        }
        let within = |span: Lines| span.from.min(lines)..(span.to + 1).min(lines + 1);
        for (at, span) in jobs {
            around[within(span)].iter_mut().for_each(|(job, _)| *job = Some(at));
        }
        for (at, span) in steps {
            around[within(span)].iter_mut().for_each(|(_, step)| *step = Some(at));
        }
        self.around = around;
        self
    }
}

/// Deeper braces are nobody's pipeline.
const DEEPEST: usize = 64;

/// `None` for a file whose structure cannot be read.
pub(super) fn of(system: System, text: &str, lines: &[&str]) -> Option<Structure> {
    let structure = if system.is_yaml() {
        let documents = yaml::documents(text)?;
        let ends = documents.iter().skip(1).map(|next| next.line.saturating_sub(1)).chain([lines.len()]);
        let mut structure = Structure::default();
        documents.iter().zip(ends).for_each(|(document, last)| of_yaml(system, document, last, &mut structure));
        structure
    } else {
        match system {
            System::Jenkins => {
                of_braces(lines, stage_name, |text| text.contains("withCredentials") || text.contains("steps"))
            }
            System::Teamcity => of_braces(lines, build_name, |_| true),
            System::Dockerfile => of_dockerfile(lines),
            _ => of_script(lines),
        }
    };
    Some(structure.indexed(lines.len()))
}

/// The scripts of a `package.json`, each a job.
pub(super) fn of_package(text: &str, lines: &[&str]) -> Option<Structure> {
    let documents = yaml::documents(text)?;
    let mut structure = Structure::default();
    let scripts = spans_of_fields(documents.first()?, lines.len()).into_iter().find(|(name, ..)| *name == "scripts");
    for (name, _, lines) in scripts.iter().flat_map(|(_, scripts, lines)| spans_of_fields(scripts, lines.to)) {
        structure.jobs.push((format!("script {name}"), lines));
        structure.steps.push(lines);
    }
    Some(structure.indexed(lines.len()))
}

fn of_yaml(system: System, file: &Node, last: usize, structure: &mut Structure) {
    walk(file, last, &mut |node, to| {
        for (item, lines) in spans_of_items(node, to) {
            // A step is a map (`run`, `env`) or one command of a list.
            structure.steps.push(lines);
            if let Some(name) = named_item(system, item) {
                structure.jobs.push((name, lines));
            }
        }
        for (name, field, lines) in spans_of_fields(node, to) {
            if name == "secrets" {
                structure.listed.extend(names_of(field));
            }
            // docs.drone.io and woodpecker-ci.org, "secrets"
            if let Some(secret) = field.get("from_secret").and_then(Node::text) {
                structure.listed.push((lines.to.min(field.line), secret.to_owned()));
                structure.filled.push((name.to_owned(), secret.to_owned()));
            }
            // appveyor.com, docs.travis-ci.com, "encryption": the value itself stands there, encrypted.
            if field.get("secure").is_some() {
                structure.listed.push((lines.from, name.to_owned()));
            }
            if system == System::AzurePipelines && name == "variables" {
                structure.sets.extend(field.items().iter().filter_map(group_of));
            }
            if system == System::Circleci && name == "workflows" {
                structure.sets.extend(contexts_of(field));
            }
            if name == "deploy" {
                structure.steps.push(lines);
            }
            if system == System::BitbucketPipelines && name == "step" {
                structure.jobs.push((title(field).unwrap_or("step").to_owned(), lines));
            }
        }
    });
    if system == System::GithubActions {
        let jobs = spans_of_fields(file, last).into_iter().filter(|(name, ..)| *name == "jobs");
        for (name, job, lines) in jobs.flat_map(|(_, jobs, lines)| spans_of_fields(jobs, lines.to)) {
            structure.calls.extend(Call::of(name, job));
            structure.matrices.extend(matrix_of(job).into_iter().map(|(name, texts)| (lines, name, texts)));
        }
    }
    structure.jobs.extend(top_jobs(system, file, last));
}

/// learn.microsoft.com, Azure Pipelines YAML schema, `variables.group`.
fn group_of(variable: &Node) -> Option<Set> {
    let group = variable.get("group")?;
    Some(Set { line: group.line, name: group.text()?.to_owned(), job: None })
}

/// circleci.com/docs, "using contexts": `- JOB: {context: NAME}`, or a list of names, in the jobs of each workflow.
fn contexts_of(workflows: &Node) -> Vec<Set> {
    let jobs = workflows.fields().iter().filter_map(|(.., workflow)| workflow.get("jobs"));
    let calls = jobs.flat_map(Node::items).flat_map(Node::fields);
    let named = calls.filter_map(|(job, _, call)| Some((job, call.get("context")?)));
    let sets = named.flat_map(|(job, context)| {
        std::iter::once(context).chain(context.items()).filter_map(move |name| {
            Some(Set { line: name.line, name: name.text()?.to_owned(), job: Some(job.clone()) })
        })
    });
    sets.collect()
}

/// docs.github.com, "run job variations": `strategy.matrix.NAME` is a list, and `include` has maps with further names.
fn matrix_of(job: &Node) -> Vec<(String, Vec<String>)> {
    let texts = |node: &Node| node.items().iter().filter_map(Node::text).map(str::to_owned).collect::<Vec<_>>();
    let Some(matrix) = job.get("strategy").and_then(|strategy| strategy.get("matrix")) else { return Vec::new() };
    let lists = matrix.fields().iter().map(|(name, _, node)| (name.clone(), texts(node)));
    let included = matrix.get("include").into_iter().flat_map(Node::items).flat_map(Node::fields);
    let included = included.filter_map(|(name, _, node)| Some((name.clone(), vec![node.text()?.to_owned()])));
    lists.chain(included).filter(|(_, texts)| !texts.is_empty()).collect()
}

/// Every collection with its last line, from the outside in.
fn walk(node: &Node, to: usize, see: &mut impl FnMut(&Node, usize)) {
    see(node, to);
    for (item, lines) in spans_of_items(node, to) {
        walk(item, lines.to, see);
    }
    for (_, field, lines) in spans_of_fields(node, to) {
        walk(field, lines.to, see);
    }
}

/// Each item up to where the next begins.
fn spans_of_items(node: &Node, to: usize) -> Vec<(&Node, Lines)> {
    let items = node.items();
    let ends = items.iter().skip(1).map(|next| next.line.saturating_sub(1)).chain([to]);
    items.iter().zip(ends).map(|(item, to)| (item, Lines { from: item.line, to: to.max(item.line) })).collect()
}

/// Each field, from its name on, up to where the next begins.
fn spans_of_fields(node: &Node, to: usize) -> Vec<(&str, &Node, Lines)> {
    let fields = node.fields();
    let ends = fields.iter().skip(1).map(|(_, next, _)| next.saturating_sub(1)).chain([to]);
    let spans = fields.iter().zip(ends);
    spans.map(|((name, from, node), to)| (name.as_str(), node, Lines { from: *from, to: to.max(*from) })).collect()
}

/// Fields at the top of a `.gitlab-ci.yml` that are no jobs (docs.gitlab.com, "CI/CD YAML syntax reference").
const NO_GITLAB_JOBS: &[&str] = &[
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];

/// Jobs that are fields of a map.
fn top_jobs(system: System, file: &Node, last: usize) -> Vec<(String, Lines)> {
    let all = |node: &Node, to: usize, word: &str| -> Vec<(String, Lines)> {
        let fields = spans_of_fields(node, to).into_iter();
        fields.map(|(name, _, lines)| (format!("{word}{name}"), lines)).collect()
    };
    let below = |name: &str, word: &str| {
        let field = spans_of_fields(file, last).into_iter().find(|(known, ..)| *known == name);
        field.map(|(_, node, lines)| all(node, lines.to, word)).unwrap_or_default()
    };
    match system {
        System::GithubActions => below("jobs", ""),
        System::GitlabCi => {
            let fields = all(file, last, "").into_iter();
            fields.filter(|(name, _)| !NO_GITLAB_JOBS.contains(&name.as_str())).collect()
        }
        System::Circleci => [below("jobs", ""), below("commands", "command ")].concat(),
        // woodpecker-ci.org, "workflow syntax": steps are a list or a map.
        System::Woodpecker => [below("steps", ""), below("pipeline", "")].concat(),
        System::Drone => {
            let name = title(file).unwrap_or("pipeline").to_owned();
            let is_pipeline = file.get("steps").is_some();
            is_pipeline.then_some((name, Lines { from: file.line, to: last })).into_iter().collect()
        }
        // appveyor.com, "appveyor.yml reference": what runs one after the other in each build.
        System::Appveyor => {
            let runs = |name: &str| name.ends_with("_script") || name.starts_with("deploy") || name.starts_with("on_");
            all(file, last, "").into_iter().filter(|(name, _)| runs(name) || name == "install").collect()
        }
        _ => Vec::new(),
    }
}

/// The name of a list's item that is a job.
fn named_item(system: System, item: &Node) -> Option<String> {
    let field = |name: &str| item.get(name).and_then(Node::text);
    match system {
        // learn.microsoft.com, Azure Pipelines YAML schema: `jobs.job`, `jobs.deployment`.
        System::AzurePipelines => field("job").or_else(|| field("deployment")).map(str::to_owned),
        System::Buildkite => {
            let is_step = ["command", "commands", "plugins", "trigger"].iter().any(|name| item.get(name).is_some());
            let name = field("label").or_else(|| field("name")).or_else(|| field("key"));
            is_step.then(|| name.unwrap_or("step").to_owned())
        }
        System::Drone | System::Woodpecker => {
            let is_step = ["image", "commands", "settings"].iter().any(|name| item.get(name).is_some());
            field("name").filter(|_| is_step).map(str::to_owned)
        }
        System::TravisCi => {
            let is_job = ["script", "deploy", "env", "install"].iter().any(|name| item.get(name).is_some());
            field("name").or_else(|| field("stage")).filter(|_| is_job).map(str::to_owned)
        }
        _ => None,
    }
}

fn title(node: &Node) -> Option<&str> {
    node.get("name").and_then(Node::text)
}

/// `secrets: [NAME]` (Buildkite), `secrets: {NAME: …}` (GitLab, reusable workflows).
fn names_of(node: &Node) -> Vec<(usize, String)> {
    let items = node.items().iter().filter_map(|item| Some((item.line, item.text()?.to_owned())));
    let fields = node.fields().iter().map(|(name, line, _)| (*line, name.clone()));
    items.chain(fields).collect()
}

/// Jobs by their braces: `name` reads the job that a line opens, `is_step` whether what it opens is a step.
fn of_braces(lines: &[&str], name: fn(&str) -> Option<String>, is_step: fn(&str) -> bool) -> Structure {
    let mut structure = Structure::default();
    // What was opened: the name of a job, or that it is a step, and its line.
    let mut open: Vec<(Option<String>, bool, usize)> = Vec::new();
    for (line, text) in (1..).zip(lines) {
        let mut job = name(text);
        let is_step = is_step(text);
        for brace in text.bytes().filter(|byte| matches!(byte, b'{' | b'}')) {
            if brace == b'{' {
                open.push((job.take(), is_step, line));
            } else if let Some((name, is_step, from)) = open.pop().filter(|_| open.len() < DEEPEST) {
                let lines = Lines { from, to: line };
                structure.jobs.extend(name.map(|name| (name, lines)));
                structure.steps.extend(is_step.then_some(lines));
            }
        }
    }
    structure
}

/// The name in `object NAME : BuildType({` (jetbrains.com, TeamCity, "Kotlin DSL").
fn build_name(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("object ")?;
    let (name, kind) = rest.split_once(':')?;
    kind.contains("BuildType").then(|| name.trim().to_owned())
}

/// The name in `stage('NAME')`.
fn stage_name(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("stage(")?;
    let rest = rest.trim_start().trim_start_matches("name:").trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    rest[1..].split_once(quote).map(|(name, _)| name.to_owned())
}

/// `FROM image AS stage`; each instruction is a step.
fn of_dockerfile(lines: &[&str]) -> Structure {
    let starts = (1..).zip(lines).filter_map(|(line, text)| {
        let mut words = text.split_whitespace();
        words.next().filter(|word| word.eq_ignore_ascii_case("from"))?;
        let name = words.skip_while(|word| !word.eq_ignore_ascii_case("as")).nth(1);
        Some((line, format!("stage {}", name.unwrap_or("without a name"))))
    });
    let starts: Vec<(usize, String)> = starts.collect();
    let ends = starts.iter().skip(1).map(|(line, _)| line - 1).chain([lines.len()]);
    let jobs = starts.iter().zip(ends).map(|((from, name), to)| (name.clone(), Lines { from: *from, to })).collect();
    Structure { jobs, steps: continued(lines), ..Structure::default() }
}

fn of_script(lines: &[&str]) -> Structure {
    Structure { steps: continued(lines), ..Structure::default() }
}

/// Lines that go on with the next one: a backslash, PowerShell's backtick, a batch file's caret.
fn continued(lines: &[&str]) -> Vec<Lines> {
    let mut steps = Vec::new();
    let mut from = 1;
    for (line, text) in (1..).zip(lines) {
        if !text.trim_end().ends_with(['\\', '`', '^']) {
            steps.push(Lines { from, to: line });
            from = line + 1;
        }
    }
    steps
}
