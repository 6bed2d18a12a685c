//! What is known of a key, who says so, and how sure that is. Plain data: no I/O, no clock.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::issuer::Issuer;

/// A field of which *the issuer did not say* is not the same as *none*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Reported<T> {
    /// This witness said nothing about it (JSON `null`).
    #[default]
    NotSaid,
    /// This witness said exactly this.
    Said(T),
}

impl<T> Reported<T> {
    /// The value, if it was said.
    pub fn said(&self) -> Option<&T> {
        match self {
            Self::NotSaid => None,
            Self::Said(value) => Some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Reported<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

impl<T> From<Option<T>> for Reported<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NotSaid, Self::Said)
    }
}

/// When a key stops working by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expiry {
    /// The witness says that it never does.
    Never,
    /// At this moment (UTC).
    At(Timestamp),
}

/// When a key was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastUse {
    /// The witness says that it was never used.
    Never,
    /// At this moment (UTC).
    At(Timestamp),
}

/// Whether the key works now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", tag = "is", content = "because")]
pub enum State {
    /// An endpoint that accepts this class of key said that it works, or the owner's list says so.
    Active,
    /// Proved dead.
    Inactive(Inactive),
    /// Nobody could say; the text says why. Never counts as inactive.
    #[default]
    Unknown,
}

/// Why a key is known to be dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inactive {
    /// Its own embedded expiry, or the one that its issuer or the owner's list states, has passed.
    Expired,
    /// Its issuer or the owner's list says that it was revoked or deleted.
    Revoked,
    /// An endpoint that accepts this class of key refused it as unknown.
    Rejected,
}

/// How much an action can do, weakest first. The order is the rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// Read what is public or listed.
    Read,
    /// Take back: unlist, yank, deprecate.
    Withdraw,
    /// Publish new versions of what exists already.
    PublishUpdate,
    /// Publish under new names as well.
    PublishNew,
    /// Change owners, members, tokens or settings.
    Manage,
    /// Whatever the account can do.
    Everything,
}

/// One thing that a key may do, in the issuer's own word, with what it amounts to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub struct Action {
    /// The issuer's word, for instance `package:push`.
    pub name: String,
    /// What it amounts to.
    pub power: Power,
}

impl Action {
    /// An action by the issuer's word.
    pub fn new(name: impl Into<String>, power: Power) -> Self {
        Self { name: name.into(), power }
    }
}

/// What a grant reaches.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subjects {
    /// Everything that the owner has or will have.
    Everything,
    /// Names or globs in the issuer's own syntax ([`crate::key::glob`]). Never empty.
    Named(Vec<String>),
    /// The witness names the actions but not what they reach.
    NotSaid,
}

impl Subjects {
    /// What a witness names: everything if one name is, and nothing said if there is none.
    #[must_use]
    pub fn of_names(names: Vec<String>, is_everything: impl Fn(&str) -> bool) -> Self {
        if names.iter().any(|name| is_everything(name)) {
            Self::Everything
        } else if names.is_empty() {
            Self::NotSaid
        } else {
            Self::Named(names)
        }
    }
}

/// A set of actions on a set of subjects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Grant {
    /// What may be done; empty when the witness does not say.
    pub actions: Vec<Action>,
    /// To what.
    pub subjects: Subjects,
    /// Whether this is what the key opens, or only a bound on it (a PyPI token without caveats in its text may
    /// be limited by caveats on the server: *at most* the whole account).
    pub bound: Bound,
}

impl Grant {
    /// Exactly these actions on these subjects.
    #[must_use]
    pub fn exact(actions: Vec<Action>, subjects: Subjects) -> Self {
        Self { actions, subjects, bound: Bound::Exact }
    }

    /// These actions on these subjects, or less.
    #[must_use]
    pub fn at_most(actions: Vec<Action>, subjects: Subjects) -> Self {
        Self { actions, subjects, bound: Bound::AtMost }
    }
}

/// How a grant bounds what the key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Exactly this.
    Exact,
    /// This or less.
    AtMost,
}

/// Something that narrows the use of a key, in the issuer's words (`cidr 10.0.0.0/8`, `bypasses 2FA`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Restriction {
    /// The issuer's word for it, for instance `cidr`, `mfa`, `bypass-2fa`.
    pub name: String,
    /// Its value as the issuer writes it.
    pub value: String,
}

/// What one witness says of one key. Every field that the witness is silent about is [`Reported::NotSaid`].
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct KeyFacts {
    /// Who issued it.
    pub issuer: Option<Issuer>,
    /// What sort of key it is, in a few words ("API key v5, short-lived").
    pub kind: Reported<String>,
    /// The issuer's public id of the key.
    pub key_id: Reported<String>,
    /// The name that its owner gave it.
    pub name: Reported<String>,
    /// The account or organisation for which it acts.
    pub owner: Reported<String>,
    /// When it was issued.
    pub created: Reported<Timestamp>,
    /// When it ends by itself.
    pub expires: Reported<Expiry>,
    /// When it was last used.
    pub last_used: Reported<LastUse>,
    /// What it opens.
    pub grants: Reported<Vec<Grant>>,
    /// What narrows it.
    pub restrictions: Reported<Vec<Restriction>>,
    /// Whether it works.
    pub state: State,
    /// Why `state` is what it is, in a sentence; for `Unknown` the reason why nobody could say.
    pub state_reason: Option<String>,
    /// Further decoded fields by name (`environment`, `project-id`), shown but not judged.
    pub details: BTreeMap<String, String>,
    /// Sentences that a reader must know to read the above rightly.
    pub notes: Vec<String>,
}

/// Longer text of a detail is cut: it comes from the key and is for reading, not for storing.
const LONGEST_DETAIL: usize = 200;

impl KeyFacts {
    /// Facts about a key of this sort, and nothing else yet.
    pub fn of_kind(kind: impl Into<String>) -> Self {
        Self { kind: Reported::Said(kind.into()), ..Self::default() }
    }

    /// Adds what another part of the same key says, where this one is silent.
    #[must_use]
    pub fn completed_by(mut self, other: Self) -> Self {
        fn fill<T>(mine: &mut Reported<T>, other: Reported<T>) {
            if matches!(mine, Reported::NotSaid) {
                *mine = other;
            }
        }
        self.issuer = self.issuer.or(other.issuer);
        fill(&mut self.kind, other.kind);
        fill(&mut self.key_id, other.key_id);
        fill(&mut self.name, other.name);
        fill(&mut self.owner, other.owner);
        fill(&mut self.created, other.created);
        fill(&mut self.expires, other.expires);
        fill(&mut self.last_used, other.last_used);
        fill(&mut self.grants, other.grants);
        fill(&mut self.restrictions, other.restrictions);
        for (name, value) in other.details {
            self.details.entry(name).or_insert(value);
        }
        self.notes.extend(other.notes);
        self
    }

    /// Adds the issuer.
    #[must_use]
    pub fn issued_by(mut self, issuer: Issuer) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// Adds a decoded field that is shown but not judged, cut to 200 characters.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let mut value = value.into();
        if let Some((at, _)) = value.char_indices().nth(LONGEST_DETAIL) {
            value.truncate(at);
            value.push('…');
        }
        self.details.insert(name.into(), value);
        self
    }

    /// Adds a sentence that a reader must know.
    #[must_use]
    pub fn note(mut self, sentence: impl Into<String>) -> Self {
        self.notes.push(sentence.into());
        self
    }

    /// Adds a grant.
    #[must_use]
    pub fn grant(mut self, grant: Grant) -> Self {
        match &mut self.grants {
            Reported::Said(grants) => grants.push(grant),
            Reported::NotSaid => self.grants = Reported::Said(vec![grant]),
        }
        self
    }

    /// Adds a restriction.
    #[must_use]
    pub fn restriction(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let restriction = Restriction { name: name.into(), value: value.into() };
        match &mut self.restrictions {
            Reported::Said(restrictions) => restrictions.push(restriction),
            Reported::NotSaid => self.restrictions = Reported::Said(vec![restriction]),
        }
        self
    }
}

/// How sure it is that a row of the owner's list is this key, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JoinStrength {
    /// It is the only live key of that issuer and kind in the list.
    Elimination,
    /// It is the only live key in the list of the user, account or project that the key's own text names.
    Owner,
    /// The key's name in the list stands beside the leak.
    Name,
    /// The moment of creation or end in the key's own text is the row's, to the second.
    Moment,
    /// The few characters that the issuer shows (three to five) agree.
    Hint,
    /// The first and last characters agree, six or more of those that are random.
    Ends,
    /// The issuer's public id, embedded in the key, agrees.
    Id,
    /// The hash of the whole key agrees.
    Hash,
    /// Nothing was joined: the row itself is what is judged.
    Row,
}

impl JoinStrength {
    /// For a sentence: "joined …".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Elimination => "by elimination",
            Self::Owner => "by owner",
            Self::Name => "by name",
            Self::Moment => "by the moment in its text",
            Self::Hint => "by a hint of a few characters",
            Self::Ends => "by first and last characters",
            Self::Id => "by id",
            Self::Hash => "by sha256",
            Self::Row => "as the row itself",
        }
    }
}

/// Who says it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", tag = "tier")]
pub enum Evidence {
    /// The key's own text.
    Decoded,
    /// The owner's list.
    Inventory {
        /// The list's file, as the user named it.
        file: String,
        /// Line of the row, from 1.
        line: usize,
        /// How the row was found.
        join: JoinStrength,
    },
    /// The issuer, asked with the key.
    Probed {
        /// When it answered.
        at: Timestamp,
        /// Whom: the host.
        host: String,
    },
}

/// One witness and what it says.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Statement {
    /// Who.
    pub evidence: Evidence,
    /// What.
    pub facts: KeyFacts,
}
