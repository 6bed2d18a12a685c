//! How the key, or whatever else proves who asks, travels in a request.

use data_encoding::BASE64;
use reqwest::header::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::issuer::Subject;
use super::question::NotAsked;

/// How a key is put into a header: the header's name and what stands before the key in its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialHeader {
    /// The header, lower case.
    pub name: &'static str,
    /// What stands before the key, for instance `Bearer `; empty for the bare key.
    pub scheme: &'static str,
}

/// The other half of a pair that HTTP's basic authentication wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// This word, which the server does not look at or documents.
    Fixed(&'static str),
    /// The owner that the key's own text or a part beside it names.
    Owner,
    /// The key's public id, from the same.
    KeyId,
}

impl Half {
    /// For people: what stands for it.
    const fn word(self) -> &'static str {
        match self {
            Self::Fixed(word) => word,
            Self::Owner => "OWNER",
            Self::KeyId => "KEY-ID",
        }
    }

    /// It, a colon and the key.
    fn before(self, subject: Subject<'_>) -> Result<Zeroizing<String>, NotAsked> {
        let user = match self {
            Self::Fixed(word) => Some(word),
            Self::Owner => subject.owner(),
            Self::KeyId => subject.key_id(),
        };
        let user = user.ok_or(NotAsked::HalfMissing)?;
        Ok(Zeroizing::new(format!("{user}:{}", subject.key)))
    }
}

/// Where the proof of who asks stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The key, in one header.
    Header(CredentialHeader),
    /// A name and the key, joined by a colon and in base64, in one header.
    Pair(CredentialHeader, Half),
    /// The same without base64: an issuer's own way, not HTTP's.
    PlainPair(CredentialHeader, Half),
    /// The key, in the path: an issuer that takes it in no other way. Asked only by name.
    Path,
    /// The same, and in one header as well.
    PathAndHeader(CredentialHeader),
    /// The key, in this parameter of the address: an issuer that takes it in no other way. Asked only by name.
    Query(&'static str),
    /// The key, in this field of a form that is posted to one of the few pages in `post.rs`. Asked only by name.
    Form(&'static str),
    /// Nothing: what is asked is public, and the key stays here.
    Nothing,
    /// A signature that the key makes, with the key's public id, in one header. The key stays here.
    Signature(CredentialHeader),
    /// The owner's own credential, from this environment variable, in one header. The key stays here.
    Owner(&'static str, CredentialHeader),
    /// Two credentials of the owner's that an issuer wants together, each in its header. The key stays here.
    OwnerPair([(&'static str, CredentialHeader); 2]),
    /// A signature that the owner's own access key makes. The key stays here.
    OwnerSignature(OwnerKey, CredentialHeader),
    /// The owner's own credential in one header, and the key in this parameter of the address: an issuer that finds a key
    /// by its whole text alone. Asked only by name.
    OwnerAndQuery(&'static str, CredentialHeader, &'static str),
}

/// The variables that hold the owner's own access key of an issuer that wants requests signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerKey {
    /// The key's public id.
    pub id: &'static str,
    /// Its secret, which signs.
    pub secret: &'static str,
    /// The session token of a temporary key; not needed for others.
    pub session: &'static str,
}

impl Carrier {
    /// `Authorization: Bearer …`, with the owner's own credential.
    pub(crate) const fn owner(variable: &'static str) -> Self {
        Self::Owner(variable, CredentialHeader { name: "authorization", scheme: "Bearer " })
    }

    /// Whether the key itself travels.
    pub(crate) const fn sends_key(&self) -> bool {
        !matches!(
            self,
            Self::Nothing | Self::Signature(_) | Self::Owner(..) | Self::OwnerPair(_) | Self::OwnerSignature(..)
        )
    }

    /// The variable whose credential is used in place of the key, or beside it.
    #[must_use]
    pub fn variable(&self) -> Option<&'static str> {
        self.needed().first().copied()
    }

    /// The variables without which the owner's list cannot be asked for; none if the key itself asks.
    #[must_use]
    pub fn needed(&self) -> Vec<&'static str> {
        match self {
            Self::Owner(name, _) | Self::OwnerAndQuery(name, ..) => vec![name],
            Self::OwnerPair(pair) => pair.iter().map(|(name, _)| *name).collect(),
            Self::OwnerSignature(key, _) => vec![key.secret, key.id],
            _ => Vec::new(),
        }
    }

    /// Every variable that it reads.
    #[must_use]
    pub fn variables(&self) -> Vec<&'static str> {
        let session = if let Self::OwnerSignature(key, _) = self { Some(key.session) } else { None };
        self.needed().into_iter().chain(session).collect()
    }

    /// `Authorization: Bearer KEY`.
    pub(crate) const BEARER: Self = Self::header("authorization", "Bearer ");
    /// Stands in a path where the key does.
    pub(crate) const PLACE: &'static str = "{key}";

    pub(crate) const fn header(name: &'static str, scheme: &'static str) -> Self {
        Self::Header(CredentialHeader { name, scheme })
    }

    /// `Authorization: Basic base64(USER:KEY)`.
    pub(crate) const fn basic(half: Half) -> Self {
        Self::Pair(CredentialHeader { name: "authorization", scheme: "Basic " }, half)
    }

    /// For people, with `KEY` where the key is: "header `authorization: Bearer KEY`".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Header(CredentialHeader { name, scheme }) => format!("header `{name}: {scheme}KEY`"),
            Self::Pair(CredentialHeader { name, scheme }, half) => {
                format!("header `{name}: {scheme}base64({}:KEY)`", half.word())
            }
            Self::PlainPair(CredentialHeader { name, scheme }, half) => {
                format!("header `{name}: {scheme}{}:KEY`", half.word())
            }
            Self::Path => "the address, in its path".to_owned(),
            Self::PathAndHeader(CredentialHeader { name, scheme }) => {
                format!("the address, in its path, and header `{name}: {scheme}KEY`")
            }
            Self::Query(name) => format!("the address, as `{name}=KEY`"),
            Self::Form(name) => format!("the body, as `{name}=KEY`"),
            Self::Nothing => "nowhere: the key is not sent".to_owned(),
            Self::Signature(CredentialHeader { name, .. }) => {
                format!("nowhere: the key signs, and is not sent. Header `{name}: … KEY-ID … SIGNATURE`")
            }
            Self::Owner(variable, CredentialHeader { name, scheme }) => {
                format!("nowhere: the key is not sent. Header `{name}: {scheme}${variable}`")
            }
            Self::OwnerPair(pair) => {
                let headers =
                    pair.map(|(variable, CredentialHeader { name, scheme })| format!("`{name}: {scheme}${variable}`"));
                format!("nowhere: the key is not sent. Headers {}", headers.join(" and "))
            }
            Self::OwnerSignature(OwnerKey { id, secret, session }, CredentialHeader { name, .. }) => format!(
                "nowhere: the key is not sent. Header `{name}: … ${id} … SIGNATURE`, made with ${secret}; \
                 `x-amz-security-token: ${session}` if there is one"
            ),
            Self::OwnerAndQuery(variable, CredentialHeader { name: header, scheme }, name) => {
                format!("the address, as `{name}=KEY`. Header `{header}: {scheme}${variable}`")
            }
        }
    }

    /// The headers that it sets.
    pub(crate) fn header_names(&self) -> Vec<&'static str> {
        match self {
            Self::Header(header)
            | Self::Pair(header, _)
            | Self::PlainPair(header, _)
            | Self::Owner(_, header)
            | Self::OwnerAndQuery(_, header, _)
            | Self::OwnerSignature(_, header)
            | Self::PathAndHeader(header)
            | Self::Signature(header) => vec![header.name],
            Self::OwnerPair(pair) => pair.iter().map(|(_, header)| header.name).collect(),
            _ => Vec::new(),
        }
    }

    /// The parameter of the address in which the key stands.
    pub(crate) const fn parameter(&self) -> Option<&'static str> {
        match self {
            Self::Query(name) | Self::OwnerAndQuery(_, _, name) => Some(name),
            _ => None,
        }
    }
}

/// What a request carries. It has no `Debug`, and a header's value is marked so that the HTTP library does not print
/// it. That library keeps what it sends in memory of its own, which is freed but not wiped.
pub(crate) enum Credential {
    Header(HeaderName, HeaderValue),
    Headers(Vec<(HeaderName, HeaderValue)>),
    HeaderAndQuery((HeaderName, HeaderValue), &'static str, Zeroizing<String>),
    Path(Zeroizing<String>, Option<(HeaderName, HeaderValue)>),
    Query(&'static str, Zeroizing<String>),
    Form(&'static str, Zeroizing<String>),
    Nothing,
}

impl Credential {
    /// The proof of who asks about this key.
    ///
    /// # Errors
    /// When the key holds characters that no request can carry, when the other half of a pair is not known, or when the
    /// owner's credential is not at hand.
    pub(crate) fn new(carrier: Carrier, subject: Subject<'_>) -> Result<Self, NotAsked> {
        let key = subject.key;
        let whole = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        let text = || Zeroizing::new(key.to_owned());
        match carrier {
            // What is signed depends on the request: its issuer's own file makes the header.
            Carrier::Nothing | Carrier::Signature(_) | Carrier::OwnerSignature(..) => Ok(Self::Nothing),
            Carrier::Owner(variable, header) => {
                Self::owners(subject, variable, header).map(|(name, value)| Self::Header(name, value))
            }
            Carrier::OwnerPair(pair) => {
                let headers = pair.iter().map(|(variable, header)| Self::owners(subject, variable, *header));
                headers.collect::<Result<_, _>>().map(Self::Headers)
            }
            _ if !whole => Err(NotAsked::NotText),
            Carrier::Header(header) => Self::in_header(header, key).ok_or(NotAsked::NotText),
            Carrier::Pair(header, half) => {
                let pair = half.before(subject)?;
                Self::in_header(header, &Zeroizing::new(BASE64.encode(pair.as_bytes()))).ok_or(NotAsked::NotText)
            }
            Carrier::PlainPair(header, half) => {
                Self::in_header(header, &half.before(subject)?).ok_or(NotAsked::NotText)
            }
            Carrier::Path => Ok(Self::Path(text(), None)),
            Carrier::PathAndHeader(header) => match Self::in_header(header, key) {
                Some(Self::Header(name, value)) => Ok(Self::Path(text(), Some((name, value)))),
                _ => Err(NotAsked::NotText),
            },
            Carrier::Query(name) => Ok(Self::Query(name, text())),
            Carrier::OwnerAndQuery(variable, header, name) => {
                Ok(Self::HeaderAndQuery(Self::owners(subject, variable, header)?, name, text()))
            }
            Carrier::Form(name) => Ok(Self::Form(name, text())),
        }
    }

    /// The owner's credential of this variable, in this header.
    pub(crate) fn owners(
        subject: Subject<'_>,
        variable: &'static str,
        header: CredentialHeader,
    ) -> Result<(HeaderName, HeaderValue), NotAsked> {
        let own = subject.variable(variable).and_then(|own| Self::in_header(header, own));
        match own {
            Some(Self::Header(name, value)) => Ok((name, value)),
            _ => Err(NotAsked::NoCredential(variable)),
        }
    }

    /// The headers that it sets.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        match self {
            Self::Headers(all) => all,
            _ => &[],
        }
    }

    /// A header that was made of a key, with spaces in it.
    pub(crate) fn in_signed_header(header: CredentialHeader, text: &str) -> Option<Self> {
        let mut value = HeaderValue::from_str(text).ok()?;
        value.set_sensitive(true);
        Some(Self::Header(HeaderName::from_static(header.name), value))
    }

    /// A text in a header.
    pub(crate) fn in_header(header: CredentialHeader, text: &str) -> Option<Self> {
        let whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        whole.then_some(())?;
        let text = Zeroizing::new([header.scheme, text].concat());
        let mut value = HeaderValue::from_bytes(text.as_bytes()).ok()?;
        value.set_sensitive(true);
        Some(Self::Header(HeaderName::from_static(header.name), value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::issuer::Issuer;

    fn new(carrier: Carrier, key: &str) -> Result<Credential, NotAsked> {
        let variables = BTreeMap::new();
        let subject = Subject {
            key,
            issuer: &Issuer::NPM,
            packages: &[],
            own_server: false,
            decoded: None,
            host: None,
            variables: &variables,
        };
        Credential::new(carrier, subject)
    }

    #[test]
    fn a_key_that_no_header_can_carry_makes_no_credential() {
        assert!(matches!(new(Carrier::BEARER, "abc\r\nX-Evil: 1"), Err(NotAsked::NotText)));
        assert!(matches!(new(Carrier::BEARER, ""), Err(NotAsked::NotText)));
        let Ok(Credential::Header(_, value)) = new(Carrier::BEARER, "abc") else { panic!("a header") };
        assert!(!format!("{value:?}").contains("abc"));
    }

    #[test]
    fn a_pair_of_which_one_half_is_not_known_makes_no_credential() {
        for half in [Half::Owner, Half::KeyId] {
            assert!(matches!(new(Carrier::basic(half), "abc"), Err(NotAsked::HalfMissing)));
        }
        assert!(new(Carrier::basic(Half::Fixed("")), "abc").is_ok());
    }

    #[test]
    fn the_owners_credential_comes_from_its_variable_alone() {
        assert!(matches!(new(Carrier::owner("OTHER"), "abc"), Err(NotAsked::NoCredential("OTHER"))));
    }
}
