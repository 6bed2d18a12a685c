//! The few pages that only answer a POST, and that read all the same. Nothing else can be posted: a [`Post`] cannot be
//! made outside this file, the client knows no other way to a body, and it takes the host from the issuer's own table.
//! Each says why it is here. None of them is asked unless the user names the issuer.

/// One page, and what is posted to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Post {
    path: &'static str,
    body: Body,
}

/// What is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Nothing: the key is in a header.
    Nothing,
    /// A form with the key in it and nothing else ([`super::carrier::Carrier::Form`]).
    Key,
    /// This JSON: a question in a language that has no other way.
    Json(&'static str),
}

impl Post {
    /// Tailscale's page for whoever finds its keys: it says whether one lives, without using it (kingfisher and
    /// betterleaks ask the same page).
    pub(crate) const TAILSCALE_VERIFY: Self = Self { path: "/api/v2/secret-scanning/verify", body: Body::Key };
    /// `auth.test` says who a token is, and changes nothing; Slack documents it as a POST (docs.slack.dev, auth.test).
    pub(crate) const SLACK_AUTH_TEST: Self = Self { path: "/api/auth.test", body: Body::Nothing };
    /// Square's token status, not to be taken for its neighbour `/oauth2/revoke` (developer.squareup.com,
    /// RetrieveTokenStatus).
    pub(crate) const SQUARE_TOKEN_STATUS: Self = Self { path: "/oauth2/token/status", body: Body::Nothing };
    /// Cohere's check of a key, which costs nothing (cohere-python, `check_api_key`).
    pub(crate) const COHERE_CHECK: Self = Self { path: "/v1/check-api-key", body: Body::Nothing };
    /// Linear speaks GraphQL alone; a query reads (linear.app/developers, `viewer`).
    pub(crate) const LINEAR_VIEWER: Self =
        Self { path: "/graphql", body: Body::Json(r#"{"query":"query { viewer { id name email } }"}"#) };

    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [
        Self::TAILSCALE_VERIFY,
        Self::SLACK_AUTH_TEST,
        Self::SQUARE_TOKEN_STATUS,
        Self::COHERE_CHECK,
        Self::LINEAR_VIEWER,
    ];

    /// The path after the host.
    pub(crate) const fn path(self) -> &'static str {
        self.path
    }

    pub(crate) const fn body(self) -> Body {
        self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_posted_that_could_write() {
        for post in Post::ALL {
            let path = post.path().to_ascii_lowercase();
            for verb in ["revoke", "delete", "rotate", "refresh", "create", "token-create", "update", "introspect"] {
                assert!(!path.contains(verb), "{path}");
            }
            if let Body::Json(text) = post.body() {
                assert!(text.contains("query {") && !text.contains("mutation"), "{text}");
            }
        }
    }
}
