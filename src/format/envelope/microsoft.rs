//! NuGet's two key formats and Azure DevOps' token.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::args::Args;
use super::random::{self, Random};
use crate::format::nuget_v5::{self, Fields};
use crate::format::{cask, nuget_v4};

pub(super) fn nuget_v4(random: &mut Random<'_>, arg: &str) -> Option<String> {
    Args::parse(arg, &[])?;
    // The issuer draws bytes that are not zero.
    let id = random::bytes::<10>(random)?.map(|byte| byte.max(1));
    Some(nuget_v4::compose(&id, &random::dotnet_guid(random)?))
}

pub(super) fn nuget_v5(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["created", "lifetime", "env", "owner", "class"])?;
    let text = random::base62(random, 52)?;
    let created = match args.get("created") {
        Some(created) => minute(created)?,
        None => some_minute(random)?,
    };
    let owner = u64::from(u16::from_le_bytes(random::bytes(random)?)) + 1;
    let fields = Fields {
        created: Some(created),
        lifetime: Some(args.get("lifetime").map_or(Some(SignedDuration::from_hours(1)), lifetime)?),
        environment: args.get("env").map_or(Some('P'), one_letter)?,
        owner: args.number("owner")?.unwrap_or(owner),
        class: args.get("class").map_or(Some('S'), one_letter)?,
    };
    nuget_v5::compose(&text, &fields)
}

pub(super) fn azure_devops(random: &mut Random<'_>, arg: &str) -> Option<String> {
    let args = Args::parse(arg, &["created"])?;
    let day: Date = match args.get("created") {
        Some(month) => format!("{month}-01").parse().ok()?,
        None => Offset::UTC.to_datetime(some_minute(random)?).date(),
    };
    let (year, month) = (cask::year_symbol(day.year())?, cask::month_symbol(day.month())?);
    let (text, platform) = (random::base62(random, 52)?, random::base62(random, 12)?);
    let key = cask::seal(&format!("{text}JQQJ99{year}{month}{platform}AAASAZDO"));
    cask::verify(key.as_bytes()).then_some(key)
}

/// A minute of UTC, `2026-08-20T09:15Z`.
fn minute(text: &str) -> Option<Timestamp> {
    let moment: DateTime = text.strip_suffix('Z')?.parse().ok()?;
    (moment.second() == 0 && moment.subsec_nanosecond() == 0).then(|| Offset::UTC.to_timestamp(moment).ok())?
}

/// Some minute of 2025 or 2026: samples need a date, and the library reads no clock.
fn some_minute(random: &mut Random<'_>) -> Option<Timestamp> {
    const FIRST: i64 = 1_735_689_600;
    const MINUTES: u32 = 2 * 365 * 24 * 60;
    let minute = u32::from_le_bytes(random::bytes(random)?) % MINUTES;
    Timestamp::from_second(FIRST + i64::from(minute) * 60).ok()
}

/// `60m`, `1h`, `30d`.
fn lifetime(text: &str) -> Option<SignedDuration> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        _ => return None,
    };
    count.parse::<u32>().ok().map(|count| SignedDuration::from_mins(i64::from(count) * minutes))
}

fn one_letter(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|letter| letter.is_ascii_alphanumeric() && letters.next().is_none())
}
