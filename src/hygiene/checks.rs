//! The hygiene verdicts. Each check speaks only of what a witness said: silence is never "none".

use super::escape::{code, visible};
use super::policy::Limits;
use super::reading::Reading;
use super::verdict::{
    ANY_ADDRESS, BYPASSES_SECOND_FACTOR, EXPIRED_BUT_LISTED, EXPIRES_SOON, FORBIDDEN_ACTION, FULL_ACCESS, IDLE,
    LEGACY_KIND, LIFE_OVER_POLICY, LONG_LIVED_SHORT_KIND, LOOSE_PATTERN, MAY_MANAGE, MISSING_RESTRICTION,
    NEVER_EXPIRES, NEVER_USED, NEW_NAMES, ORGANISATION_WIDE, OWNER_GONE, PUBLISH_AND_WITHDRAW, REACHES_EVERYTHING,
};
use super::words::{days_between, days_in_words, power_words, until};
use super::{Breadth, Case, Found};
use crate::issuer::Issuer;
use crate::key::{Expiry, LastUse, Power, glob};
use crate::severity::Severity;

type Check = fn(&Reading<'_>, &Limits) -> Option<Found>;

/// What is asked of a key that may work, in the order of the over-broad ladder.
const CHECKS: &[Check] = &[
    full_access,
    reaches_everything,
    forbidden_action,
    may_manage,
    new_names,
    publish_and_withdraw,
    loose_pattern,
    never_expires,
    life_over_policy,
    long_lived_short_kind,
    organisation_wide,
    bypasses_second_factor,
    owner_gone,
    missing_restriction,
    legacy_kind,
    idle,
    never_used,
    any_address,
    expires_soon,
];

/// Everything that is wrong with a key besides its leak. A dead key's breadth and life harm nobody: of it only its
/// being listed is told.
pub(super) fn hygiene(case: &Case<'_>, reading: &Reading<'_>, limits: &Limits) -> Vec<Found> {
    if reading.is_dead() {
        return expired_but_listed(case, reading).into_iter().collect();
    }
    CHECKS.iter().filter_map(|check| check(reading, limits)).collect()
}

fn full_access(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let action = reading.actions().find(|action| action.power == Power::Everything)?;
    Some(Found::lasting(FULL_ACCESS.says(format!("It may do whatever its owner may ({}).", code(&action.name)))))
}

/// The strongest thing that the key may do to everything decides how bad that is.
fn reaches_everything(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    let wide = |(breadth, _): &(Breadth, Option<Power>)| *breadth == Breadth::Everything;
    let power = reading.pairs().into_iter().filter(wide).map(|(_, power)| power).max()?;
    let forbidden = if limits.no_wildcard { "; the policy forbids that" } else { "" };
    let may = power.map_or("nobody said what it may do there", power_words);
    let own = match power {
        _ if limits.no_wildcard => Severity::High,
        Some(Power::Read) => Severity::Low,
        Some(Power::Withdraw) => Severity::Medium,
        _ => Severity::High,
    };
    let up_to = reading.up_to(power);
    let message = format!("It reaches {up_to}everything that its owner has or will have ({may}){forbidden}.");
    Some(Found::lasting(REACHES_EVERYTHING.says_at(own, message)))
}

fn forbidden_action(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    let forbidden = |name: &str| limits.forbidden_actions.iter().any(|action| action.eq_ignore_ascii_case(name));
    let mut names: Vec<String> =
        reading.actions().filter(|action| forbidden(&action.name)).map(|action| code(&action.name)).collect();
    names.sort();
    names.dedup();
    (!names.is_empty()).then(|| {
        Found::lasting(FORBIDDEN_ACTION.says(format!("It may {}, which the policy forbids.", names.join(", "))))
    })
}

fn may_manage(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let action = reading.actions().find(|action| action.power == Power::Manage)?;
    let message = format!("It may change owners, members, tokens or settings ({}).", code(&action.name));
    Some(Found::lasting(MAY_MANAGE.says(message)))
}

/// With the right to new names a pattern, or everything, is room for names that nobody has taken yet.
fn new_names(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let creates = reading.actions().any(|action| action.power == Power::PublishNew);
    let pattern = || {
        let mut names = reading.names(Some(Power::PublishNew));
        names.find(|name| glob::is_pattern(reading.issuer, name) || glob::is_everything(reading.issuer, name))
    };
    let under = match reading.breadth_of(Some(Power::PublishNew)) {
        Breadth::Pattern { .. } | Breadth::Everything if creates => pattern().map_or("any name".to_owned(), code),
        _ => return None,
    };
    let message = format!("It may create what is new under {under}, not only change what exists.");
    Some(Found::lasting(NEW_NAMES.says(message)))
}

/// Only the two rights by themselves: a key with full access has its own verdict.
fn publish_and_withdraw(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let has = |powers: &[Power]| reading.actions().any(|action| powers.contains(&action.power));
    let both = has(&[Power::Withdraw]) && has(&[Power::PublishUpdate, Power::PublishNew]);
    both.then(|| Found::lasting(PUBLISH_AND_WITHDRAW.says("It may publish versions and take them back.")))
}

/// A literal beginning shorter than this matches almost anything (package-registry keys: "less than 3 to 4").
const PREFIX_AT_LEAST: usize = 4;

fn loose_pattern(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let writes = reading.names(Some(Power::Withdraw));
    let loose = writes.chain(reading.names(None)).find_map(|name| looseness(reading.issuer, name))?;
    Some(Found::lasting(LOOSE_PATTERN.says(loose)))
}

/// What is loose about one pattern; nothing about a plain name, and the star alone is no pattern but everything. A
/// whole scope or folder (`@scope/*`) is a boundary of its issuer's own.
fn looseness(issuer: &Issuer, name: &str) -> Option<String> {
    let starred = name.contains('*') && glob::is_pattern(issuer, name) && !glob::is_everything(issuer, name);
    let prefix = glob::literal_prefix(name);
    if !starred || prefix.ends_with('/') {
        return None;
    }
    let shown = code(name);
    if prefix.is_empty() {
        return Some(format!("The pattern {shown} begins with a star."));
    }
    if prefix.chars().count() < PREFIX_AT_LEAST {
        return Some(format!("The pattern {shown} begins with only {}.", code(prefix)));
    }
    let bounded = prefix.ends_with(['.', '-', '_', ':']);
    (!bounded).then(|| format!("The pattern {shown} also matches {}.", code(&format!("{prefix}evil"))))
}

fn never_expires(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    (reading.expires? == Expiry::Never).then(|| {
        Found::lasting(if limits.allow_non_expiring {
            NEVER_EXPIRES.says("It never expires.")
        } else {
            NEVER_EXPIRES.says_at(Severity::High, "It never expires; the policy forbids that.")
        })
    })
}

/// Without a creation date, what is left of the life is a lower bound of it, which shrinks with the days.
fn life_over_policy(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    let most = i64::from(limits.max_lifetime_days?);
    let Expiry::At(end) = reading.expires? else { return None };
    let life = days_between(reading.created.unwrap_or(reading.now), end);
    let at_least = if reading.created.is_some() { "" } else { "at least " };
    (life > most).then(|| {
        let (life, most) = (days_in_words(life), days_in_words(most));
        Found::lasting(LIFE_OVER_POLICY.says(format!("It lives {at_least}{life}; the policy allows {most}.")))
    })
}

/// A key that a workflow mints lives at most an hour (NuGetGallery, `CreateShortLivedApiKey` refuses more).
const SHORT_LIFE_SECONDS: i64 = 60 * 60;

fn long_lived_short_kind(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let kind = reading.dossier.kind()?;
    let words = kind.to_lowercase();
    let says_long = words.contains("v5") && words.contains("long-lived");
    let lives_long = words.contains("short-lived") && life_in_seconds(reading).is_some_and(|s| s > SHORT_LIFE_SECONDS);
    (says_long || lives_long).then(|| {
        let message = format!("It is a long-lived key of a kind that workflows mint for minutes ({}).", visible(kind));
        Found::lasting(LONG_LIVED_SHORT_KIND.says(message))
    })
}

fn life_in_seconds(reading: &Reading<'_>) -> Option<i64> {
    match (reading.created?, reading.expires?) {
        (created, Expiry::At(end)) => Some(end.as_second().saturating_sub(created.as_second())),
        (_, Expiry::Never) => Some(i64::MAX),
    }
}

/// How owners that are organisations, and kinds of key that only organisations have, are written (Hex:
/// `organization:NAME`; Docker Hub: "organization access token").
const ORGANISATIONS: &[&str] = &["organization", "organisation", "group"];

/// An organisation by its name, or by its kind of key.
fn organisation<'a>(reading: &Reading<'a>) -> Option<&'a str> {
    let is_one = |words: &str, after: &str| {
        let words = words.to_lowercase();
        ORGANISATIONS.iter().any(|name| words.strip_prefix(name).is_some_and(|rest| rest.starts_with(after)))
    };
    let owner = reading.dossier.owner();
    owner
        .filter(|owner| is_one(owner, ":"))
        .or_else(|| reading.dossier.kind().filter(|kind| is_one(kind, " ")).map(|_| owner.unwrap_or("an organisation")))
}

fn organisation_wide(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let owner = organisation(reading)?;
    let writes_everything = reading
        .pairs()
        .iter()
        .any(|(breadth, power)| *breadth == Breadth::Everything && power.is_none_or(|power| power > Power::Read));
    writes_everything.then(|| {
        Found::lasting(ORGANISATION_WIDE.says(format!("It acts for {} and reaches all that it has.", code(owner))))
    })
}

/// The value of a restriction by its issuer's word, `_` and `-` alike.
fn restriction<'a>(reading: &Reading<'a>, names: &[&str]) -> Option<&'a str> {
    let is_one = |name: &str| names.contains(&name.to_lowercase().replace('_', "-").as_str());
    reading.dossier.restrictions().iter().find(|one| is_one(&one.name)).map(|one| one.value.as_str())
}

fn is_yes(value: &str) -> bool {
    matches!(value.trim().to_lowercase().as_str(), "" | "true" | "yes" | "on" | "1")
}

fn is_no(value: &str) -> bool {
    matches!(value.trim().to_lowercase().as_str(), "false" | "no" | "off" | "0" | "none" | "disabled")
}

/// npm says `bypass_2fa` of a token, RubyGems `mfa`.
fn bypasses_second_factor(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let says = |message: &str| Some(Found::lasting(BYPASSES_SECOND_FACTOR.says(message)));
    if restriction(reading, &["bypass-2fa", "bypasses-2fa", "bypasses 2fa"]).is_some_and(is_yes) {
        return says("It goes past two-factor authentication.");
    }
    if restriction(reading, &["mfa", "2fa"]).is_some_and(is_no) {
        return says("It is not held by two-factor authentication.");
    }
    None
}

/// Only where a witness says so: many issuers have no such limit.
fn any_address(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let value = restriction(reading, &["cidr", "cidr-whitelist", "ip", "ip-allow-list"])?;
    let ranges: Vec<&str> = value.split([',', ' ']).map(str::trim).filter(|range| !range.is_empty()).collect();
    let anywhere = |range: &&str| matches!(*range, "0.0.0.0/0" | "::/0" | "none" | "[]" | "any" | "*");
    (ranges.is_empty() || ranges.iter().any(anywhere))
        .then(|| Found::lasting(ANY_ADDRESS.says("No range of addresses limits it.")))
}

/// What a list says of an account that can no longer sign in (GitLab `state`, Entra `accountEnabled` and their like, as
/// importers keep it under this detail).
const GONE: &[&str] =
    &["blocked", "ldap_blocked", "deactivated", "deleted", "disabled", "inactive", "suspended", "banned"];

fn owner_gone(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    let owner = reading.dossier.owner();
    let state = reading.dossier.prefer(|facts| facts.details.get("owner-state")).map(|(state, _)| state);
    if let Some(state) = state.filter(|state| GONE.contains(&state.to_lowercase().as_str())) {
        let owner = owner.map_or_else(|| "an account".to_owned(), code);
        return Some(Found::lasting(OWNER_GONE.says(format!("It acts for {owner}, which is {}.", visible(state)))));
    }
    let (owner, known) = (owner?, limits.owners.as_ref()?);
    let is_there = known.iter().any(|name| name.eq_ignore_ascii_case(owner));
    (!is_there).then(|| {
        Found::lasting(
            OWNER_GONE.says(format!("It acts for {}, whom the policy does not name among its owners.", code(owner))),
        )
    })
}

/// Only where a witness tells what narrows the key: what nobody said is not missing.
fn missing_restriction(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    reading.dossier.prefer(|facts| facts.restrictions.said())?;
    let sets = |name: &&String| {
        let name = name.to_lowercase().replace('_', "-");
        restriction(reading, &[name.as_str()]).is_some_and(|value| !is_no(value) && value != "[]")
    };
    let missing: Vec<String> =
        limits.required_restrictions.iter().filter(|name| !sets(name)).map(|name| code(name)).collect();
    (!missing.is_empty()).then(|| {
        Found::lasting(
            MISSING_RESTRICTION
                .says(format!("It is not limited by {}, which the policy requires.", missing.join(", "))),
        )
    })
}

/// Names that an issuer itself gave to keys of a legacy kind (rubygems.org names unscoped ones so).
const LEGACY_NAMES: &[(Issuer, &str)] = &[(Issuer::RUBYGEMS, "legacy-key")];

fn legacy_kind(reading: &Reading<'_>, _: &Limits) -> Option<Found> {
    let kind = reading.dossier.kind().filter(|kind| {
        let words = kind.to_lowercase();
        ["legacy", "classic", "deprecated"].iter().any(|word| words.contains(word))
    });
    let name = reading.dossier.name().filter(|name| LEGACY_NAMES.contains(&(reading.issuer.clone(), name)));
    let what = visible(kind.or(name)?);
    Some(Found::lasting(LEGACY_KIND.says(format!("It is of a kind that its issuer has replaced ({what})."))))
}

fn idle(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    let most = i64::from(limits.max_idle_days?);
    let LastUse::At(used) = reading.last_used? else { return None };
    let idle = days_between(used, reading.now);
    (idle > most).then(|| {
        let (idle, most) = (days_in_words(idle), days_in_words(most));
        Found::lasting(IDLE.says(format!("It was last used {idle} ago; the policy allows {most} without use.")))
    })
}

/// A key this young may not have had its first use yet, where no policy says how long that may take.
const MAY_WAIT_DAYS: i64 = 30;

fn never_used(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    let LastUse::Never = reading.last_used? else { return None };
    let age = reading.created.map(|created| days_between(created, reading.now));
    let patience = limits.max_idle_days.map_or(MAY_WAIT_DAYS, i64::from);
    let message = match age {
        Some(age) if age <= patience => return None,
        Some(age) => format!("It was made {} ago and never used.", days_in_words(age)),
        None => "It was never used; when it was made is not known.".to_owned(),
    };
    Some(Found::lasting(NEVER_USED.says(message)))
}

fn expires_soon(reading: &Reading<'_>, limits: &Limits) -> Option<Found> {
    let Expiry::At(end) = reading.expires? else { return None };
    let soon = end > reading.now && days_between(reading.now, end) < i64::from(limits.warn_before_expiry_days);
    let meant = life_in_seconds(reading).is_none_or(|life| life > SHORT_LIFE_SECONDS);
    (soon && meant).then(|| {
        let until = until(reading.dossier, reading.now);
        Found::passing(EXPIRES_SOON.says(format!("It works {until}; what uses it then fails.")))
    })
}

/// Of a key that leaked it is told by the leak; here it is about the list.
fn expired_but_listed(case: &Case<'_>, reading: &Reading<'_>) -> Option<Found> {
    let listed = reading.dossier.inventory().is_some() && !case.missing_from_inventory;
    (listed && reading.has_expired()).then(|| {
        let until = until(reading.dossier, reading.now);
        let when = if until.starts_with("expired") { until } else { "has expired".to_owned() };
        Found::lasting(EXPIRED_BUT_LISTED.says(format!("It {when} and is still in the owner's list.")))
    })
}
