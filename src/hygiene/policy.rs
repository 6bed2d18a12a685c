//! Policy as code: what an owner tolerates of a key.

use serde::{Deserialize, Serialize};

use super::ceilings::{Ceiling, ceilings};
use crate::issuer::Issuer;

/// Limits for keys. The default tolerates what issuers allow and warns two weeks before an end.
#[derive(Clone, Debug)]
pub struct Policy {
    /// No subject that is everything.
    pub no_wildcard: bool,
    /// Longest life, in days.
    pub max_lifetime_days: Option<u32>,
    /// Whether a key may have no end.
    pub allow_non_expiring: bool,
    /// Longest time without use, in days.
    pub max_idle_days: Option<u32>,
    /// How many days before its end a key is worth a warning.
    pub warn_before_expiry_days: u32,
    /// Actions, in the issuer's words, that no key may have. Compared without case.
    pub forbidden_actions: Vec<String>,
    /// Narrower or wider limits for one issuer; later ones win.
    pub issuers: Vec<(Issuer, PolicyPart)>,
    /// Narrower or wider limits for some paths (globs), later ones win, and all of them over the issuers'.
    pub paths: Vec<(globset::GlobSet, PolicyPart)>,
    /// Issuers' announced ceilings.
    pub ceilings: Vec<Ceiling>,
}

/// The limits that a section of the policy sets; the rest is inherited.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PolicyPart {
    /// See [`Policy::no_wildcard`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_wildcard: Option<bool>,
    /// See [`Policy::max_lifetime_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lifetime_days: Option<u32>,
    /// See [`Policy::allow_non_expiring`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_non_expiring: Option<bool>,
    /// See [`Policy::max_idle_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_idle_days: Option<u32>,
    /// See [`Policy::warn_before_expiry_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_before_expiry_days: Option<u32>,
    /// See [`Policy::forbidden_actions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forbidden_actions: Option<Vec<String>>,
}

/// The limits that hold for one key, after its issuer's and its path's sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// See [`Policy::no_wildcard`].
    pub no_wildcard: bool,
    /// See [`Policy::max_lifetime_days`].
    pub max_lifetime_days: Option<u32>,
    /// See [`Policy::allow_non_expiring`].
    pub allow_non_expiring: bool,
    /// See [`Policy::max_idle_days`].
    pub max_idle_days: Option<u32>,
    /// See [`Policy::warn_before_expiry_days`].
    pub warn_before_expiry_days: u32,
    /// See [`Policy::forbidden_actions`].
    pub forbidden_actions: Vec<String>,
}

/// How many days before an end the default policy warns.
const WARN_BEFORE_EXPIRY_DAYS: u32 = 14;

impl Default for Policy {
    fn default() -> Self {
        Self {
            no_wildcard: false,
            max_lifetime_days: None,
            allow_non_expiring: true,
            max_idle_days: None,
            warn_before_expiry_days: WARN_BEFORE_EXPIRY_DAYS,
            forbidden_actions: Vec::new(),
            issuers: Vec::new(),
            paths: Vec::new(),
            ceilings: ceilings().to_vec(),
        }
    }
}

impl Policy {
    /// The limits for a key of `issuer` whose first place is `path` (relative, `/` between names). An empty path, a
    /// list row's, matches no path section.
    #[must_use]
    pub fn for_case(&self, issuer: &Issuer, path: &str) -> Limits {
        let mut limits = self.everywhere();
        for (_, part) in self.issuers.iter().filter(|(of, _)| of == issuer) {
            limits.take(part);
        }
        for (_, part) in self.paths.iter().filter(|(paths, _)| !path.is_empty() && paths.is_match(path)) {
            limits.take(part);
        }
        limits
    }

    fn everywhere(&self) -> Limits {
        Limits {
            no_wildcard: self.no_wildcard,
            max_lifetime_days: self.max_lifetime_days,
            allow_non_expiring: self.allow_non_expiring,
            max_idle_days: self.max_idle_days,
            warn_before_expiry_days: self.warn_before_expiry_days,
            forbidden_actions: self.forbidden_actions.clone(),
        }
    }
}

impl Limits {
    fn take(&mut self, part: &PolicyPart) {
        self.no_wildcard = part.no_wildcard.unwrap_or(self.no_wildcard);
        self.max_lifetime_days = part.max_lifetime_days.or(self.max_lifetime_days);
        self.allow_non_expiring = part.allow_non_expiring.unwrap_or(self.allow_non_expiring);
        self.max_idle_days = part.max_idle_days.or(self.max_idle_days);
        self.warn_before_expiry_days = part.warn_before_expiry_days.unwrap_or(self.warn_before_expiry_days);
        if let Some(actions) = &part.forbidden_actions {
            self.forbidden_actions.clone_from(actions);
        }
    }
}
