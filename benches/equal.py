#!/usr/bin/env python3
"""Holds the findings of two builds against each other: the sets of rule, path and span in real trees, at any confidence.

    benches/equal.py EARLIER NOW TREE...

EARLIER and NOW are binaries. What only one of them finds is counted by rule, and shown with `-v`. Rules change as well as
the engine: to compare engines, build both with the same folder of rules (SKELKEY_RULES_FOLDER=FOLDER cargo build). Whether
the two kernels of one build find the same is told by `cargo bench --bench equal -- TREE...`.
"""
import json
import subprocess
import sys
from collections import Counter


def keys(binary, tree):
    command = [binary, "scan", "--quiet", "--exit-zero", "--confidence", "low", "--format", "jsonl", tree]
    out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    found = set()
    for line in map(json.loads, out.splitlines()):
        if line["line"] != "finding":
            continue
        for place in line["places"]:
            region = place["region"]
            span = (region["start_line"], region["start_column"], region["end_line"], region["end_column"])
            found.add((place.get("rule") or line["rule"], place["path"], span))
    return found


def main():
    words = [word for word in sys.argv[1:] if word != "-v"]
    earlier, now, trees = words[0], words[1], words[2:]
    same = True
    for tree in trees:
        before, after = keys(earlier, tree), keys(now, tree)
        print(f"{tree}: {len(before & after)} in both, {len(before - after)} only earlier, {len(after - before)} only now")
        for name, only in (("earlier", before - after), ("now", after - before)):
            same = same and not only
            for rule, count in Counter(rule for rule, _, _ in only).most_common():
                print(f"  only {name}: {count} {rule}")
            if "-v" in sys.argv:
                for rule, path, span in sorted(only):
                    print(f"    {rule} {path}:{span[0]}:{span[1]}-{span[2]}:{span[3]}")
    sys.exit(0 if same else 1)


main()
