//! Azure Storage: an account key signs a request for one container. The key stays here.
//!
//! The account is known by its name beside the key, so a refusal proves nothing about an account of that name.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use roxmltree::Document;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::aws::field;
use super::carrier::{Carrier, Credential, CredentialHeader};
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Named, Probe, Reading, Step, Subject, Template};
use super::rolls::AZURE;
use crate::key::{Action, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct AzureStorage;

const AUTHORIZATION: CredentialHeader = CredentialHeader { name: "authorization", scheme: "" };
const ENDING: &str = ".blob.core.windows.net";
const VERSION: &str = "2021-08-06";
/// The account of the storage emulators, whose key is published.
const EMULATOR: &str = "devstoreaccount1";

static ABOUT: About = About {
    carrier: Carrier::Signature(AUTHORIZATION),
    extra: &[("x-ms-version", VERSION)],
    accepts: "keys of storage accounts (88 characters) with the account's name beside them; not the emulator's",
    asks: "for one container of the account",
    requests: &[Template::get("/?comp=list&maxresults=1")],
    readings: &[
        Reading::new("200 with `EnumerationResults`", "active; it opens everything in the account"),
        Reading::new(
            "403 `AuthenticationFailed` that speaks of the signature",
            "inactive: rejected, if the account is known to be the key's; a name beside the key does not tell that, so unknown",
        ),
        Reading::new("403 `AuthenticationFailed` for another reason", "unknown: this machine's clock may be wrong"),
        Reading::new(
            "403 `KeyBasedAuthenticationNotPermitted`",
            "unknown: the account takes no keys while that is switched off",
        ),
        Reading::new("403 `AuthorizationFailure`", "unknown: a network rule of the account's"),
        Reading::new("403 `AccountIsDisabled`, another refusal, other", "unknown"),
    ],
    side_effects: "stands in the account's logs, if it keeps any",
    source: "learn.microsoft.com, \"Authorize with Shared Key\", List Containers and \"Common REST API error codes\"; \
             trufflesecurity/trufflehog, pkg/detectors/azure_storage",
    ..About::tenants(&AZURE, &[ENDING])
};

impl Probe for AzureStorage {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        if subject.key.len() != 88 || key_bytes(subject.key).is_none() {
            return Err("it is no key of a storage account (64 bytes in base64)");
        }
        match account(subject) {
            Some(EMULATOR) => Err("its account is the storage emulator's, whose key is published"),
            Some(_) => Ok(()),
            None => Err("a storage account's key works only with the account's name, which nothing near it tells"),
        }
    }

    fn host(&self, subject: Subject<'_>) -> Option<Named> {
        Some(Named { host: format!("{}{ENDING}", account(subject)?), by_key: false })
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![one_container()]
    }

    fn ask(&self, subject: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let moment = date(line.now);
        let signed = account(subject).and_then(|account| authorization(account, subject.key, &moment));
        let Some(credential) = signed.and_then(|text| Credential::in_signed_header(AUTHORIZATION, &text)) else {
            return Ok(line.unknown("could not be asked: the key signs nothing"));
        };
        let reply = line.get_with(&one_container(), &credential, &[("x-ms-date", moment)])?;
        Ok(match reply.status {
            200 if lists_containers(&reply) => opens_all(line.active("lists the account's containers"), subject),
            200 => line.unreadable(),
            403 => refused(line, &reply),
            _ => line.unexpected(&reply),
        })
    }
}

/// The parameters stand in the order in which they are signed.
fn one_container() -> Step {
    let query = vec![("comp", "list".to_owned()), ("maxresults", "1".to_owned())];
    Step { query, ..Step::always(&[""]) }
}

/// The account's name beside the key: 3 to 24 lower-case letters and digits (learn.microsoft.com, "storage account
/// overview").
fn account(subject: Subject<'_>) -> Option<&str> {
    let is_name = |name: &&str| {
        (3..=24).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    subject.owner().filter(is_name)
}

fn key_bytes(key: &str) -> Option<Zeroizing<Vec<u8>>> {
    BASE64.decode(key.as_bytes()).ok().map(Zeroizing::new).filter(|bytes| bytes.len() == 64)
}

/// How the moment of signing stands in a header (RFC 9110, 5.6.7).
fn date(now: Timestamp) -> String {
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Signs the one request that is sent: a method, eleven headers that it does not have, its own two, the resource.
fn authorization(account: &str, key: &str, moment: &str) -> Option<Zeroizing<String>> {
    let headers = format!("x-ms-date:{moment}\nx-ms-version:{VERSION}\n");
    let to_sign = format!("GET\n{}{headers}/{account}/\ncomp:list\nmaxresults:1", "\n".repeat(11));
    let mut mac = Hmac::<Sha256>::new_from_slice(&key_bytes(key)?).ok()?;
    mac.update(to_sign.as_bytes());
    Some(Zeroizing::new(format!("SharedKey {account}:{}", BASE64.encode(&mac.finalize().into_bytes()))))
}

fn lists_containers(reply: &Reply) -> bool {
    let document = Document::parse(reply.text().unwrap_or_default());
    document.is_ok_and(|document| document.root_element().has_tag_name("EnumerationResults"))
}

fn opens_all(mut facts: KeyFacts, subject: Subject<'_>) -> KeyFacts {
    facts.owner = account(subject).map(str::to_owned).into();
    let everything = vec![Action::new("account key", Power::Everything)];
    facts.grants = Reported::Said(vec![Grant::exact(everything, Subjects::Everything)]);
    facts
}

fn refused(line: &Line<'_>, reply: &Reply) -> KeyFacts {
    match field(reply, "Code").as_deref() {
        Some("AuthenticationFailed") if reply.says("MAC signature") => {
            line.inactive(Inactive::Rejected, "knows the account, and the key is none of its two")
        }
        Some("AuthenticationFailed") => line.unknown("does not take the request: this machine's clock may be wrong"),
        Some("KeyBasedAuthenticationNotPermitted") => {
            line.unknown("takes no account keys; the key may work again when the account's owner allows them")
        }
        Some("AuthorizationFailure") => line.unknown("does not answer this network, whatever the key"),
        Some("AccountIsDisabled") => line.unknown("says that the account is disabled; the key may work again"),
        _ => line.unknown("answered 403 for another reason"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_signed_as_the_client_of_the_issuer_signs_it() {
        let key = BASE64.encode(&[7; 64]);
        let moment = date("2026-11-22T12:00:00Z".parse().unwrap());
        assert_eq!(moment, "Sun, 22 Nov 2026 12:00:00 GMT");
        let signed = authorization("contosodata", &key, &moment).unwrap();
        assert_eq!(signed.as_str(), "SharedKey contosodata:eOpL2o4YmmixM/aac15b2ZqNKfsCNqKOpti2qJDBWgU=");
    }
}
