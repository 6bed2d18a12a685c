//! What issuers' words for actions amount to.

use crate::key::{Action, Power};

/// crates.io: `EndpointScope` of rust-lang/crates.io.
pub(super) const CRATES_IO: &[(&str, Power)] = &[
    ("publish-new", Power::PublishNew),
    ("publish-update", Power::PublishUpdate),
    ("yank", Power::Withdraw),
    ("change-owners", Power::Manage),
    ("trusted-publishing", Power::Manage),
    ("legacy full access", Power::Everything),
];

/// NuGet: `NuGetScopes.cs` of NuGet/NuGetGallery.
pub(super) const NUGET: &[(&str, Power)] = &[
    ("all", Power::Everything),
    ("package:push", Power::PublishNew),
    ("package:pushversion", Power::PublishUpdate),
    ("package:unlist", Power::Withdraw),
    ("package:verify", Power::Read),
    ("full access", Power::Everything),
];

/// npm: granular access tokens, as the registry's documentation of tokens names them.
pub(super) const NPM: &[(&str, Power)] = &[
    ("read-only", Power::Read),
    ("read", Power::Read),
    ("read-write", Power::PublishNew),
    ("write", Power::PublishNew),
    ("read-write-stage-only", Power::PublishNew),
    ("orgs:read-only", Power::Read),
    ("orgs:read", Power::Read),
    ("orgs:read-write", Power::Manage),
    ("orgs:write", Power::Manage),
];

/// GitLab: scopes of access tokens and of deploy tokens, as its documentation lists them.
pub(super) const GITLAB: &[(&str, Power)] = &[
    ("api", Power::Everything),
    ("sudo", Power::Everything),
    ("admin_mode", Power::Everything),
    ("read_api", Power::Read),
    ("read_user", Power::Read),
    ("read_repository", Power::Read),
    ("read_registry", Power::Read),
    ("read_virtual_registry", Power::Read),
    ("read_package_registry", Power::Read),
    ("write_repository", Power::PublishUpdate),
    ("write_registry", Power::PublishNew),
    ("write_virtual_registry", Power::PublishNew),
    ("write_package_registry", Power::PublishNew),
    ("create_runner", Power::Manage),
    ("k8s_proxy", Power::Manage),
    ("self_rotate", Power::Manage),
];

/// GitHub: scopes of OAuth apps and classic tokens that are not told by their first word (GitHub documentation, "scopes
/// for OAuth apps").
const GITHUB: &[(&str, Power)] = &[
    ("write:packages", Power::PublishNew),
    ("public_repo", Power::PublishUpdate),
    ("gist", Power::PublishUpdate),
    ("delete:packages", Power::Withdraw),
    ("notifications", Power::Read),
    ("user:email", Power::Read),
    ("repo:status", Power::Read),
    ("repo:read", Power::Read),
    ("repo_deployment", Power::Read),
];

/// What a scope of GitHub amounts to. A word that is not known counts as managing unless it says that it reads.
pub(super) fn github(scope: &str) -> Action {
    let reads = if scope.starts_with("read:") { Power::Read } else { Power::Manage };
    Action::new(scope, power(GITHUB, scope).unwrap_or(reads))
}

/// Algolia: "API keys, access control list" in its documentation.
pub(super) const ALGOLIA: &[(&str, Power)] = &[
    ("search", Power::Read),
    ("browse", Power::Read),
    ("listIndexes", Power::Read),
    ("settings", Power::Read),
    ("analytics", Power::Read),
    ("recommendation", Power::Read),
    ("usage", Power::Read),
    ("logs", Power::Read),
    ("inference", Power::Read),
    ("nluReadProject", Power::Read),
    ("nluReadEntity", Power::Read),
    ("nluReadAnswers", Power::Read),
    ("nluPrediction", Power::Read),
    ("seeUnretrievableAttributes", Power::Read),
    ("addObject", Power::PublishUpdate),
    ("deleteObject", Power::Withdraw),
    ("deleteIndex", Power::Manage),
    ("editSettings", Power::Manage),
    ("personalization", Power::Manage),
    ("nluWriteProject", Power::Manage),
    ("nluWriteEntity", Power::Manage),
];

/// Docker Hub: scopes of personal tokens and of organisations' tokens, as its API's documentation names them.
pub(super) const DOCKER_HUB: &[(&str, Power)] = &[
    ("repo:admin", Power::Manage),
    ("repo:write", Power::PublishNew),
    ("repo:read", Power::Read),
    ("repo:public_read", Power::Read),
    ("scope-image-pull", Power::Read),
    ("scope-image-push", Power::PublishNew),
];

/// RubyGems: `ApiKey::API_SCOPES` of rubygems/rubygems.org.
pub(super) const RUBYGEMS: &[(&str, Power)] = &[
    ("show_dashboard", Power::Read),
    ("index_rubygems", Power::Read),
    ("push_rubygem", Power::PublishNew),
    ("yank_rubygem", Power::Withdraw),
    ("add_owner", Power::Manage),
    ("update_owner", Power::Manage),
    ("remove_owner", Power::Manage),
    ("access_webhooks", Power::Manage),
    ("configure_trusted_publishers", Power::Manage),
];

/// An action of an issuer with more words than a table can hold: it reads if `reads` says so, and manages if not.
pub(super) fn reading(word: &str, reads: bool) -> Action {
    Action::new(word, if reads { Power::Read } else { Power::Manage })
}

/// Our own words for powers, accepted for any issuer.
pub(super) const POWERS: &[(&str, Power)] = &[
    ("read", Power::Read),
    ("withdraw", Power::Withdraw),
    ("publish-update", Power::PublishUpdate),
    ("publish-new", Power::PublishNew),
    ("manage", Power::Manage),
    ("everything", Power::Everything),
];

/// Every word of the tables here.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let tables = [CRATES_IO, NUGET, NPM, GITLAB, GITHUB, ALGOLIA, DOCKER_HUB, RUBYGEMS, POWERS];
    tables.into_iter().flatten().map(|(word, _)| *word)
}

/// The words of an issuer, if there are known ones.
pub(super) fn words_of(issuer: &str) -> &'static [(&'static str, Power)] {
    match issuer {
        "nuget" | "powershell-gallery" => NUGET,
        "npm" => NPM,
        "crates-io" => CRATES_IO,
        "gitlab" => GITLAB,
        "algolia" => ALGOLIA,
        "docker-hub" => DOCKER_HUB,
        "rubygems" => RUBYGEMS,
        _ => &[],
    }
}

/// What `word` amounts to by `table`.
pub(super) fn power(table: &[(&str, Power)], word: &str) -> Option<Power> {
    table.iter().find(|(known, _)| *known == word).map(|&(_, power)| power)
}

/// An action of an issuer's list. A word that is not known is ranked as the strongest, with a note: a word that an
/// issuer added since must not make a key look weaker than it is.
pub(super) fn action(table: &[(&str, Power)], word: &str, notes: &mut Vec<String>) -> Action {
    let power = power(table, word).unwrap_or_else(|| {
        notes.push(format!("the action `{word}` is not known here; it is ranked as everything"));
        Power::Everything
    });
    Action::new(word, power)
}
