//! The index changes nothing: every outcome is the one that comparing all rows gives.

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::super::Mark;
use super::*;
use crate::key::{Inactive, Reported};

/// By comparing every row, as the table in the module's documentation is written.
fn plain(search: &Search<'_>) -> JoinOutcome {
    let lists = search.inventories().iter().enumerate();
    let all: BTreeSet<RowId> =
        lists.flat_map(|(list, inventory)| (0..inventory.records.len()).map(move |row| (list, row))).collect();
    let marked = search.by_hash(&all).or_else(|| search.by_marks(&all)).or_else(|| search.by_name());
    marked.unwrap_or_else(|| search.by_elimination(all.iter().copied().filter(|id| search.is_open(*id)).collect()))
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap_or(Timestamp::MAX)
}

/// Days from now, and a few seconds: few enough that moments agree by chance.
fn moment((days, seconds): (i64, i64)) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(days * 86_400 + seconds)).unwrap_or(Timestamp::MAX)
}

fn moments() -> impl Strategy<Value = Option<Timestamp>> {
    option::of((-40..3_i64, 0..3_i64).prop_map(moment))
}

fn issuers() -> impl Strategy<Value = Issuer> {
    proptest::sample::select(vec![Issuer::NUGET, Issuer::POWERSHELL_GALLERY, Issuer::GITLAB])
}

/// Keys of two letters, so that ends agree now and then; the first two are NuGet's, whose case is ignored.
fn keys() -> Vec<String> {
    let mut keys = vec![format!("{}{}", "oy2", "ab".repeat(22) + "a"), format!("{}{}", "OY2", "ba".repeat(22) + "b")];
    keys.extend(["aabbaabbaa", "abababab", "aab", "glpat-aabb", "gldt-bbaa"].map(str::to_owned));
    keys
}

fn marks() -> impl Strategy<Value = Mark> {
    let key = || proptest::sample::select(keys());
    let shown = (key(), 0..6_usize, 0..6_usize).prop_map(|(key, first, last)| {
        let (first, last) = (first.min(key.len()), last.min(key.len()));
        (key[..first].to_owned(), key[key.len() - last..].to_ascii_lowercase())
    });
    prop_oneof![
        key().prop_map(|key| Mark::Sha256(Sha256::digest(key).into())),
        key().prop_map(|key| Mark::KeyId(key.chars().take(20).collect())),
        shown.clone().prop_map(|(prefix, suffix)| Mark::Ends { prefix, suffix }),
        shown.prop_map(|(prefix, suffix)| Mark::Hint { prefix, suffix }),
    ]
}

fn details() -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    let owner = proptest::sample::select(vec!["user-id", "project-id"]);
    proptest::collection::btree_map(owner.prop_map(str::to_owned), "[12]", 0..2)
}

prop_compose! {
    fn facts()(issuer in option::weighted(0.95, issuers()), name in option::of("[ab]"), created in moments(),
               expires in option::of(moments()), details in details(), dead in any::<bool>(),
               kind in option::of(proptest::sample::select(vec!["v4", "access token", "deploy token"]))) -> KeyFacts {
        KeyFacts {
            issuer,
            name: name.into(),
            kind: kind.map(str::to_owned).into(),
            created: created.into(),
            expires: expires.map(|at| at.map_or(Expiry::Never, Expiry::At)).into(),
            state: if dead { State::Inactive(Inactive::Revoked) } else { State::Active },
            details,
            ..KeyFacts::default()
        }
    }
}

prop_compose! {
    fn lists()(rows in vec((facts(), vec(marks(), 0..3)), 0..9), complete in any::<bool>()) -> Inventory {
        let record = |(facts, marks)| Record { line: 1, column: 1, end_column: 2, facts, marks };
        let records: Vec<Record> = rows.into_iter().map(record).collect();
        let issuers = vec![Issuer::NUGET, Issuer::GITLAB];
        Inventory { path: "keys.json".into(), bytes: 0, format: "skelkey-json", issuers, complete, records, notes: vec![] }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_index_finds_what_comparing_every_row_finds(
        inventories in vec(lists(), 0..4),
        leaks in vec((proptest::sample::select(keys()), issuers(), option::of(facts()), vec((0..4_usize, 0..9_usize), 0..3)), 1..6),
    ) {
        let lists = Lists::of(&inventories);
        for (key, issuer, mut decoded, named) in leaks {
            if let Some(own) = &mut decoded {
                own.key_id = Reported::Said(key.chars().take(20).collect());
            }
            let stands = |(list, row): &(usize, usize)| inventories.get(*list).is_some_and(|one| *row < one.records.len());
            let nearby = NearbyNames::of_rows(named.into_iter().filter(stands).collect());
            let secret = Secret::new(key.as_bytes());
            let fast = lists.join(&secret, &issuer, decoded.as_ref(), &nearby, now());
            prop_assert_eq!(fast, plain(&lists.search(&secret, &issuer, decoded.as_ref(), &nearby, now())));
        }
    }
}
