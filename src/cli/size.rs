//! Sizes as people write them.

/// A size in bytes: `1048576`, `50MB` (decimal), `1GiB` (binary); `K`, `M`, `G` alone are binary.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(format!("`{}` is not a size; write for instance 50MB or 1GiB", skelkey::escape::word(text))),
    };
    if number.is_empty() {
        return Err(format!("`{}` is not a size; write for instance 50MB or 1GiB", skelkey::escape::word(text)));
    }
    // Nothing but digits is left, so only too many of them can be wrong.
    let size = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    size.ok_or_else(|| "that is more than any file can hold".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_or_binary_by_their_unit() {
        assert_eq!(parse("50MB"), Ok(50_000_000));
        assert_eq!(parse("1GiB"), Ok(1 << 30));
        assert_eq!(parse("7"), Ok(7));
        assert!(parse("7 parsecs").is_err() && parse("").is_err() && parse("99999999999G").is_err());
    }
}
