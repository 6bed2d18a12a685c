use data_encoding::BASE64;

use super::*;

fn openssh(encrypted: bool) -> String {
    sample_openssh(&[7; 32], &[9; 64], encrypted)
}

fn rsa(wrapped: bool) -> String {
    sample_rsa(&[0xc3; 64], &[0xd5; 64], wrapped)
}

#[test]
fn an_openssh_key_tells_its_public_half_even_when_it_is_encrypted() {
    let (clear, sealed) = (parse(openssh(false).as_bytes()).unwrap(), parse(openssh(true).as_bytes()).unwrap());
    assert_eq!((clear.algorithm.as_deref(), clear.bits, &clear.encryption), (Some("Ed25519"), Some(256), &None));
    let encryption = sealed.encryption.clone().unwrap();
    assert_eq!(
        (encryption.cipher.as_str(), encryption.kdf.as_deref(), encryption.rounds),
        ("aes256-ctr", Some("bcrypt"), Some(16))
    );
    assert_eq!(clear.fingerprint(), sealed.fingerprint());
    assert!(verify_clear(openssh(false).as_bytes()) && verify_encrypted(openssh(true).as_bytes()));
}

#[test]
fn an_rsa_key_is_one_key_in_both_forms() {
    let (bare, wrapped) = (parse(rsa(false).as_bytes()).unwrap(), parse(rsa(true).as_bytes()).unwrap());
    assert_eq!((bare.form, wrapped.form), ("PKCS#1", "PKCS#8"));
    assert_eq!((bare.bits, wrapped.bits), (Some(1024), Some(1024)));
    assert_eq!(bare.fingerprint(), wrapped.fingerprint());
}

/// What `ssh-keygen -l` prints of the public key in `known.txt`'s source.
#[test]
fn a_fingerprint_is_as_ssh_keygen_prints_it() {
    let mut key = parse(openssh(false).as_bytes()).unwrap();
    let blob = [&b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..], &[7; 32]].concat();
    assert_eq!(key.ssh_public.as_deref(), Some(&blob[..]));
    let digest = BASE64_NOPAD.encode(&Sha256::digest(&blob));
    assert_eq!(key.fingerprint(), Some(format!("SHA256:{digest}")));
    key.ssh_public = None;
    assert_eq!((key.fingerprint(), key.known_as()), (None, None));
}

#[test]
fn a_modulus_that_is_not_the_product_of_its_primes_is_no_key() {
    let text = rsa(false);
    let lines: Vec<&str> = text.lines().collect();
    let mut bytes = BASE64.decode(lines[1..lines.len() - 1].concat().as_bytes()).unwrap();
    bytes[20] ^= 1;
    let broken = format!("{}\n{}\n{}", lines[0], BASE64.encode(&bytes), lines[lines.len() - 1]);
    assert_eq!(parse(broken.as_bytes()), None);
}

#[test]
fn blocks_are_read_however_they_are_written() {
    let key = rsa(true);
    let lines: Vec<&str> = key.lines().collect();
    let quoted = |end: &str| lines.iter().map(|line| format!("  \"{line}\\n\"{end}")).collect::<Vec<_>>().join("\n");
    for text in [
        key.replace('\n', "\\n"),
        key.replace('\n', "\\\\n"),
        key.replace('\n', "\r\n"),
        key.replace('\n', "\n    "),
        key.replace('\n', " "),
        quoted(" +"),
        quoted(","),
        quoted(""),
        format!("KEY=\"{key}\""),
        lines.iter().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n"),
    ] {
        let start = text.find("-----BEGIN").unwrap();
        let read = parse(&text.as_bytes()[start..]);
        assert_eq!(read, parse(key.as_bytes()), "{text}");
        assert_eq!(canonical(&text.as_bytes()[start..]), canonical(key.as_bytes()));
    }
}

#[test]
fn truncated_and_invented_blocks_are_no_keys() {
    let key = openssh(false);
    let lines: Vec<&str> = key.lines().collect();
    let without =
        |n: usize| lines.iter().enumerate().filter(|(at, _)| *at != n).map(|(_, l)| *l).collect::<Vec<_>>().join("\n");
    for n in 0..lines.len() {
        assert_eq!(parse(without(n).as_bytes()), None, "without line {n}");
    }
    for text in [
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\nxxxx\n-----END PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPublic-Lines: 9999999\n",
    ] {
        assert_eq!(parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn old_encryption_is_told_by_its_header() {
    let body = BASE64.encode(&[5; 96]);
    let text = format!(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n{body}\n-----END RSA PRIVATE KEY-----"
    );
    let key = parse(text.as_bytes()).unwrap();
    let encryption = key.encryption.unwrap();
    assert_eq!((encryption.cipher.as_str(), encryption.kdf.as_deref()), ("AES-128-CBC", Some("MD5")));
}

/// Version 4, RSA: two numbers in clear, then the octet that says how the rest is kept.
#[test]
fn an_openpgp_key_tells_id_and_creation() {
    let packet = |usage: &[u8]| {
        let body = [&[4, 0x67, 0, 0, 0, 1, 0, 8, 0xff, 0, 2, 3][..], usage, &[1, 2, 3, 4]].concat();
        let bytes = [&[0x94, u8::try_from(body.len()).unwrap()][..], &body].concat();
        let text = BASE64.encode(&bytes);
        format!(
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: none\n\n{text}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----"
        )
    };
    let key = parse(packet(&[0]).as_bytes()).unwrap();
    assert_eq!((key.algorithm.as_deref(), key.bits, key.encryption), (Some("RSA"), Some(8), None));
    assert_eq!(key.created.map(jiff::Timestamp::as_second), Some(0x6700_0000));
    assert_eq!(key.key_id.map(|id| id.len()), Some(16));
    let sealed = parse(packet(&[254, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x60]).as_bytes()).unwrap().encryption.unwrap();
    assert_eq!((sealed.cipher.as_str(), sealed.rounds), ("AES-256", Some(65_536)));
}

/// RFC 8032, section 7.1, test 1: most files hold the private half alone, and the public one is made of it.
#[test]
fn the_public_half_of_an_ed25519_key_is_made_of_the_private_one() {
    let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
    let seed = hex(&["9d61b19deffd5a60ba844af492ec2cc4", "4449c5697b326919703bac031cae7f60"].concat());
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let pem = |der: &[u8]| format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64.encode(der));
    let head = hex("302e020100300506032b657004220420");
    let alone = parse(pem(&[head, seed.clone()].concat()).as_bytes()).unwrap();
    let blob = [&b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..], &public].concat();
    assert_eq!(alone.ssh_public, Some(blob.clone()));
    // Version 2 (RFC 5958) brings it along.
    let head = hex("3053020101300506032b657004220420");
    let both = parse(pem(&[head, seed, hex("a123032100"), public].concat()).as_bytes()).unwrap();
    assert_eq!(both.ssh_public, Some(blob));
    let short = parse(pem(&[hex("302d020100300506032b65700421041f"), vec![7; 31]].concat()).as_bytes()).unwrap();
    assert_eq!(
        (short.algorithm.as_deref(), short.ssh_public),
        (Some("Ed25519"), None),
        "no key of this length has one"
    );
}

#[test]
fn a_putty_file_tells_its_public_half() {
    let blob = [&b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..], &[7; 32]].concat();
    let file = |encryption: &str| {
        format!(
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: {encryption}\nComment: x\nPublic-Lines: 1\n{}\nPrivate-Lines: 1\n{}\nPrivate-MAC: 00\n",
            BASE64.encode(&blob),
            BASE64.encode(&[1; 36])
        )
    };
    let key = parse(file("none").as_bytes()).unwrap();
    assert_eq!(key.fingerprint(), parse(openssh(false).as_bytes()).unwrap().fingerprint());
    assert!(key.encryption.is_none() && verify_encrypted(file("aes256-cbc").as_bytes()));
}

#[test]
fn the_list_of_known_keys_names_each_once_and_where_it_is_published() {
    let mut seen = std::collections::BTreeSet::new();
    let mut source = None;
    for line in include_str!("known.txt").lines().skip(2) {
        match line.strip_prefix("# ") {
            Some(told) => source = Some(told).filter(|told| told.starts_with("https://") || told.starts_with("src/")),
            None => assert!(source.is_some(), "{line} has no source"),
        }
    }
    for (fingerprint, name) in known() {
        assert!(seen.insert(fingerprint), "{fingerprint} is named twice");
        let digest = fingerprint.strip_prefix("SHA256:").and_then(|digest| BASE64_NOPAD.decode(digest.as_bytes()).ok());
        assert!(digest.is_some_and(|digest| digest.len() == 32) && !name.is_empty(), "{fingerprint}");
    }
}
