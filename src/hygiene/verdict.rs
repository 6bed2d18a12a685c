//! The verdicts, each with a stable id: `SK1xxx` leak, `SK2xxx` hygiene, `SK3xxx` coverage.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::severity::Severity;

/// A stable id such as `SK2001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct VerdictId(pub &'static str);

/// Only the ids of [`VERDICTS`]: a report with another one is of another version.
impl<'de> Deserialize<'de> for VerdictId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let known = VERDICTS.iter().map(|info| info.id).find(|known| known.0 == id);
        known.ok_or_else(|| D::Error::custom("a verdict that this version does not know"))
    }
}

/// One thing that is wrong with one key.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Verdict {
    /// Which.
    pub id: VerdictId,
    /// How bad it is by itself.
    pub severity: Severity,
    /// What is wrong with this key, in a sentence.
    pub message: String,
}

/// What is the same for every verdict of one id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictInfo {
    /// The id.
    pub id: VerdictId,
    /// What is wrong, in a few words, without an article.
    pub title: &'static str,
    /// Why it matters: two or three sentences.
    pub why: &'static str,
    /// Numbers of the Common Weakness Enumeration, the closest first.
    pub cwe: &'static [u16],
    /// How bad it is unless the key at hand says otherwise.
    pub severity: Severity,
}

/// A live key that leaked.
pub const LIVE_LEAK: VerdictId = VerdictId("SK1001");
/// A leaked key of which nobody could say whether it works.
pub const LEAK_STATE_UNKNOWN: VerdictId = VerdictId("SK1002");
/// A leaked key that is proved dead.
pub const DEAD_LEAK: VerdictId = VerdictId("SK1003");
/// A leaked key that the owner's list does not hold.
pub const SHADOW_KEY: VerdictId = VerdictId("SK1004");
/// A leaked key that opens every door.
pub const SKELETON_KEY: VerdictId = VerdictId("SK1005");
/// Reaches everything that its owner has.
pub const REACHES_EVERYTHING: VerdictId = VerdictId("SK2001");
/// May do whatever its owner may.
pub const FULL_ACCESS: VerdictId = VerdictId("SK2002");
/// May publish under new names that match a pattern.
pub const NEW_NAMES: VerdictId = VerdictId("SK2003");
/// A pattern that matches more than its author meant.
pub const LOOSE_PATTERN: VerdictId = VerdictId("SK2004");
/// May publish and take back.
pub const PUBLISH_AND_WITHDRAW: VerdictId = VerdictId("SK2005");
/// Has no end.
pub const NEVER_EXPIRES: VerdictId = VerdictId("SK2006");
/// Lives longer than the policy allows.
pub const LIFE_OVER_POLICY: VerdictId = VerdictId("SK2007");
/// Lives longer than its issuer says keys may.
pub const LIFE_OVER_CEILING: VerdictId = VerdictId("SK2008");
/// Ends soon.
pub const EXPIRES_SOON: VerdictId = VerdictId("SK2009");
/// Has ended and is still in the list.
pub const EXPIRED_BUT_LISTED: VerdictId = VerdictId("SK2010");
/// Was not used for too long.
pub const IDLE: VerdictId = VerdictId("SK2011");
/// Was never used.
pub const NEVER_USED: VerdictId = VerdictId("SK2012");
/// May do what the policy forbids.
pub const FORBIDDEN_ACTION: VerdictId = VerdictId("SK2013");
/// Goes past two-factor authentication.
pub const BYPASSES_SECOND_FACTOR: VerdictId = VerdictId("SK2014");
/// Of a kind that its issuer has replaced.
pub const LEGACY_KIND: VerdictId = VerdictId("SK2015");
/// Everything of a whole organisation.
pub const ORGANISATION_WIDE: VerdictId = VerdictId("SK2016");
/// Long-lived though its kind is meant to live for minutes.
pub const LONG_LIVED_SHORT_KIND: VerdictId = VerdictId("SK2017");
/// May change owners, members, tokens or settings.
pub const MAY_MANAGE: VerdictId = VerdictId("SK2018");
/// Works from any address.
pub const ANY_ADDRESS: VerdictId = VerdictId("SK2019");

/// Of an owner who is gone.
pub const OWNER_GONE: VerdictId = VerdictId("SK2020");
/// One key for several jobs.
pub const SEVERAL_JOBS: VerdictId = VerdictId("SK2021");
/// Without a restriction that the policy requires.
pub const MISSING_RESTRICTION: VerdictId = VerdictId("SK2022");
/// A listed key that stands in code.
pub const LISTED_IN_CODE: VerdictId = VerdictId("SK2023");
/// A closed key that still stands in code.
pub const CLOSED_IN_CODE: VerdictId = VerdictId("SK2024");
/// A listed key that no scan has seen.
pub const NEVER_SEEN: VerdictId = VerdictId("SK2025");

/// Every verdict about a key. Of two that are equally bad the one that stands first here is told first; for the
/// hygiene verdicts that is the order of the over-broad ladder (widest first).
pub const VERDICTS: &[VerdictInfo] = &[
    VerdictInfo {
        id: SKELETON_KEY,
        title: "Leaked skeleton key",
        why: "The key reaches everything that its owner has and may publish or change it. Whoever read the leak can \
              replace every package at once. It is the first key to revoke.",
        cwe: &[798, 732],
        severity: Severity::Critical,
    },
    VerdictInfo {
        id: LIVE_LEAK,
        title: "Leaked key that works",
        why: "The issuer or the owner's list says that the key works. Whoever can read the text can use it now. \
              Removing the text does not help: the key must be revoked.",
        cwe: &[798, 312],
        severity: Severity::High,
    },
    VerdictInfo {
        id: LEAK_STATE_UNKNOWN,
        title: "Leaked key, state unknown",
        why: "Nobody said whether the key still works, so it counts as working. An answer that can mean several \
              things is no proof of death. Ask the issuer, or revoke it.",
        cwe: &[798, 312],
        severity: Severity::High,
    },
    VerdictInfo {
        id: SHADOW_KEY,
        title: "Key that is in nobody's list",
        why: "The owner's list was read and the key is not in it. It belongs to another account, or somebody made it \
              outside the owner's sight. Nobody will renew, limit or revoke it.",
        cwe: &[798],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: DEAD_LEAK,
        title: "Leaked key that has expired or was revoked",
        why: "The key is proved dead and opens nothing today. It shows how keys get into this text, and an issuer \
              may let its owner bring it back. Remove it, so that a living one stands out.",
        cwe: &[798, 312],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: LISTED_IN_CODE,
        title: "Listed key that stands in code",
        why: "A key of the owner's list was found in scanned code. Whoever can read the code can use it. Revoke it, and \
              hand its successor to the job through a secret store.",
        cwe: &[798, 312],
        severity: Severity::High,
    },
    VerdictInfo {
        id: OWNER_GONE,
        title: "Owner is gone",
        why: "The key acts for somebody who is no longer there. Nobody renews, limits or misses it, and it keeps the \
              rights of an account that should have none. Give the job a key of its own.",
        cwe: &[284],
        severity: Severity::High,
    },
    VerdictInfo {
        id: FULL_ACCESS,
        title: "Full access",
        why: "The key may do whatever its owner may. No later limit on actions or packages applies to it. One theft \
              is the loss of the account's packages.",
        cwe: &[250, 732],
        severity: Severity::High,
    },
    VerdictInfo {
        id: REACHES_EVERYTHING,
        title: "Reaches everything",
        why: "The key is not limited to the packages that it is for. It also reaches whatever its owner will add \
              later. A theft of this key is a theft of all of them.",
        cwe: &[732, 250],
        severity: Severity::High,
    },
    VerdictInfo {
        id: FORBIDDEN_ACTION,
        title: "Action that the policy forbids",
        why: "The owner's policy says that no key may do this. A key that can is an exception that nobody granted. \
              Create one without it.",
        cwe: &[250],
        severity: Severity::High,
    },
    VerdictInfo {
        id: MAY_MANAGE,
        title: "May change owners, members, tokens or settings",
        why: "A thief can make himself an owner or make further keys. Revoking this key does not undo that. \
              Publishing needs none of it.",
        cwe: &[250],
        severity: Severity::High,
    },
    VerdictInfo {
        id: NEW_NAMES,
        title: "May publish under new names",
        why: "A pattern together with the right to create packages lets a thief add a package that looks like the \
              owner's. Most pipelines publish new versions of what exists. The right to new names is not needed for \
              that.",
        cwe: &[732],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: PUBLISH_AND_WITHDRAW,
        title: "May publish and take back",
        why: "One key can push a bad version and hide the good ones. The two jobs are done at different times by \
              different people. Two keys keep one theft from doing both.",
        cwe: &[250],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: LOOSE_PATTERN,
        title: "Pattern that matches more than meant",
        why: "A pattern without a boundary also matches names that belong to somebody else or do not exist yet. A \
              short beginning, or a star at the front, matches almost anything. End the pattern at a dot or a dash.",
        cwe: &[732],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: NEVER_EXPIRES,
        title: "Never expires",
        why: "A key without an end works until somebody notices that it leaked. Old copies in backups, logs and \
              images stay as good as new. An end limits what a missed leak costs.",
        cwe: &[613],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: LIFE_OVER_POLICY,
        title: "Lives longer than the policy allows",
        why: "The owner's policy limits how long a key may live. The longer it lives, the longer a leak that nobody \
              saw stays open.",
        cwe: &[613],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: LONG_LIVED_SHORT_KIND,
        title: "Long life in a short-lived kind of key",
        why: "This kind of key is made by a workflow for one publication and should end within the hour. One that \
              lives longer was made to be kept. It can be stolen like any other key.",
        cwe: &[613],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: ORGANISATION_WIDE,
        title: "Everything of an organisation",
        why: "The key acts for an organisation and reaches all that it has. Its theft harms people who never saw \
              the key. Keys for an organisation should name their packages.",
        cwe: &[732],
        severity: Severity::High,
    },
    VerdictInfo {
        id: BYPASSES_SECOND_FACTOR,
        title: "Needs no second factor",
        why: "The key is all that stands between a thief and a publication: no second factor is asked for. Publish \
              from a trusted workflow, or let a person confirm.",
        cwe: &[308],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: LEGACY_KIND,
        title: "Legacy kind of key",
        why: "The issuer has replaced this kind of key with one that can be limited. The old kind lacks those limits. \
              Issuers end old kinds, often on short notice.",
        cwe: &[477],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: MISSING_RESTRICTION,
        title: "Restriction that the policy requires is missing",
        why: "The owner's policy wants every such key to be narrowed in this way, and this one is not. A thief can use it \
              where the owner never would.",
        cwe: &[284],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: SEVERAL_JOBS,
        title: "One key for several jobs",
        why: "A leak in any of the jobs is a leak of all of them, and its traces do not tell which. The key must open what \
              every one of them needs, and its end breaks them together. Give each job a key of its own.",
        cwe: &[250],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: IDLE,
        title: "Not used for a long time",
        why: "A key that nobody uses helps only a thief. Its absence will not be noticed, and neither will its \
              misuse. Revoke it.",
        cwe: &[613],
        severity: Severity::Medium,
    },
    VerdictInfo {
        id: NEVER_USED,
        title: "Never used",
        why: "The key was made and never needed. It can only do harm. Revoke it.",
        cwe: &[],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: ANY_ADDRESS,
        title: "Works from any address",
        why: "The issuer can limit a key to a range of addresses, and this one is not limited. A thief can use it \
              from anywhere. Set a range where the pipeline's addresses are known.",
        cwe: &[284],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: EXPIRES_SOON,
        title: "Expires soon",
        why: "Whatever uses this key will fail when it ends, and the error seldom says why. Replace it before that, \
              or need no key.",
        cwe: &[],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: EXPIRED_BUT_LISTED,
        title: "Expired but still listed",
        why: "Some issuers let an owner bring an expired key back with its old rights. It also hides the living keys \
              in the list. Delete it.",
        cwe: &[324],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: CLOSED_IN_CODE,
        title: "Closed key that still stands in code",
        why: "The key is revoked or has ended, and the code still holds it. It opens nothing; it shows how keys get into \
              this code, and what reads it fails. Remove it.",
        cwe: &[312],
        severity: Severity::Low,
    },
    VerdictInfo {
        id: NEVER_SEEN,
        title: "Listed key that no scan has seen",
        why: "No scanned code holds the key, as it should be. If nothing uses it at all, nobody will notice its loss: find \
              out where it is used, or revoke it.",
        cwe: &[],
        severity: Severity::Note,
    },
    VerdictInfo {
        id: LIFE_OVER_CEILING,
        title: "Lives longer than its issuer says",
        why: "The issuer has announced or documented a shorter life for such keys. Whether the issuer enforces it \
              for this key is not known. It may stop working before the date that is stored.",
        cwe: &[],
        severity: Severity::Note,
    },
];

/// What is the same for every verdict of the id `id`; `None` for ids that are not about a key (`SK3xxx`).
#[must_use]
pub fn info(id: &str) -> Option<&'static VerdictInfo> {
    VERDICTS.iter().find(|info| info.id.0 == id)
}

impl VerdictId {
    /// What is the same for every verdict of this id; `None` for ids that are not about a key (`SK3xxx`).
    #[must_use]
    pub fn info(self) -> Option<&'static VerdictInfo> {
        info(self.0)
    }

    /// The place in [`VERDICTS`], for sorting.
    pub(super) fn rank(self) -> usize {
        VERDICTS.iter().position(|info| info.id == self).unwrap_or(VERDICTS.len())
    }

    /// A verdict of this id at its default severity.
    #[must_use]
    pub fn says(self, message: impl Into<String>) -> Verdict {
        self.says_at(self.info().map_or(Severity::Medium, |info| info.severity), message)
    }

    /// A verdict of this id at a severity of its own.
    #[must_use]
    pub fn says_at(self, severity: Severity, message: impl Into<String>) -> Verdict {
        Verdict { id: self, severity, message: message.into() }
    }
}
