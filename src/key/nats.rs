//! NATS' seeds: what the key is of (nats-io/nkeys).

use super::facts::{Action, Expiry, Grant, KeyFacts, Power, Reported, Subjects};
use crate::format::nkey;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let sort = nkey::parse(key)?;
    let facts = KeyFacts::of_kind(format!("{sort} seed"));
    let facts = KeyFacts { expires: Reported::Said(Expiry::Never), ..facts };
    Some(match sort {
        "operator" | "account" => facts.grant(Grant::exact(
            vec![Action::new(format!("sign for the {sort}"), Power::Everything)],
            Subjects::Everything,
        )),
        _ => facts,
    })
}
