//! Verdaccio's legacy tokens: base64 of `IV:CIPHERTEXT`, both in lower-case hexadecimal (`@verdaccio/signature`:
//! AES-256-CTR over `user:password` or its JSON).

use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

const IV_DIGITS: usize = 32;

/// How many bytes are encrypted in a legacy token; `None` when it is not one.
#[must_use]
pub fn parse(key: &[u8]) -> Option<usize> {
    let text = Zeroizing::new(BASE64.decode(key).ok()?);
    let (iv, sealed) = str::from_utf8(&text).ok()?.split_once(':')?;
    (iv.len() == IV_DIGITS && !sealed.is_empty()).then_some(())?;
    HEXLOWER.decode(iv.as_bytes()).ok()?;
    HEXLOWER.decode(sealed.as_bytes()).ok().map(|bytes| Zeroizing::new(bytes).len())
}

/// The token of these bytes.
#[must_use]
pub fn compose(iv: &[u8; 16], sealed: &[u8]) -> String {
    BASE64.encode(format!("{}:{}", HEXLOWER.encode(iv), HEXLOWER.encode(sealed)).as_bytes())
}

pub(super) fn verify(key: &[u8]) -> bool {
    parse(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_two_runs_of_hexadecimal() {
        assert_eq!(parse(compose(&[1; 16], &[2; 20]).as_bytes()), Some(20));
        assert_eq!(parse(compose(&[1; 16], &[]).as_bytes()), None);
        assert_eq!(parse(BASE64.encode(b"user:password").as_bytes()), None);
    }
}
