//! Chat and mail.

use super::super::carrier::{Carrier, Half};
use super::super::fact::{Fact, Is, Time, Without};
use super::super::issuer::{About, Named, Template};
use super::super::page::{Form, Page, Row, When};
use super::super::post::Post;
use super::IN_ADDRESS;
use crate::issuer::Issuer;
use crate::key::Power;

static SLACK: Issuer = Issuer::known("slack");
static DISCORD: Issuer = Issuer::known("discord");
static TELEGRAM: Issuer = Issuer::known("telegram");
static SENDGRID: Issuer = Issuer::known("sendgrid");
static MAILGUN: Issuer = Issuer::known("mailgun");
static MAILCHIMP: Issuer = Issuer::known("mailchimp");
static TWILIO: Issuer = Issuer::known("twilio");

pub(super) const PAGES: &[&Page] = &[
    &SLACK_TOKEN,
    &DISCORD_BOT,
    &TELEGRAM_BOT,
    &SENDGRID_KEY,
    &MAILGUN_KEY,
    &MAILCHIMP_KEY,
    &TWILIO_PAIR,
    &TWILIO_API_KEY,
];

/// Slack answers 200 to everything; the word in `error` decides. `invalid_auth` also means another network than the
/// workspace allows, so it proves nothing.
static SLACK_TOKEN: Page = Page {
    forms: &[
        Form::Prefix("xoxb-"),
        Form::Prefix("xoxp-"),
        Form::Prefix("xoxe.xoxb-"),
        Form::Prefix("xoxe.xoxp-"),
        Form::Prefix("xapp-"),
        Form::Prefix("xoxa-"),
        Form::Prefix("xoxs-"),
    ],
    others: &[
        ("xoxe-", "a refresh token works on no page, and exchanging it would use it up"),
        ("xoxr-", "a refresh token works on no page, and exchanging it would use it up"),
        ("xoxc-", "a browser's session token works only with its cookie"),
        ("xoxd-", "a session cookie works only with its token"),
        ("http", "a web hook is tried only by posting a message, which is never sent"),
        ("hooks.", "a web hook is tried only by posting a message, which is never sent"),
    ],
    post: Some(Post::SLACK_AUTH_TEST),
    rows: &[
        Row::active(200, When::Is("/ok", "true"), "says whose token it is"),
        Row::revoked(200, When::Is("/error", "token_revoked")),
        Row::expired(200, When::Is("/error", "token_expired")),
        Row::revoked(200, When::Is("/error", "account_inactive")),
        Row::unknown(200, When::Is("/error", "invalid_auth"), "does not take the token, or not from this network"),
        Row::unknown(200, When::Is("/error", "not_allowed_token_type"), "does not answer this kind of token here"),
        Row::unknown(200, When::Has("/error"), "names another reason why it does not answer"),
    ],
    proof: &["/ok"],
    facts: &[
        Fact::at("/team", Is::Owner),
        Fact::at("/team_id", Is::Detail("team-id")),
        Fact::at("/user", Is::Detail("user-name")),
        Fact::at("/user_id", Is::Detail("user-id")),
        Fact::at("/bot_id", Is::Detail("bot-id")),
        Fact::at("/app_id", Is::Detail("app-id")),
        Fact::at("/enterprise_id", Is::Detail("enterprise-id")),
        Fact::header("x-oauth-scopes", Is::Scopes),
        Fact::at("/expires_in", Is::EndsIn(Without::NotSaid)),
    ],
    power: |scope| match scope {
        "admin" => Power::Everything,
        "identify" | "commands" => Power::Read,
        "chat:write" | "files:write" | "reactions:write" | "incoming-webhook" => Power::PublishUpdate,
        word if word.ends_with(":read") || word.ends_with(":history") => Power::Read,
        _ => Power::Manage,
    },
    ..Page::of(About {
        hosts: &["slack.com", "api.slack.com"],
        only_by_name: Some("Slack answers this question only to a POST"),
        accepts: "bot, user and app tokens (xoxb-…, xoxp-…, xoxe.xox…, xapp-…)",
        asks: "whose token it is",
        requests: &[Template { method: "POST", path: "/api/auth.test", when: "always" }],
        side_effects: "stands in the workspace's access logs",
        source: "docs.slack.dev, auth.test and its errors; slackapi/node-slack-sdk, AuthTestResponse",
        ..About::of(&SLACK, "https://slack.com")
    })
};

static DISCORD_BOT: Page = Page {
    forms: &[Form::Any],
    others: &[
        ("mfa.", "a person's token works without the word Bot, and Discord forbids its use by programs"),
        ("http", "a web hook is a whole address, and a host that a file names is never asked"),
    ],
    rows: &[
        Row::OK,
        Row::unknown(401, When::Always, "does not know the token as a bot's; it may be a person's"),
        Row::FORBIDDEN,
    ],
    proof: &["/id", "/username"],
    facts: &[
        Fact::at("/username", Is::Owner),
        Fact::at("/id", Is::Detail("user-id")),
        Fact::at("/verified", Is::Detail("verified")),
    ],
    notes: &["A bot's token opens all that the bot may do in its servers, and has no end."],
    ..Page::of(About {
        hosts: &["discord.com", "discordapp.com"],
        carrier: Carrier::header("authorization", "Bot "),
        accepts: "bot tokens",
        asks: "which bot it is",
        requests: &[Template::get("/api/v10/users/@me")],
        source: "discord.com/developers/docs, get current user; betterleaks, rule discord",
        ..About::of(&DISCORD, "https://discord.com")
    })
};

static TELEGRAM_BOT: Page = Page {
    forms: &[Form::Any],
    rows: &[
        Row::active(200, When::Is("/ok", "true"), "says which bot it is"),
        Row::REFUSED,
        Row::unknown(404, When::Always, "does not take the text for a token"),
    ],
    proof: &["/result/id"],
    facts: &[
        Fact::at("/result/username", Is::Owner),
        Fact::at("/result/id", Is::KeyId),
        Fact::at("/result/can_join_groups", Is::Detail("can-join-groups")),
        Fact::at("/result/can_read_all_group_messages", Is::Detail("can-read-all-group-messages")),
    ],
    notes: &["A bot's token opens all that the bot may do, and has no end."],
    ..Page::of(About {
        hosts: &["api.telegram.org"],
        carrier: Carrier::Path,
        only_by_name: Some(IN_ADDRESS),
        accepts: "bot tokens",
        asks: "which bot it is",
        requests: &[Template::get("/bot{key}/getMe")],
        source: "core.telegram.org/bots/api, getMe and User",
        ..About::of(&TELEGRAM, "https://api.telegram.org")
    })
};

static SENDGRID_KEY: Page = Page {
    forms: &[Form::Prefix("SG.")],
    rows: &[
        Row::active(200, When::Always, "lists the key's scopes"),
        Row::REFUSED,
        Row::active(403, When::Says("access forbidden"), "knows the key, which may not see its scopes"),
        Row::FORBIDDEN,
    ],
    proof: &["/scopes"],
    facts: &[Fact::at("/scopes", Is::Scopes)],
    power: |scope| match scope {
        "mail.send" | "mail.batch.create" => Power::PublishUpdate,
        word if word.rsplit('.').next() == Some("read")
            || word.starts_with("2fa_")
            || word.starts_with("sender_verification_") =>
        {
            Power::Read
        }
        _ => Power::Manage,
    },
    notes: &["SendGrid's keys have no end."],
    ..Page::of(About {
        hosts: &["api.sendgrid.com", "smtp.sendgrid.net"],
        accepts: "API keys (SG.…)",
        asks: "what the key may do",
        requests: &[Template::get("/v3/scopes")],
        source: "twilio.com/docs/sendgrid, retrieve the scopes of the caller; trufflesecurity/trufflehog, analyzers/sendgrid",
        ..About::of(&SENDGRID, "https://api.sendgrid.com")
    })
};

/// Keys of the European region are unknown here, and sending keys may not see the list.
static MAILGUN_KEY: Page = Page {
    forms: &[Form::Any],
    others: &[("pubkey-", "a public validation key opens no page about itself")],
    rows: &[
        Row::active(200, When::Always, "lists the account's keys"),
        Row::unknown(
            401,
            When::Always,
            "does not know the key here; it may be one of the European region, or for sending alone",
        ),
        Row::FORBIDDEN,
    ],
    proof: &["/items"],
    facts: &[
        Fact::only("/items", "/id", Is::KeyId),
        Fact::only("/items", "/description", Is::Name),
        Fact::only("/items", "/user_name", Is::Owner),
        Fact::only("/items", "/role", Is::Scopes),
        Fact::only("/items", "/created_at", Is::Detail("created")),
        Fact::only("/items", "/expires_at", Is::Expires(Time::Text, Without::NotSaid)),
    ],
    power: |role| match role {
        "admin" => Power::Everything,
        "sending" => Power::PublishUpdate,
        "basic" | "support" | "analyst" => Power::Read,
        _ => Power::Manage,
    },
    notes: &["Mailgun lists the account's keys; only if there is one is it known which one asks."],
    ..Page::of(About {
        hosts: &["api.mailgun.net"],
        carrier: Carrier::basic(Half::Fixed("api")),
        accepts: "private API keys",
        asks: "for the account's keys, among which is the one that asks",
        requests: &[Template::get("/v1/keys")],
        source: "documentation.mailgun.com, keys; mailgun/mailgun-go, api_keys.go",
        ..About::of(&MAILGUN, "https://api.mailgun.net")
    })
};

static MAILCHIMP_KEY: Page = Page {
    forms: &[Form::Any],
    rows: &[
        Row::OK,
        Row::revoked(403, When::Says("User Disabled")),
        Row::rejected(401, When::Says("API Key Invalid"), "does not know the key"),
        Row::FORBIDDEN,
    ],
    proof: &["/account_id"],
    facts: &[
        Fact::at("/account_name", Is::Owner),
        Fact::at("/account_id", Is::Detail("account-id")),
        Fact::at("/role", Is::Scopes),
    ],
    power: |role| match role {
        "owner" | "admin" => Power::Everything,
        "viewer" => Power::Read,
        _ => Power::Manage,
    },
    notes: &["Mailchimp's keys have no end."],
    // The data centre stands at the key's end.
    host: |subject| {
        let (_, centre) = subject.key.rsplit_once('-')?;
        let number = centre.strip_prefix("us")?;
        (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
        Some(Named { host: format!("{centre}.api.mailchimp.com"), by_key: true })
    },
    ..Page::of(About {
        carrier: Carrier::basic(Half::Fixed("skelkey")),
        accepts: "API keys, whose end names their data centre",
        asks: "whose key it is",
        requests: &[Template::get("/3.0/")],
        source: "mailchimp.com/developer, API root and error glossary; trufflesecurity/trufflehog, analyzers/mailchimp",
        ..About::tenants(&MAILCHIMP, &[".api.mailchimp.com"])
    })
};

/// The pair is put together from what stands nearby, so a refusal proves nothing of either half.
static TWILIO_PAIR: Page = Page {
    forms: &[Form::Of(32, is_lower_hex)],
    others: &[("SK", "the id of a key is no key"), ("AC", "the id of an account is no key")],
    rows: &[
        Row::active(200, When::Always, "lists the accounts that the pair opens"),
        Row::unknown(
            401,
            When::Always,
            "does not know the pair, or not for this page; the two halves were found beside each other and need not belong together",
        ),
        Row::FORBIDDEN,
    ],
    proof: &["/accounts"],
    facts: &[
        Fact::at("/accounts/*/friendly_name", Is::Detail("accounts")),
        Fact::at("/accounts/0/status", Is::Detail("account-status")),
        Fact::at("/accounts/0/type", Is::Detail("account-type")),
    ],
    notes: &["An account's own token opens all of it, and has no end."],
    ..Page::of(About {
        hosts: &["api.twilio.com", "verify.twilio.com"],
        carrier: Carrier::basic(Half::Owner),
        accepts: "auth tokens with the id of their account beside them",
        asks: "for the accounts that the pair opens",
        requests: &[Template::get("/2010-04-01/Accounts.json")],
        side_effects: "stands in the account's event log",
        source: "twilio.com/docs/iam/api/account; trufflesecurity/trufflehog, analyzers/twilio",
        ..About::of(&TWILIO, "https://api.twilio.com")
    })
};

/// Auth tokens are made of these; the secret of an API key has other letters as well, and another page knows it.
fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// Only main keys may see accounts, so the services of Verify are asked for: main and standard keys list them, restricted
/// ones only if they were given that right. A refusal proves nothing for the same reason, and for that of the pair.
static TWILIO_API_KEY: Page = Page {
    forms: &[Form::Of(32, |byte| byte.is_ascii_alphanumeric())],
    only: |subject| match subject.key_id() {
        Some(id) if id.starts_with("SK") && id.len() == 34 && id.bytes().skip(2).all(is_lower_hex) => Ok(()),
        _ => Err("the secret of an API key works only with the key's id (SK…), which nothing near it tells"),
    },
    rows: &[
        Row::active(200, When::Has("/services"), "lets the pair list the services of Verify"),
        Row::unknown(
            401,
            When::Always,
            "does not know the pair, or not for this page: a restricted key may lack the right, and the two halves were \
             found beside each other and need not belong together",
        ),
        Row::FORBIDDEN,
    ],
    proof: &["/services"],
    facts: &[Fact::at("/services/0/account_sid", Is::Owner)],
    notes: &[
        "A main or standard key opens nearly all of its account, a restricted one what it was given; which it is, this page does not tell.",
        "Twilio's keys have no end.",
    ],
    ..Page::of(About {
        hosts: &["api.twilio.com", "verify.twilio.com"],
        carrier: Carrier::basic(Half::KeyId),
        accepts: "secrets of API keys with the key's id (SK…) beside them",
        asks: "for one service of Verify, which main and standard keys may list",
        requests: &[Template::get("/v2/Services?PageSize=1")],
        side_effects: "stands in the account's event log",
        source: "twilio.com/docs/iam/api-keys and docs/verify/api/service; trufflesecurity/trufflehog, analyzers/twilio",
        ..About::of(&TWILIO, "https://verify.twilio.com")
    })
};
