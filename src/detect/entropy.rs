//! How random bytes look.

/// Shannon entropy of `bytes` in bits per byte: 0.0 for one repeated byte, at most log2 of the length.
#[must_use]
pub(super) fn shannon(bytes: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a secret is short; far below 2^24 bytes")]
    let share = |count: u32| count as f32 / bytes.len() as f32;
    // `+ 0.0` turns the negative zero of a single repeated byte into a plain one.
    -counts.iter().filter(|&&count| count > 0).map(|&count| share(count) * share(count).log2()).sum::<f32>() + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_counts_bits_per_byte() {
        assert!(shannon(b"aaaaaaaa").abs() < 1e-6);
        assert!((shannon(b"abababab") - 1.0).abs() < 1e-6);
        assert!((shannon(b"0123456789abcdef") - 4.0).abs() < 1e-6);
        assert!(shannon(b"").abs() < 1e-6);
    }
}
