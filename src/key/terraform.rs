//! Tokens of HCP Terraform and Terraform Enterprise: `ID.atlasv1.SECRET`. The text does not tell user, team and
//! organisation tokens apart.

use super::facts::KeyFacts;

pub(super) fn decode(key: &[u8]) -> Option<KeyFacts> {
    let (head, secret) = str::from_utf8(key).ok()?.split_once(".atlasv1.")?;
    (head.len() == 14 && secret.len() >= 60).then(|| {
        KeyFacts::of_kind("API token")
            .note("It may be a user's, a team's, an organisation's or an agent's; a user's does all that the user may.")
    })
}
