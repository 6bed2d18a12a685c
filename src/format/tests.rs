use proptest::prelude::*;

use super::*;

/// Which check proves which envelope, and with which arguments it is minted.
const PAIRS: &[(&str, &str, &str)] = &[
    ("nuget-v4", "nuget-v4", ""),
    ("nuget-v5", "nuget-v5", ""),
    ("nuget-v5", "nuget-v5", "created=2026-08-20T09:15Z;lifetime=60m;env=P;owner=42;class=S"),
    ("nuget-v5", "azure-cask", "created=2026-01-31T23:59Z;lifetime=365d;class=L;owner=2147483647"),
    ("azure-devops-pat", "azure-cask", ""),
    ("azure-devops-pat", "azure-cask", "created=2026-08"),
    ("pypi", "macaroon", ""),
    ("pypi", "macaroon", "host=example.org;user=11111111-1111-4111-8111-111111111111"),
    ("pypi", "macaroon", "projects=a,b;exp=1893456000"),
    ("pypi", "macaroon", "caveats=none"),
    ("testpypi", "macaroon", "publisher=11111111-1111-4111-8111-111111111111;exp=1700000900;nbf=1700000000"),
    ("devpi", "devpi-macaroon", ""),
    ("devpi", "devpi-macaroon", "user=ann;allowed=upload;expires=1893456000;indexes=root/dev;projects=foo"),
    ("gitlab-routable", "gitlab-routable", ""),
    ("gitlab-routable", "gitlab-routable", "prefix=glrt-t1_;o=1;u=1337;t=2"),
    ("jfrog-reference", "jfrog-reference", ""),
    ("jfrog-reference", "jfrog-reference", "expires=1893456000"),
    ("jwt", "jwt", ""),
    ("jwt", "jwt", "iss=hexpm,aud=hexpm:api,sub=user:ann,scope=api:read package:x,exp=1893456000"),
    ("github-jwt", "github-jwt", "iat=1790000000,exp=1790003600"),
    ("crates-io-tp", "crates-io-tp", ""),
    ("verdaccio-legacy", "verdaccio-legacy", ""),
    ("fly", "fly", ""),
    ("fly", "fly", "org=7;mask=1;app=9;nbf=1700000000;exp=1893456000"),
    ("sentry", "sentry", ""),
    ("sentry", "sentry", "org=acme;iat=1700000000;host=example.org"),
    ("vault", "vault", ""),
    ("1password", "1password", ""),
    ("elastic", "elastic-cloud", ""),
    ("elastic-encoded", "elastic-encoded", ""),
    ("age", "age", ""),
    ("nkey", "nkey", ""),
    ("nkey", "nkey", "of=account"),
    ("grafana-cloud", "grafana-cloud", "org=7;name=a;region=us"),
    ("grafana-legacy", "grafana-legacy", "org=7;name=a"),
    ("mapbox", "mapbox", "user=ann;usage=pk"),
    ("private-key", "private-key", ""),
    ("private-key", "private-key", "form=pkcs1"),
    ("private-key", "private-key", "form=pkcs8"),
    ("private-key", "private-key-encrypted", "form=openssh-encrypted"),
    ("private-key", "private-key-known", "form=known"),
    ("private-key", "private-key", "form=pgp"),
    ("private-key", "private-key-encrypted", "form=pgp-encrypted"),
    ("discord", "discord", "user=80351110224678912"),
];

fn mint(name: &str, arg: &str, seed: u64) -> Option<String> {
    let mut random = fastrand::Rng::with_seed(seed);
    (envelope(name).expect("a known envelope").mint)(&mut |count| (0..count).map(|_| random.u8(..)).collect(), arg)
}

#[test]
fn every_envelope_passes_its_check() {
    for &(name, by, arg) in PAIRS {
        for seed in 0..50 {
            let key = mint(name, arg, seed).unwrap_or_else(|| panic!("{name}:{arg} is minted"));
            assert!((check(by).unwrap().verify)(key.as_bytes()), "{name}:{arg} with seed {seed}");
        }
    }
    for envelope in ENVELOPES {
        assert!(PAIRS.iter().any(|(name, _, _)| *name == envelope.name), "{} is tested", envelope.name);
    }
}

#[test]
fn a_minted_nuget_v4_key_is_as_the_issuer_builds_it() {
    for seed in 0..200 {
        let key = mint("nuget-v4", "", seed).unwrap();
        assert_eq!(nuget_v4::shape(key.as_bytes()), Some(nuget_v4::Shape::Guid));
    }
}

#[test]
fn envelopes_refuse_what_they_do_not_understand() {
    for (name, wrong) in [
        ("nuget-v4", "x=1"),
        ("nuget-v5", "created=2026-08-20T09:15"),
        ("nuget-v5", "created=2023-08-20T09:15Z"),
        ("nuget-v5", "lifetime=61m"),
        ("nuget-v5", "lifetime=367d"),
        ("nuget-v5", "owner=-1"),
        ("nuget-v5", "owner=99999999999"),
        ("nuget-v5", "class=SS"),
        ("azure-devops-pat", "created=2026-13"),
        ("pypi", "user=me"),
        ("pypi", "nbf=5"),
        ("pypi", "projects=a,,b"),
        ("pypi", "caveats=all"),
        ("pypi", "caveats=none;exp=5"),
        ("testpypi", "host=example.org"),
        ("devpi", "expires=soon"),
        ("gitlab-routable", "x=1"),
        ("gitlab-routable", "u=ann"),
        ("jfrog-reference", "expires=99999999999"),
        ("jwt", "exp"),
        ("github-jwt", "exp"),
        ("crates-io-tp", "x=1"),
        ("verdaccio-legacy", "x"),
        ("fly", "nbf=5"),
        ("fly", "org=acme"),
        ("sentry", "iat=now"),
        ("vault", "x=1"),
        ("1password", "x=1"),
        ("elastic", "x=1"),
        ("elastic-encoded", "x=1"),
        ("age", "x=1"),
        ("nkey", "of=nobody"),
        ("grafana-cloud", "org=acme"),
        ("grafana-legacy", "org=acme"),
        ("mapbox", "x=1"),
        ("discord", "user=ann"),
        ("private-key", "form=der"),
    ] {
        assert_eq!(mint(name, wrong, 1), None, "{name}:{wrong}");
    }
}

#[test]
fn a_source_that_gives_too_little_mints_nothing() {
    for envelope in ENVELOPES {
        assert_eq!((envelope.mint)(&mut |_| Vec::new(), ""), None, "{}", envelope.name);
    }
}

/// A whole key that passes the check, for every check that must notice any flipped character.
fn proved() -> Vec<(&'static str, String)> {
    let sealed = |name: &str, unsealed: String| (check(name).unwrap().seal.unwrap())(&unsealed);
    vec![
        ("github", sealed("github", format!("ghp_{}", "x7Kd9".repeat(6)))),
        ("npm", sealed("npm", format!("npm_{}", "x7Kd9".repeat(6)))),
        ("jsr", sealed("jsr", format!("jsrp_{}a", "x7Kd".repeat(7)))),
        ("gitlab-routable", mint("gitlab-routable", "u=1337", 3).unwrap()),
        ("nuget-v5", mint("nuget-v5", "", 3).unwrap()),
        ("azure-cask", mint("azure-devops-pat", "", 3).unwrap()),
        ("crates-io-tp", mint("crates-io-tp", "", 3).unwrap()),
        ("azure-identifiable", sealed("azure-identifiable", format!("{}+ASb", "x7Kd".repeat(9)[3..].to_owned()))),
        ("azure-devops-legacy", sealed("azure-devops-legacy", "k7z3".repeat(13))),
        ("entra-client-secret", sealed("entra-client-secret", format!("x7K8Q~{}", "d9-".repeat(11)[2..].to_owned()))),
        ("grafana", sealed("grafana", format!("glsa_{}", "x7Kd".repeat(8)))),
        ("cloudflare", sealed("cloudflare", format!("cfat_{}", "x7Kd9".repeat(8)))),
        ("atlassian", sealed("atlassian", format!("ATCTT3{}=", "x7Kd9".repeat(30)))),
        ("supabase", sealed("supabase", format!("sb_secret_{}", "x7Kd9-_Z".repeat(3)[2..].to_owned()))),
        ("elastic-cloud", mint("elastic", "", 3).unwrap()),
        ("age", mint("age", "", 3).unwrap()),
        ("nkey", mint("nkey", "", 3).unwrap()),
    ]
}

#[test]
fn a_flipped_character_breaks_each_checksum() {
    for (name, key) in proved() {
        let verify = check(name).unwrap().verify;
        assert!(verify(key.as_bytes()), "{name}");
        for at in 0..key.len() {
            let mut flipped = key.clone().into_bytes();
            flipped[at] = if flipped[at] == b'm' { b'n' } else { b'm' };
            assert!(!verify(&flipped), "{name} at {at}");
        }
        assert!(!verify(&key.as_bytes()[1..]) && !verify(&key.as_bytes()[..key.len() - 1]), "{name} cut");
        assert!(!verify(format!("{key}m").as_bytes()), "{name} longer");
    }
}

#[test]
fn a_byte_outside_the_alphabet_breaks_each_structure() {
    for &(name, by, arg) in PAIRS {
        let key = mint(name, arg, 5).unwrap();
        for at in 0..key.len() {
            let mut broken = key.clone().into_bytes();
            broken[at] = b'!';
            assert!(!(check(by).unwrap().verify)(&broken), "{name} at {at}");
        }
    }
}

#[test]
fn sealing_a_whole_key_leaves_it_alone() {
    for (name, key) in proved() {
        if let Some(seal) = check(name).unwrap().seal {
            assert_eq!(seal(&key), key, "{name}");
        }
    }
}

#[test]
fn names_are_unique() {
    let unique = |names: Vec<&str>| names.iter().collect::<std::collections::BTreeSet<_>>().len() == names.len();
    assert!(unique(CHECKS.iter().map(|check| check.name).collect()));
    assert!(unique(ENVELOPES.iter().map(|envelope| envelope.name).collect()));
}

proptest! {
    #[test]
    fn no_check_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for check in CHECKS {
            let _ = (check.verify)(&bytes);
        }
        let _ = macaroon::from_binary(&bytes);
    }

    #[test]
    fn no_check_panics_on_almost_keys(pair in 0..PAIRS.len(), seed: u64, at: proptest::sample::Index, byte: u8) {
        let (name, by, arg) = PAIRS[pair];
        let mut key = mint(name, arg, seed).unwrap().into_bytes();
        let at = at.index(key.len());
        key[at] = byte;
        let _ = (check(by).unwrap().verify)(&key);
    }

    #[test]
    fn no_seal_and_no_mint_panics_on_text(text in ".{0,90}") {
        for check in CHECKS {
            if let Some(seal) = check.seal {
                let _ = seal(&text);
            }
        }
        for envelope in ENVELOPES {
            let _ = (envelope.mint)(&mut |count| vec![0; count], &text);
        }
    }
}
