//! What a configuration file may say. Every field is optional.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use skelkey::hygiene::PolicyPart;

use super::extends::Extends;

/// One file, or several joined.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// What this file builds upon, weakest first. Joined by the time a configuration is in force.
    #[serde(skip_serializing)]
    pub(crate) extends: Vec<Extends>,
    pub(crate) scan: Scan,
    pub(crate) rules: Rules,
    pub(crate) inventory: Inventory,
    /// Package ids that the owner has, by issuer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) packages: BTreeMap<String, Vec<String>>,
    /// A secret of the pipelines → the name or the id of the key that it holds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) secrets: BTreeMap<String, String>,
    pub(crate) policy: Policy,
    pub(crate) fingerprint: Fingerprint,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) issuers: BTreeMap<String, Issuer>,
    pub(crate) network: Network,
    /// Findings that count nowhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allow: Vec<Allow>,
}

/// `[[allow]]`: findings that are set aside wherever they stand. At least one of `paths` and `rules` is there.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Allow {
    /// Globs of paths, relative to the root.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) paths: Vec<String>,
    /// Ids of rules.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// The last day on which it holds: `"2027-01-31"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
}

/// `[scan]`: what is scanned and shown.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Scan {
    /// Globs of paths to leave out, relative to the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exclude: Option<Vec<String>>,
    /// `"50MB"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_file_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) no_ignore: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fail_on: Option<String>,
    /// Findings that were there before the gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<PathBuf>,
    /// Whether comments may set findings aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) inline_ignore: Option<bool>,
    /// Whether nothing is set aside without a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) strict: Option<bool>,
}

/// `[rules]`: rules of one's own, and built-in ones that do not apply.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Rules {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paths: Option<Vec<PathBuf>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) disable: Option<Vec<String>>,
    /// Rule id → severity when nothing is known of the key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) severity: BTreeMap<String, String>,
    /// Rule id → confidence before a checksum is looked at.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) confidence: BTreeMap<String, String>,
}

/// `[inventory]`: the owner's lists.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Inventory {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Vec<PathBuf>>,
}

/// `[policy]`, `[policy.issuer.ID]` and `[[policy.path]]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Policy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) no_wildcard: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_lifetime_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) allow_non_expiring: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_idle_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warn_before_expiry_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forbidden_actions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owners: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required_restrictions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rotate_within_days: Option<u32>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) issuer: BTreeMap<String, PolicyPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) path: Vec<PolicyPath>,
}

/// `[[policy.path]]`: limits for some paths.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct PolicyPath {
    pub(crate) globs: Vec<String>,
    pub(crate) limits: PolicyPart,
}

/// `[fingerprint]`: the key under which fingerprints are made.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Fingerprint {
    /// A file with at least 16 bytes; `SKELKEY_FINGERPRINT_KEY` comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<PathBuf>,
}

/// `[issuers.ID]`: what the user knows about whose keys these are.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Issuer {
    /// Keys of this issuer's form belong to its public host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assume: Option<bool>,
    /// Self-hosted hosts that may be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hosts: Option<Vec<String>>,
    /// Ask here instead of at the public host, for instance a mirror: `https://host`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// `[network]`: how issuers are reached.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Network {
    /// A PEM file with further certificate authorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca_file: Option<PathBuf>,
}
