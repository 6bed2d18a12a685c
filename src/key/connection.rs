//! Connection strings: which server, as whom, and whether the way there is protected.

use url::{Host, Url};

use super::facts::{Action, Grant, KeyFacts, Power, Reported, Subjects};

/// Users that may do everything on a server of their sort.
const ADMINISTRATORS: [&str; 7] = ["root", "postgres", "sa", "admin", "administrator", "mysql", "system"];
/// Parameters that turn TLS off, and with which value.
const WITHOUT_TLS: [(&str, &str); 7] = [
    ("sslmode", "disable"),
    ("ssl-mode", "disabled"),
    ("ssl", "false"),
    ("tls", "false"),
    ("usessl", "false"),
    ("encrypt", "false"),
    ("encrypt", "no"),
];

/// `scheme://user:password@host:port/database?parameters`.
pub(super) fn decode_url(key: &[u8]) -> Option<KeyFacts> {
    let text = str::from_utf8(key).ok()?.replace("&amp;", "&");
    let url = Url::parse(&text).ok()?;
    url.password()?;
    let scheme = url.scheme().split('+').next().unwrap_or_default().to_owned();
    let mut facts = KeyFacts::of_kind(format!("password in a {scheme} address"));
    facts = host_facts(facts, url.host_str()?, url.host().as_ref());
    facts = user_facts(facts, url.username());
    let database = url.path().trim_matches('/');
    if !database.is_empty() {
        facts = facts.detail("database", database);
    }
    let off = url.query_pairs().any(|(name, value)| {
        WITHOUT_TLS.iter().any(|(key, off)| name.eq_ignore_ascii_case(key) && value.eq_ignore_ascii_case(off))
    });
    Some(if off { without_tls(facts) } else { facts })
}

/// `Name=value;` pairs: Azure's and ADO.NET's connection strings.
pub(super) fn decode_pairs(key: &[u8]) -> Option<KeyFacts> {
    let text = str::from_utf8(key).ok()?;
    let pairs: Vec<(String, &str)> = text
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_lowercase().replace([' ', '_'], ""), value.trim()))
        .collect();
    let get = |names: &[&str]| pairs.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| *value);
    get(&["password", "pwd", "accountkey", "sharedaccesskey", "secret"])?;
    let mut facts = KeyFacts::of_kind("connection string");
    if let Some(server) = get(&["server", "datasource", "host", "hostname", "addr", "address"]) {
        let host = server.trim_start_matches("tcp:").split([',', ':', '\\']).next().unwrap_or(server);
        facts = host_facts(facts, host, url::Host::parse(host).ok().as_ref().map(borrow).as_ref());
    }
    if let Some(endpoint) = get(&["endpoint"]) {
        facts = facts.detail("endpoint", endpoint);
    }
    if let Some(account) = get(&["accountname"]) {
        facts.owner = Reported::Said(account.to_owned());
    }
    if let Some(user) = get(&["uid", "userid", "user", "username"]) {
        facts = user_facts(facts, user);
    }
    for (name, word) in [
        ("sharedaccesskeyname", "policy"),
        ("entitypath", "entity"),
        ("deviceid", "device"),
        ("database", "database"),
        ("initialcatalog", "database"),
        ("id", "id"),
    ] {
        if let Some(value) = get(&[name]) {
            facts = facts.detail(word, value);
        }
    }
    if get(&["sharedaccesskeyname"]) == Some("RootManageSharedAccessKey") {
        let all = vec![Action::new("RootManageSharedAccessKey", Power::Everything)];
        facts = facts.grant(Grant::exact(all, Subjects::Everything));
    }
    if get(&["sharedaccesskey"]).is_some() && get(&["endpoint"]).is_some() && get(&["entitypath"]).is_none() {
        facts = facts.note("It names no entity: it holds for the whole namespace.");
    }
    let off = WITHOUT_TLS
        .iter()
        .any(|(name, off)| get(&[&name.replace('-', "")]).is_some_and(|value| value.eq_ignore_ascii_case(off)));
    Some(if off { without_tls(facts) } else { facts })
}

fn borrow(host: &Host<String>) -> Host<&str> {
    match host {
        Host::Domain(name) => Host::Domain(name.as_str()),
        Host::Ipv4(address) => Host::Ipv4(*address),
        Host::Ipv6(address) => Host::Ipv6(*address),
    }
}

/// Names of hosts ignore case.
fn ends_with_folded(name: &str, end: &str) -> bool {
    name.to_ascii_lowercase().ends_with(end)
}

fn host_facts(facts: KeyFacts, name: &str, host: Option<&Host<&str>>) -> KeyFacts {
    let facts = facts.detail("host", name);
    let reach = match host {
        Some(Host::Ipv4(ip)) if ip.is_loopback() => "this machine",
        Some(Host::Ipv4(ip)) if ip.is_private() || ip.is_link_local() => "private network",
        Some(Host::Ipv6(ip)) if ip.is_loopback() => "this machine",
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => "public address",
        _ if name.eq_ignore_ascii_case("localhost") => "this machine",
        _ if !name.contains('.') || ends_with_folded(name, ".local") || ends_with_folded(name, ".internal") => {
            "private network"
        }
        _ => return facts,
    };
    facts.detail("reach", reach)
}

fn user_facts(facts: KeyFacts, user: &str) -> KeyFacts {
    if user.is_empty() {
        return facts;
    }
    let facts = KeyFacts { owner: Reported::Said(user.to_owned()), ..facts };
    if ADMINISTRATORS.iter().any(|known| user.eq_ignore_ascii_case(known)) {
        facts.note("By its name the user is an administrator.")
    } else {
        facts
    }
}

fn without_tls(facts: KeyFacts) -> KeyFacts {
    facts.note("TLS is off: the password travels in clear.")
}
