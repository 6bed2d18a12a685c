//! Which addresses a key may travel to. A name in a scanned repository, or a name server that changes its mind,
//! must never bring a key to the machine's own network or to a cloud's metadata service.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How far an address reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anyone's on the internet.
    Public,
    /// This machine's or this network's; only for servers that the user configured so.
    Private,
    /// No issuer lives there: link-local, metadata services, multicast, nothing at all.
    Never,
}

/// How far `address` reaches.
pub(crate) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => embedded_v4(v6).map_or_else(|| reach_v6(v6), reach_v4),
    }
}

/// Metadata services outside the link-local range: Oracle Cloud's and Alibaba Cloud's.
const METADATA_V4: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(100, 100, 100, 200)];
/// The metadata service of AWS over IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

fn reach_v4(v4: Ipv4Addr) -> Reach {
    let [a, b, ..] = v4.octets();
    // The ranges of RFC 6890 that std has no stable name for: 0/8, 100.64/10, 192.0.0/24, 198.18/15 and 240/4.
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = v4.octets()[..3] == [192, 0, 0];
    let benchmark = a == 198 && (b == 18 || b == 19);
    if v4.is_link_local() || v4.is_multicast() || a == 0 || a >= 240 || METADATA_V4.contains(&v4) {
        Reach::Never
    } else if v4.is_loopback() || v4.is_private() || v4.is_documentation() || shared || protocol || benchmark {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_v6(v6: Ipv6Addr) -> Reach {
    if v6.is_unspecified() || v6.is_multicast() || v6.is_unicast_link_local() || v6 == METADATA_V6 {
        Reach::Never
    } else if v6.segments()[0] & 0xe000 == 0x2000 {
        // 2000::/3 is all that is handed out as global unicast (RFC 4291, IANA).
        Reach::Public
    } else {
        Reach::Private
    }
}

/// The IPv4 address inside a mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`) or 6to4 (`2002::/16`) address.
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = v6.segments();
    let pair = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(pair(high, low))
        }
        _ => None,
    }
}

/// What turns a host's name into addresses.
pub trait Names: Send + Sync {
    /// All addresses of `host`.
    ///
    /// # Errors
    /// When the name has none or the name service does not answer.
    fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's name service.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

impl Names for SystemNames {
    fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok((host, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
    }
}

/// A name led somewhere that a key may not travel to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to an address that is not public")]
pub(crate) struct NotPublic;

/// Looks every name up at the moment of connecting and lets the connection see only what was checked, so that
/// a second answer of the name server cannot slip in between check and use.
pub(crate) struct Guard {
    pub(crate) names: Arc<dyn Names>,
    /// Hosts whose private addresses the user allowed.
    pub(crate) private: BTreeSet<String>,
}

impl Guard {
    fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.names.lookup(host)?;
        // One forbidden address is enough: an honest issuer has none.
        if found.iter().any(|address| !self.permits(host, *address)) {
            return Err(Box::new(NotPublic));
        }
        Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
    }

    fn permits(&self, host: &str, address: IpAddr) -> bool {
        match reach(address) {
            Reach::Public => true,
            Reach::Private => self.private.contains(&host.to_ascii_lowercase()),
            Reach::Never => false,
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.addresses(name.as_str()).map(|found| Box::new(found.into_iter()) as Addrs);
        Box::pin(std::future::ready(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach_of(address: &str) -> Reach {
        reach(address.parse().unwrap())
    }

    #[test]
    fn only_global_addresses_are_public() {
        for public in ["1.1.1.1", "20.49.0.1", "2600::1", "2606:4700::1", "::ffff:1.1.1.1"] {
            assert_eq!(reach_of(public), Reach::Public, "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.1",
            "::1",
            "fd12::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert_eq!(reach_of(private), Reach::Private, "{private}");
        }
    }

    #[test]
    fn metadata_and_link_local_addresses_are_for_nobody() {
        for never in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
            "192.0.0.192",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert_eq!(reach_of(never), Reach::Never, "{never}");
        }
    }
}
