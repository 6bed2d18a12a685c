//! The textual form of a UUID (RFC 9562, section 4), which several old key formats are.

/// Whether `text` is 8-4-4-4-12 hexadecimal digits.
#[must_use]
pub fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_stand_where_they_should() {
        assert!(is_uuid(b"11111111-aaaa-4111-8111-FFFFFFFFFFFF"));
        assert!(!is_uuid(b"11111111-aaaa-4111-81111FFFFFFFFFFFF"));
        assert!(!is_uuid(b"11111111-aaaa-4111-8111-FFFFFFFFFFFg"));
        assert!(!is_uuid(b"11111111-aaaa-4111-8111-FFFFFFFFFFF"));
    }
}
