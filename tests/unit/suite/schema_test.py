"""Holds shipped networks, prunings and suites against their schemas; broken ones must be refused.

    schema_test.py SOURCE_DIR
"""
import copy
import json
import pathlib
import sys

import jsonschema


def load(path):
    return json.loads(path.read_text())


def change(*path_and_value):
    """An edit that puts a value at a path; the value `del` removes what is there."""
    *path, key, value = path_and_value

    def edit(document):
        for step in path:
            document = document[step]
        if value is del_:
            del document[key]
        else:
            document[key] = value

    return edit


del_ = object()

BROKEN_NETWORKS = {
    "no name": change("name", del_),
    "unknown key at the top": change("author", "me"),
    "empty layers": change("layers", []),
    "zero classes": change("classes", 0),
    "no width": change("input", "width", del_),
    "fractional height": change("input", "height", 1.5),
    "pruning called none": change("prunings", "none", []),
    "unknown operation": change("layers", 0, "layers", 0, "op", "convolution"),
    "unknown key of a layer": change("layers", 0, "layers", 0, "strides", 2),
    "convolution without kernel": change("layers", 0, "layers", 0, "kernel", del_),
    "both filters and expand": change("layers", 0, "layers", 0, "expand", 6),
    "width as text": change("layers", 0, "layers", 0, "filters", "64"),
    "unknown activation": change("layers", 0, "layers", 0, "activation", "gelu"),
    "unknown norm": change("layers", 0, "layers", 0, "norm", "mine"),
    "kernel of three extents": change("layers", 0, "layers", 0, "kernel", [3, 3, 3]),
    "group with layers and template": change("layers", 0, "use", "residual"),
    "loop over a number": change("layers", 1, "for", "index", 3),
    "template without parameters": change("templates", "residual", "parameters", del_),
    "sum of one": change("templates", "residual", "layers", 2, "of", ["input"]),
    "rounding of widths upwards": change("width_multiplier", {"rounding": "up"}),
    "unknown scaling": change("layers", 0, "layers", 0, "scaling", "down"),
}

BROKEN_PRUNINGS = {
    "no rules": change("keep", []),
    "ratio of zero": change("keep", 0, "ratio", 0),
    "ratio above one": change("keep", 0, "ratio", 1.5),
    "rule about nothing": change("keep", 0, "of", []),
    "unknown key of a rule": change("keep", 0, "keep", 0.5),
    "multiples of none": change("multiple_of", 0),
    "name with a slash": change("name", "a/b"),
    "name none": change("name", "none"),
}

BROKEN_SUITES = {
    "no runs": change("runs", []),
    "unknown key at the top": change("run", []),
    "unknown key of a run": change("runs", 0, "precision", "fp32"),
    "run without network": change("runs", 0, "network", del_),
    "unknown precision": change("runs", 0, "precisions", ["fp64"]),
    "pruning without ratio": change("runs", 0, "prunings", ["all@"]),
    "pruning in multiples of none": change("runs", 0, "prunings", ["all@0.5/0"]),
    "zero width": change("runs", 0, "widths", [0]),
    "pruning above one": change("runs", 0, "prunings", ["all@1.5"]),
    "zero batch": change("runs", 0, "batches", [0]),
    "size of one extent": change("runs", 0, "size", [224]),
    "unknown row": change("runs", 0, "rows", ["layers"]),
    "negative time": change("protocol", "min_time", -1),
    "unknown key of the protocol": change("protocol", "samples", 3),
}


BROKEN_POLICIES = {
    "no rows": change("rows", []),
    "unknown key": change("threshold_percent", 2),
    "row without an effect": change("rows", 0, "effect_percent", del_),
    "threshold as a text": change("rows", 0, "threshold_percent", "2 %"),
    "no looks": change("looks", []),
    "look at one pair": change("looks", 0, 1),
    "unknown correction": change("correction", "bonferroni"),
    "unknown meaning of inconclusive": change("inconclusive", "ignore"),
    "error rate of a coin": change("error_rate", 0.6),
    "no time": change("budget_seconds", 0),
}


def check(schema_path, files, example, broken):
    """Returns complaints."""
    schema = load(schema_path)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    complaints = [] if files else [f"{schema_path}: no file to check"]
    for file in files:
        error = jsonschema.exceptions.best_match(validator.iter_errors(load(file)))
        if error:
            complaints.append(f"{file}: {error.json_path}: {error.message}")
    for what, edit in broken.items():
        document = copy.deepcopy(load(example))
        edit(document)
        if validator.is_valid(document):
            complaints.append(f"{schema_path}: accepts {example.name} with {what}")
    return complaints


def main():
    suites = pathlib.Path(sys.argv[1]) / "suites"
    networks = sorted((suites / "networks").glob("*.json"))
    complaints = check(suites / "schema/network.schema.json", networks,
                       suites / "networks/resnet18.json", BROKEN_NETWORKS)
    complaints += check(suites / "schema/pruning.schema.json",
                        sorted((suites / "pruning").glob("*.json")),
                        suites / "pruning/graded.json", BROKEN_PRUNINGS)
    complaints += check(suites / "schema/suite.schema.json", sorted(suites.glob("*.json")),
                        suites / "smoke.json", BROKEN_SUITES)
    gate = pathlib.Path(sys.argv[1]) / "host/gate"
    complaints += check(gate / "policy.schema.json", [gate / "policy.json"], gate / "policy.json",
                        BROKEN_POLICIES)
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
