//! Values without quotes that are code: calls, members, types, names of variables.

/// Whether a value without quotes reads as an expression rather than as a literal.
pub(super) fn is_expression(value: &[u8]) -> bool {
    value.iter().any(|byte| b"(){}[]*".contains(byte))
        || value[0] == b'&'
        || value[0] == b'@'
        || [&b"::"[..], b"->", b"=>", b"?."].iter().any(|mark| contains(value, mark))
        || is_member_path(value)
        || is_keyword(value)
}

/// `a.b.c`, of which every part is a name without a digit in its first half.
pub(super) fn is_member_path(value: &[u8]) -> bool {
    let mut parts = 0;
    let all = value.split(|byte| *byte == b'.').all(|part| {
        parts += 1;
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        is_name(part) && digits * 4 <= part.len()
    });
    parts > 1 && all
}

/// A name as languages have it.
pub(super) fn is_name(value: &[u8]) -> bool {
    value.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Literals and types that stand for no text.
const KEYWORDS: [&str; 30] = [
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "null",
    "nil",
    "none",
    "undefined",
    "string",
    "str",
    "bytes",
    "bytearray",
    "int",
    "int64",
    "uint32",
    "bool",
    "boolean",
    "object",
    "any",
    "never",
    "optional",
    "required",
    "varchar",
    "text",
    "self",
    "this",
    "await",
    "new",
];

pub(super) fn is_keyword(value: &[u8]) -> bool {
    KEYWORDS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(value))
}

fn contains(value: &[u8], mark: &[u8]) -> bool {
    value.windows(mark.len()).any(|window| window == mark)
}
