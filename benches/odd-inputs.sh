#!/bin/sh
# Makes inputs as they should not be, in FOLDER, and measures how a scan of each goes: seconds, CPU seconds, MiB.
#
#   benches/odd-inputs.sh FOLDER [SKELKEY] [BUNDLE]     default: target/release/skelkey
#
# BUNDLE is a minified file of any size, repeated to 200 MB; without one that input is left out. Five gigabytes of room are
# not too many. Needs GNU time, iconv and perl.
set -eu
LC_ALL=C
export LC_ALL
folder=$1
skelkey=${2:-target/release/skelkey}
bundle=${3:-}
mkdir -p "$folder"

make() {
  if [ ! -e "$folder/$1" ]; then
    "made_$1" > "$folder/part"
    mv "$folder/part" "$folder/$1"
  fi
}

# One line of 1 GB: statements of a program, each with other numbers.
made_line() {
  perl -e 'for ($i = 0; $all < 1e9; $i++) {
    $_ = "const value$i=node.configuration_of(index+$i,{path:\"src/$i/mod.rs\",depth:" . $i % 7 . "}); "; $all += length; print }'
}

# One line of 200 MB with 160,000 passwords, each another, among code.
made_passwords() {
  perl -e 'srand 1; @letters = ("a".."z", "A".."Z", 0..9, "#", "_");
    for ($i = 0; $i < 160000; $i++) {
      $password = join "", map { $letters[rand @letters] } 1..14;
      print "function f$i(e,t){return e.connect({host:\"db$i\",user:\"app\",password:\"$password\"}).then(function(n){";
      for ($k = 0; $k < 14; $k++) { print "t.push(n.rows[$k].map(function(r){return r.id+$i*$k}));n.emit(\"row\",{index:$k});" }
      print "})};" }'
}

# A minified file again and again, on one line.
made_bundle() {
  perl -e 'local $/; open F, shift; $_ = <F>; tr/\n/ /; while ($all < 2e8) { print; $all += length }' "$bundle"
}

# A million lines with three words each that rules look for, and no key.
made_keywords() {
  perl -e 'for ($i = 0; $i < 1000000; $i++) { print "token = $i nuget password api_key: secret npm github value\n" }'
}

# 100 MB, half zeros and half random bytes, in turns of 4 KiB.
made_binary() {
  perl -e 'srand 2; for (1..12207) { print "\0" x 4096, pack "L*", map { rand 2**32 } 1..1024 }'
}

# 105 MB of UTF-16.
made_utf16() {
  perl -e 'for ($i = 0; $i < 600000; $i++) { print "let value_$i = self.configuration_of_node(index, &mut state).path(\"src/$i/mod.rs\")?; // p\n" }' |
    iconv -f UTF-8 -t UTF-16
}

# 200,000 files of two lines in 2,000 folders.
make_files() {
  rm -rf "$folder/part"
  mkdir "$folder/part"
  perl -e 'for ($d = 0; $d < 2000; $d++) { mkdir "$ARGV[0]/$d"; for ($i = 0; $i < 100; $i++) {
    open F, ">", "$ARGV[0]/$d/$i.js"; print F "const id = \"$d-$i\";\nmodule.exports = id;\n"; close F } }' "$folder/part"
  mv "$folder/part" "$folder/files"
}

inputs="line passwords keywords binary utf16"
[ -z "$bundle" ] || inputs="$inputs bundle"
for input in $inputs; do make "$input"; done
[ -e "$folder/files" ] || make_files
for input in $inputs files; do
  printf '%-10s ' "$input"
  env time -f '%e s  %U + %S CPU s  %M KiB' "$skelkey" scan --quiet --exit-zero --max-file-size 2GiB "$folder/$input" 2>&1 > /dev/null |
    tail -n 1
done
