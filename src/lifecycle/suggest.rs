//! How narrow a key could be: for each registry the least that still publishes what a repository publishes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{Published, Remedy};
use crate::hygiene::{CeilingBasis, Policy};
use crate::issuer::Issuer;
use crate::key::glob::{self, Suggestion};
use crate::pipelines::Pipelines;
use crate::remedy::{self, Fields};
use crate::rules::RuleSet;

/// The least key for one registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Least {
    /// Whose.
    pub issuer: Issuer,
    /// What the repository publishes there.
    pub packages: Vec<String>,
    /// What the key should reach: names, or the one glob that covers them and nothing else that is known.
    pub scope: Suggestion,
    /// Further packages that the owner is known to have, and that the scope leaves out.
    pub leaves_out: Vec<String>,
    /// One key for each of so many packages: a key of this registry reaches one package or everything.
    pub one_key_each: bool,
    /// What it should be allowed to do, in the registry's own words.
    pub actions: Vec<String>,
    /// Longest life in days; `None` where the registry offers no end.
    pub life_days: Option<u32>,
    /// Why that life.
    pub life_because: String,
    /// What else to set.
    pub limits: Vec<String>,
    /// Where this is documented.
    pub source: String,
    /// The page, the steps, and how to need no key, filled in.
    pub remedy: Remedy,
}

/// What a registry lets its keys be limited to.
struct Registry {
    issuer: Issuer,
    actions: &'static [&'static str],
    /// A key reaches one package or everything.
    one_each: bool,
    /// A life that outlives one release, in days; `None` where no end can be set.
    life: Option<u32>,
    limits: &'static [&'static str],
    source: &'static str,
}

const REGISTRIES: &[Registry] = &[
    Registry {
        issuer: Issuer::NUGET,
        actions: &["Push only new package versions (package:pushversion)"],
        one_each: false,
        life: Some(8),
        limits: &["the owner that the packages belong to", "a key of its own for the first version of a new package"],
        source: "NuGetGallery NuGetScopes.cs, ScopeExtensions.cs; learn.microsoft.com/nuget/nuget-org/scoped-api-keys",
    },
    Registry {
        issuer: Issuer::POWERSHELL_GALLERY,
        actions: &["Push only new package versions (package:pushversion)"],
        one_each: false,
        life: Some(30),
        limits: &["the owner that the modules belong to"],
        source: "learn.microsoft.com/powershell/gallery, \"managing API keys\"",
    },
    Registry {
        issuer: Issuer::NPM,
        actions: &["packages: read and write, stage only where the client can (read-write-stage-only)"],
        one_each: false,
        life: Some(7),
        limits: &["no organisation", "no bypass of two-factor authentication", "the pipeline's address ranges (CIDR)"],
        source: "docs.npmjs.com, \"about access tokens\"; npm/api-documentation token.yaml",
    },
    Registry {
        issuer: Issuer::PYPI,
        actions: &["upload"],
        one_each: true,
        life: None,
        limits: &["an expiry caveat of your own (pypitoken restrict), since the site sets no end"],
        source: "pypi/warehouse macaroons/caveats; pypi.org/help/#apitoken",
    },
    Registry {
        issuer: Issuer::CRATES_IO,
        actions: &["publish-update"],
        one_each: false,
        life: Some(7),
        limits: &["publish-new only for the first version of a new crate, in a token of its own"],
        source: "rust-lang/crates.io models/token/scopes.rs; RFC 2947",
    },
    Registry {
        issuer: Issuer::RUBYGEMS,
        actions: &["push_rubygem"],
        one_each: true,
        life: Some(7),
        limits: &["multifactor authentication on"],
        source: "rubygems/rubygems.org models/api_key.rb; guides.rubygems.org/api-key-scopes",
    },
    Registry {
        issuer: Issuer::JSR,
        actions: &["package/publish"],
        one_each: true,
        life: Some(7),
        limits: &[],
        source: "jsr-io/jsr crates/jsr_types; jsr.io/docs/publishing-packages",
    },
];

/// What suggestions are made from.
pub struct Sources<'a> {
    /// What the scanned files publish.
    pub published: &'a [Published],
    /// What the owner is known to have besides, by issuer.
    pub known: &'a BTreeMap<Issuer, Vec<String>>,
    /// `OWNER/NAME` of the repository.
    pub repository: Option<&'a str>,
    /// Which workflow publishes.
    pub pipelines: &'a Pipelines,
    /// How registries are told to need no key.
    pub rules: &'a RuleSet,
    /// How long a key may live.
    pub policy: &'a Policy,
}

/// The least key for each registry to which something is published.
#[must_use]
pub fn suggest(sources: &Sources<'_>) -> Vec<Least> {
    sources.published.iter().map(|published| least(published, sources)).collect()
}

fn least(published: &Published, sources: &Sources<'_>) -> Least {
    let Published { issuer, ids } = published;
    let known = sources.known.get(issuer).map_or(&[][..], Vec::as_slice);
    let registry = REGISTRIES.iter().find(|registry| registry.issuer == *issuer);
    let one_each = registry.is_some_and(|registry| registry.one_each);
    let scope = if one_each { Suggestion::Listed(ids.clone()) } else { glob::narrowest(issuer, ids, known) };
    let covers = |id: &String| match &scope {
        Suggestion::Pattern(pattern) => glob::matches(issuer, pattern, id),
        Suggestion::Listed(names) => names.iter().any(|name| glob::matches(issuer, name, id)),
    };
    let leaves_out = known.iter().filter(|id| !covers(id)).cloned().collect();
    let (life_days, life_because) = life(issuer, registry, sources.policy);
    Least {
        issuer: issuer.clone(),
        packages: ids.clone(),
        leaves_out,
        one_key_each: one_each && ids.len() > 1,
        actions: words(registry.map(|registry| registry.actions)),
        life_days,
        life_because,
        limits: words(registry.map(|registry| registry.limits)),
        source: registry.map(|registry| registry.source.to_owned()).unwrap_or_default(),
        remedy: filled(issuer, ids, &scope, sources),
        scope,
    }
}

fn words(words: Option<&[&str]>) -> Vec<String> {
    words.unwrap_or_default().iter().map(|word| (*word).to_owned()).collect()
}

/// The shortest of what a release needs, what the policy allows and what the issuer gives.
fn life(issuer: &Issuer, registry: Option<&Registry>, policy: &Policy) -> (Option<u32>, String) {
    if registry.is_some_and(|registry| registry.life.is_none()) {
        return (None, "the registry sets no end to its keys; a trusted publisher needs none".to_owned());
    }
    let release = registry.and_then(|registry| registry.life).map(|days| (days, "enough for one release"));
    let allowed = policy.for_case(issuer, "").max_lifetime_days.map(|days| (days, "the policy's longest life"));
    let ceilings = policy.ceilings.iter().filter(|ceiling| ceiling.issuer == *issuer);
    let given = ceilings.filter(|ceiling| ceiling.basis == CeilingBasis::Maximum).filter_map(|ceiling| ceiling.days);
    let given = given.min().map(|days| (days, "the longest life that its issuer gives"));
    let shortest = [release, allowed, given].into_iter().flatten().min_by_key(|(days, _)| *days);
    match shortest {
        Some((days, why)) => (Some(days), why.to_owned()),
        None => (None, "no life is known for this registry".to_owned()),
    }
}

/// The provider's own words about a successor and about needing no key, with everything that is known filled in.
fn filled(issuer: &Issuer, ids: &[String], scope: &Suggestion, sources: &Sources<'_>) -> Remedy {
    let scope = match scope {
        Suggestion::Pattern(pattern) => pattern.clone(),
        Suggestion::Listed(names) => names.join(", "),
    };
    let fields = Fields {
        packages: ids.to_vec(),
        scope: Some(scope).filter(|scope| !scope.is_empty()),
        repository: sources.repository.map(str::to_owned),
        workflow: sources.pipelines.workflow_that_publishes_to(issuer).map(str::to_owned),
        ..Fields::default()
    };
    let provider = sources.rules.providers.iter().find(|provider| provider.id == issuer.as_str());
    let remedy = provider.map(|provider| remedy::fill(&provider.remedy, &fields)).unwrap_or_default();
    // There is no key to revoke here.
    Remedy { revoke: Vec::new(), command: None, ..remedy }
}
