//! Base64 inside a text: plain or URL-safe, padded or not.

use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use zeroize::Zeroizing;

use crate::location::Span;

static PLAIN: LazyLock<Encoding> = LazyLock::new(|| encoding("+/"));
static URL_SAFE: LazyLock<Encoding> = LazyLock::new(|| encoding("-_"));

/// One run of base64 and what it decodes to, which is as secret as a key in clear and is wiped after use.
pub struct Base64 {
    bytes: Zeroizing<Vec<u8>>,
    /// Where the run stands, with its padding.
    span: Span,
}

impl Base64 {
    /// Decodes the run that begins at `from`, at most `reach` bytes of it. The run ends where its alphabet does, which is
    /// URL-safe if `-` or `_` comes before `+` or `/`. `None` if no whole bytes stand there.
    #[must_use]
    pub fn at(text: &[u8], from: usize, reach: usize) -> Option<Self> {
        let text = &text[from..text.len().min(from + reach)];
        let special = text.iter().find(|byte| !byte.is_ascii_alphanumeric());
        let (alphabet, others) = match special {
            Some(b'-' | b'_') => (&*URL_SAFE, b"-_"),
            _ => (&*PLAIN, b"+/"),
        };
        let ends = |byte: &u8| !byte.is_ascii_alphanumeric() && !others.contains(byte);
        let length = text.iter().position(ends).unwrap_or(text.len());
        let is_cut = length == reach;
        let whole = if is_cut || length % 4 == 1 { length - length % 4 } else { length };
        let bytes = Zeroizing::new(alphabet.decode(&text[..whole]).ok()?);
        let padding = text[length..].iter().take((4 - length % 4) % 4).take_while(|&&byte| byte == b'=').count();
        (!bytes.is_empty()).then(|| Self { bytes, span: Span::new(from, from + length + padding) })
    }

    /// What is decoded.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where the characters stand that hold these bytes; the padding belongs to the last.
    #[must_use]
    pub fn characters(&self, bytes: Span) -> Span {
        let start = self.span.start + bytes.start * 4 / 3;
        let end = self.span.start + (bytes.end * 4).div_ceil(3);
        Span::new(start, if bytes.end == self.bytes.len() { self.span.end } else { end })
    }
}

/// Letters, digits and the two others; what the last character holds beyond the last byte is not looked at.
fn encoding(others: &str) -> Encoding {
    let mut form = Specification::new();
    form.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    form.symbols.push_str(others);
    form.check_trailing_bits = false;
    form.encoding().expect("sixty-four different symbols make an encoding")
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};

    use super::*;

    fn decoded(text: &str, from: usize, reach: usize) -> Option<(Vec<u8>, Span)> {
        Base64::at(text.as_bytes(), from, reach).map(|run| (run.bytes.to_vec(), run.span))
    }

    #[test]
    fn every_alphabet_with_padding_and_without() {
        for bytes in [&b"\xfb\xff\xbf"[..], b"\xfb\xff\xbf\xfe", b"\xfb\xff\xbf\xfe\x10", b"plain"] {
            for alphabet in [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD] {
                let written = alphabet.encode(bytes);
                let text = format!("key: {written}\n");
                let span = Span::new(5, 5 + written.len());
                assert_eq!(decoded(&text, 5, 100), Some((bytes.to_vec(), span)), "{text}");
            }
        }
    }

    #[test]
    fn a_run_ends_with_its_alphabet_and_at_the_reach() {
        assert_eq!(decoded("QUJD+/-QUJD", 0, 100), Some((b"ABC\xfb".to_vec(), Span::new(0, 6))));
        assert_eq!(decoded("QUJDREVG", 0, 6), Some((b"ABC".to_vec(), Span::new(0, 6))));
        assert_eq!(decoded("QUJDR", 0, 100), Some((b"ABC".to_vec(), Span::new(0, 5))));
        assert_eq!(decoded("QUJD==", 0, 100), Some((b"ABC".to_vec(), Span::new(0, 4))));
        assert_eq!(decoded("Q", 0, 100), None);
        assert_eq!(decoded(" QUJD", 0, 100), None);
    }

    #[test]
    fn bytes_stand_in_the_characters_that_hold_them() {
        let run = Base64::at(b"QUJDREVGRw==.", 0, 100).unwrap();
        let at = |from, to| run.characters(Span::new(from, to));
        assert_eq!(
            [at(0, 7), at(0, 1), at(1, 2), at(3, 6)],
            [(0, 12), (0, 2), (1, 3), (4, 8)].map(|(a, b)| Span::new(a, b))
        );
    }
}
