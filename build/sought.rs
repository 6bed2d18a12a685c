//! What a rule says about where its matches are, as far as the prefilter must know.

use crate::rules::document::{Entry, Value};
use crate::rules::reading::Reading;
use crate::rules::{Seek, assigned, shape, syntax};
use crate::tables::Wanted;

pub(crate) struct Sought {
    anchors: Vec<String>,
    fold: bool,
    seek: Seek,
    /// Whether its keys are looked for in base64 too.
    encoded: bool,
    /// The most text that decides about one match.
    pub(crate) window: usize,
}

impl Sought {
    pub(crate) fn new(rule: &[Entry<'_>]) -> Result<Self, String> {
        let value = |key: &str| rule.iter().find(|entry| entry.key == key).map(|entry| &entry.item.value);
        let text = |key: &str| value(key).and_then(Value::as_str).unwrap_or_default();
        let texts = |key: &str| {
            let list = value(key).and_then(Value::as_list).unwrap_or_default();
            list.iter().filter_map(|item| item.value.as_str()).map(str::to_owned).collect::<Vec<_>>()
        };
        let size = |key: &str| match value(key) {
            None => Ok(0),
            Some(Value::Integer(digits, radix)) => {
                usize::from_str_radix(digits, *radix).map_err(|error| format!("`{key}`: {error}"))
            }
            Some(_) => Err(format!("`{key}` is not a number")),
        };
        if value("reading").is_some() {
            let anchors: Vec<String> = texts("names").iter().map(|name| name.to_ascii_lowercase()).collect();
            let reading = Reading::WORDS.iter().find(|(word, _)| *word == text("reading"));
            let (_, reading) = reading.ok_or("`reading` names no way to read")?;
            let (left, right) = reading.window(anchors.iter().map(String::len).max().unwrap_or(0));
            let seek = shape::seek(None, left, false);
            return Ok(Self { anchors, fold: true, seek, encoded: false, window: left + right });
        }
        if value("names").is_some() {
            let anchors = assigned::words(texts("names").iter().map(String::as_str));
            let pattern = syntax::parse(&assigned::pattern(text("value")))?;
            let (left, right) = assigned::window(anchors.iter().map(String::len).max().unwrap_or(0));
            return Ok(Self {
                anchors,
                fold: true,
                seek: shape::seek(Some(&pattern), left, true),
                encoded: false,
                window: left + right,
            });
        }
        let (pattern, left, right) = (syntax::parse(text("pattern"))?, size("left")?, size("right")?);
        let seek = shape::seek(Some(&pattern), left, false);
        let fold = text("anchors-case") == "insensitive";
        let is_secret = !matches!(value("part-only"), Some(Value::Boolean(true)));
        let may_be_encoded = is_secret && shape::may_be_encoded(text("kind") == "structured", fold, left);
        let window = left + if may_be_encoded { shape::encoded_reach(right) } else { right };
        Ok(Self { anchors: texts("anchors"), fold, seek, encoded: may_be_encoded, window })
    }

    pub(crate) fn wanted(&self) -> Wanted<'_> {
        let anchors = self.anchors.iter().map(String::as_str).collect();
        Wanted { anchors, fold: self.fold, seek: self.seek, encoded: self.encoded }
    }
}
