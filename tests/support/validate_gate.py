#!/usr/bin/env python3
"""Holds what `slimbench gate` and `slimbench compare` wrote against the schemas of its readers.

    validate_gate.py SOURCE_DIR GATE_FOLDER
    validate_gate.py --comparison SOURCE_DIR JSON_FILE
    validate_gate.py --trackers SOURCE_DIR FOLDER      only the files for trackers
"""
import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

try:
    import jsonschema
except ImportError:
    sys.exit("python3-jsonschema is missing: install it (ci/packages lists what tests need)")


def load(path):
    def refuse(constant):
        raise ValueError(f"{path}: {constant} is no JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def json_findings(schema_path, document):
    """Complaints; schemas may refer to others in their folder."""
    base = "http://schemas/"  # nobody asks the network: all that is referred to is at hand
    stored = {base + path.name: load(path) for path in schema_path.parent.glob("*.schema.json")}
    schema = stored[base + schema_path.name]
    jsonschema.Draft202012Validator.check_schema(schema)
    resolver = jsonschema.RefResolver(base + schema_path.name, schema, store=stored)
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver)
    for error in validator.iter_errors(document):
        yield f"{schema_path.name}: {error.json_path}: {error.message[:200]}"


def junit_findings(schema, path):
    checked = subprocess.run(["xmllint", "--noout", "--schema", schema, path],
                             capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        yield checked.stderr
    suite = xml.etree.ElementTree.parse(path).getroot().find("testsuite")
    for counter, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        found = len(suite.findall(f"testcase/{tag}"))
        if int(suite.get(counter)) != found:
            yield f"{path}: {counter}={suite.get(counter)}, {found} cases have {tag}"
    if int(suite.get("tests")) != len(suite.findall("testcase")):
        yield f"{path}: tests={suite.get('tests')}"


def tracked_names(folder):
    """Names of each tracker file; they must be the same rows, each once."""
    yield list(load(folder / "bencher.json"))
    yield [entry["name"] for entry in load(folder / "benchmark-action.json")]
    yield [entry["name"] for entry in load(folder / "google-benchmark.json")["benchmarks"]]


def tracker_findings(source, folder):
    for name in ("bencher", "benchmark-action", "google-benchmark"):
        yield from json_findings(source / f"tests/schemas/{name}.schema.json",
                                 load(folder / f"{name}.json"))
    first, *others = [sorted(names) for names in tracked_names(folder)]
    if any(names != first for names in others) or len(set(first)) != len(first):
        yield f"{folder}: the trackers' files do not hold the same rows once each"


def gate_findings(source, folder):
    report = load(folder / "gate.json")
    yield from json_findings(source / "host/gate/gate_report.schema.json", report)
    yield from junit_findings(source / "tests/schemas/junit.xsd", folder / "junit.xml")
    timed = [row["id"] for row in report["rows"]
             if "median_ns" in row["candidate"] and row["verdict"] != "wrong_output"]
    if timed:  # without a time there is nothing to track, which the schemas do not know
        yield from tracker_findings(source, folder)
    for names in tracked_names(folder):
        if sorted(names) != sorted(timed):
            yield f"rows with a time: {timed}, tracked: {names}"


def comparison_findings(source, path):
    return json_findings(source / "host/gate/comparison.schema.json", load(path))


def main():
    kinds = {"--comparison": comparison_findings, "--trackers": tracker_findings}
    findings = kinds.get(sys.argv[1], gate_findings)
    source, written = (pathlib.Path(argument) for argument in sys.argv[-2:])
    complaints = list(findings(source, written))
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
