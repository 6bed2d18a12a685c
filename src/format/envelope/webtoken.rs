//! JSON Web Tokens of any claims.

use serde_json::{Map, Value};

use super::random::{self, Random};
use crate::format::jwt::compose;

pub(super) fn jwt(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let mut claims = claims(arg)?;
    if claims.is_empty() {
        claims.insert("sub".to_owned(), Value::String(random::base62(random, 12)?));
    }
    Some(compose(&claims, &random::bytes::<256>(random)?))
}

pub(super) fn github(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let app = u32::from_le_bytes(random::bytes(random)?) % 9_000_000 + 1_000_000;
    Some(format!("ghs_{app}_{}", jwt(random, arg)?))
}

fn claims(arg: &str) -> Option<Map<String, Value>> {
    let mut claims = Map::new();
    for part in split(arg)? {
        let (name, text) = part.split_once('=')?;
        let known = !name.is_empty() && claims.insert(name.to_owned(), value(text)?).is_none();
        known.then_some(())?;
    }
    Some(claims)
}

/// At commas that stand neither in brackets nor in quotes.
fn split(arg: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_i32, false);
    for (at, byte) in arg.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth -= 1,
            b',' if !quoted && depth == 0 => {
                parts.push(&arg[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !arg.is_empty() {
        parts.push(&arg[start..]);
    }
    (depth == 0 && !quoted).then_some(parts)
}

/// JSON where it begins like JSON that is no bare word, else text.
fn value(text: &str) -> Option<Value> {
    match text {
        "true" | "false" | "null" => serde_json::from_str(text).ok(),
        _ if text.starts_with(['[', '{', '"']) => serde_json::from_str(text).ok(),
        _ => Some(text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_numbers_words_json_or_text() {
        let read = claims(r#"a=1,b=x y,c=true,d=["p","q,r"],e={"k":[1,2]},f=-5,g="7""#).map(Value::Object);
        let expected = json!({
            "a": 1, "b": "x y", "c": true, "d": ["p", "q,r"], "e": {"k": [1, 2]}, "f": -5, "g": "7",
        });
        assert_eq!(read, Some(expected));
        assert_eq!(claims(""), Some(Map::new()));
        for wrong in ["a", "a=1,", "a=1,a=2", "a=[1", "=1", "a=[x]", "a=\"x"] {
            assert_eq!(claims(wrong), None, "{wrong}");
        }
    }
}
