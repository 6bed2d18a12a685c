//! A regular expression over paths → globs, where globs can say the same.

use regex_syntax::hir::{Hir, HirKind, Look};

use super::literals::exact;
use crate::rules::pattern_syntax;

/// The globs, or `None` where only a regular expression can say it. Case is ignored by globs.
pub(super) fn globs(pattern: &str) -> Option<Vec<String>> {
    let hir = pattern_syntax(pattern).ok()?;
    let parts = match hir.kind() {
        HirKind::Concat(parts) => parts.clone(),
        _ => vec![hir.clone()],
    };
    let (head, parts) = match parts.split_first() {
        Some((first, rest)) if is_start(first) => (Head::Root, rest.to_vec()),
        Some((first, rest)) if is_start_or_slash(first) => (Head::Name, rest.to_vec()),
        _ => (Head::Anywhere, parts),
    };
    let (tail, parts) = match parts.split_last() {
        Some((last, rest)) if matches!(last.kind(), HirKind::Look(Look::End)) => match rest.split_last() {
            Some((below, rest)) if is_anything_below(below) => (Tail::Below, rest.to_vec()),
            _ => (Tail::End, rest.to_vec()),
        },
        _ => (Tail::Anywhere, parts),
    };
    let middle = Hir::concat(parts);
    // A boundary in the middle is no glob's.
    let middles = exact(&middle).filter(|_| middle.properties().look_set().is_empty())?;
    Some(middles.iter().flat_map(|middle| written(head, &escaped(middle), tail)).collect())
}

#[derive(Clone, Copy)]
enum Head {
    /// `^`
    Root,
    /// `(?:^|/)`
    Name,
    Anywhere,
}

#[derive(Clone, Copy)]
enum Tail {
    /// `$`
    End,
    /// `(?:/.*)?$`
    Below,
    Anywhere,
}

fn written(head: Head, middle: &str, tail: Tail) -> Vec<String> {
    let head = match head {
        Head::Root => "",
        Head::Name => "**/",
        Head::Anywhere if middle.starts_with('/') => "**",
        Head::Anywhere => "**/*",
    };
    match tail {
        Tail::End => vec![format!("{head}{middle}")],
        Tail::Below => vec![format!("{head}{middle}"), format!("{head}{middle}/**")],
        Tail::Anywhere if middle.ends_with('/') => vec![format!("{head}{middle}**")],
        Tail::Anywhere => vec![format!("{head}{middle}*"), format!("{head}{middle}*/**")],
    }
}

fn escaped(literal: &str) -> String {
    let mut glob = String::new();
    for c in literal.chars() {
        if "*?[]{}!\\".contains(c) {
            glob.extend(['[', c, ']']);
        } else {
            glob.push(c);
        }
    }
    glob
}

fn is_start(part: &Hir) -> bool {
    matches!(part.kind(), HirKind::Look(Look::Start))
}

fn is_start_or_slash(part: &Hir) -> bool {
    match part.kind() {
        HirKind::Capture(capture) => is_start_or_slash(&capture.sub),
        HirKind::Alternation(branches) => {
            let slash = |branch: &Hir| matches!(branch.kind(), HirKind::Literal(literal) if *literal.0 == *b"/");
            branches.len() == 2 && branches.iter().any(is_start) && branches.iter().any(slash)
        }
        _ => false,
    }
}

/// `(?:/.*)?`
fn is_anything_below(part: &Hir) -> bool {
    let HirKind::Repetition(optional) = part.kind() else { return false };
    let mut inner = &*optional.sub;
    while let HirKind::Capture(capture) = inner.kind() {
        inner = &capture.sub;
    }
    let HirKind::Concat(parts) = inner.kind() else { return false };
    let [slash, rest] = parts.as_slice() else { return false };
    let is_slash = matches!(slash.kind(), HirKind::Literal(literal) if *literal.0 == *b"/");
    let is_rest = matches!(rest.kind(), HirKind::Repetition(rest) if rest.max.is_none() && exact(&rest.sub).is_none());
    (optional.min, optional.max) == (0, Some(1)) && is_slash && is_rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_globs_can_say_is_said() {
        assert_eq!(globs(r"(?i)\.(?:bmp|gif)$").unwrap(), ["**/*.bmp", "**/*.gif"]);
        assert_eq!(globs(r"(?:^|/)node_modules(?:/.*)?$").unwrap(), ["**/node_modules", "**/node_modules/**"]);
        assert_eq!(globs(r"^docs/a\.md$").unwrap(), ["docs/a.md"]);
        assert_eq!(globs("gitleaks\\.toml").unwrap(), ["**/*gitleaks.toml*", "**/*gitleaks.toml*/**"]);
        assert_eq!(globs("vendor/").unwrap(), ["**/*vendor/**"]);
    }

    #[test]
    fn what_only_a_regular_expression_can_say_is_not() {
        assert_eq!(globs(r"\.dist-[0-9.]+$"), None);
        assert_eq!(globs("a.*b"), None);
        assert_eq!(globs("("), None);
    }
}
