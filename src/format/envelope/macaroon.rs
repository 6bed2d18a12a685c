//! PyPI's and devpi's tokens, with caveats in their issuers' shapes: pypi/warehouse `warehouse/macaroons`, and
//! devpi-tokens.

use serde_json::{Value, json};

use super::args::Args;
use super::random::{self, Random};
use crate::format::macaroon::{Caveat, DEVPI_PREFIX, Macaroon, PYPI_PREFIX, compose};
use crate::format::uuid::is_uuid;

const PYPI_HOST: &str = "pypi.org";
const TESTPYPI_HOST: &str = "test.pypi.org";
/// How long a Trusted Publishing token lives there, in seconds.
const PUBLISHER_LIFE: u64 = 900;
/// The parts after `host`.
const PARTS: [&str; 7] = ["user", "projects", "ids", "publisher", "exp", "nbf", "caveats"];

pub(super) fn pypi(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let known: Vec<&str> = std::iter::once("host").chain(PARTS).collect();
    let args = Args::parse(arg, &known)?;
    warehouse(random, args.get("host").unwrap_or(PYPI_HOST), &args)
}

pub(super) fn testpypi(random: &mut Random<'_>, arg: &str) -> Option<String> {
    warehouse(random, TESTPYPI_HOST, &Args::parse(arg, &PARTS)?)
}

fn warehouse(random: &mut Random<'_>, host: &str, args: &Args<'_>) -> Option<String> {
    let identifier = random::uuid(random)?;
    let caveats = caveats(random, args)?.iter().map(|caveat| first_party(&caveat.to_string())).collect();
    let macaroon = Macaroon { location: Some(host.to_owned()), identifier: identifier.into_bytes(), caveats };
    Some(compose(PYPI_PREFIX, &macaroon, &random::bytes::<32>(random)?))
}

/// In the order in which the issuer adds them. Without any part: a user's token for the whole account.
fn caveats(random: &mut Random<'_>, args: &Args<'_>) -> Option<Vec<Value>> {
    let mut caveats = Vec::new();
    if let Some(only) = args.get("caveats") {
        let alone = PARTS.iter().filter(|part| args.get(part).is_some()).count() == 1;
        return (only == "none" && alone).then_some(caveats);
    }
    for (tag, part) in [(3, "user"), (4, "publisher")] {
        if let Some(id) = args.get(part) {
            is_uuid(id.as_bytes()).then(|| caveats.push(json!([tag, id])))?;
        }
    }
    caveats.extend(project_caveats(random, args)?);
    if let Some(window) = window(args)? {
        caveats.push(window);
    }
    if args.list("projects").is_empty() && args.get("user").or(args.get("publisher")).or(args.get("ids")).is_none() {
        caveats.insert(0, json!([3, random::uuid(random)?]));
    }
    Some(caveats)
}

/// A project token carries the names and the ids of its projects.
fn project_caveats(random: &mut Random<'_>, args: &Args<'_>) -> Option<Vec<Value>> {
    let (names, given) = (args.list("projects"), args.list("ids"));
    (names.iter().all(|name| !name.is_empty()) && given.iter().all(|id| is_uuid(id.as_bytes()))).then_some(())?;
    let ids: Vec<String> = match given[..] {
        [] => names.iter().map(|_| random::uuid(random)).collect::<Option<_>>()?,
        _ => given.iter().map(|&id| id.to_owned()).collect(),
    };
    let by_name = (!names.is_empty()).then(|| json!([1, names]));
    let by_id = (!ids.is_empty()).then(|| json!([2, ids]));
    Some(by_name.into_iter().chain(by_id).collect())
}

/// `[0, exp, nbf]`; without `nbf` as long as the issuer's own tokens live.
#[expect(clippy::option_option, reason = "outer: is it understood; inner: is it given")]
fn window(args: &Args<'_>) -> Option<Option<Value>> {
    match (args.number("exp")?, args.number("nbf")?) {
        (None, None) => Some(None),
        (None, Some(_)) => None,
        (Some(exp), nbf) => Some(Some(json!([0, exp, nbf.unwrap_or(exp.saturating_sub(PUBLISHER_LIFE))]))),
    }
}

pub(super) fn devpi(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["user", "id", "allowed", "expires", "not_before", "indexes", "projects"])?;
    let id = random::base62(random, 8)?;
    let identifier = format!("{}-{}", args.get("user").unwrap_or("root"), args.get("id").unwrap_or(&id));
    if args.get("expires") != Some("never") {
        args.number("expires")?;
    }
    args.number("not_before")?;
    let caveats = ["allowed", "expires", "indexes", "not_before", "projects"]
        .iter()
        .filter_map(|name| args.get(name).map(|value| first_party(&format!("{name}={value}"))))
        .collect();
    let macaroon = Macaroon { location: Some(String::new()), identifier: identifier.into_bytes(), caveats };
    Some(compose(DEVPI_PREFIX, &macaroon, &random::bytes::<32>(random)?))
}

fn first_party(text: &str) -> Caveat {
    Caveat { id: text.as_bytes().to_vec(), third_party: false }
}
