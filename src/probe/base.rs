//! Where an issuer is asked: a checked base address, and the only way to make a URL from it.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::address::{self, Reach};

/// What a base address may do that no public issuer needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Plain `http`. The key then travels in the clear.
    pub plain_http: bool,
    /// Loopback and private addresses. Link-local ones and cloud metadata services stay forbidden.
    pub private_addresses: bool,
}

/// A checked base address: scheme, host, port and a path prefix.
#[derive(Clone, PartialEq, Eq)]
pub struct Base {
    url: Url,
    allow: Allow,
}

/// Why an address cannot be a base. The address itself is not repeated: it may hold a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// No URL, or none with a host.
    #[error("it is not an address like https://host; write the scheme and the host")]
    Malformed,
    /// User name or password in it.
    #[error("it holds a user name or a password; remove them")]
    Credentials,
    /// Query or fragment in it.
    #[error("it holds a query or a fragment; remove what follows `?` or `#`")]
    Query,
    /// Neither https, nor http where that is allowed.
    #[error("it is not https; plain http has to be allowed for this server by name")]
    Scheme,
    /// An address that is not public, where that is not allowed.
    #[error("it is a private address; private addresses have to be allowed for this server by name")]
    Private,
    /// An address at which no issuer can be.
    #[error("it is a link-local, metadata or otherwise unusable address; no key is ever sent there")]
    Never,
}

impl Base {
    /// Checks `address` (`https://host[:port][/prefix]`).
    ///
    /// # Errors
    /// Says what is wrong with it, without repeating it.
    pub fn parse(address: &str, allow: Allow) -> Result<Self, BaseError> {
        let url = Url::parse(address).map_err(|_| BaseError::Malformed)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseError::Query);
        }
        match url.scheme() {
            "https" => {}
            "http" if allow.plain_http => {}
            _ => return Err(BaseError::Scheme),
        }
        literal(&url)?.map_or(Ok(()), |address| check(address, allow))?;
        Ok(Self { url, allow })
    }

    /// The host as people write it: lower case, with the port where it is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> String {
        authority(&self.url)
    }

    /// The host without the port, for the name service.
    pub(crate) fn name(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }

    /// What it may do beyond a public issuer.
    pub(crate) fn allow(&self) -> Allow {
        self.allow
    }

    /// The address as it is.
    pub(crate) fn url(&self) -> Url {
        self.url.clone()
    }

    /// The base with one of the declared paths after it.
    pub(crate) fn page(&self, path: &'static str) -> Url {
        self.join(&path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect::<Vec<_>>())
    }

    /// The base with path segments after it, each percent-encoded; a segment can neither add a path step nor a query.
    pub(crate) fn join(&self, segments: &[String]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base({})", self.url)
    }
}

/// The address, when the host is one and not a name.
fn literal(url: &Url) -> Result<Option<IpAddr>, BaseError> {
    match url.host() {
        Some(Host::Ipv4(v4)) => Ok(Some(v4.into())),
        Some(Host::Ipv6(v6)) => Ok(Some(v6.into())),
        Some(Host::Domain(name)) if is_name(name) => Ok(None),
        _ => Err(BaseError::Malformed),
    }
}

/// Whether no label is empty, but for the root's at the very end.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.strip_suffix('.').unwrap_or(name).split('.').all(|label| !label.is_empty())
}

fn check(address: IpAddr, allow: Allow) -> Result<(), BaseError> {
    match address::reach(address) {
        Reach::Public => Ok(()),
        Reach::Private if allow.private_addresses => Ok(()),
        Reach::Private => Err(BaseError::Private),
        Reach::Never => Err(BaseError::Never),
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_suffix('.').unwrap_or(host);
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A host as it stands in a scanned file (`host` or `host:port`), in the form of [`Base::host`]. `None` when it is no host.
pub(crate) fn normal_host(written: &str) -> Option<String> {
    if written.contains(['/', '\\', '?', '#', '@']) || written.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(&format!("https://{written}/")).ok()?;
    literal(&url).ok()?;
    Some(authority(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Allow = Allow { plain_http: true, private_addresses: true };

    #[test]
    fn segments_cannot_leave_their_place() {
        let base = Base::parse("https://host.test/prefix/", Allow::default()).unwrap();
        let url = base.join(&["a/../b".into(), "c?d#e".into(), "f g".into()]);
        assert_eq!(url.as_str(), "https://host.test/prefix/a%2F..%2Fb/c%3Fd%23e/f%20g");
    }

    #[test]
    fn a_base_is_https_public_and_bare_unless_allowed() {
        let shut = |address| Base::parse(address, Allow::default()).unwrap_err();
        assert_eq!(shut("http://host.test"), BaseError::Scheme);
        assert_eq!(shut("https://127.0.0.1:8443"), BaseError::Private);
        assert_eq!(shut("https://[::1]"), BaseError::Private);
        assert_eq!(shut("https://2130706433/"), BaseError::Private); // 127.0.0.1 as one number
        assert_eq!(shut("https://u:p@host.test"), BaseError::Credentials);
        assert_eq!(shut("https://host.test/?a=b"), BaseError::Query);
        assert_eq!(shut("file:///etc/passwd"), BaseError::Scheme);
        assert_eq!(shut("nonsense"), BaseError::Malformed);
        assert!(Base::parse("http://127.0.0.1:1", OPEN).is_ok());
    }

    #[test]
    fn metadata_services_are_refused_even_when_all_is_allowed() {
        assert_eq!(Base::parse("http://169.254.169.254", OPEN).unwrap_err(), BaseError::Never);
        assert_eq!(Base::parse("http://[fd00:ec2::254]", OPEN).unwrap_err(), BaseError::Never);
    }

    proptest::proptest! {
        #[test]
        fn a_host_in_normal_form_stays_as_it_is(written in ".{0,40}") {
            if let Some(host) = normal_host(&written) {
                proptest::prop_assert_eq!(normal_host(&host), Some(host));
            }
            let _ = Base::parse(&written, OPEN);
        }

        #[test]
        fn a_segment_never_changes_host_or_query(segment in ".{0,40}") {
            let url = Base::parse("https://host.test/p", Allow::default()).unwrap().join(&[segment]);
            proptest::prop_assert!(url.as_str().starts_with("https://host.test/p"));
            proptest::prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }

    #[test]
    fn hosts_are_compared_in_one_form() {
        assert_eq!(normal_host("Git.Example.TEST.").as_deref(), Some("git.example.test"));
        assert_eq!(normal_host("git.example.test:443").as_deref(), Some("git.example.test"));
        assert_eq!(normal_host("git.example.test:8443").as_deref(), Some("git.example.test:8443"));
        for no in ["", "a/b", "u@h", "a b", "h?x", "h:99999", "h\\x", "0..", "a..b", ".a", "."] {
            assert_eq!(normal_host(no), None, "{no:?}");
        }
    }
}
