"""What the readers of our formats ask of them, where no validator of theirs is to be had.

   python3 .ci/consumers.py FOLDER    reads report.{sarif,gitlab,codeclimate,rdjson,junit,json,csv,github,markdown} in it
"""

import csv
import io
import json
import re
import sys
from datetime import datetime
from pathlib import Path

folder = Path(sys.argv[1])
failures: list[str] = []


def check(holds: bool, what: str) -> None:
    if not holds:
        failures.append(what)


def text(name: str) -> str:
    # Neither a byte order mark nor a carriage return: GitLab refuses the one, shells trip over the other.
    raw = (folder / f"report.{name}").read_bytes()
    check(not raw.startswith(b"\xef\xbb\xbf") and (b"\r" not in raw or name == "csv"), f"{name}: a mark or a carriage return")
    return raw.decode("utf-8")


def defect_dojo(run: dict) -> None:
    """DefectDojo's SARIF parser (dojo/tools/sarif/parser.py): what it reads, and what makes it raise."""
    for at, result in enumerate(run["results"]):
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        check(rule["id"] == result["ruleId"], f"result {at}: its rule index names another rule")
        prints = result["fingerprints"]
        # The first value becomes the unique id, so there is one; the names of versions must be numbers.
        check(len(prints) == 1, f"result {at}: {len(prints)} fingerprints")
        for key in prints:
            check(re.fullmatch(r"[^/]+(/v\d+)?", key) is not None, f"result {at}: the fingerprint {key}")
        check(result.get("kind", "fail") == "fail", f"result {at}: skipped for its kind")
        severity = float(rule["properties"].get("security-severity", "0"))
        check(0 <= severity <= 10, f"result {at}: severity {severity}")
        place = result["locations"][0]["physicalLocation"]
        check(bool(place["artifactLocation"]["uri"]) and place["region"]["startLine"] >= 1, f"result {at}: no place")
        # Tells title and description apart from nothing.
        check(bool(result["message"]["text"]) and bool(rule["shortDescription"]["text"]), f"result {at}: no words")
        tags = rule["properties"]["tags"]
        check(any(re.fullmatch(r"external/cwe/cwe-\d+", tag) for tag in tags) or rule["id"].startswith("SK2"), f"{rule['id']}: no weakness")
        for fix in result.get("fixes", []):
            check(bool(fix["description"]["text"]), f"result {at}: a fix without words")
        for suppression in result.get("suppressions", []):
            check(suppression["kind"] in ("inSource", "external"), f"result {at}: suppression")
    ids = [next(iter(result["fingerprints"].values())) for result in run["results"]]
    check(len(ids) == len(set(ids)), "two results have one id")


def code_scanning(log: dict) -> None:
    """GitHub: "SARIF support for code scanning"."""
    check(len(log["runs"]) <= 20, "runs")
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        check(len(driver["rules"]) <= 25_000 and len(run["results"]) <= 25_000, "too many rules or results")
        for rule in driver["rules"]:
            check(len(rule["name"]) <= 255 and len(rule["properties"]["tags"]) <= 20, f"{rule['id']}: name or tags")
            for words in ("shortDescription", "fullDescription"):
                check(0 < len(rule[words]["text"]) <= 1024, f"{rule['id']}: {words}")
            check(bool(rule["help"]["text"]), f"{rule['id']}: help")
        for at, result in enumerate(run["results"]):
            locations = len(result["locations"]) + len(result.get("relatedLocations", []))
            check(locations <= 1_000, f"result {at}: {locations} locations")
            check("primaryLocationLineHash" in result["partialFingerprints"], f"result {at}: no line hash")
            check(not result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("/"), f"result {at}: an absolute path")
        # A new upload closes what its category does not hold.
        check(re.fullmatch(r"skelkey/[a-z]+/", run["automationDetails"]["id"]) is not None, "category")


def annotations(out: str) -> None:
    counts = {"error": 0, "warning": 0, "notice": 0}
    for line in out.splitlines():
        found = re.match(r"::(error|warning|notice) (?:[a-zA-Z]+=[^,:]*)(?:,[a-zA-Z]+=[^,:]*)*::", line)
        if found:
            counts[found[1]] += 1
        else:
            check(not line.startswith("::"), f"a command that is none: {line[:60]}")
    check(all(count <= 10 for count in counts.values()), f"a step shows ten of each: {counts}")


log = json.loads(text("sarif"))
code_scanning(log)
full = json.loads(text("full.sarif"))
for each in (log, full):
    for run in each["runs"]:
        defect_dojo(run)
    states = ["baselineState" in result for run in each["runs"] for result in run["results"]]
    check(all(states) or not any(states), "some results have a baseline state and some have none")

gitlab = json.loads(text("gitlab"))
# DefectDojo reads GitLab's report with exactly this form of time.
datetime.strptime(gitlab["scan"]["end_time"], "%Y-%m-%dT%H:%M:%S")
ids = [one["id"] for one in gitlab["vulnerabilities"]]
check(len(ids) == len(set(ids)), "GitLab: two vulnerabilities have one id")

report = json.loads(text("json"))
places = sum(len(finding["places"]) for finding in report["findings"])
issues = json.loads(text("codeclimate"))
diagnostics = json.loads(text("rdjson"))["diagnostics"]
rows = list(csv.DictReader(io.StringIO(text("csv"))))
results = log["runs"][0]["results"]
cases = text("junit").count("<failure ")
counts = [len(results), len(ids), len(issues), len(diagnostics), len(rows), cases]
check(all(count == places for count in counts), f"{places} places, but {counts} in the formats")
prints = [issue["fingerprint"] for issue in issues]
check(len(prints) == len(set(prints)), "Code Quality: two issues have one fingerprint")
check(not any(row["path"].startswith(("=", "+", "-", "@")) for row in rows), "a cell that is a formula")
annotations(text("github"))
check(len(text("markdown").encode()) < 1 << 20, "a summary over 1 MiB")

for failure in failures:
    print(f"{folder.name}: {failure}", file=sys.stderr)
print(f"{folder.name}: {places} places in every format, {len(failures)} failures")
sys.exit(1 if failures else 0)
