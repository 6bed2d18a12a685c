//! RubyGems.org: two lists, each of which one scope may read. The bits for push, yank and owners need writing and stay
//! unknown.

use serde::de::IgnoredAny;

use super::carrier::Carrier;
use super::client::Reply;
use super::failure::Failure;
use super::issuer::{About, Line, Probe, Reading, Step, Subject, Template};
use crate::issuer::Issuer;
use crate::key::{Action, Bound, Grant, Inactive, KeyFacts, Power, Reported, Subjects};

pub(crate) struct RubyGems;

static ABOUT: About = About {
    hosts: &["rubygems.org", "www.rubygems.org"],
    carrier: Carrier::header("authorization", ""),
    accepts: "API keys (rubygems_ and 48 hexadecimal digits) and legacy keys (32 or 48 digits)",
    asks: "for the account's gems, then for its web hooks",
    side_effects: "sets the key's last access",
    source: "rubygems/rubygems.org, app/controllers/api/base_controller.rb and v1",
    requests: &[Template::get("/api/v1/gems.json"), Template::get("/api/v1/web_hooks.json")],
    readings: &[
        Reading::new("200 with a list", "active; has `index_rubygems` (second request: `access_webhooks`)"),
        Reading::new(
            "403",
            "active; lacks that scope, or the account's address is not confirmed, or the gem changed hands",
        ),
        Reading::new("403 with a page", "unknown"),
        Reading::new("401", "inactive: unknown or expired"),
        Reading::new("401 that asks for a one-time password", "unknown"),
        Reading::new("other", "unknown"),
    ],
    ..About::of(&Issuer::RUBYGEMS, "https://rubygems.org")
};

impl Probe for RubyGems {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn admits(&self, subject: Subject<'_>) -> Result<(), &'static str> {
        let (digits, lengths): (_, &[usize]) = match subject.key.strip_prefix("rubygems_") {
            Some(digits) => (digits, &[48]),
            None => (subject.key, &[32, 48]),
        };
        if lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(())
        } else {
            Err("it is no API key of RubyGems.org (rubygems_ and 48 hexadecimal digits)")
        }
    }

    fn steps(&self, _: Subject<'_>) -> Vec<Step> {
        vec![gems(), web_hooks()]
    }

    fn ask(&self, _: Subject<'_>, line: &mut Line<'_>) -> Result<KeyFacts, Failure> {
        let reply = line.get(&gems())?;
        let lists_gems = match reply.status {
            200 if reply.json::<Vec<IgnoredAny>>().is_some() => true,
            200 => return Ok(line.unreadable()),
            403 if reply.is_page() => return Ok(line.unknown("answered 403 with a page, which is not its own refusal")),
            403 => false,
            401 if reply.says("OTP") => {
                return Ok(line.unknown("asks for a one-time password before it tells anything"));
            }
            401 => {
                return Ok(
                    line.inactive(Inactive::Rejected, "does not know the key, or it has expired or been revoked")
                );
            }
            _ => return Ok(line.unexpected(&reply)),
        };
        let mut facts = line.active("knows the key");
        let lists_hooks = ask_hooks(line, &mut facts);
        tell(&mut facts, lists_gems, lists_hooks);
        Ok(facts)
    }
}

fn gems() -> Step {
    Step::always(&["api", "v1", "gems.json"])
}

fn web_hooks() -> Step {
    Step { when: "when the first answer shows that the key works", ..Step::always(&["api", "v1", "web_hooks.json"]) }
}

/// Web hooks come as an object: the gem's name, then its hooks.
fn lists_hooks(reply: &Reply) -> bool {
    reply.json::<serde_json::Map<String, serde_json::Value>>().is_some()
}

/// The key is known to work; without a clear second answer one bit stays unknown.
fn ask_hooks(line: &mut Line<'_>, facts: &mut KeyFacts) -> Option<bool> {
    match line.get(&web_hooks()) {
        Ok(reply) if reply.status == 200 && lists_hooks(&reply) => Some(true),
        Ok(reply) if reply.status == 403 && !reply.is_page() => Some(false),
        _ => {
            facts.notes.push("Whether the key may read web hooks was not answered.".into());
            None
        }
    }
}

fn tell(facts: &mut KeyFacts, lists_gems: bool, lists_hooks: Option<bool>) {
    let mut grants = vec![writing_at_most(lists_hooks.is_none())];
    if lists_gems {
        grants.push(exactly(Action::new("index_rubygems", Power::Read)));
    } else {
        facts.notes.push(
            "The key may not list gems. RubyGems.org answers the same when the account's address is not confirmed or \
             the gem that the key is limited to has changed hands."
                .into(),
        );
    }
    if lists_hooks == Some(true) {
        grants.push(exactly(Action::new("access_webhooks", Power::Manage)));
    }
    facts.grants = Reported::Said(grants);
    facts.notes.push(
        "Whether the key may push, yank or change owners shows only in writing, which is never tried; the owner's page \
         shows it."
            .into(),
    );
}

fn exactly(action: Action) -> Grant {
    Grant { actions: vec![action], subjects: Subjects::Everything, bound: Bound::Exact }
}

/// Every scope that no reading request shows (rubygems.org, `ApiKey::API_SCOPES`).
fn writing_at_most(hooks_open: bool) -> Grant {
    let mut actions = vec![
        Action::new("push_rubygem", Power::PublishNew),
        Action::new("yank_rubygem", Power::Withdraw),
        Action::new("add_owner", Power::Manage),
        Action::new("update_owner", Power::Manage),
        Action::new("remove_owner", Power::Manage),
        Action::new("configure_trusted_publishers", Power::Manage),
    ];
    if hooks_open {
        actions.push(Action::new("access_webhooks", Power::Manage));
    }
    Grant { actions, subjects: Subjects::NotSaid, bound: Bound::AtMost }
}
