//! One text, scanned by the fastest kernel, by the portable one, and in chunks: the same keys each time.
//!
//! `cargo fuzz run engine` (cargo-fuzz; with a stable compiler set RUSTC_BOOTSTRAP=1).
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use skelkey::detect::{Detector, Scratch};
use skelkey::rules::{RuleSet, load, parse};

/// Rules with small windows, so that a short text has several chunks.
const RULES: &str = r#"
[provider]
id = "acme"
name = "Acme"
home = "https://acme.example/"
remedy = { page = "https://acme.example/keys" }

[[rule]]
id = "acme-token"
title = "Acme token"
description = "Opens everything."
kind = "structured"
severity = "high"
confidence = "high"
anchors = ["ac_", "ACME-"]
right = 30
pattern = '\b(?P<secret>(?:ac_|ACME-)[A-Za-z0-9]{6,12})\b'
mint = "ac_{base62:9}"
references = ["https://acme.example/docs"]
examples = ["x = {mint}"]

[[rule]]
id = "acme-password"
title = "Acme password"
description = "Opens everything."
kind = "contextual"
severity = "high"
confidence = "medium"
anchors = ["pass", "pwd"]
anchors-case = "insensitive"
left = 12
right = 40
pattern = '(?i)(?P<name>[a-z_]{0,12}(?:pass|pwd))\s{0,2}[:=]\s{0,2}(?P<secret>[!-~]{6,16})'
mint = "{base62:12}"
references = ["https://acme.example/docs"]
examples = ["acme_pass = {mint}"]

[[rule]]
id = "acme-value"
title = "Acme value"
description = "Opens everything."
kind = "generic"
severity = "high"
confidence = "low"
names = ["acme", "box"]
value = "[0-9a-f]{16}|[A-Za-z0-9_-]{18,22}"
secret-word = false
mint = "{hex:16}"
references = ["https://acme.example/docs"]
examples = ["acme_key = {mint}"]
"#;

struct Paths {
    rules: Arc<RuleSet>,
    fast: Detector,
    portable: Detector,
}

fn paths(rules: RuleSet) -> Paths {
    let rules = Arc::new(rules);
    let fast = Detector::new(Arc::clone(&rules)).expect("rules make a detector");
    Paths { fast, portable: Detector::portable(Arc::clone(&rules)).expect("rules make a detector"), rules }
}

static BUILT_IN: LazyLock<Paths> = LazyLock::new(|| paths(load(&[]).expect("the built-in rules are right")));
static SMALL: LazyLock<Paths> =
    LazyLock::new(|| paths(parse(&[("acme.toml", RULES)]).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))));

type Keys = Vec<(usize, usize, usize)>;

fn keys(detector: &Detector, text: &[u8]) -> Keys {
    let found = detector.scan(text, "a.txt", &mut Scratch::default());
    found.iter().map(|found| (found.rule, found.span.start, found.span.end)).collect()
}

/// The keys of each chunk that begin in it, with as much of its neighbours as decides about them.
fn in_chunks(paths: &Paths, text: &[u8], size: usize) -> Keys {
    let overlap = paths.rules.overlap();
    let mut all = Vec::new();
    for from in (0..text.len()).step_by(size) {
        let to = text.len().min(from + size);
        let begin = from.saturating_sub(overlap);
        let found = keys(&paths.fast, &text[begin..text.len().min(to + overlap)]);
        let own = |start: usize| (from..to).contains(&(start + begin));
        all.extend(found.into_iter().filter(|key| own(key.1)).map(|(rule, s, e)| (rule, s + begin, e + begin)));
    }
    all
}

fuzz_target!(|input: &[u8]| {
    for paths in [&*BUILT_IN, &*SMALL] {
        assert_eq!(keys(&paths.fast, input), keys(&paths.portable, input));
    }
    // Long enough for several chunks of their own, each with the input at another place.
    let filler = b"let index = state.next();\n".repeat(300);
    let text = [input, &filler, input, b" ", input, &filler[..input.len() % 99], input, &filler].concat();
    let whole = keys(&SMALL.fast, &text);
    for size in [text.len() / 3 + 1, 1000 + input.len()] {
        assert_eq!(whole, in_chunks(&SMALL, &text, size), "chunks of {size}");
    }
});
