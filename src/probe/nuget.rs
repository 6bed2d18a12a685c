//! NuGet.org: `verifykey`, first with an id that cannot exist, then with the packages that this repository publishes.
//!
//! What each status means is read from NuGetGallery's source: `ApiController.VerifyPackageKeyAsync`,
//! `ApiScopeRequiredAttribute`, `ApiAuthorizeAttribute`, `ApiKeyAuthenticationHandler`.

use jiff::{SignedDuration, Timestamp};

use super::carrier::Carrier;
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Expiry, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct NuGet;

/// Two hyphens in a row: NuGetGallery's `PackageIdValidator` (`^\w+([.-]\w+)*$`) has never let such an id in.
const IMPOSSIBLE_ID: &str = "skelkey--no-such-package";
const NO_VERSION: &str = "1.0.0";

static ABOUT: About = About {
    hosts: &["www.nuget.org", "nuget.org", "api.nuget.org"],
    carrier: Carrier::header("x-nuget-apikey", ""),
    accepts: "keys v4 (46 characters) and v5 (84 characters, production); never a GUID, which may be a one-time \
              verification key that its first use deletes",
    asks: "whether the key may push an id that cannot exist, then whether it may push each package of this repository",
    side_effects: "sets the key's last use; each package that exists gets an audit record",
    source: "NuGet/NuGetGallery, Controllers/ApiController.cs and Filters",
    requests: &[
        Template::get("/api/v2/verifykey/skelkey--no-such-package/1.0.0"),
        Template::get_if("/api/v2/verifykey/{package}", "for 20 packages at most, when the first answer is 404"),
    ],
    readings: &[
        Reading::new("404", "active; may push or only push versions, which of them NuGet.org does not tell"),
        Reading::new(
            "404, package 200",
            "active; the package is covered. All packages covered: a list of exactly these and `*` look the same",
        ),
        Reading::new("404, package 403", "active; the key's glob or its owner excludes the package"),
        Reading::new("404, package 404", "active; the package is not on NuGet.org"),
        Reading::new(
            "404, package other, or no answer",
            "active; the package is undecided, and after no answer so are the rest",
        ),
        Reading::new(
            "400",
            "active; the account's policy wants verification keys (a page instead of a sentence: unknown)",
        ),
        Reading::new("403", "unknown: the key is dead, or it lives and may only unlist"),
        Reading::new(
            "403 with `X-NuGet-Warning: … expires in N day(s)`",
            "active; the site knows the key, which may not push",
        ),
        Reading::new("any, with `X-NuGet-Warning: … has expired`", "inactive: expired"),
        Reading::new("401, 200, other", "unknown"),
    ],
    ..About::of(&Issuer::NUGET, "https://www.nuget.org")
};

impl Probe for NuGet {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let key = subject.key.as_bytes();
        match key.len() {
            46 if key[..3].eq_ignore_ascii_case(b"oy2") && key.iter().all(u8::is_ascii_alphanumeric) => Ok(()),
            84 => admits_v5(key),
            32 | 36 => Err("a GUID may be a one-time verification key, which the first question would delete"),
            _ => Err("it is neither a v4 nor a v5 key of NuGet.org"),
        }
    }

    fn steps(&self, subject: Subject<'_>) -> Vec<Step> {
        let packages = subject.packages.iter().filter(|id| is_package_id(id)).map(|id| package_step(id));
        std::iter::once(impossible_step()).chain(packages).collect()
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&impossible_step())?;
        let mut facts = read_impossible(line, &reply);
        note_warning(&mut facts, &reply, line);
        if reply.status == 404 {
            ask_packages(subject.packages, line, &mut facts);
        }
        Ok(facts)
    }
}

/// A v5 key names its environment in its text (`ApiKeyV5.cs`): only production keys are NuGet.org's.
fn admits_v5(key: &[u8]) -> Result<(), &'static str> {
    if &key[52..58] != b"JQQJ99" || &key[60..62] != b"N5" {
        return Err("it is neither a v4 nor a v5 key of NuGet.org");
    }
    if key[62] == b'P' {
        Ok(())
    } else {
        Err("its text says that it is for a test environment of NuGet.org, not for the site")
    }
}

fn impossible_step() -> Step {
    Step::always(&["api", "v2", "verifykey", IMPOSSIBLE_ID, NO_VERSION])
}

fn package_step(id: &str) -> Step {
    let when = "when the first answer is 404, which shows that the key works";
    Step { when, ..Step::always(&["api", "v2", "verifykey", id]) }
}

/// `PackageIdValidator`, for ASCII: anything else is no id that could be asked about.
fn is_package_id(id: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    id.len() <= 100 && id.split(['.', '-']).all(part)
}

/// The answer about the id that cannot exist. The scope gate runs first, then the account's policy, then the look-up.
fn read_impossible(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    match reply.status {
        404 => pusher(line.active("let the key pass and then found no package of the made-up id")),
        400 if reply.is_page() => line.unknown("answered 400 with a page, which is not its own refusal"),
        400 => {
            let mut facts = pusher(line.active("let the key pass, but the account's policy wants verification keys"));
            facts.restrictions = Reported::Said(vec![crate::key::Restriction {
                name: "account-policy".into(),
                value: "package verification requires a verify-scope key".into(),
            }]);
            facts
        }
        403 => line.unknown("answered 403: the key is dead, or it lives and may only unlist"),
        401 => line.unknown("answered 401 as if no key had been sent"),
        _ => line.unexpected(reply),
    }
}

/// Both push scopes answer alike; which one it is, and on what, only the owner's list tells.
fn pusher(mut facts: KeyFacts) -> KeyFacts {
    facts.grants = Reported::Said(vec![push_at_most()]);
    facts.notes.push(
        "NuGet.org answers alike for `package:push` and `package:pushversion`: whether the key may create new ids, and \
         whether it may unlist as well, is not known."
            .into(),
    );
    facts
}

fn push_at_most() -> Grant {
    Grant {
        actions: vec![
            Action::new("package:push", Power::PublishNew),
            Action::new("package:pushversion", Power::PublishUpdate),
        ],
        subjects: Subjects::NotSaid,
        bound: Bound::AtMost,
    }
}

/// What the site says of one package.
#[derive(Clone, Copy)]
enum Cover {
    Covered,
    Excluded,
    NotThere,
    Undecided,
}

fn cover(status: u16) -> Cover {
    match status {
        200 => Cover::Covered,
        // After a 404 elsewhere the key lives, so this is its glob or its owner.
        403 => Cover::Excluded,
        404 => Cover::NotThere,
        _ => Cover::Undecided,
    }
}

/// What was learnt about the packages asked.
#[derive(Default)]
struct Coverage {
    covered: Vec<String>,
    excluded: Vec<String>,
    not_there: Vec<String>,
    undecided: Vec<String>,
}

fn ask_packages(packages: &[String], line: &mut Line<'_>, facts: &mut KeyFacts) {
    let mut seen = Coverage::default();
    let mut reachable = true;
    for id in packages {
        let status = if reachable && is_package_id(id) { Some(line.get(&package_step(id))) } else { None };
        // The key is known to work; a failure now only leaves this package and the rest undecided.
        reachable &= !matches!(status, Some(Err(_)));
        seen.add(id, status.and_then(Result::ok).map_or(Cover::Undecided, |reply| cover(reply.status)));
    }
    seen.tell(facts);
}

impl Coverage {
    fn add(&mut self, id: &str, cover: Cover) {
        let list = match cover {
            Cover::Covered => &mut self.covered,
            Cover::Excluded => &mut self.excluded,
            Cover::NotThere => &mut self.not_there,
            Cover::Undecided => &mut self.undecided,
        };
        list.push(id.to_owned());
    }

    fn tell(self, facts: &mut KeyFacts) {
        let whole = !self.covered.is_empty() && self.excluded.is_empty() && self.undecided.is_empty();
        for (name, ids) in [
            ("packages-covered", &self.covered),
            ("packages-not-covered", &self.excluded),
            ("packages-not-found", &self.not_there),
            ("packages-undecided", &self.undecided),
        ] {
            if !ids.is_empty() {
                facts.details.insert(name.into(), ids.join(", "));
            }
        }
        if whole {
            facts.notes.push(
                "The key covers every package of this repository that is on NuGet.org. A list of exactly these and \
                 a glob such as `*` look the same from outside."
                    .into(),
            );
        }
        if !self.covered.is_empty() {
            facts.grants = Reported::Said(vec![push_at_most(), updates(self.covered)]);
        }
    }
}

/// Either push scope allows new versions of what it covers.
fn updates(covered: Vec<String>) -> Grant {
    Grant {
        actions: vec![Action::new("package:pushversion", Power::PublishUpdate)],
        subjects: Subjects::Named(covered),
        bound: Bound::Exact,
    }
}

/// The warning that the site adds, for keys v4, when ten days or less remain (`ApiKeyAuthenticationHandler`). It is
/// added once the key is recognised and before its scopes are looked at.
fn note_warning(facts: &mut KeyFacts, reply: &Reply, line: &Line<'_>) {
    let Some(warning) = reply.header("x-nuget-warning") else { return };
    if warning.starts_with("Your API key has expired") {
        *facts = line.inactive(Inactive::Expired, "says that the key has expired");
        return;
    }
    let Some(days) = days_left(warning) else { return };
    if reply.status == 403 {
        *facts = line.active("warns of the key's expiry, so it knows the key, but does not let it push");
        facts.grants = Reported::Said(vec![Grant {
            actions: vec![Action::new("package:unlist", Power::Withdraw)],
            subjects: Subjects::NotSaid,
            bound: Bound::AtMost,
        }]);
    }
    facts.expires = Reported::Said(Expiry::At(in_days(line.now, days)));
    facts.notes.push(format!(
        "NuGet.org says that the key expires in {days} day(s); the moment is rounded to whole days from the question."
    ));
}

/// N of `Your API key expires in N day(s).`
fn days_left(warning: &str) -> Option<u16> {
    let rest = warning.strip_prefix("Your API key expires in ")?;
    let (number, rest) = rest.split_once(' ')?;
    if rest.starts_with("day") { number.parse().ok() } else { None }
}

fn in_days(now: Timestamp, days: u16) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_up_id_is_one_that_the_site_never_lets_in() {
        assert!(!is_package_id(IMPOSSIBLE_ID));
        for id in ["Newtonsoft.Json", "a", "A_b-c.D", "xunit.v3"] {
            assert!(is_package_id(id), "{id}");
        }
        for id in ["", ".", "..", "a..b", "a/b", "a b", "-a", &"a".repeat(101)] {
            assert!(!is_package_id(id), "{id}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_key_and_no_warning_is_too_odd_to_be_read(key in "[!-~]{0,90}", tail in ".*") {
            let variables = std::collections::BTreeMap::new();
            let _ = NuGet.admits(Subject {
                key: &key,
                issuer: &Issuer::NUGET,
                packages: &[],
                own_server: false,
                decoded: None,
                host: None,
                variables: &variables,
            });
            let _ = days_left(&format!("Your API key expires in {tail}"));
        }
    }

    #[test]
    fn days_are_read_from_the_warning_only() {
        let text = |n| format!("Your API key expires in {n} days. Visit the site to regenerate your API key.");
        assert_eq!(days_left(&text("3")), Some(3));
        assert_eq!(days_left("Your API key expires in 1 day. Visit"), Some(1));
        assert_eq!(days_left(&text("x")), None);
        assert_eq!(days_left("3 days"), None);
    }
}
