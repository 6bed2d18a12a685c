//! Literals of which every match holds one, read off a pattern: the anchors of a rule whose keywords are none.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Literals in lower case; every match holds at least one of them, in some case.
pub(super) type Literals = Vec<String>;

/// More literals than this make a poor anchor.
const MOST: usize = 64;
/// Longer ones tell no more.
const LONGEST: usize = 32;
/// Shorter ones stand everywhere.
const SHORTEST: usize = 3;

/// Every choice of literals, the best first: long ones, and few of them.
pub(super) fn required(pattern: &Hir) -> Vec<Literals> {
    let mut found = Vec::new();
    collect(pattern, &mut found);
    found.retain(|literals| literals.iter().all(|literal| literal.len() >= SHORTEST));
    found.sort_by_key(|literals| std::cmp::Reverse(worth(literals)));
    found.dedup();
    found
}

fn worth(literals: &Literals) -> (usize, std::cmp::Reverse<usize>) {
    (literals.iter().map(String::len).min().unwrap_or(0), std::cmp::Reverse(literals.len()))
}

/// All texts that a part can be, in lower case; `None` where they are too many.
pub(super) fn exact(part: &Hir) -> Option<Literals> {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok().filter(|text| text.is_ascii())?;
            Some(vec![text.to_ascii_lowercase()])
        }
        HirKind::Class(class) => {
            let mut letters: Vec<String> =
                characters(class, 8)?.iter().map(|c| c.to_ascii_lowercase().to_string()).collect();
            letters.sort();
            letters.dedup();
            (letters.len() <= 4).then_some(letters)
        }
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |texts, part| joined(&texts, &exact(part)?))
        }
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(exact(branch)?);
            }
            all.sort();
            all.dedup();
            (all.len() <= MOST).then_some(all)
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.filter(|most| *most <= 8)?;
            let one = exact(&repetition.sub)?;
            let mut all = Vec::new();
            let mut texts = vec![String::new()];
            for times in 0..=most {
                if times >= repetition.min {
                    all.extend(texts.iter().cloned());
                }
                texts = joined(&texts, &one)?;
            }
            (all.len() <= MOST).then_some(all)
        }
    }
}

fn joined(heads: &Literals, tails: &Literals) -> Option<Literals> {
    let all: Literals = heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect();
    (all.len() <= MOST && all.iter().all(|text| text.len() <= LONGEST)).then_some(all)
}

/// The ASCII characters of a class, if they are all, and no more than `most`.
pub(super) fn characters(class: &Class, most: usize) -> Option<Vec<char>> {
    let mut all = Vec::new();
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
        Class::Unicode(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    for (from, to) in ranges {
        if to > 0x7f || all.len() + (to - from) as usize + 1 > most {
            return None;
        }
        all.extend((from..=to).filter_map(char::from_u32));
    }
    Some(all)
}

/// Notes the choices that a part offers.
fn collect(part: &Hir, found: &mut Vec<Literals>) {
    match part.kind() {
        HirKind::Capture(capture) => collect(&capture.sub, found),
        HirKind::Repetition(repetition) if repetition.min > 0 => collect(&repetition.sub, found),
        HirKind::Concat(parts) => {
            let mut run = vec![String::new()];
            for part in parts {
                let together = exact(part).and_then(|texts| joined(&run, &texts));
                run = together.unwrap_or_else(|| {
                    found.push(std::mem::replace(&mut run, vec![String::new()]));
                    collect(part, found);
                    let fresh = exact(part).unwrap_or_else(|| vec![String::new()]);
                    if fresh.iter().all(|text| text.len() <= LONGEST) { fresh } else { vec![String::new()] }
                });
            }
            found.push(run);
        }
        HirKind::Alternation(branches) => {
            let best: Option<Vec<Literals>> =
                branches.iter().map(|branch| required(branch).into_iter().next()).collect();
            let all: Option<Literals> = best.map(|best| best.concat());
            found.extend(all.filter(|all| all.len() <= MOST));
        }
        _ => found.extend(exact(part)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::pattern_syntax;

    fn best(pattern: &str) -> Literals {
        required(&pattern_syntax(pattern).unwrap()).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn literals_are_joined_across_groups_and_small_classes() {
        assert_eq!(best(r"\b(?P<secret>acme_[a-z]{10})\b"), ["acme_"]);
        assert_eq!(best(r"(?i)[a-z]{2}acme[_-]key[0-9]{3}"), ["acme-key", "acme_key"]);
    }

    #[test]
    fn each_branch_brings_its_own() {
        assert_eq!(best("(?:AKIA|ASIA)[A-Z2-7]{16}"), ["akia", "asia"]);
        assert_eq!(best("alpha[0-9]{3}|beta_[0-9]{2}"), ["alpha", "beta_"]);
        assert!(best("alpha[0-9]{3}|[0-9]{20}").is_empty());
    }
}
