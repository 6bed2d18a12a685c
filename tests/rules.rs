//! The rule files: that ours are right, and that what is wrong with others is said completely.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may be blunt, and so may what they share")]

use std::sync::Arc;

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use skelkey::detect::{Detector, Match, Scratch, check_rules};
use skelkey::location::Span;
use skelkey::rules::{Minter, Mistake, RuleSet, embedded, load, parse};
use skelkey::severity::Confidence;

/// A provider with two rules as they are written in `rules/`.
const ACME: &str = r#"
[provider]
id = "acme"
name = "Acme Registry"
home = "https://acme.example/keys"

[provider.remedy]
page = "https://acme.example/keys"
revoke = ["Open the page, find {key}, choose *Revoke*."]
command = "acme token revoke {key_id|ID}"
recreate = ["Create a token for {scope|one package}, for 30 days."]

[provider.keyless]
title = "Trusted Publishing"
steps = ["Register {workflow} at {host}."]
snippet = "token: ${{ secrets.ACME }}"
language = "yaml"
reference = "https://acme.example/oidc"

[[rule]]
id = "acme-token"
aliases = ["acme-key"]
title = "Acme token"
description = "Publishes packages."
kind = "structured"
issuer-proof = "context"
severity = "high"
confidence = "high"
anchors = ["acme_"]
right = 35
pattern = '''\b(?P<secret>acme_[A-Za-z0-9]{30})\b'''
public-prefix = "acme_"
mint = "acme_{base62:30}"
references = ["https://acme.example/keys"]
examples = ["ACME_TOKEN={mint}", { path = "a/.acmerc", text = "token = {mint}\nother = {mint}" }]
counter-examples = ["ACME_TOKEN=${{ACME_TOKEN}}", "acme_{base62:10}", "acme_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]

[[rule.context]]
issuer = "acme-cloud"
near = ["Cloud.acme.example"]

[[rule.context]]
issuer = "acme"
near = ["acme.example"]

[[rule]]
id = "acme-password"
title = "Acme password"
description = "Signs in."
kind = "contextual"
severity = "high"
confidence = "medium"
anchors = ["acme_password", "acme-password"]
anchors-case = "insensitive"
left = 0
right = 140
pattern = '''(?i)(?P<name>acme[_-]password)\s{0,4}[:=]\s{0,4}["']?(?P<secret>[^\s"']{6,100})'''
identity = "place"
mint = "{base62:20}"
not-paths = ["**/docs/**"]
references = ["https://acme.example/keys"]
examples = ["ACME_PASSWORD: '{mint}'", "acme-password={mint}", "x acme_password = {mint}"]
counter-examples = [
  "acme_password=${{X}}", "acme_password = your-password", "acme_password=%PASSWORD%",
  { path = "a/docs/b.md", text = "acme_password={mint}" },
]
"#;

/// A provider that leaves to the reader what can be left out, with a rule in the short form.
const SHORT: &str = r#"
[provider]
id = "zeta"
name = "Zeta"
home = "https://zeta.example"
references = ["https://zeta.example/docs"]

[provider.remedy]
where = "*Settings*, *API keys*"

[[rule]]
id = "zeta-key"
title = "Zeta key"
description = "Reads and writes everything."
kind = "contextual"
severity = "high"
confidence = "medium"
names = ["zeta"]
value = '''[a-z0-9]{20}'''
mint = "{alnum-lower:20}"
examples = ["ZETA_KEY={mint}"]
counter-examples = ["ZETA_KEY=${{KEY}}"]
"#;

fn acme() -> RuleSet {
    parse(&[("acme.toml", ACME)]).unwrap_or_else(|mistakes| panic!("{}", lines(&mistakes)))
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn detector(rules: RuleSet) -> Detector {
    Detector::new(Arc::new(rules)).unwrap()
}

fn scan(detector: &Detector, text: &str) -> Vec<Match> {
    detector.scan(text.as_bytes(), "", &mut Scratch::default())
}

/// The mistakes in [`ACME`] with one text replaced by another.
fn mistakes(from: &str, to: &str) -> Vec<Mistake> {
    assert!(ACME.contains(from), "{from}");
    parse(&[("acme.toml", &ACME.replacen(from, to, 1))]).err().unwrap_or_default()
}

fn line_of(text: &str) -> usize {
    ACME.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn the_embedded_rules_are_right() {
    let rules = parse(&embedded()).unwrap_or_else(|mistakes| panic!("{}", lines(&mistakes)));
    let decoders: Vec<&str> = skelkey::key::DECODERS.iter().map(|decoder| decoder.name).collect();
    let mistakes = [rules.check_decoders(&decoders), check_rules(&rules)].concat();
    assert!(mistakes.is_empty(), "{}", lines(&mistakes));
    assert_eq!(load(&[]).unwrap().hash, rules.hash, "loading gives what parsing gives");
}

#[test]
fn a_right_file_is_read_and_keeps_its_word() {
    let rules = acme();
    let mistakes = check_rules(&rules);
    assert!(mistakes.is_empty(), "{}", lines(&mistakes));
    assert_eq!(rules.get("acme-key").unwrap().id, "acme-token");
    assert_eq!(rules.get("acme-token").unwrap().origin, ("acme.toml".to_owned(), line_of("[[rule]]")));
    assert_eq!(rules.max_window(), 140);
    assert_eq!(rules.get("acme-password").unwrap().remedy.keyless.as_ref().unwrap().title, "Trusted Publishing");
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let broken = ACME
        .replacen("severity = \"high\"", "severity = \"hihg\"", 1)
        .replacen("kind = \"structured\"", "knid = \"structured\"", 1)
        .replacen("right = 35", "right = \"35\"", 1)
        .replacen("mint = \"acme_{base62:30}\"", "mint = \"acme_{base26:30}\"", 1)
        .replacen("find {key},", "find {kye},", 1)
        .replacen("(?P<secret>[^\\s", "(?P<sceret>[^\\s", 1)
        .replacen("identity = \"place\"", "checksum = \"no-such-checksum\"", 1);
    let found = parse(&[("acme.toml", &broken)]).unwrap_err();
    let has = |line: usize, words: &str| {
        let is_it = |mistake: &Mistake| mistake.line == line && mistake.message.contains(words);
        assert!(found.iter().any(is_it), "{line}: {words}\n{}", lines(&found));
    };
    has(line_of("severity = "), "did you mean `high`?");
    has(line_of("kind = "), "unknown key `knid` in `rule`; did you mean `kind`?");
    has(line_of("[[rule]]"), "`rule` has no `kind`");
    has(line_of("right = 35"), "`right` must be a whole number, 0 or more, not a string");
    has(line_of("mint = \"acme_"), "did you mean `base62`?");
    has(line_of("find {key}"), "did you mean `key`?");
    has(line_of("(?P<name>"), "no group `secret`");
    has(line_of("(?P<name>"), "unknown group `sceret`; did you mean `secret`?");
    has(line_of("identity = "), "unknown checksum `no-such-checksum`");
    assert!(found.is_sorted_by_key(|mistake| mistake.line));
}

#[test]
fn each_mistake_says_how_to_mend_it() {
    let cases = [
        ("id = \"acme\"", "id = \"acne\"", "write `id = \"acme\"`"),
        ("id = \"acme-token\"", "id = \"Acme Token\"", "kebab-case"),
        ("id = \"acme-token\"", "id = \"other-token\"", "begins with its provider"),
        ("aliases = [\"acme-key\"]", "aliases = [\"acme-password\"]", "already names a rule"),
        ("title = \"Acme token\"", "", "no `title`"),
        ("anchors = [\"acme_\"]", "anchors = []", "`anchors` is empty"),
        ("anchors = [\"acme_\"]", "anchors = [\"ac\"]", "too short"),
        ("anchors = [\"acme_\"]", "anchors = [\"acme_1\"]", "can match without any of `anchors`"),
        ("{30})\\b", "{30,})\\b", "bound every repetition"),
        ("{30})\\b", "{30)\\b", "not a regular expression"),
        ("right = 35", "right = 34", "write `right = 35`"),
        ("pattern = '''\\b", "pattern = '''[a-z]{4}", "write `left = 4`"),
        ("right = 35", "right = 70000", "65536 is the most"),
        ("references = [\"https://acme.example/keys\"]", "references = []", "at least one of `references`"),
        ("references = [\"https://acme.example/keys\"]", "references = [\"http://a\"]", "https://"),
        ("\"ACME_TOKEN={mint}\"", "\"ACME_TOKEN={hex:4}\"", "no `{mint}`"),
        ("\"ACME_TOKEN={mint}\"", "\"{mint} {mint:acme-tokne}\"", "did you mean `acme-token`?"),
        ("issuer-proof = \"context\"", "issuer-proof = \"format\"", "no words are looked at"),
        ("[provider.keyless]", "[provider.keyles]", "did you mean `keyless`?"),
        ("not-paths = [\"**/docs/**\"]", "not-paths = [\"a[\"]", "`not-paths`"),
        ("identity = \"place\"", "samples = [\"abc\"]", "64 hexadecimal digits"),
        ("name = \"Acme Registry\"", "name = \"Acme\" name", "not TOML"),
    ];
    for (from, to, words) in cases {
        let found = mistakes(from, to);
        assert!(found.iter().any(|mistake| mistake.message.contains(words)), "{to}: {words}\n{}", lines(&found));
    }
}

#[test]
fn a_rule_without_any_remedy_is_a_mistake() {
    let (start, end) = (ACME.find("[provider.remedy]").unwrap(), ACME.find("[provider.keyless]").unwrap());
    let found = parse(&[("acme.toml", &[&ACME[..start], &ACME[end..]].concat())]).unwrap_err();
    assert_eq!(found.iter().filter(|mistake| mistake.message.contains("remedy")).count(), 2, "{}", lines(&found));
}

#[test]
fn a_later_file_replaces_a_rule_only_if_it_says_so() {
    let mine = ACME.replacen("id = \"acme\"", "id = \"mine\"", 1).replacen(
        "title = \"Acme token\"",
        "title = \"My token\"",
        1,
    );
    let only_token = mine[..mine.rfind("[[rule]]").unwrap()].to_owned();
    let saying_so = only_token.replacen("id = \"acme-token\"", "id = \"acme-token\"\noverride = true", 1);

    let refused = parse(&[("acme.toml", ACME), ("mine.toml", &only_token)]).unwrap_err();
    assert!(lines(&refused).contains("`override = true`"), "{}", lines(&refused));
    let merged = parse(&[("acme.toml", ACME), ("mine.toml", &saying_so)]).unwrap();
    assert_eq!(merged.rules.len(), 2);
    assert_eq!(merged.rules[0].title, "My token");
    assert_eq!(merged.provider(&merged.rules[0]).id, "mine");
    let nothing = parse(&[("mine.toml", &saying_so)]).unwrap_err();
    assert!(lines(&nothing).contains("no earlier file has a rule"), "{}", lines(&nothing));
    assert!(lines(&parse(&[("acme.toml", ACME), ("x/acme.toml", ACME)]).unwrap_err()).contains("another name"));
}

#[test]
fn the_hash_names_the_rules_and_not_where_they_lie() {
    let hash = |name: &str, text: &str| parse(&[(name, text)]).unwrap().hash;
    assert_eq!(hash("acme.toml", ACME), hash("/a/b/acme.toml", ACME));
    assert_ne!(hash("acme.toml", ACME), hash("acme.toml", &format!("{ACME}\n")));
    assert_eq!(hash("acme.toml", ACME).len(), 64);
}

#[test]
fn a_rule_that_breaks_its_word_is_told() {
    let cases = [
        // The key ends one character too early.
        ("acme_[A-Za-z0-9]{30})\\b", "acme_[A-Za-z0-9]{29})", "`secret` is not `{mint}`: it begins 0 and ends -1"),
        ("mint = \"acme_{base62:30}\"", "mint = \"acme_{base62:29}\"", "the key is not found"),
        ("mint = \"acme_{base62:30}\"", "mint = \"acmE_{base62:30}\"", "does not begin with `public-prefix`"),
        ("\"acme_{base62:10}\"", "\"acme_{base62:30}\"", "in this counter-example the rule finds a key"),
        ("\"ACME_TOKEN={mint}\"", "\"{mint} acme_{base62:30}\"", "something that is not `{mint}`"),
        ("\"acme-password={mint}\"", "\"acme-password={mint:acme-token}, {mint}\"", "not found"),
    ];
    for (from, to, words) in cases {
        assert!(ACME.contains(from), "{from}");
        let rules =
            parse(&[("acme.toml", &ACME.replacen(from, to, 1))]).unwrap_or_else(|found| panic!("{}", lines(&found)));
        let found = check_rules(&rules);
        assert!(found.iter().any(|mistake| mistake.message.contains(words)), "{to}: {words}\n{}", lines(&found));
    }
}

#[test]
fn a_rule_that_costs_too_much_is_told() {
    let expensive = ACME
        .replacen("left = 0", "left = 4000", 1)
        .replacen("(?i)(?P<name>", "(?i)[a-z_\\s]{0,300}(?P<name>", 1)
        .replacen("right = 140", "right = 4000", 1);
    let rules = parse(&[("acme.toml", &expensive)]).unwrap_or_else(|found| panic!("{}", lines(&found)));
    let found = check_rules(&rules);
    assert!(lines(&found).contains("bytes of matching"), "{}", lines(&found));
}

#[test]
fn an_anchor_that_stands_everywhere_is_told_where_it_is_and_what_to_do() {
    // The same word with other letters before it is rare.
    for (anchor, is_common) in [("name", true), ("xqname", false), ("function", true), ("acme_", false)] {
        let common = ACME
            .replacen("anchors = [\"acme_\"]", &format!("anchors = [\"{anchor}\"]"), 1)
            .replacen("\\b(?P<secret>acme_", &format!("(?P<secret>{anchor}"), 1)
            .replace("acme_{base62:", &format!("{anchor}{{base62:"))
            .replacen("right = 35", "right = 50", 1)
            .replacen("public-prefix = \"acme_\"", &format!("public-prefix = \"{anchor}\""), 1);
        let rules = parse(&[("acme.toml", &common)]).unwrap_or_else(|found| panic!("{}", lines(&found)));
        let found = check_rules(&rules);
        let told = found.iter().find(|mistake| mistake.message.contains("in a million bytes of source"));
        assert_eq!(told.is_some(), is_common, "{anchor}\n{}", lines(&found));
        let line = common.lines().position(|line| line == "[[rule]]").unwrap() + 1;
        if let Some(mistake) = told {
            assert_eq!((mistake.file.as_str(), mistake.line), ("acme.toml", line));
            assert!(mistake.message.contains(anchor) && mistake.message.contains("choose a longer or rarer one"));
        }
    }
}

#[test]
fn one_match_per_span_and_the_structured_wins() {
    let detector = detector(acme());
    let token = Minter::new(3).mint(&detector.rules().rules[0]).unwrap();
    let matches = scan(&detector, &format!("ACME_PASSWORD = \"{token}\""));
    assert_eq!(matches.len(), 1);
    assert_eq!((matches[0].rule, matches[0].span), (0, Span::new(17, 52)));
    assert_eq!((matches[0].confidence, matches[0].proved), (Confidence::High, None));
}

#[test]
fn a_match_may_begin_with_what_ended_the_one_before() {
    // Both ends of the pattern take the line break between two lines.
    let greedy = ACME
        .replacen("(?i)(?P<name>", "(?i)(?:^|\\s)(?P<name>", 1)
        .replacen("{6,100})'''", "{6,100})(?:\\s|$)'''", 1)
        .replacen("left = 0", "left = 120", 1);
    let detector = detector(parse(&[("acme.toml", &greedy)]).unwrap_or_else(|found| panic!("{}", lines(&found))));
    let text = Minter::new(5).fill("acme_password={base62:20}\nacme_password={base62:20}\nacme_password={base62:20}");
    assert_eq!(scan(&detector, &text.unwrap()).len(), 3);
}

/// [`ACME`] with its token in the form of another issuer, whose checksum is known.
fn acme_with(prefix: &str, body: usize, checksum: &str) -> Detector {
    let text = ACME
        .replacen("anchors = [\"acme_\"]", &format!("checksum = \"{checksum}\"\nanchors = [\"{prefix}\"]"), 1)
        .replacen("right = 35", "right = 40", 1)
        .replacen("acme_[A-Za-z0-9]{30}", &format!("{prefix}[A-Za-z0-9]{{36}}"), 1)
        .replacen("public-prefix = \"acme_\"", &format!("public-prefix = \"{prefix}\""), 1)
        .replacen("\"acme_{base62:30}\"", &format!("\"{prefix}{{base62:{body}}}\""), 1);
    let rules = parse(&[("acme.toml", &text)]).unwrap_or_else(|found| panic!("{}", lines(&found)));
    let mistakes = check_rules(&rules);
    assert!(mistakes.is_empty(), "{}", lines(&mistakes));
    detector(rules)
}

#[test]
fn a_proved_checksum_rejects_for_all_weaker_rules() {
    let detector = acme_with("ghp_", 30, "github");
    let rule = Arc::clone(&detector.rules().rules[0]);
    let token = Minter::new(1).mint(&rule).unwrap();
    let found = scan(&detector, &format!("acme_password={token}"));
    assert_eq!((found.len(), found[0].proved, found[0].confidence), (1, Some(true), Confidence::High));
    let flipped = Minter::new(1).flip(&rule, &token).unwrap();
    assert_eq!(token.bytes().zip(flipped.bytes()).filter(|(a, b)| a != b).count(), 1);
    assert_eq!(scan(&detector, &format!("acme_password={flipped}")).len(), 0);
    assert_eq!(scan(&detector, &format!("acme_password={flipped}\nacme_password=hunter2hunter3")).len(), 1);
}

#[test]
fn an_unproved_checksum_only_lowers_confidence() {
    let detector = acme_with("npm_", 30, "npm");
    let rule = Arc::clone(&detector.rules().rules[0]);
    let token = Minter::new(1).mint(&rule).unwrap();
    let found = scan(&detector, &Minter::new(1).flip(&rule, &token).unwrap());
    assert_eq!((found.len(), found[0].proved, found[0].confidence), (1, Some(false), Confidence::Low));
}

#[test]
fn a_documented_sample_is_no_finding_by_any_rule() {
    let sample = Minter::new(9).fill("acme_{base62:30}").unwrap();
    let hash: String =
        Sha256::digest(&sample).iter().map(|byte| format!("{byte:02x}")).fold(String::new(), |a, b| a + &b);
    let text = ACME.replacen("aliases =", &format!("samples = [\"{hash}\"]\naliases ="), 1);
    let detector = detector(parse(&[("acme.toml", &text)]).unwrap());
    assert_eq!(scan(&detector, &format!("acme_password={sample}")).len(), 0);
}

/// Grafana's underscore has one place, and Atlassian does not promise a length: peers get both wrong.
#[test]
fn a_form_is_as_strict_as_its_issuer_and_no_stricter() {
    let detector = detector(load(&[]).unwrap());
    let ids = |text: &str| -> Vec<String> {
        scan(&detector, text).iter().map(|found| detector.rules().rules[found.rule].id.clone()).collect()
    };
    let sealed = |check: &str, body: &str| (skelkey::format::check(check).unwrap().seal.unwrap())(body);
    let mut minter = Minter::new(8);
    let body = minter.fill("glsa_{base62:32}").unwrap();
    let token = sealed("grafana", &body);
    assert_eq!(ids(&format!("token: {token}\n")), ["grafana-service-account-token"]);
    let (front, back) = token.split_at(24);
    for odd in
        [format!("{front}_{}", &back[1..]), token.replacen('_', "", 1), format!("{}_{}", &token[..36], &token[38..])]
    {
        assert!(!ids(&format!("token: {odd}\n")).contains(&"grafana-service-account-token".to_owned()), "{odd}");
    }
    for length in [60, 171, 190, 300] {
        let token = sealed("atlassian", &minter.fill(&format!("ATATT3xFfGF0{{base62:{length}}}=")).unwrap());
        assert_eq!(ids(&format!("token: {token}\n")), ["atlassian-api-token"], "{length}");
    }
}

#[test]
fn a_user_s_file_joins_the_embedded_ones() {
    let mine = ACME.replace("acme", "my-own-acme");
    let mine = mine.replacen("right = 35", "right = 42", 1).replacen("right = 140", "right = 147", 1);
    let rules = load(&[("my-own-acme.toml", &mine)]).unwrap_or_else(|found| panic!("{}", lines(&found)));
    assert_eq!(rules.rules.len(), load(&[]).unwrap().rules.len() + 2);
    assert_ne!(rules.hash, load(&[]).unwrap().hash);
}

#[test]
fn the_name_of_the_variable_is_kept() {
    let detector = detector(acme());
    let text = format!("Acme-Password: '{}'", Minter::new(1).fill("{base62:20}").unwrap());
    assert_eq!(scan(&detector, &text)[0].variable.as_deref(), Some("Acme-Password"));
}

#[test]
fn words_near_a_key_tell_its_issuer() {
    let detector = detector(acme());
    let token = Minter::new(3).mint(&detector.rules().rules[0]).unwrap();
    let issuer = |text: String| {
        let found = scan(&detector, &text).remove(0);
        (found.issuer.to_string(), found.issuer_in_context)
    };
    let near = " ".repeat(2000);
    let far = " ".repeat(2049);
    assert_eq!(issuer(format!("{token}{near}ACME.example")), ("acme".to_owned(), Some(true)));
    assert_eq!(issuer(format!("cloud.ACME.example{near}{token}")), ("acme-cloud".to_owned(), Some(true)));
    assert_eq!(issuer(format!("{token}{far}acme.example")), ("acme".to_owned(), Some(false)));
}

#[test]
fn path_conditions_hold_at_the_finding() {
    let detector = detector(acme());
    let text = format!("acme_password={}", Minter::new(1).fill("{base62:20}").unwrap());
    let mut scratch = Scratch::default();
    assert_eq!(detector.scan(text.as_bytes(), "a/b.md", &mut scratch).len(), 1);
    assert_eq!(detector.scan(text.as_bytes(), "a/DOCS/b.md", &mut scratch).len(), 0);
    assert_eq!(detector.scan(text.as_bytes(), "a/b.md", &mut scratch).len(), 1);
}

#[test]
fn a_scratch_serves_any_detector() {
    let other = ACME.replace("acme", "beta").replace("ACME", "BETA");
    let (first, second) = (detector(acme()), detector(parse(&[("beta.toml", &other)]).unwrap()));
    let mut scratch = Scratch::default();
    for seed in 0..4 {
        for detector in [&first, &second] {
            let token = Minter::new(seed).mint(&detector.rules().rules[0]).unwrap();
            assert_eq!(detector.scan(token.as_bytes(), "", &mut scratch).len(), 1);
        }
    }
}

#[test]
fn a_megabyte_of_anchors_costs_little() {
    let detector = detector(acme());
    for piece in ["acme_", "acme_password", "acme_ ", "acme_password="] {
        let text = piece.repeat((1 << 20) / piece.len());
        let mut scratch = Scratch::default();
        detector.scan(text.as_bytes(), "", &mut scratch);
        assert!(scratch.work().bytes <= 64 * text.len() as u64, "{piece}: {:?}", scratch.work());
    }
}

/// Pieces of which texts are made: keys, halves of keys, words that make rules look, and anything.
fn pieces() -> impl Strategy<Value = Vec<String>> {
    let minted = |template: &'static str| any::<u64>().prop_map(move |seed| Minter::new(seed).fill(template).unwrap());
    let piece = prop_oneof![
        3 => minted("acme_{base62:30}"),
        3 => minted("acme_password={base62:20}"),
        1 => minted("acme_password: 'acme_{base62:30}'"),
        1 => minted("acme_{base62:12}"),
        1 => Just("acme_password".to_owned()),
        1 => Just("acme.example".to_owned()),
        4 => "[ -~\n]{0,40}",
        2 => "[ \n]{1,3000}",
    ];
    prop::collection::vec(piece, 0..40)
}

type Seen = (usize, Span, Confidence, Option<String>, String, Option<bool>);

/// All of a match but its secret, at its place in the whole text.
fn seen(found: Match, offset: usize) -> Seen {
    let span = Span::new(found.span.start + offset, found.span.end + offset);
    (found.rule, span, found.confidence, found.variable, found.issuer.to_string(), found.issuer_in_context)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_text_in_chunks_gives_what_the_whole_gives(pieces in pieces(), size in 1_usize..6000) {
        let detector = detector(acme());
        let mut scratch = Scratch::default();
        let text = pieces.concat().into_bytes();
        let whole: Vec<Seen> = detector.scan(&text, "", &mut scratch).into_iter().map(|found| seen(found, 0)).collect();
        let overlap = detector.rules().overlap();
        let mut chunked = Vec::new();
        for start in (0..text.len()).step_by(size) {
            let end = text.len().min(start + size);
            let from = start.saturating_sub(overlap);
            let chunk = &text[from..text.len().min(end + overlap)];
            let found = detector.scan(chunk, "", &mut scratch).into_iter().map(|found| seen(found, from));
            chunked.extend(found.filter(|(_, span, ..)| (start..end).contains(&span.start)));
        }
        prop_assert_eq!(whole, chunked);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), head in "(acme_|acme_password=)?") {
        let detector = detector(acme());
        let text = [head.as_bytes(), &bytes].concat();
        for found in detector.scan(&text, "", &mut Scratch::default()) {
            prop_assert_eq!(found.secret.len(), found.span.len());
        }
    }

    #[test]
    fn no_rule_file_makes_it_panic(at in 0..ACME.len(), noise in "[ -~\n]{0,8}") {
        let mut text = ACME.to_owned();
        text.insert_str(at, &noise);
        if let Err(mistakes) = parse(&[("acme.toml", &text)]) {
            prop_assert!(mistakes.iter().all(|mistake| mistake.line <= text.lines().count() + 1));
        }
    }
}

fn short(from: &str, to: &str) -> Result<RuleSet, Vec<Mistake>> {
    assert!(SHORT.contains(from), "{from}");
    parse(&[("zeta.toml", &SHORT.replacen(from, to, 1))])
}

/// How many keys the short form finds in a text, `@` standing for a fresh value.
fn found(detector: &Detector, text: &str) -> usize {
    let value = Minter::new(7).fill("{alnum-lower:20}").unwrap();
    scan(detector, &text.replace('@', &value)).len()
}

#[test]
fn the_short_form_reads_any_syntax() {
    let detector = detector(short("zeta", "zeta").unwrap());
    for text in [
        "ZETA_KEY=@",
        "export ZETA_API_TOKEN='@'",
        "zetaToken: \"@\"",
        "const myZetaKey = `@`;",
        "zetasecret => '@',",
        "\"zeta\": {\n  \"apiKey\": \"@\"\n}",
        "zeta:\n  token: @\n",
        "\\\"zeta_key\\\": \\\"@\\\"",
        "run --zeta-key @ --verbose",
        "<zetaPassword>@</zetaPassword>",
        "Zeta.setApiKey(\"@\")",
        "SECRET_FOR_ZETA=@",
        "zeta_key = @",
        "java -Dzeta.token=@ -jar x.jar",
        "gradle build -PzetaToken=@",
        "ZETA_PASSPHRASE=@",
        "zeta: { headers: { Authorization: \"@\" } }",
        "curl \"https://zeta.example/v1/public/search?key=@\"",
    ] {
        assert_eq!(found(&detector, text), 1, "{text}");
    }
}

#[test]
fn the_short_form_leaves_alone_what_is_no_secret_of_that_name() {
    let detector = detector(short("zeta", "zeta").unwrap());
    for text in [
        "zeta=@",
        "zeta_sha256_key=@",
        "zetaPublicKey=@",
        "zeta.public.key=@",
        "java -Dmazeta.token=@",
        "java xDzeta.token=@",
        "zetas_key=@",
        "mazeta_key=@",
        "zeta_key=@x",
        "zeta_key=@.method",
        "zeta_key=@(1)",
        "ZETA_USER=x\nOTHER_KEY=@",
        "zeta_key = aaaaaaaaaaaaaaaaaaaa",
        "zeta_key = somebody else wrote this much longer text before it ends in a key: @",
    ] {
        assert_eq!(found(&detector, text), 0, "{text}");
    }
}

#[test]
fn three_bytes_are_a_name_also_where_values_are_sought_by_it() {
    for (value, mint) in [
        ("[a-z0-9]{12}", "{alnum-lower:12}"),
        ("[a-z0-9.]{32}", "{alnum-lower:32}"),
        ("[A-Za-z0-9+/]{86}==", "{base64:86}=="),
    ] {
        let text = SHORT.replace("zeta", "zet").replace("ZETA", "ZET").replace("[a-z0-9]{20}", value);
        let rules = parse(&[("zet.toml", &text.replace("{alnum-lower:20}", mint))]).unwrap();
        assert_eq!(lines(&check_rules(&rules)), "", "{value}");
    }
}

#[test]
fn the_short_form_says_what_does_not_belong_to_it() {
    for (from, to, message) in [
        ("names =", "right = 9\nnames =", "`right` follows from `names` and `value`"),
        ("names = [\"zeta\"]", "names = [\"ze\"]", "`ze` in `names` is too short"),
        ("{20}", "{20,}", "may match more than 400 bytes"),
        ("{20}", "{2,20}", "may match fewer than 8 bytes"),
        ("value =", "valeu =", "has no `value`"),
        ("names = [\"zeta\"]", "anchors = [\"zeta\"]", "`value` belongs to the short form"),
        ("references", "# references", "at least one of `references`"),
    ] {
        let mistakes = short(from, to).map(|_| ()).unwrap_err();
        assert!(lines(&mistakes).contains(message), "{to}: {}", lines(&mistakes));
    }
}

#[test]
fn steps_that_a_provider_leaves_out_follow_from_where_to_look() {
    let rules = short("where", "where").unwrap();
    let remedy = &rules.get("zeta-key").unwrap().remedy;
    assert_eq!(remedy.revoke[0], "Sign in at https://zeta.example and look for *Settings*, *API keys*.");
    assert_eq!((remedy.revoke.len(), remedy.recreate.len()), (2, 2));
    let rules = short("where =", "page = \"https://zeta.example/keys\"\nwhere =").unwrap();
    let first = &rules.get("zeta-key").unwrap().remedy.revoke[0];
    assert_eq!(first, "Sign in to Zeta and open https://zeta.example/keys: *Settings*, *API keys*.");
}
