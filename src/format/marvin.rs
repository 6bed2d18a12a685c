//! Marvin32, the keyed checksum of Microsoft's identifiable keys (SymCrypt `marvin32.c`; microsoft/security-utilities
//! `Marvin.cs`).

/// The seed of storage-like keys and of every common annotated key: the ASCII text `Default0`, read big-endian.
pub const DEFAULT_SEED: u64 = u64::from_be_bytes(*b"Default0");

/// The 32-bit hash of `data` under `seed`.
#[must_use]
pub fn marvin32(data: &[u8], seed: u64) -> u32 {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = seed.to_le_bytes();
    let mut state = State(u32::from_le_bytes([s0, s1, s2, s3]), u32::from_le_bytes([s4, s5, s6, s7]));
    let (words, tail) = data.as_chunks::<4>();
    for word in words {
        state.block(u32::from_le_bytes(*word));
    }
    // The last word is what is left, one byte 0x80, and zeros.
    let mut last = [0_u8; 4];
    last[..tail.len()].copy_from_slice(tail);
    last[tail.len()] = 0x80;
    state.block(u32::from_le_bytes(last));
    state.block(0);
    state.0 ^ state.1
}

struct State(u32, u32);

impl State {
    fn block(&mut self, word: u32) {
        let Self(p0, p1) = self;
        *p0 = p0.wrapping_add(word);
        *p1 ^= *p0;
        *p0 = p0.rotate_left(20).wrapping_add(*p1);
        *p1 = p1.rotate_left(9) ^ *p0;
        *p0 = p0.rotate_left(27).wrapping_add(*p1);
        *p1 = p1.rotate_left(19);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SymCrypt's own two vectors. A 64-bit result there is `p0 | p1 << 32`; ours is the XOR of the halves.
    #[test]
    fn symcrypt_vectors() {
        let folded = |wide: u64| u32::try_from((wide >> 32) ^ (wide & 0xffff_ffff)).unwrap();
        assert_eq!(marvin32(b"abc", 0xd53c_d9ce_cd08_93b7), folded(0x22c7_4339_4927_69bf));
        assert_eq!(marvin32(b"abcdefghijklmnopqrstuvwxyz", 0x0ddd_deee_efff_f000), folded(0xa128_eb7e_7260_aca2));
        assert_eq!(DEFAULT_SEED, 0x4465_6661_756c_7430);
    }
}
