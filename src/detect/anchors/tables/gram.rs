//! The few bytes of an anchor that are looked for.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Shorter anchors do not exist; the rule reader refuses them.
pub(crate) const SHORTEST: usize = 3;

/// Bytes of a gram; a gram of a three-byte anchor leaves its last byte open.
pub(crate) const LENGTH: usize = 4;

/// Bytes of a little-endian head that a three-byte gram has.
pub(crate) const SHORT: u32 = 0x00ff_ffff;

/// Bytes of a head.
pub(crate) const HEAD: usize = 8;

const FOLD: u64 = u64::from_le_bytes([fold(0); HEAD]);

/// Four bytes of an anchor, or all three of one that has no more. Case and a few other bits are folded away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Gram {
    /// Folded with [`fold`].
    pub(crate) bytes: [u8; LENGTH],
    /// Whether the last byte counts.
    pub(crate) whole: bool,
    /// Where in the anchor it begins.
    pub(crate) offset: usize,
}

impl Gram {
    /// The rarest of an anchor.
    pub(crate) fn of(anchor: &[u8], frequencies: &Frequencies) -> Self {
        let rate = |gram: &[u8]| frequencies.per_megabyte(gram);
        let grams = anchor.windows(LENGTH).enumerate();
        let rarest = grams.min_by(|(_, a), (_, b)| rate(a).total_cmp(&rate(b)));
        let (offset, gram) = rarest.unwrap_or((0, anchor));
        let bytes = std::array::from_fn(|index| gram.get(index).map_or(0, |&byte| fold(byte)));
        Self { bytes, whole: gram.len() == LENGTH, offset }
    }

    pub(crate) fn head(&self) -> u32 {
        u32::from_le_bytes(self.bytes)
    }
}

/// The eight bytes at `at`, folded. Behind the end of the text come zeros, which, not folded, belong to nothing.
#[inline]
pub(crate) fn head(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk::<HEAD>() {
        return folded(*bytes);
    }
    u64::from_le_bytes(std::array::from_fn(|index| rest.get(index).map_or(0, |&byte| fold(byte))))
}

/// A head of bytes that are all there.
#[inline]
pub(crate) const fn folded(bytes: [u8; HEAD]) -> u64 {
    u64::from_le_bytes(bytes) | FOLD
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

/// How often four bytes stand in source text.
pub(crate) struct Frequencies(HashMap<[u8; LENGTH], f32>);

/// The commonest grams of source text, in lines: how often each stands in a million bytes at least, and the grams side
/// by side, in small letters. Counted by `benches/frequencies.sh` in eight million bytes of eight public projects in as many
/// languages.
static COMMONEST: &str = include_str!("frequencies.txt");

static READ: LazyLock<Frequencies> = LazyLock::new(Frequencies::read);

impl Frequencies {
    pub(crate) fn get() -> &'static Self {
        &READ
    }

    fn read() -> Self {
        let mut frequencies = HashMap::new();
        for line in COMMONEST.lines() {
            let Some((rate, grams)) = line.split_once(' ') else { continue };
            let rate = rate.parse().unwrap_or(0.0);
            for gram in grams.as_bytes().chunks_exact(LENGTH) {
                frequencies.insert(std::array::from_fn(|index| fold(gram[index])), rate);
            }
        }
        Self(frequencies)
    }

    /// The commonest, folded, by how often each stands in a million bytes at least.
    pub(crate) fn by_rate(&self) -> Vec<(f32, Vec<[u8; LENGTH]>)> {
        let mut by_rate: BTreeMap<u32, Vec<[u8; LENGTH]>> = BTreeMap::new();
        for (gram, rate) in &self.0 {
            by_rate.entry(rate.to_bits()).or_default().push(*gram);
        }
        by_rate.into_iter().map(|(rate, grams)| (f32::from_bits(rate), grams)).collect()
    }

    /// How often an anchor stands in a million bytes at most, roughly: as often as its rarest gram.
    pub(crate) fn of_anchor(&self, anchor: &[u8]) -> f32 {
        let rates = anchor.windows(LENGTH.min(anchor.len().max(1))).map(|gram| self.per_megabyte(gram));
        rates.min_by(f32::total_cmp).unwrap_or(f32::INFINITY)
    }

    /// How often a gram stands in a million bytes, roughly; one of three bytes with whatever behind it.
    pub(crate) fn per_megabyte(&self, gram: &[u8]) -> f32 {
        let folded = |index: usize| gram.get(index).map_or(0, |&byte| fold(byte));
        if gram.len() < LENGTH {
            let start: Vec<u8> = (0..gram.len()).map(folded).collect();
            let listed = self.0.iter().filter(|(known, _)| known.starts_with(&start));
            return listed.map(|(_, rate)| rate).sum::<f32>().max(1.0);
        }
        let listed = self.0.get(&std::array::from_fn(folded)).copied();
        // Of those that are not listed, the one of rarer letters.
        listed.unwrap_or_else(|| {
            gram.iter().map(|&byte| FREQUENCIES[usize::from(fold(byte))]).product::<f32>().min(1e-4) * 1e4
        })
    }
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
