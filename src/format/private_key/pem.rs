//! PEM blocks (RFC 7468) as people leave them in texts: indented, quoted line by line, on one line with `\n` in it.

use data_encoding::BASE64;
use zeroize::Zeroizing;

/// A block.
pub(super) struct Block {
    /// Between `-----BEGIN ` and `-----`.
    pub(super) label: String,
    /// `DEK-Info` of the old encryption, if it is there (RFC 1423).
    pub(super) cipher: Option<String>,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// The first block whose end has the label of its beginning.
pub(super) fn read(text: &[u8]) -> Option<Block> {
    let text = Zeroizing::new(str::from_utf8(text).ok()?.to_owned());
    let (_, rest) = text.split_once(BEGIN)?;
    let (label, rest) = rest.split_once(DASHES)?;
    let (body, _) = rest.split_once(format!("-----END {label}{DASHES}").as_str())?;
    let lines = Zeroizing::new(body.replace("\\r", "\n").replace("\\\\n", "\n").replace("\\n", "\n"));
    let mut cipher = None;
    let mut base64 = Zeroizing::new(String::with_capacity(lines.len()));
    let added = added(&lines);
    for line in lines.lines().map(|line| line.strip_prefix(added).unwrap_or(line)).map(bare) {
        if let Some(info) = line.strip_prefix("DEK-Info:") {
            cipher = Some(info.split(',').next().unwrap_or_default().trim().to_owned());
        } else if !(line.contains(':') || line.len() == 5 && line.starts_with('=')) {
            // A line that begins with `=` is the checksum of OpenPGP's armour.
            base64.extend(line.split_whitespace());
        }
    }
    let bytes = BASE64.decode(base64.as_bytes()).ok().map(Zeroizing::new)?;
    (!bytes.is_empty()).then(|| Block { label: label.to_owned(), cipher, bytes })
}

/// The sign before every line of a block that a patch adds or takes away; nothing for others.
fn added(lines: &str) -> &'static str {
    let all = |sign: &str| lines.lines().skip(1).all(|line| line.is_empty() || line.starts_with(sign));
    if lines.contains('\n') && all("+") { "+" } else { "" }
}

/// What joins strings in the languages around a block.
const JOINTS: [&str; 6] = ["+", ".", ",", ";", "&", "+ \\"];

/// A line without its indentation, and without the quotes and signs of the language around it.
fn bare(line: &str) -> &str {
    let line = line.trim();
    let is_quoted = line.contains(['"', '\'', '`']);
    let pieces = line.split(['"', '\'', '`']).map(str::trim).filter(|piece| !is_quoted || !JOINTS.contains(piece));
    let inner = pieces.max_by_key(|piece| piece.len()).unwrap_or_default();
    // A slash is a digit of base64 as well.
    let inner = inner.strip_prefix("//").filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(inner);
    inner.trim_start_matches(['#', '*', '>', '|']).trim().trim_end_matches(['\\', ',', ';']).trim()
}
