//! Policy as code: what an owner tolerates of a key.

use serde::{Deserialize, Serialize};

use super::ceilings::{Ceiling, ceilings};
use crate::issuer::Issuer;

/// What an owner tolerates. The default tolerates what issuers allow and warns two weeks before an end.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What holds everywhere.
    pub limits: Limits,
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
    /// See [`Limits::no_wildcard`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_wildcard: Option<bool>,
    /// See [`Limits::max_lifetime_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lifetime_days: Option<u32>,
    /// See [`Limits::allow_non_expiring`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_non_expiring: Option<bool>,
    /// See [`Limits::max_idle_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_idle_days: Option<u32>,
    /// See [`Limits::warn_before_expiry_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_before_expiry_days: Option<u32>,
    /// See [`Limits::forbidden_actions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forbidden_actions: Option<Vec<String>>,
    /// See [`Limits::owners`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owners: Option<Vec<String>>,
    /// See [`Limits::required_restrictions`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_restrictions: Option<Vec<String>>,
    /// See [`Limits::rotate_within_days`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate_within_days: Option<u32>,
}

/// What one key may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
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
    /// Who is still there to own a key, compared without case; `None` where the policy does not say.
    pub owners: Option<Vec<String>>,
    /// Restrictions, in the issuer's words (`cidr`), that every key must have whose restrictions are known.
    pub required_restrictions: Vec<String>,
    /// Within how many days a leaked key has to be closed.
    pub rotate_within_days: Option<u32>,
}

/// How many days before an end the default policy warns.
const WARN_BEFORE_EXPIRY_DAYS: u32 = 14;

impl Default for Limits {
    fn default() -> Self {
        Self {
            no_wildcard: false,
            max_lifetime_days: None,
            allow_non_expiring: true,
            max_idle_days: None,
            warn_before_expiry_days: WARN_BEFORE_EXPIRY_DAYS,
            forbidden_actions: Vec::new(),
            owners: None,
            required_restrictions: Vec::new(),
            rotate_within_days: None,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        let (issuers, paths) = (Vec::new(), Vec::new());
        Self { limits: Limits::default(), issuers, paths, ceilings: ceilings().to_vec() }
    }
}

impl Policy {
    /// The limits for a key of `issuer` whose first place is `path` (relative, `/` between names). An empty path, a
    /// list row's, matches no path section.
    #[must_use]
    pub fn for_case(&self, issuer: &Issuer, path: &str) -> Limits {
        let mut limits = self.limits.clone();
        for (_, part) in self.issuers.iter().filter(|(of, _)| of == issuer) {
            limits.take(part);
        }
        for (_, part) in self.paths.iter().filter(|(paths, _)| !path.is_empty() && paths.is_match(path)) {
            limits.take(part);
        }
        limits
    }
}

impl Limits {
    /// Lets a section say what it says.
    pub fn take(&mut self, part: &PolicyPart) {
        self.no_wildcard = part.no_wildcard.unwrap_or(self.no_wildcard);
        self.max_lifetime_days = part.max_lifetime_days.or(self.max_lifetime_days);
        self.allow_non_expiring = part.allow_non_expiring.unwrap_or(self.allow_non_expiring);
        self.max_idle_days = part.max_idle_days.or(self.max_idle_days);
        self.warn_before_expiry_days = part.warn_before_expiry_days.unwrap_or(self.warn_before_expiry_days);
        if let Some(actions) = &part.forbidden_actions {
            self.forbidden_actions.clone_from(actions);
        }
        if let Some(owners) = &part.owners {
            self.owners = Some(owners.clone());
        }
        if let Some(restrictions) = &part.required_restrictions {
            self.required_restrictions.clone_from(restrictions);
        }
        self.rotate_within_days = part.rotate_within_days.or(self.rotate_within_days);
    }
}
