//! Azure's identifiable keys: a signature in the base64 text tells the service, and a Marvin32 checksum at the end is made
//! under a seed that differs by service and by right (microsoft/security-utilities `IdentifiableSecrets.cs`,
//! `IdentifiableMetadata.cs`).
//!
//! The last four bytes are the checksum, little-endian, of all before them; the signature is the four characters before
//! the last six.

use data_encoding::{BASE64, BASE64URL, Encoding};
use zeroize::Zeroizing;

use super::marvin;

const CHECKSUM: usize = 4;
/// Base64 characters that hold the checksum.
const TAIL: usize = 6;
const SIGNATURE: usize = 4;

/// A kind of identifiable key.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// Four characters of base64.
    pub signature: &'static str,
    /// What it is a key of.
    pub name: &'static str,
    /// How many bytes the key has.
    bytes: usize,
    url_safe: bool,
    /// Seeds (eight ASCII characters, read big-endian) and the right for which Microsoft's code names each.
    seeds: &'static [(&'static [u8; 8], &'static str)],
}

const MESSAGING: &[(&[u8; 8], &str)] = &[
    (b"Send0000", "send"),
    (b"Listen00", "listen"),
    (b"Manage00", "manage"),
    (b"System00", "system"),
    (b"Unknown0", "unknown"),
];

const SERVICES: &[Service] = &[
    service("+ASt", "Azure Storage account", 64, &[(b"Default0", "account")]),
    service(
        "ACDb",
        "Azure Cosmos DB",
        64,
        &[
            (b"MastRW00", "master read-write"),
            (b"MastRO00", "master read-only"),
            (b"Resour00", "resource"),
            (b"SysAll00", "system all"),
            (b"SystRW00", "system read-write"),
            (b"SystRO00", "system read-only"),
            (b"Encryp00", "data encryption"),
        ],
    ),
    service("+ABa", "Azure Batch", 64, &[(b"AbAcct00", "account")]),
    service(
        "APIM",
        "Azure API Management",
        64,
        &[
            (b"Tenant00", "direct management"),
            (b"IoTHub00", "subscription"),
            (b"Gateway0", "gateway"),
            (b"GitKey00", "git repository"),
        ],
    ),
    service("+AMC", "Azure ML web service (classic)", 64, &[(b"Classic0", "service")]),
    service("+ASb", "Azure Service Bus", 32, MESSAGING),
    service("+AEh", "Azure Event Hubs", 32, MESSAGING),
    service("+ARm", "Azure Relay", 32, MESSAGING),
    service(
        "AIoT",
        "Azure IoT Hub",
        32,
        &[(b"IoTHub00", "hub"), (b"DpsKey00", "device provisioning"), (b"Device00", "device")],
    ),
    service(REDIS, "Azure Cache for Redis", 32, &[(b"Access00", "access")]),
    service("AZEG", "Azure Event Grid", 32, &[(b"SendRecv", "send and receive")]),
    service("AzSe", "Azure AI Search", 39, &[(b"Query000", "query"), (b"PAdmin00", "admin")]),
    service("+ACR", "Azure Container Registry", 39, &[(b"ACRDflt0", "registry")]),
    Service {
        signature: "AzFu",
        name: "Azure Functions",
        bytes: 40,
        url_safe: true,
        seeds: &[(b"Functi00", "function"), (b"Master00", "master (host)"), (b"System00", "system")],
    },
];
const REDIS: &str = "AzCa";

const fn service(
    signature: &'static str,
    name: &'static str,
    bytes: usize,
    seeds: &'static [(&'static [u8; 8], &'static str)],
) -> Service {
    Service { signature, name, bytes, url_safe: false, seeds }
}

impl Service {
    fn encoding(&self) -> Encoding {
        if self.url_safe { BASE64URL } else { BASE64 }
    }

    /// Characters before the checksum's six.
    fn unsealed(&self) -> usize {
        (self.bytes * 8).div_ceil(6) - TAIL
    }
}

/// The service by the signature, and the right by the seed that fits; `None` when no seed does.
#[must_use]
pub fn parse(key: &[u8]) -> Option<(&'static Service, &'static str)> {
    let symbols = key.iter().rposition(|&byte| byte != b'=')? + 1;
    let signature = key.get(symbols.checked_sub(TAIL + SIGNATURE)?..symbols - TAIL)?;
    let mut services = SERVICES.iter().filter(|service| service.signature.as_bytes() == signature);
    services.find_map(|service| {
        let bytes = Zeroizing::new(service.encoding().decode(key).ok().filter(|bytes| bytes.len() == service.bytes)?);
        let (covered, checksum) = bytes.split_at(service.bytes - CHECKSUM);
        let fits = |seed: &[u8; 8]| is_checksum(service, covered, checksum, *seed);
        service.seeds.iter().find(|(seed, _)| fits(seed)).map(|(_, right)| (service, *right))
    })
}

/// Keys of the cache may have had `P` put for `+` and `F` for `/` in their text, so that the last characters may differ
/// from the checksum's own (`IdentifiableMetadata.cs`).
fn is_checksum(service: &Service, covered: &[u8], checksum: &[u8], seed: [u8; 8]) -> bool {
    let expected = marvin::marvin32(covered, u64::from_be_bytes(seed)).to_le_bytes();
    let replaced = |bytes: &[u8]| BASE64.encode(&[covered, bytes].concat()).replace('+', "P").replace('/', "F");
    expected == checksum
        || (service.signature == REDIS && *replaced(&expected) == BASE64.encode(&[covered, checksum].concat()))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

/// Adds the checksum to all that stands before it, under the service's first seed.
pub(super) fn seal(unsealed: &str) -> String {
    let service =
        SERVICES.iter().find(|service| unsealed.len() == service.unsealed() && unsealed.ends_with(service.signature));
    let sealed = service.and_then(|service| compose(service, service.seeds.first()?.1, unsealed));
    sealed.unwrap_or_else(|| unsealed.to_owned())
}

/// A key of the service whose signature `unsealed` ends in, made for a right.
#[must_use]
pub fn seal_for(right: &str, unsealed: &str) -> Option<String> {
    SERVICES.iter().filter(|service| unsealed.ends_with(service.signature)).find_map(|s| compose(s, right, unsealed))
}

fn compose(service: &Service, right: &str, unsealed: &str) -> Option<String> {
    (unsealed.len() == service.unsealed()).then_some(())?;
    let (seed, _) = service.seeds.iter().find(|(_, named)| *named == right)?;
    // The checksum's characters are zero until it is known.
    let symbols = format!("{unsealed}{}", "A".repeat(TAIL));
    let padded = format!("{symbols}{}", "=".repeat((4 - symbols.len() % 4) % 4));
    let mut bytes = Zeroizing::new(service.encoding().decode(padded.as_bytes()).ok()?);
    bytes.truncate(service.bytes - CHECKSUM);
    let checksum = marvin::marvin32(&bytes, u64::from_be_bytes(**seed));
    bytes.extend_from_slice(&checksum.to_le_bytes());
    Some(service.encoding().encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_that_fits_tells_the_right() {
        for (zeros, signature, right, tail) in [
            (76, "+ASt", "account", "vmNvzw=="),
            (76, "ACDb", "master read-write", "82KEzw=="),
            (76, "ACDb", "master read-only", "qWm0Ow=="),
            (33, "+ASb", "send", "IPQntU="),
            (33, "+ASb", "listen", "LVJ3z4="),
            (33, "+ASb", "manage", "GzR54I="),
        ] {
            let unsealed = format!("{}{signature}", "A".repeat(zeros));
            let key = seal_for(right, &unsealed).unwrap();
            assert_eq!(key, format!("{unsealed}{tail}"));
            let (service, read) = parse(key.as_bytes()).unwrap();
            assert_eq!((service.signature, read), (signature, right));
        }
    }

    #[test]
    fn every_service_and_right_is_read_back() {
        for service in SERVICES {
            let unsealed = format!("{}{}", "b".repeat(service.unsealed() - SIGNATURE), service.signature);
            for (_, right) in service.seeds {
                let key = compose(service, right, &unsealed).unwrap();
                assert_eq!(parse(key.as_bytes()), Some((service, *right)), "{}", service.name);
                assert!(!verify(key.replacen('b', "c", 1).as_bytes()), "{}", service.name);
            }
            assert!(verify(seal(&unsealed).as_bytes()));
        }
    }

    #[test]
    fn a_cache_key_may_have_letters_for_its_special_characters() {
        let service = SERVICES.iter().find(|service| service.signature == REDIS).unwrap();
        let special = (0..4000_u16).find_map(|n| {
            let key = compose(service, "access", &format!("{n:033}{REDIS}"))?;
            key[37..].contains(['+', '/']).then_some(key)
        });
        let special = special.unwrap();
        assert!(verify(special.as_bytes()) && verify(special.replace('+', "P").replace('/', "F").as_bytes()));
    }
}
