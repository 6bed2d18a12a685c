#!/bin/sh
# Runs the tests of the anchor kernels, whose texts end where their memory does, under valgrind and then with the address
# sanitizer: a load beyond a text is an error. Valgrind knows no AVX-512, so the kernel that needs it is not run there.
# (`RUSTC_BOOTSTRAP=1 cargo fuzz run engine` looks for more; it needs cargo-fuzz.)
#
#   benches/memory.sh
#
# Needs valgrind. PROPTEST_CASES says how many texts each test makes.
set -eu
test=$(cargo test --lib --no-run --message-format=json 2> /dev/null |
  sed -n 's/.*"executable":"\([^"]*\/skelkey-[^"]*\)".*/\1/p' | tail -n 1)
PROPTEST_CASES=${PROPTEST_CASES:-64} valgrind --quiet --error-exitcode=1 --partial-loads-ok=no \
  "$test" --test-threads 1 detect::anchors::tests::kernels detect::anchors::tests::no_anchor detect::anchors::words::tests::a_value
target=$(rustc -vV | sed -n 's/^host: //p')
RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --quiet --lib --target "$target" -- detect::anchors
