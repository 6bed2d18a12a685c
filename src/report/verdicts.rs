//! What is the same for every verdict of one id. Stands in for the table of [`crate::hygiene`] until that is there,
//! and has its names and shapes.

use crate::hygiene::VerdictId;
use crate::severity::Severity;

/// What is the same for every verdict of one id.
#[derive(Clone, Copy, Debug)]
pub(super) struct VerdictInfo {
    /// The id.
    pub(super) id: VerdictId,
    /// What is wrong, in a few words.
    pub(super) title: &'static str,
    /// Why it matters.
    pub(super) why: &'static str,
    /// Numbers of the Common Weakness Enumeration, the closest first.
    pub(super) cwe: &'static [u16],
    /// How bad it is unless the key at hand says otherwise.
    pub(super) severity: Severity,
}

/// The table's row for an id.
pub(super) fn info(id: &str) -> Option<&'static VerdictInfo> {
    VERDICTS.iter().find(|info| info.id.0 == id)
}

macro_rules! verdicts {
    ($($id:literal $severity:ident [$($cwe:literal),*] $title:literal, $why:literal;)*) => {
        /// Every verdict about a key, by id.
        pub(super) const VERDICTS: &[VerdictInfo] = &[
            $(VerdictInfo { id: VerdictId($id), title: $title, why: $why, cwe: &[$($cwe),*], severity: Severity::$severity },)*
        ];
    };
}

verdicts! {
    "SK1001" High [798, 312] "Leaked key that works", "Whoever can read the text can use the key now.";
    "SK1002" High [798, 312] "Leaked key, state unknown", "Nobody said whether the key works, so it counts as working.";
    "SK1003" Low [798, 312] "Leaked key that has expired or was revoked", "The key is proved dead, but it shows how keys leak.";
    "SK1004" Medium [798] "Key that is in nobody's list", "Nobody will renew, limit or revoke a key that no list holds.";
    "SK1005" Critical [798, 732] "Leaked skeleton key", "Whoever read the leak can change everything that its owner has.";
    "SK2001" High [732, 250] "Reaches everything", "A theft of this key is a theft of every package, also of future ones.";
    "SK2002" High [250, 732] "Full access", "The key may do whatever its owner may.";
    "SK2003" Medium [732] "May publish under new names", "A thief can add a package that looks like the owner's.";
    "SK2004" Medium [732] "Pattern that matches more than meant", "It also matches names that belong to somebody else.";
    "SK2005" Low [250] "May publish and take back", "One theft can push a bad version and hide the good ones.";
    "SK2006" Medium [613] "Never expires", "The key works until somebody notices that it leaked.";
    "SK2007" Medium [613] "Lives longer than the policy allows", "The longer it lives, the longer an unseen leak stays open.";
    "SK2008" Note [] "Lives longer than its issuer says", "It may stop working before its date.";
    "SK2009" Low [] "Expires soon", "Whatever uses the key will fail when it ends.";
    "SK2010" Low [324] "Expired but still listed", "It hides the living keys in the list.";
    "SK2011" Medium [613] "Not used for a long time", "A key that nobody uses helps only a thief.";
    "SK2012" Low [] "Never used", "The key was never needed. It can only do harm.";
    "SK2013" High [250] "Action that the policy forbids", "The owner's policy says that no key may do this.";
    "SK2014" Medium [308] "Needs no second factor", "The key is all that stands between a thief and a publication.";
    "SK2015" Medium [477] "Legacy kind of key", "The old kind lacks the limits of its successor.";
    "SK2016" High [732] "Everything of an organisation", "The key reaches all that an organisation has.";
    "SK2017" Medium [613] "Long life in a short-lived kind of key", "It was made to be kept, and can be stolen like any other.";
    "SK2018" High [250] "May change owners, members, tokens or settings", "A thief can make himself an owner.";
    "SK2019" Low [284] "Works from any address", "A thief can use the key from anywhere.";
}
