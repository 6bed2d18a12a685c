//! The argument of an envelope: `name=value` parts with `;` between them.

/// Parts by name, each known and given once.
pub(super) struct Args<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Args<'a> {
    /// Reads `text`; `None` for a part without `=`, without a value, with a name not in `known`, or given twice.
    pub(super) fn parse(text: &'a str, known: &[&str]) -> Option<Self> {
        let mut parts: Vec<(&str, &str)> = Vec::new();
        for part in text.split(';').filter(|_| !text.is_empty()) {
            let (name, value) = part.split_once('=')?;
            let fresh = known.contains(&name) && parts.iter().all(|(other, _)| *other != name);
            (fresh && !value.is_empty()).then(|| parts.push((name, value)))?;
        }
        Some(Self(parts))
    }

    /// The value of a part.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }

    /// The values of a part that has `,` between them; none for a part that is not given.
    pub(super) fn list(&self, name: &str) -> Vec<&'a str> {
        self.get(name).map(|list| list.split(',').collect()).unwrap_or_default()
    }

    /// A decimal number; `Some(None)` when the part is not given.
    #[expect(clippy::option_option, reason = "outer: is it a number; inner: is it given")]
    pub(super) fn number(&self, name: &str) -> Option<Option<u64>> {
        self.get(name).map(str::parse).transpose().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_parts_given_once_are_understood() {
        let args = Args::parse("a=1;b=x,y", &["a", "b"]).unwrap();
        assert_eq!((args.number("a"), args.number("c"), args.list("b")), (Some(Some(1)), Some(None), vec!["x", "y"]));
        assert_eq!(args.number("b"), None);
        assert!(Args::parse("", &[]).is_some());
        for wrong in ["c=1", "a=1;a=2", "a", "a=", "a=1;"] {
            assert!(Args::parse(wrong, &["a", "b"]).is_none(), "{wrong}");
        }
    }
}
