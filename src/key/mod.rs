//! What a key says about itself, offline: one file per format. A decoder reads; it never judges and never asks.

mod aws;
mod azure;
mod azure_devops;
mod bare_key;
mod claims;
mod class;
mod conflict;
mod connection;
mod crates_io;
mod devpi;
mod discord;
mod docker_hub;
mod doppler;
mod dossier;
mod elastic;
mod facts;
mod fly;
mod gcp;
mod github;
mod gitlab;
pub mod glob;
mod grafana;
mod harbor;
mod hex;
mod hugging_face;
mod jfrog;
mod jsr;
mod jwt;
mod mapbox;
mod nats;
mod npm;
mod nuget_guid;
mod nuget_v4;
mod nuget_v5;
mod onepassword;
mod open_vsx;
mod private_key;
mod pypi;
mod query;
mod rubygems;
mod sentry;
mod slack;
mod stripe;
mod supabase;
mod tailscale;
mod telegram;
mod terraform;
mod token;
mod vault;
mod verdaccio;

pub use self::conflict::Conflict;
pub use self::dossier::Dossier;
pub use self::facts::{
    Action, Bound, Evidence, Expiry, Grant, Inactive, JoinStrength, KeyFacts, LastUse, Power, Reported, Restriction,
    State, Statement, Subjects,
};

/// Reads the facts that stand in a key's own text.
pub struct Decoder {
    /// The name by which rule files ask for it.
    pub name: &'static str,
    /// What it reads, for `rules show` and the documentation.
    pub reads: &'static str,
    /// `None` when the text is not such a key after all.
    pub decode: fn(&[u8]) -> Option<KeyFacts>,
}

const fn reads(name: &'static str, reads: &'static str, decode: fn(&[u8]) -> Option<KeyFacts>) -> Decoder {
    Decoder { name, reads, decode }
}

/// Every decoder that a rule file may name. Adding one is one file here and one line in this table.
pub const DECODERS: &[Decoder] = &[
    reads("azure-devops-pat", "the month of issue", azure_devops::decode),
    reads("age", "algorithm, bits", bare_key::decode_age),
    reads("jwk", "algorithm, bits", bare_key::decode_jwk),
    reads("jwk-symmetric", "bits", bare_key::decode_jwk_symmetric),
    reads("key-store", "the sort of store", bare_key::decode_store),
    reads("tink", "the sort of key", bare_key::decode_tink),
    reads("wireguard", "algorithm, bits", bare_key::decode_wireguard),
    reads("crates-io", "the sort of token", crates_io::decode),
    reads("crates-io-tp", "the sort of token and its one right", crates_io::decode_trusted),
    reads("devpi", "user, id, rights, indexes, projects, expiry", devpi::decode),
    reads("docker-hub", "the sort of token", docker_hub::decode),
    reads("github", "the sort of token", github::decode),
    reads("github-fine-grained", "a hint at the owner's number", github::decode_fine_grained),
    reads("github-jwt", "the app's number, creation, expiry", github::decode_jwt),
    reads(
        "gitlab",
        "the sort of token; of a routable one the ids of user, project, group, organization",
        gitlab::decode,
    ),
    reads("harbor-jwt", "rights, robot and project id, creation, expiry", harbor::decode),
    reads("hex", "the sort of key", hex::decode),
    reads("hex-jwt", "user or organization, scopes, creation, expiry", hex::decode_jwt),
    reads("hugging-face", "the sort of token; of a JWT creation and expiry", hugging_face::decode),
    reads("jfrog-api-key", "the sort of key", jfrog::decode_api_key),
    reads("jfrog-jwt", "user, scopes, audience, id, creation, expiry", jfrog::decode_jwt),
    reads("jfrog-reference", "expiry", jfrog::decode_reference),
    reads("jsr", "the sort of token", jsr::decode),
    reads("jwt", "issuer, subject, audience, scopes, id, creation, expiry", jwt::decode),
    reads("npm", "the sort of token", npm::decode),
    reads("nuget-guid", "the sort of key", nuget_guid::decode),
    reads("nuget-v4", "the public id", nuget_v4::decode),
    reads("nuget-v5", "creation, expiry, environment, the owner's number, the sort of key", nuget_v5::decode),
    reads("open-vsx", "the sort of token", open_vsx::decode),
    reads(
        "private-key",
        "algorithm, bits, encryption and its rounds, the public key's fingerprint",
        private_key::decode,
    ),
    reads(
        "private-key-base64",
        "of a private key in base64: algorithm, bits, encryption, the public key's fingerprint",
        private_key::decode_base64,
    ),
    reads("pypi", "host, id, projects, user or publisher, expiry: every caveat", pypi::decode),
    reads("rubygems", "the sort of key", rubygems::decode),
    reads("terraform", "the sort of token", terraform::decode),
    reads("verdaccio-jwt", "user, groups, id, creation, expiry", verdaccio::decode_jwt),
    reads("verdaccio-legacy", "the sort of token", verdaccio::decode_legacy),
    reads("aws-access-key-id", "the account, the sort of key, whether it is a canary", aws::decode_key_id),
    reads(
        "aws-bedrock",
        "of a short-term key account, region, creation, expiry; of a long-term one its id",
        aws::decode_bedrock,
    ),
    reads("aws-presigned-url", "account, region, service, creation, expiry", aws::decode_presigned),
    reads("azure-cask", "provider, month of issue, how it was made", azure::decode_cask),
    reads("azure-identifiable", "service and right", azure::decode_identifiable),
    reads("azure-sas", "rights, reach, start, expiry, restrictions", azure::decode_sas),
    reads("cask", "provider, creation", azure::decode_cask_v3),
    reads("class", "the sort of key", class::decode),
    reads("connection-pairs", "server, user, policy, whether TLS is off", connection::decode_pairs),
    reads("connection-url", "server, user, database, whether TLS is off", connection::decode_url),
    reads("discord", "the bot's number and when its account was made", discord::decode),
    reads("discord-webhook", "id and creation", discord::decode_webhook),
    reads("doppler", "the sort of token, the config", doppler::decode),
    reads("elastic", "the public id", elastic::decode),
    reads("fly", "organisation, apps, rights, start, expiry: every caveat", fly::decode),
    reads("gcp-service-account", "account, project, key id", gcp::decode_service_account),
    reads("grafana", "the sort of token; of cloud tokens and old keys organisation and name", grafana::decode),
    reads("mapbox", "the sort of token, user, id", mapbox::decode),
    reads("nats", "what the seed is of", nats::decode),
    reads("onepassword", "the service account and where it signs in", onepassword::decode),
    reads("sentry", "organisation, host, creation", sentry::decode),
    reads("slack", "the sort of token, app id or numbers of team and user", slack::decode),
    reads("slack-webhook", "the sort of webhook, team and bot id", slack::decode_webhook),
    reads("stripe", "mode and class", stripe::decode),
    reads("supabase", "the sort of key and what it may do", supabase::decode),
    reads("tailscale", "the sort of key, the public id", tailscale::decode),
    reads("telegram", "the bot's number", telegram::decode),
    reads("token", "issuer, subject, audience, scopes, creation, expiry; what each known issuer adds", token::decode),
    reads("vault", "the sort of token", vault::decode),
];

/// A decoder by its name.
#[must_use]
pub fn decoder(name: &str) -> Option<&'static Decoder> {
    DECODERS.iter().find(|decoder| decoder.name == name)
}

#[cfg(test)]
mod tests;
