#!/bin/sh
# Makes a folder of rules ten times as large as `rules/`: each file ten times, with other names, ids and anchors.
# They match nothing; they are there to be carried. Build with SKELKEY_RULES_FOLDER=FOLDER to embed them.
#
#   benches/many-rules.sh FOLDER
set -eu
folder=$1
here=$(dirname "$0")/../rules
mkdir -p "$folder"
cp "$here"/*.toml "$folder"
for file in "$here"/*.toml; do
  name=$(basename "$file" .toml)
  for copy in 1 2 3 4 5 6 7 8 9; do
    sed -e "s/^id = \"/id = \"copy$copy-/" -e "s/^\(anchors\|names\) = \[\"/\1 = [\"qx$copy/" "$file" > "$folder/copy$copy-$name.toml"
  done
done
