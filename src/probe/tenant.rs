//! Servers that an issuer runs for each customer under a name of its own (`acme.okta.com`). Such a name may come from a
//! scanned file, so it is one label before an ending that the issuer's table declares, and nothing else.

use super::PROBES;
use super::base::{Allow, Base};

/// The issuer's table that declares `host`, by its ending.
pub(crate) fn of(host: &str) -> Option<&'static str> {
    let endings = PROBES.iter().flat_map(|probe| probe.about().tenants.iter().copied());
    endings.filter(|ending| is_under(host, ending)).max_by_key(|ending| ending.len())
}

/// Whether `host` is one label before `ending`.
pub(crate) fn is_under(host: &str, ending: &str) -> bool {
    host.strip_suffix(ending).is_some_and(is_label)
}

/// The base of a customer's server: https, the scheme's own port, no path.
pub(crate) fn base(host: &str, endings: &[&str]) -> Option<Base> {
    endings.iter().any(|ending| is_under(host, ending)).then_some(())?;
    Base::parse(&format!("https://{host}"), Allow::default()).ok()
}

/// One label of a host name (RFC 1123), lower case.
fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customers_server_is_one_label_before_a_declared_ending() {
        assert!(is_under("acme.okta.com", ".okta.com"));
        for no in [
            "okta.com",
            ".okta.com",
            "a.b.okta.com",
            "acme.okta.com.evil.test",
            "acme.okta.com:8443",
            "evil/acme.okta.com",
            "user@acme.okta.com",
            "-a.okta.com",
            "ACME.okta.com",
            "acmeokta.com",
            "acme.evil.test",
        ] {
            assert!(!is_under(no, ".okta.com"), "{no}");
            assert!(base(no, &[".okta.com"]).is_none(), "{no}");
        }
        assert!(of("acme.okta.com").is_some() && of("acme.evil.test").is_none());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_base_of_another_host(text in ".{0,80}") {
            if let Some(base) = base(&text, &[".okta.com", "-dsn.algolia.net"]) {
                let host = base.host();
                proptest::prop_assert!(host.ends_with(".okta.com") || host.ends_with("-dsn.algolia.net"));
            }
        }
    }
}
