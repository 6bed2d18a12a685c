//! Values whose form says that they are something other than a credential.

use super::code::{is_member_path, is_name};
use super::surprise::{WORDY, surprise};

/// Whether the value is of a form that no credential has: an address, a path, a version, a pattern …
pub(super) fn is_other(value: &[u8]) -> bool {
    b",;:]}=".contains(&value[0])
        || value.starts_with(b"[-")
        || is_escaped(value)
        || is_entity(value)
        || is_public_point(value)
        || value[0] == b')' && !value.iter().any(u8::is_ascii_digit)
        || matches!(value, [b'$', first, ..] if first.is_ascii_alphabetic() || b"_{([".contains(first))
        || value.starts_with(b"\"$")
        || is_algorithm(value)
        || is_of_database(value)
        || is_signed_link(value)
        || is_address(value)
        || is_path(value)
        || is_version_or_date(value)
        || is_colour_or_selector(value)
        || is_file_name(value)
        || is_template(value)
        || is_pattern(value)
        || is_digest(value)
        || is_pairs(value)
        || is_validation(value)
        || is_advisory(value)
        || is_dotted(value)
        || is_resource(value)
}

/// Nothing but signs that addresses write as `%XX`, as tests of addresses have it.
fn is_escaped(value: &[u8]) -> bool {
    let escapes =
        value.windows(3).filter(|part| part[0] == b'%' && part[1..].iter().all(u8::is_ascii_hexdigit)).count();
    escapes >= 3 && escapes * 3 * 3 >= value.len() * 2 || escapes > 0 && is_escaped_words(value)
}

/// Words between signs that are written as `%XX`: `a-word%23another-word`.
fn is_escaped_words(value: &[u8]) -> bool {
    let mut words = value.split(|byte| *byte == b'%').enumerate();
    words.all(|(index, word)| {
        let word = if index == 0 { word } else { word.get(2..).unwrap_or_default() };
        word.len() < 3
            || word.iter().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(byte)) && surprise(word) < WORDY + 2
    })
}

/// `&nbsp;` of a page, and what is put into a text by its name in capitals: `%CONFIG-DBPASS`.
fn is_entity(value: &[u8]) -> bool {
    let named = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    match value {
        [b'&', rest @ ..] => named(rest) > 1 && rest.get(named(rest)) == Some(&b';'),
        [b'%', first, rest @ ..] => {
            first.is_ascii_uppercase() && rest.iter().all(|byte| byte.is_ascii_uppercase() || b"-_%".contains(byte))
        }
        _ => false,
    }
}

/// A point of a curve that is written in full (SEC 1, section 2.3.3): four, and then two coordinates of 32 bytes. Only
/// public keys are written so, those of Web Push among them (RFC 8292, section 3.2).
fn is_public_point(value: &[u8]) -> bool {
    let bare = value.strip_suffix(b"=").unwrap_or(value);
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/".contains(byte);
    bare.len() == 87 && bare[0] == b'B' && (b'A'..=b'P').contains(&bare[1]) && bare.iter().all(is_base64)
        || value.len() == 130 && value.starts_with(b"04") && value.iter().all(u8::is_ascii_hexdigit)
}

/// Names joined by dots, also those of a class and its member: `org.acme.Pool#getUser`.
fn is_dotted(value: &[u8]) -> bool {
    (is_member_path(value) || value.split(|byte| *byte == b'.').count() > 2) && surprise(value) < WORDY
}

/// `x://…` and `name@host.tld`.
fn is_address(value: &[u8]) -> bool {
    if contains(value, b"://") {
        return true;
    }
    let Some(at) = value.iter().position(|byte| *byte == b'@') else { return false };
    let (user, host) = (&value[..at], &value[at + 1..]);
    let is_host = host.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte));
    at > 0
        && is_host
        && host.iter().rposition(|byte| *byte == b'.').is_some_and(|dot| {
            let last = &host[dot + 1..];
            (2..=6).contains(&last.len()) && last.iter().all(u8::is_ascii_lowercase)
        })
        && user.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(byte))
}

/// A path, if it is made of words.
fn is_path(value: &[u8]) -> bool {
    let rooted = [&b"/"[..], b"./", b"../", b"~/", b"\\\\"].iter().any(|root| value.starts_with(root))
        || matches!(value, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    let slashes = value.iter().filter(|byte| b"/\\".contains(byte)).count();
    let of_system = [&b"/tmp/"[..], b"/home/", b"/etc/", b"/usr/", b"/var/", b"/opt/", b"/run/"];
    of_system.iter().any(|folder| value.starts_with(folder)) || (rooted || slashes > 0) && surprise(value) < WORDY + 1
}

/// Numbers between dots, dashes, colons and slashes: `v1.2.3`, `2024-01-31T10:00:00Z`, `10.0.0.1:80`.
fn is_version_or_date(value: &[u8]) -> bool {
    let body = value.strip_prefix(b"v").unwrap_or(value);
    let separated = body.iter().filter(|byte| b".-:/".contains(byte)).count();
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    separated >= 2 && digits > 0 && body.iter().all(|byte| byte.is_ascii_digit() || b".-:/TZ+ ".contains(byte))
}

/// `#a0b1c2`, `#password`, `.password-field`, `[name=password]`.
fn is_colour_or_selector(value: &[u8]) -> bool {
    match value {
        [b'#', rest @ ..] => {
            matches!(rest.len(), 3 | 6 | 8) && rest.iter().all(u8::is_ascii_hexdigit) || is_dashed(rest)
        }
        [b'.' | b':', rest @ ..] => is_dashed(rest),
        [b'[', .., b']'] => true,
        _ => false,
    }
}

/// Words joined by dashes and underscores.
fn is_dashed(value: &[u8]) -> bool {
    value.first().is_some_and(u8::is_ascii_alphabetic)
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
        && surprise(value) < WORDY
}

/// Endings of the names of files.
const ENDINGS: [&str; 47] = [
    "enc",
    "pem",
    "key",
    "json",
    "yml",
    "yaml",
    "txt",
    "py",
    "js",
    "ts",
    "tsx",
    "jsx",
    "xml",
    "html",
    "htm",
    "css",
    "scss",
    "php",
    "rb",
    "java",
    "go",
    "rs",
    "sh",
    "md",
    "conf",
    "cfg",
    "ini",
    "properties",
    "crt",
    "cer",
    "p12",
    "jks",
    "pfx",
    "env",
    "csv",
    "svg",
    "png",
    "gpg",
    "asc",
    "der",
    "toml",
    "tf",
    "log",
    "db",
    "sql",
    "service",
    "erb",
];

fn is_file_name(value: &[u8]) -> bool {
    let Some(dot) = value.iter().rposition(|byte| *byte == b'.') else { return false };
    let ending = &value[dot + 1..];
    let is_ending = |part: &[u8]| ENDINGS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(part));
    let before = value[..dot].rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    // `a.yml.enc` is the name of a file, whatever `a` is.
    let twice = before.len() < dot && is_ending(before);
    dot > 0 && is_ending(ending) && (twice || surprise(value) < WORDY + 1)
}

/// A text into which something is put: `%s`, `{0}`, `{{ x }}`, `${x}`, `#{x}`, `<%= x %>`, `$(x)`.
fn is_template(value: &[u8]) -> bool {
    const OPENINGS: [&[u8]; 9] = [b"${", b"#{", b"{{", b"<%", b"$(", b"{%", b"@{", b"[[", b"$["];
    OPENINGS.iter().any(|open| contains(value, open))
        || is_formatted(value)
        || (value.contains(&b'{') && value.ends_with(b"}"))
        || contains(value, b"{}")
        || value.iter().position(|byte| *byte == b'<').is_some_and(|open| value[open..].contains(&b'>'))
}

/// Whether it holds `%s` or the like. After another sign it is a sign of a password as well: `7!@#$%d9`.
fn is_formatted(value: &[u8]) -> bool {
    value.windows(2).enumerate().any(|(at, pair)| {
        let after_sign = at > 0 && b"!@#$^&*".contains(&value[at - 1]);
        pair[0] == b'%' && b"sdvqfx@(".contains(&pair[1]) && !after_sign
    })
}

/// A regular expression or a glob.
fn is_pattern(value: &[u8]) -> bool {
    const MARKS: [&[u8]; 14] =
        [b"\\d", b"\\w", b"\\s", b"\\S", b"[^", b".*", b".+", b"(?", b"[a-z", b"[A-Z", b"[0-9", b"\\.", b"\\b", b"**/"];
    MARKS.iter().any(|mark| contains(value, mark))
        || value.windows(2).filter(|pair| pair == b"\\x").count() >= 3
        || value.starts_with(b"^") && value.ends_with(b"$")
        || value.starts_with(b"*.")
}

/// Prefixes of digests, of passwords that are hashed or encrypted, and of public keys.
const DIGESTS: [&str; 51] = [
    // Public keys as SSH writes them in base64: `ssh-rsa` and `ecdsa-…` with their lengths before them.
    "aaaab3nzac1",
    "aaaae2vjzhnh",
    // An object that Java wrote, in base64 (0xACED, the magic number of its protocol for objects).
    "ro0ab",
    // A fingerprint of OpenPGP as an address.
    "openpgp4fpr:",
    // The head of a PEM block in base64: what is a key there, the rules for keys find.
    "ls0tls1crudjti",
    // Public keys of Curve25519 as DER: Ed25519 and X25519.
    "mcowbqydk2vwayea",
    "mcowbqydk2vuayea",
    "{ldap}",
    // As RabbitMQ keeps passwords in its settings.
    "encrypted:",
    // Public keys as DER, in base64 and in hexadecimal digits: RSA and EC.
    "miibijanbgkqhkig",
    "migfma0gcsqgsib3dqebaqu",
    "miicijanbgkqhkig",
    "mfkwewyhkozizj0c",
    "30819f300d06092a864886f7",
    "md5$",
    "sha1$",
    "sha256$",
    "$y$",
    "#jbcrypt:",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "sha1:",
    "sha256:",
    "sha512:",
    "md5:",
    "$1$",
    "$2a$",
    "$2b$",
    "$2y$",
    "$5$",
    "$6$",
    "$apr1$",
    "$argon2",
    "$pbkdf2",
    "pbkdf2",
    "bcrypt",
    "{bcrypt}",
    "{sha",
    "{ssha",
    "{md5",
    "{cipher}",
    "scrypt",
    "argon2",
    "ssh-rsa",
    "ssh-ed25519",
    "ecdsa-",
    "-----begin",
    "$ansible_vault",
    "scram-sha-",
];

fn is_digest(value: &[u8]) -> bool {
    if value.is_empty() {
        return false;
    }
    // As PostgreSQL keeps passwords: `md5` and 32 digits.
    let of_postgres = value.len() == 35 && value.starts_with(b"md5") && value[3..].iter().all(u8::is_ascii_hexdigit);
    let known = || {
        DIGESTS
            .iter()
            .any(|prefix| value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())))
    };
    // `user:$2a$…`: a line of accounts.
    let of_account = || {
        let colon = value.iter().position(|byte| *byte == b':').unwrap_or(0);
        colon > 0 && matches!(&value[colon..], [b':', b'$' | b'{', ..]) && is_digest(&value[colon + 1..])
    };
    of_postgres || of_account() || is_of_mysql(value) || known() || is_named_digest(value) || is_doubled_digest(value)
}

/// As MySQL keeps passwords: a star and 40 digits (the manual, *Password Hashing in MySQL*).
fn is_of_mysql(value: &[u8]) -> bool {
    value.len() == 41 && value[0] == b'*' && value[1..].iter().all(u8::is_ascii_hexdigit)
}

/// A digest with each `$` twice or more often, as files that replace variables hold it: `$$2y$$10$$…`.
fn is_doubled_digest(value: &[u8]) -> bool {
    let marks = value.iter().take_while(|byte| **byte == b'$').count();
    marks > 1 && contains(&value[marks..], b"$$")
}

/// `{salt}5f4d…` and `{pbkdf2@v5}…`: what hashed a password, or its salt, in braces before the hash.
fn is_named_digest(value: &[u8]) -> bool {
    let Some(close) = value.iter().position(|byte| *byte == b'}').filter(|_| value[0] == b'{') else { return false };
    let is_hash = |rest: &[u8]| rest.len() >= 32 && rest.iter().all(u8::is_ascii_hexdigit);
    let rest = &value[close + 1..];
    is_hash(rest)
        || contains(rest, b"$")
        || rest.starts_with(b"{")
        || [&b"{pbkdf2"[..], b"{scrypt", b"{argon2", b"{md4"]
            .iter()
            .any(|known| value.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known)))
}

/// Parts of the names of algorithms.
const ALGORITHMS: [&str; 24] = [
    "aes", "argon2", "argon2i", "argon2id", "bcrypt", "blowfish", "cbc", "crypt", "ctr", "des", "digest", "gcm",
    "hmac", "md5", "pbkdf2", "plain", "rsa", "scram", "scrypt", "sha", "sha1", "sha256", "sha512", "ssha",
];

/// What hashes or encrypts, not what is hashed: `md5-crypt`, `AES-256-CBC`, `SCRAM-SHA-256`.
fn is_algorithm(value: &[u8]) -> bool {
    let is_known = |part: &[u8]| ALGORITHMS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(part));
    let is_size = |part: &[u8]| matches!(part, b"128" | b"192" | b"224" | b"256" | b"384" | b"512");
    let parts = || value.split(|byte| b"-_/".contains(byte));
    parts().next().is_some_and(is_known) && parts().all(|part| is_known(part) || is_size(part))
}

/// Names that tools make for the keys and indexes of a database: `FK_635D765EA76ED395`, `idx_20c9fb2419eb6921`.
fn is_of_database(value: &[u8]) -> bool {
    const KINDS: [&str; 5] = ["fk_", "ix_", "idx_", "uniq_", "uq_"];
    // No database of those that shorten them takes a longer name.
    const LONGEST: usize = 30;
    let rest = KINDS.iter().find_map(|kind| {
        let front = value.get(..kind.len())?;
        front.eq_ignore_ascii_case(kind.as_bytes()).then(|| &value[kind.len()..])
    });
    let is_short = value.len() <= LONGEST;
    rest.is_some_and(|rest| is_short && rest.iter().all(u8::is_ascii_hexdigit) || surprise(rest) < WORDY)
}

/// The signature of one link for a time, behind the public id of the key that made it: Qiniu's download tokens
/// (developer.qiniu.com/kodo, *download token*: `AccessKey:EncodedSign`, an HMAC-SHA1 in base64).
fn is_signed_link(value: &[u8]) -> bool {
    let is_base64 = |part: &[u8]| part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    matches!(value, [.., b'='])
        && value.len() == 69
        && value[40] == b':'
        && is_base64(&value[..40])
        && is_base64(&value[41..68])
}

/// Words with values: `gpu=0|uuid=7`.
fn is_pairs(value: &[u8]) -> bool {
    // Of one letter each, as a message of SCRAM has them (RFC 5802): `r=ab,s=cd,i=11`.
    let is_short_pair = |part: &[u8]| matches!(part, [name, b'=', _, ..] if name.is_ascii_lowercase());
    if value.split(|byte| *byte == b',').count() > 2 && value.split(|byte| *byte == b',').all(is_short_pair) {
        return true;
    }
    let is_pair = |part: &[u8]| {
        let name = part.iter().take_while(|byte| byte.is_ascii_lowercase() || b"_-".contains(byte)).count();
        name > 2 && part.get(name) == Some(&b'=')
    };
    if value.split(|byte| b":,;&|".contains(byte)).filter(|part| is_pair(part)).count() > 1 {
        return true;
    }
    let Some(equals) = value.iter().position(|byte| *byte == b'=') else { return false };
    (2..=12).contains(&equals)
        && value[..equals].iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_')
        && value.get(equals + 1).is_some_and(u8::is_ascii_alphanumeric)
        && (equals <= 5 || value[..equals].contains(&b'_') || surprise(&value[..equals]) < WORDY)
}

/// Rules that a form holds its field to: `required|min:8`; the last may follow in code.
fn is_validation(value: &[u8]) -> bool {
    let mut parts = value.strip_suffix(b"|").unwrap_or(value).split(|byte| *byte == b'|');
    let is_rule =
        |part: &[u8]| part.len() > 2 && part[..3].iter().all(u8::is_ascii_lowercase) && surprise(part) < WORDY + 2;
    value.contains(&b'|') && parts.all(is_rule)
}

/// The number of a security advisory, which stands beside such words.
fn is_advisory(value: &[u8]) -> bool {
    [&b"GHSA-"[..], b"CVE-", b"CWE-"].iter().any(|prefix| value.starts_with(prefix))
}

/// A number in base 16, or an address of a chain of blocks, which is public: 40 digits.
pub(super) fn is_number(value: &[u8], quoted: bool) -> bool {
    let value = value.strip_prefix(b"-").unwrap_or(value);
    let Some(digits) = value.strip_prefix(b"0x").or_else(|| value.strip_prefix(b"0X")) else { return false };
    digits.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'_') && (!quoted || digits.len() <= 40)
}

/// Names of resources: words between colons and slashes (`arn:aws:…`, `vault:secret/data`, `a:b:c`).
fn is_resource(value: &[u8]) -> bool {
    value.starts_with(b"arn:")
        || value.starts_with(b"urn:")
        || value.starts_with(b":") && is_name(&value[1..])
        || value.split(|byte| *byte == b':').count() > 2 && (surprise(value) < WORDY || begins_in_words(value))
}

/// `login:last-active:…`: the first two parts between colons are words, so the third is what they name.
fn begins_in_words(value: &[u8]) -> bool {
    let is_word = |part: &[u8]| part.len() > 2 && part.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-');
    value.split(|byte| *byte == b':').take(2).all(is_word)
}

fn contains(value: &[u8], mark: &[u8]) -> bool {
    value.windows(mark.len()).any(|window| window == mark)
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
