//! One rule's regex, compiled when its first anchor is seen, and its search around an anchor.

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::hir::Look;

use super::credential::shaped;
use super::scratch::{Slot, Work};
use crate::location::Span;
use crate::rules::Rule;

pub(super) struct Compiled {
    pub(super) regex: Regex,
    /// Index of the group `secret`.
    secret: usize,
    name: Option<usize>,
    host: Option<usize>,
    core: Option<usize>,
    /// Whether a match begins with its anchor (`left` is 0).
    begins_with_anchor: bool,
    /// Whether a match begins at the edge of a word.
    begins_at_word: bool,
}

/// The groups of one match.
pub(super) struct Groups {
    pub(super) secret: Span,
    pub(super) name: Option<Span>,
    pub(super) host: Option<Span>,
    /// The part of the secret that is random, where the secret is more than that.
    pub(super) core: Option<Span>,
}

impl Compiled {
    /// Compiles the rule's pattern.
    pub(super) fn new(rule: &Rule) -> Result<Self, String> {
        let begins = rule.syntax()?.properties().look_set_prefix();
        let regex = rule.compile()?;
        let group = |name| regex.group_info().to_index(PatternID::ZERO, name);
        let secret = group("secret").ok_or("the pattern has no group `secret`")?;
        let (name, host, core) = (group("name"), group("host"), group("core"));
        let begins_at_word = begins.contains(Look::WordAscii) || begins.contains(Look::WordStartAscii);
        Ok(Self { secret, name, host, core, begins_with_anchor: rule.left == 0, begins_at_word, regex })
    }

    /// The leftmost match in the window around the anchor `at` that holds this very anchor.
    ///
    /// The window alone decides: it is the same whether a text is scanned whole or in chunks. Look-around sees past
    /// its edges. Matches that end before the anchor are passed over.
    pub(super) fn search(
        &self,
        rule: &Rule,
        text: &[u8],
        at: Span,
        slot: &mut Slot,
        work: &mut Work,
    ) -> Option<Groups> {
        if self.begins_with_anchor && self.begins_at_word && is_inside_word(text, at.start) {
            return None;
        }
        if let Some(wanted) = rule.assigned {
            let found = shaped::search(&self.regex, slot.room(&self.regex), wanted, text, at, work)?;
            return Some(Groups { secret: found.value, name: Some(found.name), host: None, core: None });
        }
        let end = text.len().min(at.start + rule.right);
        let mut from = at.start.saturating_sub(rule.left);
        let (cache, captures) = slot.room(&self.regex);
        let anchored = if self.begins_with_anchor { Anchored::Yes } else { Anchored::No };
        while from <= at.start {
            work.count(end - from);
            let input = Input::new(text).span(from..end).anchored(anchored);
            self.regex.search_captures_with(cache, &input, captures);
            let found = captures.get_match()?;
            if found.start() > at.start {
                return None;
            }
            if found.end() >= at.end {
                return self.groups(captures);
            }
            // On from its secret, not from its end: what it read after the secret (the end of a line) may be what the
            // next match begins with.
            let secret_end = captures.get_group(self.secret).map_or(found.start(), |secret| secret.end);
            from = if secret_end <= at.start { secret_end.max(found.start() + 1) } else { found.start() + 1 };
        }
        None
    }

    fn groups(&self, captures: &Captures) -> Option<Groups> {
        let group = |index| captures.get_group(index).map(|found| Span::new(found.start, found.end));
        let secret = group(self.secret).filter(|secret| !secret.is_empty())?;
        let [name, host, core] = [self.name, self.host, self.core].map(|index| index.and_then(group));
        Some(Groups { secret, name, host, core })
    }
}

/// Whether the characters on both sides of `at` belong to one word, as `\b` sees it.
fn is_inside_word(text: &[u8], at: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    at > 0 && is_word(text[at - 1]) && text.get(at).is_some_and(|&byte| is_word(byte))
}
