//! Whole sample keys, minted as their issuers build them, for rule examples, the demo and tests. Nobody issued them.

mod args;
mod macaroon;
mod microsoft;
mod platforms;
mod random;
mod webtoken;

use self::args::Args;
pub use self::random::Random;
use super::{crates_io, gitlab, jfrog, verdaccio};

/// A way to mint a whole key.
#[derive(Debug)]
pub struct Envelope {
    /// The name by which rule files and the demo ask for it.
    pub name: &'static str,
    /// Mints a key from a source of random bytes (so many as asked for) and an argument, which is empty or
    /// `name=value` parts. `None` for an argument that is not understood to its last letter.
    pub mint: fn(&mut Random<'_>, &str) -> Option<String>,
}

/// Every envelope. Adding one is one line here.
///
/// Arguments are parts `name=value` with `;` between them, each optional; `jwt` and `github-jwt` have `,` between them.
pub const ENVELOPES: &[Envelope] = &[
    // No argument.
    Envelope { name: "nuget-v4", mint: microsoft::nuget_v4 },
    // created=2026-08-20T09:15Z; lifetime=60m (m, h, d); env=P; owner=42; class=S
    Envelope { name: "nuget-v5", mint: microsoft::nuget_v5 },
    // created=2026-08
    Envelope { name: "azure-devops-pat", mint: microsoft::azure_devops },
    // host=HOST; user=UUID; projects=a,b; ids=UUID,UUID; publisher=UUID; exp=EPOCH; nbf=EPOCH; caveats=none
    Envelope { name: "pypi", mint: macaroon::pypi },
    // The same without a host.
    Envelope { name: "testpypi", mint: macaroon::testpypi },
    // user=root; id=ID; allowed=upload; expires=EPOCH or never; indexes=root/dev; projects=a,b
    Envelope { name: "devpi", mint: macaroon::devpi },
    // prefix=glpat-; c, g, o, p, t, u = number
    Envelope { name: "gitlab-routable", mint: gitlab_routable },
    // expires=EPOCH
    Envelope { name: "jfrog-reference", mint: jfrog_reference },
    // Claims: name=value; a number, true, false, null, or JSON that begins with [ { " is that, all else is text.
    Envelope { name: "jwt", mint: webtoken::jwt },
    // Claims, as above.
    Envelope { name: "github-jwt", mint: webtoken::github },
    // No argument.
    Envelope { name: "crates-io-tp", mint: crates_io_tp },
    // No argument.
    Envelope { name: "verdaccio-legacy", mint: verdaccio_legacy },
    // org, mask, app, nbf, exp = number
    Envelope { name: "fly", mint: platforms::fly },
    // org=SLUG; iat=EPOCH; host=sentry.io
    Envelope { name: "sentry", mint: platforms::sentry },
    // No argument.
    Envelope { name: "vault", mint: platforms::vault },
    // email=ADDRESS; host=HOST
    Envelope { name: "1password", mint: platforms::onepassword },
    // No argument.
    Envelope { name: "elastic", mint: platforms::elastic },
    // No argument.
    Envelope { name: "elastic-encoded", mint: platforms::elastic_encoded },
    // No argument.
    Envelope { name: "age", mint: platforms::age },
    // of=user (account, operator, server, cluster …)
    Envelope { name: "nkey", mint: platforms::nkey },
    // org=NUMBER; name=NAME; region=REGION
    Envelope { name: "grafana-cloud", mint: platforms::grafana_cloud },
    // org=NUMBER; name=NAME
    Envelope { name: "grafana-legacy", mint: platforms::grafana_legacy },
    // user=NAME; usage=sk (pk, tk)
    Envelope { name: "mapbox", mint: platforms::mapbox },
    // form=openssh (openssh-encrypted, pkcs1, pkcs8)
    Envelope { name: "private-key", mint: platforms::private_key },
    // user=NUMBER
    Envelope { name: "discord", mint: platforms::discord },
];

/// An envelope by its name.
#[must_use]
pub fn envelope(name: &str) -> Option<&'static Envelope> {
    ENVELOPES.iter().find(|envelope| envelope.name == name)
}

fn gitlab_routable(random: &mut Random<'_>, arg: &str) -> Option<String> {
    const NUMBERS: [&str; 6] = ["c", "g", "o", "p", "t", "u"];
    let args = Args::parse(arg, &["prefix", "c", "g", "o", "p", "t", "u"])?;
    let mut fields = Vec::new();
    for name in NUMBERS {
        if let Some(value) = args.number(name)? {
            fields.push((name.chars().next()?, value));
        }
    }
    // The issuer requires an organisation.
    if args.get("o").is_none() {
        fields.push(('o', 1));
    }
    gitlab::compose(args.get("prefix").unwrap_or("glpat-"), &fields, &random::bytes::<16>(random)?)
}

fn jfrog_reference(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let expires = Args::parse(arg, &["expires"])?.number("expires")?.unwrap_or(0);
    jfrog::compose(expires, &random::base62(random, 27)?)
}

fn crates_io_tp(random: &mut Random<'_>, arg: &str) -> Option<String> {
    Args::parse(arg, &[])?;
    Some(crates_io::seal(&format!("{}{}", crates_io::PREFIX, random::base62(random, 31)?)))
}

fn verdaccio_legacy(random: &mut Random<'_>, arg: &str) -> Option<String> {
    Args::parse(arg, &[])?;
    Some(verdaccio::compose(&random::bytes::<16>(random)?, &random::bytes::<21>(random)?))
}
