#!/bin/sh
# Counts the instructions of whole runs on fixed inputs: the same on every run, however busy the machine is.
#
#   benches/instructions.sh [SKELKEY]          default: target/release/skelkey
#
# To see what ten times the rules cost, build once more with another folder of rules and count again:
#   benches/many-rules.sh FOLDER && SKELKEY_RULES_FOLDER=FOLDER cargo build --release --target-dir TARGET
# Needs valgrind.
set -eu
skelkey=${1:-target/release/skelkey}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk 'BEGIN { for (i = 0; i < 20; i++) printf "    let value_%d = self.next(index, &mut state)?;\n", i }' > "$folder/start-up"
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "    let value_%d = self.configuration_of_node(index, &mut state).path(\"src/%d/mod.rs\")?; // monday, box\n", i, i }' \
  > "$folder/source"
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "token = %d nuget password api_key: secret npm github value\n", i }' > "$folder/keywords"
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "sha512 = \"%08x%08x%08x%08x%08x\"\n", i * 7919 % 4294967296, i, i * 104729 % 4294967296, i * 31, i * 17 }' \
  > "$folder/hashes"
for input in start-up source keywords hashes; do
  count=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$skelkey" scan --quiet --exit-zero --jobs 1 "$folder/$input" 2>&1 |
    awk '/Collected/ { print $4 }')
  printf '%-9s %12s bytes %14s instructions\n' "$input" "$(wc -c < "$folder/$input" | tr -d ' ')" "$count"
done
