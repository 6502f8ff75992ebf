#!/usr/bin/env python3
"""Validates every line of journals against a schema: validate_records.py SCHEMA JOURNAL..."""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit("python3-jsonschema is missing: install it (ci/packages lists what tests need)")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    lines = findings = 0
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as journal:
            for number, line in enumerate(journal, start=1):
                lines += 1
                for error in validator.iter_errors(json.loads(line)):
                    findings += 1
                    print(f"{path}:{number}: {error.json_path}: {error.message[:200]}")
    if lines == 0:
        sys.exit("no records to validate")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
