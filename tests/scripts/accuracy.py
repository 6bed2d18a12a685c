#!/usr/bin/env python3
"""Scores skelkey on a folder of labelled cases (python3 standard library only).

  tests/scripts/accuracy.py FOLDER [--skelkey BINARY] [SCORE OPTION…]

FOLDER holds `score.py` and the cases that it unpacks; its README says what they are. Network off, default confidence,
no configuration. What follows (`--by set`, `--misses 20`) goes to score.py. Exit 2: the folder or the binary is not
there; 1: a step failed."""
import argparse, pathlib, subprocess, sys, tempfile

def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"failed with {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--skelkey", type=pathlib.Path, default=pathlib.Path("target/release/skelkey"))
    arguments, options = parser.parse_known_args()
    score = arguments.folder / "score.py"
    for needed in (score, arguments.skelkey):
        if not needed.is_file():
            print(f"{needed} is not there: nothing was scored", file=sys.stderr)
            sys.exit(2)
    with tempfile.TemporaryDirectory() as place:
        cases, report = pathlib.Path(place, "cases"), pathlib.Path(place, "report.sarif")
        run(sys.executable, score, "unpack", cases)
        run(arguments.skelkey, "scan", cases, "--isolated", "--quiet", "--exit-zero", "-f", "sarif", "-o", report)
        print(run(sys.executable, score, "score", report, *options), end="")

main()
