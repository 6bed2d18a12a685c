#!/usr/bin/env python3
"""Scores skelkey on a folder of labelled cases (python3 standard library only, 3.11 or newer).

  tests/scripts/accuracy.py FOLDER [--skelkey BINARY] [--formats N] [SCORE OPTION…]

FOLDER holds `score.py` and the cases that it unpacks; its README says what they are. Network off, default confidence,
no configuration. What follows (`--by set`, `--misses 20`) goes to score.py. Exit 2: the folder or the binary is not
there; 1: a step failed.

Last stands how many of the cases that carry a format are found. A case carries one if its label names a provider for
which a rule file has a structured rule, if it is no filler, and if its own text does not disprove it: of what is missed,
a case in which the pattern of a rule matches whose checksum drops what fails. `--formats N` shows N misses."""
import argparse, collections, gzip, json, pathlib, re, subprocess, sys, tempfile, tomllib

RULES = pathlib.Path(__file__).parents[2] / "rules"
NOT_SCORED = {"conflict", "helper", "options", "checksum-bad", "adversarial", "filler"}

def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"failed with {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout

def plain(name):
    return re.sub("[^a-z0-9]", "", name.lower())

class Catalogue:
    """What the rule files say of providers and of what disproves a key."""
    def __init__(self, skelkey):
        rows = run(skelkey, "rules", "list", "--isolated", "--format", "markdown").splitlines()
        dropping = {row.split("`")[1] for row in rows if row.startswith("| `") and "**drops**" in row}
        self.structured, self.all, self.proved = set(), set(), []
        for file in sorted(RULES.glob("*.toml")):
            document = tomllib.loads(file.read_text())
            names = {plain(document["provider"][key]) for key in ("id", "name")}
            self.all |= names
            for rule in document["rule"]:
                if rule["kind"] == "structured" and not rule.get("part-only"):
                    self.structured |= names
                if rule["id"] in dropping and "pattern" in rule:
                    self.proved.append(re.compile(rule["pattern"]))

    def is_structured(self, label):
        """The label is the provider's name, or the longest that it begins with, or the beginning of one."""
        label = plain(label)
        whole = [name for name in self.all if len(name) > 2 and label.startswith(name)]
        if whole:
            return max(whole, key=len) in self.structured
        return any(name.startswith(label) for name in self.structured if len(label) > 4)

    def disproves(self, text):
        return any(pattern.search(text) for pattern in self.proved)

def found(report):
    places = (location["physicalLocation"]["artifactLocation"]["uri"] for one in json.loads(report.read_text())["runs"]
              for result in one.get("results") or [] for location in result.get("locations") or [])
    return {uri.split("/")[-2] for uri in places if "/" in uri}

def formats(cases, hits, catalogue, shown):
    rows, missed = collections.defaultdict(lambda: [0, 0, 0]), []
    for case in cases:
        if case["expect"] != "secret" or NOT_SCORED & set(case.get("tags") or []) or not catalogue.is_structured(case["provider"] or ""):
            continue
        hit = case["id"] in hits
        disproved = not hit and catalogue.disproves(case["text"])
        for row in ("ALL", case["src"]):
            rows[row] = [a + b for a, b in zip(rows[row], (not disproved, hit, disproved))]
        if not hit and not disproved:
            missed.append(case)
    print(f"\n{'cases that carry a format':40}{'secrets':>8}{'found':>7}{'recall':>8}{'disproved':>11}")
    for row, (secrets, hit, disproved) in sorted(rows.items()):
        print(f"{row:40}{secrets:8}{hit:7}{100 * hit / max(1, secrets):7.1f}%{disproved:11}")
    for case in missed[:shown]:
        print(case["id"], case["provider"], repr(case["text"][:160]))

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--skelkey", type=pathlib.Path, default=pathlib.Path("target/release/skelkey"))
    parser.add_argument("--formats", type=int, default=0, metavar="N")
    arguments, options = parser.parse_known_args()
    score, labels = arguments.folder / "score.py", arguments.folder / "cases.dev.jsonl.gz"
    for needed in (score, labels, arguments.skelkey):
        if not needed.is_file():
            print(f"{needed} is not there: nothing was scored", file=sys.stderr)
            sys.exit(2)
    with tempfile.TemporaryDirectory() as place:
        cases, report = pathlib.Path(place, "cases"), pathlib.Path(place, "report.sarif")
        run(sys.executable, score, "unpack", cases)
        run(arguments.skelkey, "scan", cases, "--isolated", "--quiet", "--exit-zero", "-f", "sarif", "-o", report)
        print(run(sys.executable, score, "score", report, *options), end="")
        with gzip.open(labels, "rt") as lines:
            formats(map(json.loads, lines), found(report), Catalogue(arguments.skelkey), arguments.formats)

main()
