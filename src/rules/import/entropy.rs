//! The entropy in a `filter` expression of betterleaks: `entropy(finding["secret"]) <= 3.0 || …`.

use std::sync::LazyLock;

use regex::Regex;

static TERM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(?:filter\.)?entropy\(finding\["secret"\]\)\s*<=?\s*([0-9]{1,2}(?:\.[0-9]{1,4})?)$"#)
        .expect("a pattern of this file compiles")
});

/// The least entropy that a filter leaves, and whether it says more than that.
pub(super) fn of_filter(filter: &str) -> (Option<f32>, bool) {
    let mut least: Option<f32> = None;
    let mut more = false;
    // Each term drops a finding by itself. A `||` inside a text makes terms that are none of an entropy.
    for term in filter.split("||") {
        match TERM.captures(term.trim()).and_then(|found| found[1].parse::<f32>().ok()) {
            Some(entropy) => least = Some(least.map_or(entropy, |least| least.max(entropy))),
            None => more = true,
        }
    }
    (least, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entropy_is_read_and_the_rest_is_told() {
        assert_eq!(of_filter("entropy(finding[\"secret\"]) <= 3.5\n"), (Some(3.5), false));
        assert_eq!(
            of_filter("filter.entropy(finding[\"secret\"]) < 3\n|| matchesAny(finding[\"secret\"], [`a||b`])"),
            (Some(3.0), true)
        );
        assert_eq!(of_filter("entropy(finding[\"secret\"]) <= 3.5 && x"), (None, true));
    }
}
