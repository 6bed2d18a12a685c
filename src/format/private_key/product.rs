//! Whether an RSA modulus is the product of its primes: what tells a key from a sample that somebody typed.

/// Whether `p` times `q` is `n`, all big-endian.
pub(super) fn is_product(n: &[u8], p: &[u8], q: &[u8]) -> bool {
    // Multi-prime keys have more factors than these two; nobody makes them any more.
    const LONGEST: usize = 4096;
    (n.len().max(p.len()).max(q.len()) <= LONGEST) && strip(&multiply(p, q)) == strip(n) && !strip(n).is_empty()
}

fn strip(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|byte| **byte == 0).count()..]
}

/// The product of two big-endian numbers, with leading zeros.
pub(super) fn multiply(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = vec![0_u32; a.len() + b.len()];
    for (i, &x) in a.iter().rev().enumerate() {
        let mut carry = 0_u32;
        for (j, &y) in b.iter().rev().enumerate() {
            let sum = digits[i + j] + u32::from(x) * u32::from(y) + carry;
            digits[i + j] = sum & 0xff;
            carry = sum >> 8;
        }
        digits[i + b.len()] += carry;
    }
    digits.iter().rev().map(|digit| digit.to_le_bytes()[0]).collect()
}
