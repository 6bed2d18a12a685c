//! `[rules]` of the configuration: which rules do not apply, and which are rated otherwise.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Result, bail};
use skelkey::escape::word;
use skelkey::rules::RuleSet;
use skelkey::severity::{Confidence, Severity};
use skelkey::suggest::near;

use super::config::{Loaded, Rules};

/// Switches rules off and rates them, or says every mistake at once.
pub(crate) fn apply(set: &mut RuleSet, loaded: &Loaded) -> Result<()> {
    let Rules { disable, severity, confidence, .. } = &loaded.config.rules;
    let mut adjust = Adjust { set, loaded, mistakes: Vec::new() };
    let severities = adjust.rated::<Severity>("severity", severity, "note, low, medium, high or critical");
    let confidences = adjust.rated::<Confidence>("confidence", confidence, "low, medium or high");
    let disabled = disable.iter().flatten().enumerate();
    let disabled =
        disabled.filter_map(|(at, id)| adjust.rule(&format!("rules.disable[{at}]"), "disable", id)).collect();
    let Adjust { mistakes, .. } = adjust;
    if !mistakes.is_empty() {
        bail!("{}", mistakes.join("\n"));
    }
    for (rule, severity) in severities {
        Arc::make_mut(&mut set.rules[rule]).severity = severity;
    }
    for (rule, confidence) in confidences {
        Arc::make_mut(&mut set.rules[rule]).confidence = confidence;
    }
    set.off = disabled;
    Ok(())
}

/// What `[rules]` rates otherwise, for the coverage statement.
pub(crate) fn rerated(rules: &Rules) -> Vec<String> {
    let each = |what: &'static str, rated: &BTreeMap<String, String>| {
        rated.iter().map(move |(id, word)| format!("{id} ({what} {word})")).collect::<Vec<_>>()
    };
    [each("severity", &rules.severity), each("confidence", &rules.confidence)].concat()
}

struct Adjust<'a> {
    set: &'a RuleSet,
    loaded: &'a Loaded,
    mistakes: Vec<String>,
}

impl Adjust<'_> {
    /// Rules by index, and how each is rated.
    fn rated<T: FromStr>(&mut self, what: &str, rated: &BTreeMap<String, String>, words: &str) -> Vec<(usize, T)> {
        let mut all = Vec::new();
        for (id, given) in rated {
            let field = format!("rules.{what}.{id}");
            let rule = self.rule(&field, what, id);
            if let Ok(parsed) = given.parse() {
                all.extend(rule.map(|rule| (rule, parsed)));
            } else {
                let message = format!("`{}` is none of {words}", word(given));
                self.mistakes.push(format!("{}: [rules] {what}: {message}", self.loaded.place(&field)));
            }
        }
        all
    }

    /// The index of the rule that `field` of the configuration names.
    fn rule(&mut self, field: &str, what: &str, id: &str) -> Option<usize> {
        let rules = &self.set.rules;
        let found = rules.iter().position(|rule| rule.id == id || rule.aliases.iter().any(|alias| alias == id));
        if found.is_none() {
            let help = near(id, &rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>());
            let help = if help.is_empty() { "; see `skelkey rules list`" } else { &help };
            let place = self.loaded.place(field);
            self.mistakes.push(format!("{place}: [rules] {what}: there is no rule `{}`{help}", word(id)));
        }
        found
    }
}
