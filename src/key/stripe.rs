//! Stripe's keys: mode and class by the prefix (docs.stripe.com/keys).

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let key = str::from_utf8(key).ok()?;
    let of_kind = |kind: &str| KeyFacts::of_kind(kind).issued_by(Issuer::new("stripe"));
    if key.starts_with("whsec_") {
        return Some(
            of_kind("webhook signing secret")
                .note("It proves that events come from Stripe; whoever holds it can forge them."),
        );
    }
    let (class, rest) = key.split_once('_')?;
    let mode = rest.split_once('_')?.0;
    let facts = match (class, mode) {
        ("sk", "live") => of_kind("secret key")
            .grant(Grant::exact(vec![Action::new("the account", Power::Everything)], Subjects::Everything)),
        ("sk", _) => of_kind("secret key"),
        ("rk", _) => of_kind("restricted key"),
        _ => return None,
    };
    Some(match mode {
        "live" => facts.detail("mode", mode),
        "test" => facts.detail("mode", mode).note("A key of the test mode moves no money."),
        _ => return None,
    })
}
