//! Doppler's tokens: the sort by the prefix, and the config of a service token (docs.doppler.com, "auth token formats").

use super::facts::{Action, Grant, KeyFacts, Power, Subjects};
use crate::issuer::Issuer;

const CLASSES: &[(&str, &str)] = &[
    ("dp.ct.", "CLI token"),
    ("dp.pt.", "personal token"),
    ("dp.st.", "service token"),
    ("dp.sa.", "service account token"),
    ("dp.said.", "service account identity token"),
    ("dp.scim.", "SCIM token"),
    ("dp.audit.", "audit token"),
];

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let key = str::from_utf8(key).ok()?;
    let (prefix, kind) = CLASSES.iter().find(|(prefix, _)| key.starts_with(prefix))?;
    let facts = KeyFacts::of_kind(*kind).issued_by(Issuer::new("doppler"));
    let config = key[prefix.len()..].split_once('.').map(|(config, _)| config);
    Some(match (*prefix, config) {
        ("dp.ct." | "dp.pt.", _) => {
            facts.grant(Grant::exact(vec![Action::new("its user", Power::Everything)], Subjects::Everything))
        }
        ("dp.st.", Some(config)) => facts.detail("config", config).grant(Grant::at_most(
            vec![Action::new("secrets", Power::PublishUpdate)],
            Subjects::Named(vec![config.to_owned()]),
        )),
        _ => facts,
    })
}
