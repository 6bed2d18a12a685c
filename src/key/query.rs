//! The parameters of a URL, or of the part after its `?`, with HTML's `&amp;` read as `&`.

use url::Url;

/// A URL's parts that decoders read.
pub(super) struct Query {
    url: Url,
    /// Whether the text named a server itself.
    placed: bool,
}

impl Query {
    /// Reads a URL or a bare query; `None` for what is neither.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?.replace("&amp;", "&");
        let placed = text.contains("://");
        let full = if placed { text } else { format!("https://_/?{}", text.trim_start_matches('?')) };
        let url = Url::parse(&full).ok()?;
        url.query().is_some().then_some(Self { url, placed })
    }

    /// The first value of a parameter, percent-decoded; names are compared without case.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut pairs = self.url.query_pairs();
        pairs
            .find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    }

    /// The server, if the text names one.
    pub(super) fn host(&self) -> Option<&str> {
        self.url.host_str().filter(|_| self.placed)
    }

    /// The path, if the text names a server.
    pub(super) fn path(&self) -> Option<&str> {
        self.placed.then(|| self.url.path())
    }
}
