//! Mapbox' access tokens: user and id in the text; the sort by the prefix (docs.mapbox.com/help/getting-started/access-tokens).

use super::claims;
use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::format::mapbox;
use crate::issuer::Issuer;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let (sort, object) = mapbox::parse(key)?;
    let kind = match sort {
        "pk" => "public token",
        "sk" => "secret token",
        _ => "temporary token",
    };
    let mut facts = KeyFacts::of_kind(kind).issued_by(Issuer::new("mapbox"));
    facts.owner = claims::text(&object, "u").map(str::to_owned).into();
    facts.key_id = claims::text(&object, "a").map(str::to_owned).into();
    Some(if sort == "pk" {
        let read = Grant::exact(vec![Action::new("public scopes", Power::Read)], Subjects::NotSaid);
        facts.grant(read).note("Public tokens are meant to be seen; what limits them is the list of allowed URLs.")
    } else {
        facts
    })
}
