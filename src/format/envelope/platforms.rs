//! Tokens of cloud and developer platforms whose text is a structure.

use data_encoding::{BASE64, BASE64_NOPAD};
use rmpv::Value as Packed;
use serde_json::{Value, json};

use super::args::Args;
use super::random::{self, Random};
use crate::format::{base64, bech32, elastic, fly, nkey, onepassword, private_key as pem, sentry, vault};

/// Some second of 2025 or 2026: samples need a date, and the library reads no clock.
fn some_second(random: &mut Random<'_>) -> Option<u64> {
    Some(1_735_689_600 + u64::from(u32::from_le_bytes(random::bytes(random)?) % (2 * 365 * 86_400)))
}

pub(super) fn fly(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["org", "mask", "app", "nbf", "exp"])?;
    let number = |name: &str, default: u64| Some(args.number(name)?.unwrap_or(default));
    let mask = number("mask", 31)?;
    let pair = |a: u64, b: u64| Packed::Array(vec![Packed::from(a), Packed::from(b)]);
    let mut caveats = vec![(0, pair(number("org", 4721)?, mask))];
    if let Some(app) = args.number("app")? {
        caveats.push((3, Packed::Array(vec![Packed::Map(vec![(Packed::from(app), Packed::from(mask))])])));
    }
    match (args.number("nbf")?, args.number("exp")?) {
        (None, None) => {}
        (nbf, Some(exp)) => caveats.push((4, pair(nbf.unwrap_or(0), exp))),
        (Some(_), None) => return None,
    }
    let token = fly::FlyToken { location: "https://api.fly.io/v1".to_owned(), caveats };
    fly::compose(&token, &random::bytes(random)?, &random::bytes(random)?)
}

pub(super) fn sentry(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["org", "iat", "host"])?;
    let host = args.get("host").unwrap_or("sentry.io");
    let payload = json!({
        "iat": args.number("iat")?.map_or_else(|| some_second(random), Some)?,
        "url": format!("https://{host}"),
        "region_url": format!("https://us.{host}"),
        "org": args.get("org").unwrap_or("contoso"),
    });
    Some(sentry::compose(payload.as_object()?, &random::bytes(random)?))
}

pub(super) fn vault(random: &mut Random<'_>, arg: &str) -> Option<String> {
    Args::parse(arg, &[])?;
    vault::compose(&random::bytes(random)?, &random::base62(random, 24)?)
}

pub(super) fn onepassword(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["email", "host"])?;
    let secret = |random: &mut Random<'_>| Some(base64::encode_url(&random::bytes::<32>(random)?));
    let account_key = random::base62(random, 31)?.to_ascii_uppercase();
    let object = json!({
        "email": args.get("email").unwrap_or("abc123@1passwordserviceaccounts.com"),
        "muk": {"alg": "A256GCM", "k": secret(random)?, "kty": "oct"},
        "secretKey": format!("A3-{account_key}"),
        "signInAddress": args.get("host").unwrap_or("contoso.1password.com"),
        "srpX": data_encoding::HEXLOWER.encode(&random::bytes::<32>(random)?),
        "userAuth": {"alg": "PBES2g-HS256", "iterations": 650_000, "method": "SRPg-4096", "salt": secret(random)?},
    });
    Some(onepassword::compose(object.as_object()?))
}

pub(super) fn elastic(random: &mut Random<'_>, arg: &str) -> Option<String> {
    Args::parse(arg, &[])?;
    Some(elastic::compose(&random::base62(random, 20)?, &random::base62(random, 22)?))
}

pub(super) fn elastic_encoded(random: &mut Random<'_>, arg: &str) -> Option<String> {
    Args::parse(arg, &[])?;
    let pair = format!("{}:{}", random::base62(random, 20)?, random::base62(random, 22)?);
    Some(BASE64.encode(pair.as_bytes()))
}

pub(super) fn age(random: &mut Random<'_>, arg: &str) -> Option<String> {
    Args::parse(arg, &[])?;
    Some(bech32::compose("age-secret-key-", &random::bytes::<32>(random)?))
}

pub(super) fn nkey(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["of"])?;
    nkey::compose(args.get("of").unwrap_or("user"), &random::bytes(random)?)
}

/// `{"o":"ID","n":NAME,"k":SECRET,"m":{"r":REGION}}`, after `glc_`.
pub(super) fn grafana_cloud(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["org", "name", "region"])?;
    let object = json!({
        "k": random::base62(random, 24)?,
        "m": {"r": args.get("region").unwrap_or("prod-eu-west-2")},
        "n": args.get("name").unwrap_or("stack-714-write"),
        "o": args.number("org")?.unwrap_or(714_502).to_string(),
    });
    Some(format!("glc_{}", BASE64.encode(object.to_string().as_bytes())))
}

/// `{"k":SECRET,"n":NAME,"id":ORG}`.
pub(super) fn grafana_legacy(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["org", "name"])?;
    let (key, name) = (random::base62(random, 32)?, args.get("name").unwrap_or("deploy"));
    // The order of the fields is the issuer's own: the token's first characters are known by it.
    let text = format!(r#"{{"k":"{key}","n":{},"id":{}}}"#, Value::from(name), args.number("org")?.unwrap_or(1));
    Some(BASE64.encode(text.as_bytes()))
}

/// `sk.`, base64url of `{"u":USER,"a":ID}`, and a signature of 22 characters.
pub(super) fn mapbox(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["user", "usage"])?;
    let (user, id) = (args.get("user").unwrap_or("contoso"), random::base62(random, 25)?.to_ascii_lowercase());
    let text = format!(r#"{{"u":{},"a":"{id}"}}"#, Value::from(user));
    let signature = base64::encode_url(&random::bytes::<16>(random)?);
    Some(format!("{}.{}.{signature}", args.get("usage").unwrap_or("sk"), base64::encode_url(text.as_bytes())))
}

pub(super) fn private_key(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["form"])?;
    // Half of a modulus of 1024 bits each; nobody minds that they are no primes.
    let factor = |random: &mut Random<'_>| random::bytes::<64>(random).map(|bytes| bytes.map(|byte| byte | 0x80));
    match args.get("form").unwrap_or("openssh") {
        "openssh" => Some(pem::sample_openssh(&random::bytes(random)?, &random::bytes(random)?, false)),
        "openssh-encrypted" => Some(pem::sample_openssh(&random::bytes(random)?, &random::bytes(random)?, true)),
        "known" => Some(pem::sample_openssh(&[0; 32], &random::bytes(random)?, false)),
        "pgp" => Some(pem::sample_pgp(&random::bytes(random)?, &random::bytes(random)?, false)),
        "pgp-encrypted" => Some(pem::sample_pgp(&random::bytes(random)?, &random::bytes(random)?, true)),
        "ppk" => Some(pem::sample_putty(&random::bytes(random)?, &random::bytes(random)?, false)),
        "ppk-encrypted" => Some(pem::sample_putty(&random::bytes(random)?, &random::bytes(random)?, true)),
        "pkcs1" => Some(pem::sample_rsa(&factor(random)?, &factor(random)?, false)),
        "pkcs8" => Some(pem::sample_rsa(&factor(random)?, &factor(random)?, true)),
        _ => None,
    }
}

/// Base64 of the bot's number, the time in six characters, and 38 of a signature.
pub(super) fn discord(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["user"])?;
    // Snowflakes of the last years have 19 digits.
    let user = 1_000_000_000_000_000_000 + u64::from(u32::from_le_bytes(random::bytes(random)?)) * 100_000_000;
    let id = args.number("user")?.unwrap_or(user);
    let time = base64::encode_url(&random::bytes::<4>(random)?);
    let id = BASE64_NOPAD.encode(id.to_string().as_bytes());
    Some(format!("{id}.{time}.{}", random::base62(random, 38)?))
}
