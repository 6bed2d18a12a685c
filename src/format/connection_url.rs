//! Addresses with a password that nobody needs to keep: the default one of a server on the same machine or in the same
//! set of containers, and the `user:pass` of an explanation.

use zeroize::Zeroizing;

/// Passwords that images and tutorials come with.
const DEFAULTS: [&str; 14] = [
    "postgres", "root", "admin", "password", "passwd", "pass", "secret", "test", "guest", "mysql", "redis", "example",
    "changeme", "123456",
];

/// Users and passwords of explanations, in any combination.
const USERS: [&str; 7] = ["user", "username", "myuser", "my_user", "db_user", "dbuser", "login"];
const PASSWORDS: [&str; 10] =
    ["pass", "password", "passwd", "mypass", "mypassword", "my_password", "pwd", "db_password", "dbpass", "secret"];

/// Whether the password is worth a finding: not if the server is this machine or has no domain and the password is the
/// user's name, the scheme's or a default; and not if user and password are words of an explanation.
pub(super) fn verify(url: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(url) else { return false };
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let Some((user_info, host)) = authority.rsplit_once('@') else { return false };
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    let password = Zeroizing::new(password.to_ascii_lowercase());
    let is_default = password.eq_ignore_ascii_case(user)
        || scheme.to_ascii_lowercase().starts_with(password.as_str())
        || DEFAULTS.contains(&password.as_str());
    let user = user.to_ascii_lowercase();
    let is_explanation = USERS.contains(&user.as_str()) && PASSWORDS.contains(&password.as_str());
    !(is_explanation || (is_default || names_itself(&user, &password)) && is_local(host))
}

/// Whether user and password are one word, each with what it is behind it: `cacheuser` and `cachepass`.
fn names_itself(user: &str, password: &str) -> bool {
    let of_user = ["username", "user"].iter().find_map(|word| user.strip_suffix(word));
    let of_password = ["password", "passwd", "pass", "pwd"].iter().find_map(|word| password.strip_suffix(word));
    of_user.is_some() && of_user == of_password
}

fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.starts_with("127.") || name == "[::1]" || !name.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_passwords_of_local_servers_are_no_leak() {
        for url in [
            "mysql://user:pass@db.contoso.example/a",
            "postgres://postgres:postgres@localhost:5432/test",
            "redis://:redis@cache/0",
            "mysql://root:Root@127.0.0.1",
            "mysql2://cacheuser:cachepass@localhost/cachedatabase",
        ] {
            assert!(!verify(url.as_bytes()), "{url}");
        }
        for url in [
            "postgres://postgres:postgres@db.contoso.example/test",
            "mysql://root:x7Kd9@localhost",
            "amqp://a:b@c",
            "mysql://cacheuser:cachepass@db.contoso.example",
        ] {
            assert!(verify(url.as_bytes()), "{url}");
        }
        assert!(!verify(b"nothing"));
    }
}
