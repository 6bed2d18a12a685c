//! Texts inside bytes: what is not written as plain bytes is made readable before it is looked through. A key that was
//! redirected into a file by a shell that writes UTF-16 leaks like any other, and so does one that was put into base64.

mod base64;
mod utf16;

use std::borrow::Cow;

pub use self::base64::Base64;
pub use self::utf16::{Utf16, Utf16Reader};

/// `bytes` as UTF-8 if they begin with the byte order mark of UTF-16, else as they are. Lines and UTF-16 columns of the
/// outcome are those that an editor shows.
#[must_use]
pub fn readable(bytes: &[u8]) -> Cow<'_, [u8]> {
    match Utf16::behind_mark(bytes) {
        Some((order, text)) => Cow::Owned(order.decode(text)),
        None => Cow::Borrowed(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_with_its_mark_becomes_readable_and_all_else_stays() {
        let little: Vec<u8> = "\u{feff}é=𝄞\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}é=𝄞\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(&*readable(&little), "é=𝄞\n".as_bytes());
        assert_eq!(&*readable(&big), "é=𝄞\n".as_bytes());
        assert_eq!(&*readable(b"\xff plain"), b"\xff plain");
        assert_eq!(&*readable(&[0xff, 0xfe, 0x00, 0xd8, 0x41]), "\u{fffd}".as_bytes());
    }
}
