//! Fly.io's macaroons: a prefix and base64 of MessagePack (superfly/macaroon `macaroon.go`, `nonce.go`): an array of nonce,
//! location, caveats and a tail of 32 bytes; the caveats are one flat array of type and body in turn.

use data_encoding::{BASE64, BASE64_NOPAD};
use rmpv::Value;
use rmpv::decode::read_value_with_max_depth;
use zeroize::Zeroizing;

const PREFIXES: [&str; 3] = ["fm2_", "fm1r_", "fm1a_"];
const TAIL: usize = 32;
const RANDOM: usize = 16;
/// `IfPresent` holds caveats of its own; nothing nests deeper than a few of them.
const DEPTH: usize = 24;

/// A macaroon without its tail, which is of use to nobody but the issuer.
#[derive(Clone, PartialEq)]
pub struct FlyToken {
    /// Where it is for: the permission tokens' is `https://api.fly.io/v1`.
    pub location: String,
    /// Type and body of each caveat, in order; all of them hold.
    pub caveats: Vec<(u64, Value)>,
}

/// Reads one token, without `FlyV1` before it or a discharge after it.
#[must_use]
pub fn parse(key: &[u8]) -> Option<FlyToken> {
    let text = PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix.as_bytes()))?;
    let end = text.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    (text.len() - end <= 2).then_some(())?;
    let bytes = Zeroizing::new(BASE64_NOPAD.decode(&text[..end]).ok()?);
    let mut rest = &bytes[..];
    let value = read_value_with_max_depth(&mut rest, DEPTH).ok()?;
    let [nonce, location, caveats, tail] = value.as_array()?.as_slice() else { return None };
    let nonce = nonce.as_array()?;
    let proper = rest.is_empty()
        && matches!(nonce.len(), 2 | 3)
        && nonce[1].as_slice().is_some_and(|random| random.len() == RANDOM)
        && tail.as_slice().is_some_and(|tail| tail.len() == TAIL);
    proper.then_some(())?;
    Some(FlyToken { location: location.as_str()?.to_owned(), caveats: pairs(caveats)? })
}

/// A flat array of type and body in turn.
#[must_use]
pub fn pairs(caveats: &Value) -> Option<Vec<(u64, Value)>> {
    let (pairs, []) = caveats.as_array()?.as_chunks::<2>() else { return None };
    pairs.iter().map(|[kind, body]| Some((kind.as_u64()?, body.clone()))).collect()
}

/// The `fm2_` token of these caveats.
#[must_use]
pub fn compose(token: &FlyToken, random: &[u8; RANDOM], tail: &[u8; TAIL]) -> Option<String> {
    let caveats = token.caveats.iter().flat_map(|(kind, body)| [Value::from(*kind), body.clone()]).collect();
    let nonce = vec![Value::from(&b"kid"[..]), Value::from(&random[..]), Value::from(false)];
    let all =
        vec![Value::Array(nonce), Value::from(token.location.as_str()), Value::Array(caveats), Value::from(&tail[..])];
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, &Value::Array(all)).ok()?;
    Some(format!("fm2_{}", BASE64.encode(&bytes)))
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> FlyToken {
        let mask = Value::Array(vec![Value::from(4721), Value::from(31)]);
        FlyToken { location: "https://api.fly.io/v1".to_owned(), caveats: vec![(0, mask)] }
    }

    #[test]
    fn what_is_written_is_read() {
        let key = compose(&sample(), &[1; 16], &[2; 32]).unwrap();
        assert!(parse(key.as_bytes()) == Some(sample()));
        assert!(parse(key.trim_end_matches('=').as_bytes()).is_some());
        assert!(parse(key.replacen("fm2_", "fm1r_", 1).as_bytes()).is_some());
    }

    #[test]
    fn every_shorter_and_longer_text_is_none() {
        let key = compose(&sample(), &[1; 16], &[2; 32]).unwrap();
        let bytes = BASE64.decode(&key.as_bytes()[4..]).unwrap();
        for end in 0..bytes.len() {
            assert!(!verify(format!("fm2_{}", BASE64.encode(&bytes[..end])).as_bytes()));
        }
        assert!(!verify(format!("fm2_{}", BASE64.encode(&[&bytes[..], b"\0"].concat())).as_bytes()));
        // An array that says that it has four thousand million members.
        assert!(!verify(format!("fm2_{}", BASE64.encode(&[0xdd, 0xff, 0xff, 0xff, 0xff])).as_bytes()));
    }
}
