//! The few bytes of an anchor that are looked for.

/// Shorter anchors do not exist; the rule reader refuses them.
pub(super) const SHORTEST: usize = 3;

/// Bytes of a gram; a gram of a three-byte anchor leaves its last byte open.
pub(super) const LENGTH: usize = 4;

/// Four bytes of an anchor, or all three of one that has no more. Case and a few other bits are folded away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gram {
    /// Folded with [`fold`].
    pub(super) bytes: [u8; LENGTH],
    /// Whether the last byte counts.
    pub(super) whole: bool,
    /// Where in the anchor it begins.
    pub(super) offset: usize,
}

impl Gram {
    /// The rarest of an anchor. What is rare is judged by a coarse model of source text.
    pub(super) fn of(anchor: &[u8]) -> Self {
        let rarest = anchor.windows(LENGTH).enumerate().min_by_key(|(_, gram)| frequency(gram));
        match rarest {
            Some((offset, gram)) => {
                let bytes = std::array::from_fn(|index| fold(gram[index]));
                Self { bytes, whole: true, offset }
            }
            None => {
                let bytes = std::array::from_fn(|index| anchor.get(index).map_or(0, |&byte| fold(byte)));
                Self { bytes, whole: false, offset: 0 }
            }
        }
    }
}

/// Makes letters small. It also folds what no letter is (`_` and the delete character, `@` and a backtick): that lets
/// a few more places through to the comparison, and costs one operation for four bytes.
pub(super) const fn fold(byte: u8) -> u8 {
    byte | 0x20
}

/// How often four bytes stand in source text, as a product of the bytes' own frequencies.
fn frequency(gram: &[u8]) -> u64 {
    gram.iter().map(|byte| byte_frequency(*byte)).product()
}

/// Occurrences in ten thousand bytes of source text, roughly.
fn byte_frequency(byte: u8) -> u64 {
    /// Letters by how common they are in English and in identifiers.
    const LETTERS: &[u8] = b"etrnisaocldupmfgbhxvykwqjz";
    const TIMES: [u64; 26] = [
        760, 590, 480, 460, 450, 440, 430, 400, 310, 270, 260, 190, 190, 170, 150, 120, 110, 110, 70, 70, 70, 60, 50, 20,
        10, 10,
    ];
    match byte.to_ascii_lowercase() {
        b' ' => 1500,
        b'_' => 150,
        b'/' | b'"' | b'.' | b':' | b'=' | b'(' | b')' => 120,
        b'0'..=b'9' => 80,
        letter @ b'a'..=b'z' => LETTERS.iter().position(|known| *known == letter).map_or(1, |rank| TIMES[rank]),
        _ => 40,
    }
}
