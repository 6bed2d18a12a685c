//! The few bytes of an anchor that are looked for.

/// Shorter anchors do not exist; the rule reader refuses them.
pub(crate) const SHORTEST: usize = 3;

/// Bytes of a gram; a gram of a three-byte anchor leaves its last byte open.
pub(crate) const LENGTH: usize = 4;

/// Four bytes of an anchor, or all three of one that has no more. Case and a few other bits are folded away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gram {
    /// Folded with [`fold`].
    pub(crate) bytes: [u8; LENGTH],
    /// Whether the last byte counts.
    pub(crate) whole: bool,
    /// Where in the anchor it begins.
    pub(crate) offset: usize,
    /// Whether it counts only where a word begins.
    pub(crate) begins_word: bool,
}

impl Gram {
    /// The rarest of an anchor, or the first of one that begins a word, for few words are near it. What is rare is
    /// judged by a coarse model of source text.
    pub(crate) fn of(anchor: &[u8], begins_word: bool) -> Self {
        let mut grams = anchor.windows(LENGTH).enumerate();
        let rarest = if begins_word {
            grams.next()
        } else {
            grams.min_by(|(_, a), (_, b)| frequency(a).total_cmp(&frequency(b)))
        };
        if let Some((offset, gram)) = rarest {
            let bytes = std::array::from_fn(|index| fold(gram[index]));
            return Self { bytes, whole: true, offset, begins_word };
        }
        let bytes = std::array::from_fn(|index| anchor.get(index).map_or(0, |&byte| fold(byte)));
        Self { bytes, whole: false, offset: 0, begins_word }
    }
}

/// Makes letters small. It also folds what no letter is (`_` and the delete character, `@` and a backtick): that lets
/// a few more places through to the comparison, and costs one operation for four bytes.
pub(crate) const fn fold(byte: u8) -> u8 {
    byte | 0x20
}

/// Whether a byte belongs to a word, as `\b` sees it.
pub(crate) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How often four bytes stand in source text, as a product of the bytes' own frequencies.
fn frequency(gram: &[u8]) -> f32 {
    gram.iter().map(|byte| FREQUENCIES[usize::from(fold(*byte))]).product()
}

/// The share of each folded byte in source text, roughly: what decides is the order of magnitude.
pub(crate) static FREQUENCIES: [f32; 256] = frequencies();

const fn frequencies() -> [f32; 256] {
    /// Letters, and how many of each stand in a thousand bytes of English and identifiers.
    const LETTERS: [(&[u8], f32); 8] = [
        (b"e", 76.0),
        (b"t", 59.0),
        (b"rniasoc", 43.0),
        (b"ldu", 27.0),
        (b"pmfg", 17.0),
        (b"bhxvyk", 10.0),
        (b"w", 5.0),
        (b"qjz", 1.5),
    ];
    let mut shares = [0.000_05; 256];
    let mut byte = 0x20;
    while byte < 0x80 {
        shares[byte] = 0.004;
        byte += 1;
    }
    let mut digit = b'0';
    while digit <= b'9' {
        shares[digit as usize] = 0.008;
        digit += 1;
    }
    let mut class = 0;
    while class < LETTERS.len() {
        let (letters, of_thousand) = LETTERS[class];
        let mut index = 0;
        while index < letters.len() {
            shares[letters[index] as usize] = of_thousand / 1000.0;
            index += 1;
        }
        class += 1;
    }
    shares[b' ' as usize] = 0.15;
    // `_`, folded.
    shares[fold(b'_') as usize] = 0.015;
    let often = b"/\".:=()*,;-";
    let mut index = 0;
    while index < often.len() {
        shares[often[index] as usize] = 0.012;
        index += 1;
    }
    shares
}
