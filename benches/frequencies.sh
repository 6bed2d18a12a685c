#!/bin/sh
# Counts which four bytes are the commonest in source text: the table by which the prefilter chooses what of an anchor it
# looks for, and by which `rules check` tells an anchor that would stand everywhere.
#
#   benches/frequencies.sh FOLDER... > src/detect/anchors/tables/frequencies.txt
#
# Takes up to a million bytes of the text files of each folder, picked by a hash of their names, so that no folder and no kind
# of file decides. Each line: how often a gram stands in a million bytes at least, and the grams, letters small.
set -eu
LC_ALL=C
export LC_ALL
for folder in "$@"; do
  find "$folder" -type f -size -100k -not -path '*/.git/*' | while read -r file; do
    printf '%s %s\n' "$(printf %s "${file#"$folder"}" | cksum | cut -d' ' -f1)" "$file"
  done | sort -n | cut -d' ' -f2- | while read -r file; do
    grep -qI . "$file" && cat "$file" || :
  done | head -c 1000000
done | tr -d '\200-\377\000-\010\013-\037' | tr 'A-Z\t' 'a-z ' | awk '
  { all += length($0) + 1; for (at = 1; at + 3 <= length($0); at++) count[substr($0, at, 4)]++ }
  END {
    for (gram in count) {
      rate = count[gram] * 1000000 / all
      for (least = 16; least * 2 <= rate; least *= 2) ;
      if (rate >= 16) print least, gram
    }
  }' | sort -k1,1nr -k2 | awk '{ rate = $1; gram = substr($0, length(rate) + 2)
    if (rate != last) { if (NR > 1) print ""; printf "%s ", rate; last = rate }
    printf "%s", gram } END { print "" }'
