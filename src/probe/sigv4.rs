//! Signature version 4 of a request without a body: who asks is proved without sending a secret
//! (docs.aws.amazon.com, "create a signed AWS API request").

use data_encoding::{HEXLOWER, HEXUPPER};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::carrier::{Credential, CredentialHeader};

/// The access key that signs.
pub(super) struct Signer<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
    /// Of a temporary key.
    pub(super) session: Option<&'a str>,
}

/// The service whose request is signed, and where it is.
#[derive(Clone, Copy)]
pub(super) struct Service {
    pub(super) name: &'static str,
    pub(super) region: &'static str,
}

const AUTHORIZATION: CredentialHeader = CredentialHeader { name: "authorization", scheme: "" };
const SESSION: CredentialHeader = CredentialHeader { name: "x-amz-security-token", scheme: "" };

/// How the moment of signing stands in a header.
pub(super) fn date(now: Timestamp) -> (&'static str, String) {
    ("x-amz-date", now.strftime("%Y%m%dT%H%M%SZ").to_string())
}

impl Signer<'_> {
    /// What proves who sends a GET of the root with these parameters; `None` if the key holds what no header can.
    pub(super) fn credential(
        &self,
        service: Service,
        host: &str,
        query: &[(&'static str, String)],
        now: Timestamp,
    ) -> Option<Credential> {
        let signed = self.sign(service, host, query, now);
        let Some(Credential::Header(name, value)) = Credential::in_signed_header(AUTHORIZATION, &signed) else {
            return None;
        };
        let session = match self.session {
            None => None,
            Some(token) => match Credential::in_header(SESSION, token)? {
                Credential::Header(name, value) => Some((name, value)),
                _ => return None,
            },
        };
        Some(Credential::Headers([(name, value)].into_iter().chain(session).collect()))
    }

    fn sign(
        &self,
        Service { name, region }: Service,
        host: &str,
        query: &[(&'static str, String)],
        now: Timestamp,
    ) -> Zeroizing<String> {
        let ((_, moment), day) = (date(now), now.strftime("%Y%m%d").to_string());
        let nothing = HEXLOWER.encode(&Sha256::digest(b""));
        let (session, names) = match self.session {
            Some(token) => (format!("x-amz-security-token:{token}\n"), "host;x-amz-date;x-amz-security-token"),
            None => (String::new(), "host;x-amz-date"),
        };
        let request = Zeroizing::new(format!(
            "GET\n/\n{}\nhost:{host}\nx-amz-date:{moment}\n{session}\n{names}\n{nothing}",
            canonical(query)
        ));
        let scope = format!("{day}/{region}/{name}/aws4_request");
        let hash = HEXLOWER.encode(&Sha256::digest(request.as_bytes()));
        let to_sign = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hash}");
        let first = Zeroizing::new(format!("AWS4{}", self.secret));
        let mut key = Zeroizing::new(first.as_bytes().to_vec());
        for part in [day.as_str(), region, name, "aws4_request"] {
            key = mac(&key, part.as_bytes());
        }
        let signature = HEXLOWER.encode(&mac(&key, to_sign.as_bytes()));
        let id = self.id;
        Zeroizing::new(format!(
            "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
        ))
    }
}

/// The parameters by their names, with everything but letters, digits and `-._~` percent-encoded.
fn canonical(query: &[(&'static str, String)]) -> String {
    let mut pairs: Vec<(&str, String)> = query.iter().map(|(name, value)| (*name, encoded(value))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut done, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            done.push(char::from(byte));
        } else {
            done.push('%');
            done.push_str(&HEXUPPER.encode(&[byte]));
        }
        done
    })
}

fn mac(key: &[u8], text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(session: Option<&str>, service: Service, host: &str, query: &[(&'static str, String)]) -> String {
        let id = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
        let secret = ["wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYEXAMPLEKEY"].concat();
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        Signer { id: &id, secret: &secret, session }.sign(service, host, query, now).to_string()
    }

    #[test]
    fn a_request_is_signed_as_the_client_of_the_issuer_signs_it() {
        let query = [("Action", "GetCallerIdentity".to_owned()), ("Version", "2011-06-15".to_owned())];
        let sts = Service { name: "sts", region: "us-east-1" };
        let signed = signed(None, sts, "sts.amazonaws.com", &query);
        let (front, signature) = signed.split_once("Signature=").unwrap();
        let expected = format!(
            "AWS4-HMAC-SHA256 Credential={}{}/20261122/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, ",
            "AKIA", "IOSFODNN7EXAMPLE"
        );
        assert_eq!(front, expected);
        assert_eq!(signature, "c022b4cde22a80744ba5e24b412eccb8a0a034dcd3b2fcdd2e396161728a4cad");
    }

    #[test]
    fn a_session_token_and_odd_parameters_are_signed_in_the_documented_order_and_form() {
        let query =
            [("Version", "2010-05-08".to_owned()), ("UserName", "a+b=c,d@e f".to_owned()), ("Action", "X".to_owned())];
        assert_eq!(canonical(&query), "Action=X&UserName=a%2Bb%3Dc%2Cd%40e%20f&Version=2010-05-08");
        let iam = Service { name: "iam", region: "us-east-1" };
        let signed = signed(Some("a-session"), iam, "iam.amazonaws.com", &query);
        let (front, signature) = signed.split_once("Signature=").unwrap();
        assert!(
            front.ends_with(
                "/20261122/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, "
            )
        );
        assert_eq!(signature, "6400f2909ce97fbcee2ee22a91d0cc3d36e4cadb7c0468d0bd51e1d974af9391");
    }
}
