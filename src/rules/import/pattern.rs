//! A pattern of another scanner → one of ours: every repetition bounded, the one group that is the key named `secret`.
//!
//! The patterns are RE2's, as Go writes them; its syntax is nearly that of our engine. What would silently mean
//! something else is refused.

use regex_syntax::ast::{
    Ast, CaptureName, ClassSet, ClassSetItem, Flags, Group, GroupKind, RepetitionKind, RepetitionRange, parse::Parser,
};

/// How far a repetition without an end goes: of characters of a class without white space, and of any others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) narrow: u32,
    pub(super) wide: u32,
}

/// The bounds that are tried, the widest first: a wide window may be too expensive.
pub(super) const BOUNDS: [Bounds; 4] = [
    Bounds { narrow: 256, wide: 4096 },
    Bounds { narrow: 256, wide: 256 },
    Bounds { narrow: 128, wide: 128 },
    Bounds { narrow: 64, wide: 64 },
];

/// A parsed pattern.
pub(super) struct Pattern {
    ast: Ast,
    groups: Vec<u32>,
}

/// The same, written for our engine.
pub(super) struct Carried {
    pub(super) pattern: String,
    /// Whether a repetition had no end.
    pub(super) bounded: bool,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// Why it cannot be read, or would be read as something else.
    pub(super) fn read(pattern: &str) -> Result<Self, String> {
        let ast = Parser::new().parse(&escape_braces(pattern)).map_err(|error| {
            let at = error.span().start.offset;
            format!("its pattern is not one of this engine's: {} (at byte {at})", error.kind())
        })?;
        let mut groups = Vec::new();
        look(&ast, &mut |ast| match ast {
            Ast::Group(group) => {
                groups.extend(group.capture_index());
                Ok(())
            }
            Ast::ClassBracketed(class) => plain_class(&class.kind),
            _ => Ok(()),
        })?;
        Ok(Self { ast, groups })
    }

    /// What may be the key: the group that is named, or else the first group that takes part in a match; without any
    /// group the whole match. One rule for each.
    pub(super) fn secrets(&self, named: Option<u32>) -> Result<Vec<Option<u32>>, String> {
        match named {
            Some(group) if self.groups.contains(&group) => Ok(vec![Some(group)]),
            Some(group) => Err(format!("its `secretGroup` is {group}, but its pattern has no such group")),
            None if self.groups.is_empty() => Ok(vec![None]),
            None => Ok(self.groups.iter().copied().filter(|group| !self.is_preceded(*group)).map(Some).collect()),
        }
    }

    /// Whether an earlier group takes part in every match in which `group` does.
    fn is_preceded(&self, group: u32) -> bool {
        let mut preceded = false;
        if let Some(pruned) = prune(&self.ast, group) {
            preceded = always(&pruned).iter().any(|earlier| *earlier < group);
        }
        preceded
    }

    /// Writes it with `secret` as the key.
    pub(super) fn carry(&self, secret: Option<u32>, bounds: Bounds) -> Result<Carried, String> {
        let mut ast = match secret {
            Some(group) => prune(&self.ast, group).ok_or("the group that is its key is optional")?,
            None => self.ast.clone(),
        };
        drop_head(&mut ast);
        let mut writer = Writer { secret, bounds, bounded: false };
        writer.rewrite(&mut ast);
        let pattern = if secret.is_none() { format!("(?P<secret>{ast})") } else { ast.to_string() };
        Ok(Carried { pattern, bounded: writer.bounded })
    }
}

/// RE2 takes a brace that begins no repetition for itself.
fn escape_braces(pattern: &str) -> String {
    let bytes = pattern.as_bytes();
    let mut escaped = String::with_capacity(pattern.len());
    let (mut at, mut in_class) = (0, false);
    while let Some(c) = pattern[at..].chars().next() {
        match c {
            '\\' => {
                let next = pattern[at + 1..].chars().next().map_or(0, char::len_utf8);
                escaped.push_str(&pattern[at..at + 1 + next]);
                at += 1 + next;
                continue;
            }
            '[' if !in_class => {
                in_class = true;
                // A `]` at its very start stands for itself.
                let head = [&b"[^]"[..], b"[]", b"[^", b"["].into_iter().find(|head| bytes[at..].starts_with(head));
                let head = head.map_or(1, <[u8]>::len);
                escaped.push_str(&pattern[at..at + head]);
                at += head;
                continue;
            }
            '[' if in_class && bytes.get(at + 1) != Some(&b':') => escaped.push_str("\\["),
            '[' => {
                let end = pattern[at..].find(":]").map_or(1, |end| end + 2);
                escaped.push_str(&pattern[at..at + end]);
                at += end;
                continue;
            }
            ']' => {
                in_class = false;
                escaped.push(']');
            }
            '{' if !in_class && !is_repetition(&bytes[at..]) => escaped.push_str("\\{"),
            c => escaped.push(c),
        }
        at += c.len_utf8();
    }
    escaped
}

/// `{3}`, `{3,}` or `{3,5}`.
fn is_repetition(bytes: &[u8]) -> bool {
    let Some(end) = bytes.iter().position(|b| *b == b'}') else { return false };
    let inside = &bytes[1..end];
    inside.first().is_some_and(u8::is_ascii_digit)
        && inside.iter().all(|b| b.is_ascii_digit() || *b == b',')
        && inside.split(|b| *b == b',').count() <= 2
}

/// Calls `each` with every part.
fn look(ast: &Ast, each: &mut impl FnMut(&Ast) -> Result<(), String>) -> Result<(), String> {
    each(ast)?;
    match ast {
        Ast::Group(group) => look(&group.ast, each),
        Ast::Repetition(repetition) => look(&repetition.ast, each),
        Ast::Alternation(alternation) => alternation.asts.iter().try_for_each(|ast| look(ast, each)),
        Ast::Concat(concat) => concat.asts.iter().try_for_each(|ast| look(ast, each)),
        _ => Ok(()),
    }
}

/// Our engine computes with classes inside classes (`[a--b]`, `[a&&b]`); RE2 takes the same signs for themselves.
fn plain_class(set: &ClassSet) -> Result<(), String> {
    let item = |item: &ClassSetItem| !matches!(item, ClassSetItem::Bracketed(_));
    let plain = match set {
        ClassSet::BinaryOp(_) => false,
        ClassSet::Item(ClassSetItem::Union(union)) => union.items.iter().all(item),
        ClassSet::Item(one) => item(one),
    };
    if plain { Ok(()) } else { Err("a class of its pattern would mean something else here".to_owned()) }
}

fn holds(ast: &Ast, group: u32) -> bool {
    let mut found = false;
    let _ = look(ast, &mut |ast| {
        found |= matches!(ast, Ast::Group(inner) if inner.capture_index() == Some(group));
        Ok(())
    });
    found
}

/// Only the alternatives in which `group` takes part; `None` where it may be left out of a repetition.
fn prune(ast: &Ast, group: u32) -> Option<Ast> {
    if !holds(ast, group) {
        return Some(ast.clone());
    }
    let mut pruned = ast.clone();
    match &mut pruned {
        Ast::Group(inner) => *inner.ast = prune(&inner.ast, group)?,
        Ast::Concat(concat) => {
            for part in &mut concat.asts {
                *part = prune(part, group)?;
            }
        }
        Ast::Alternation(alternation) => {
            let kept = alternation.asts.iter().find(|branch| holds(branch, group))?;
            return prune(kept, group).map(grouped);
        }
        Ast::Repetition(repetition) => {
            let may_miss = match &repetition.op.kind {
                RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => true,
                RepetitionKind::OneOrMore => false,
                RepetitionKind::Range(range) => *least(range) == 0,
            };
            if may_miss {
                return None;
            }
            *repetition.ast = prune(&repetition.ast, group)?;
        }
        _ => {}
    }
    Some(pruned)
}

fn least(range: &RepetitionRange) -> &u32 {
    let (RepetitionRange::Exactly(n) | RepetitionRange::AtLeast(n) | RepetitionRange::Bounded(n, _)) = range;
    n
}

/// A branch that stands where its alternation stood.
fn grouped(ast: Ast) -> Ast {
    let span = *ast.span();
    let flags = Flags { span, items: Vec::new() };
    Ast::group(Group { span, kind: GroupKind::NonCapturing(flags), ast: Box::new(ast) })
}

/// Groups that take part in every match.
fn always(ast: &Ast) -> Vec<u32> {
    match ast {
        Ast::Group(group) => group.capture_index().into_iter().chain(always(&group.ast)).collect(),
        Ast::Concat(concat) => concat.asts.iter().flat_map(always).collect(),
        Ast::Repetition(repetition) => match &repetition.op.kind {
            RepetitionKind::OneOrMore => always(&repetition.ast),
            RepetitionKind::Range(range) if *least(range) > 0 => always(&repetition.ast),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Without what it may begin with and need not, such as `[\w.-]{0,50}?`: it decides about no match, and a match that
/// begins at its anchor is found much faster.
fn drop_head(ast: &mut Ast) {
    match ast {
        Ast::Concat(concat) => {
            let flags = concat.asts.iter().take_while(|part| matches!(part, Ast::Flags(_))).count();
            while concat.asts.len() > flags + 1 && is_needless(&concat.asts[flags]) {
                concat.asts.remove(flags);
            }
            if let Some(first) = concat.asts.get_mut(flags) {
                drop_head(first);
            }
        }
        Ast::Group(group) if group.capture_index().is_none() => drop_head(&mut group.ast),
        _ => {}
    }
}

/// A lazy repetition of a class that may be empty.
fn is_needless(ast: &Ast) -> bool {
    let Ast::Repetition(repetition) = ast else { return false };
    let may_be_empty = match &repetition.op.kind {
        RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore => true,
        RepetitionKind::OneOrMore => false,
        RepetitionKind::Range(range) => *least(range) == 0,
    };
    may_be_empty && !repetition.greedy && matches!(*repetition.ast, Ast::ClassBracketed(_) | Ast::ClassPerl(_))
}

struct Writer {
    secret: Option<u32>,
    bounds: Bounds,
    bounded: bool,
}

impl Writer {
    fn rewrite(&mut self, ast: &mut Ast) {
        match ast {
            Ast::Group(group) => {
                if let Some(index) = group.capture_index() {
                    group.kind = self.kind(index, group);
                }
                self.rewrite(&mut group.ast);
            }
            Ast::Repetition(repetition) => {
                let most = if is_wide(&repetition.ast) { self.bounds.wide } else { self.bounds.narrow };
                let bounded = match &repetition.op.kind {
                    RepetitionKind::ZeroOrMore => Some((0, most)),
                    RepetitionKind::OneOrMore => Some((1, most)),
                    RepetitionKind::Range(RepetitionRange::AtLeast(n)) => Some((*n, most.max(n.saturating_mul(4)))),
                    _ => None,
                };
                if let Some((least, most)) = bounded {
                    repetition.op.kind = RepetitionKind::Range(RepetitionRange::Bounded(least, most));
                    self.bounded = true;
                }
                self.rewrite(&mut repetition.ast);
            }
            Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(|part| self.rewrite(part)),
            Ast::Concat(concat) => concat.asts.iter_mut().for_each(|part| self.rewrite(part)),
            _ => {}
        }
    }

    fn kind(&self, index: u32, group: &Group) -> GroupKind {
        if self.secret == Some(index) {
            let name = CaptureName { span: group.span, name: "secret".to_owned(), index };
            GroupKind::CaptureName { starts_with_p: true, name }
        } else {
            GroupKind::NonCapturing(Flags { span: group.span, items: Vec::new() })
        }
    }
}

/// Anything, or something in several words: such a repetition is a text, not a key's alphabet.
fn is_wide(ast: &Ast) -> bool {
    match ast {
        Ast::Dot(_) => true,
        Ast::ClassBracketed(class) => class.negated || ast.to_string().contains("\\s"),
        Ast::Group(group) => is_wide(&group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter().any(is_wide),
        _ => false,
    }
}
