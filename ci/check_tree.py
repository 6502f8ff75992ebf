#!/usr/bin/env python3
"""What must hold about the tree beyond compiling: each finding is `file:line: what; remedy`.

    ci/check_tree.py [--root DIR] [CHECK]...      all checks when none is named; 1 on findings
"""
import argparse
import pathlib
import re
import subprocess
import sys

COLUMNS = 100
SOURCES = (".cpp", ".h")

# Third-party headers by prefix, and the library whose link line allows them. Those in WRAPPED may
# be included only by the folder that links them itself: one folder wraps each of these libraries.
THIRD_PARTY = {
    "CL/": "OpenCL::OpenCL",
    "clblast": "clblast",
    "benchmark/": "benchmark::benchmark",
    "CLI/": "CLI11::CLI11",
    "pugixml": "pugixml::pugixml",
    "oneapi/dnnl/": "DNNL::dnnl",
    "nlohmann/": "nlohmann_json::nlohmann_json",
    "fmt/": "fmt::fmt",
}
WRAPPED = {"CL/", "clblast", "benchmark/", "CLI/", "oneapi/dnnl/", "pugixml"}


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(self._list())

    def _list(self):
        listed = subprocess.run(["git", "-C", str(self.root), "ls-files", "-z", "--cached"],
                                capture_output=True, text=True, check=False)
        if listed.returncode == 0 and listed.stdout:
            names = listed.stdout.split("\0")
            return [name for name in names if name and (self.root / name).is_file()]
        found = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        return [str(path) for path in found if path.parts[0] not in ("build", "out", ".git")]

    def lines(self, name):
        text = (self.root / name).read_text(encoding="utf-8", errors="replace")
        return enumerate(text.splitlines(), start=1)

    def text(self, name):
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""


class Arrows:
    """Which folder may include from which, read from the CMake lines that link them."""

    DECLARATION = re.compile(r"^\s*(slimbench_folder|slimbench_tests|target_link_libraries)"
                             r"\(\s*(\S+)\s+([^)]*)\)", re.MULTILINE)

    def __init__(self, tree):
        self.direct = {}
        for name in ("host/CMakeLists.txt", "reports/CMakeLists.txt", "tests/CMakeLists.txt"):
            for kind, target, words in self.DECLARATION.findall(tree.text(name)):
                if "$" in target:
                    continue
                prefix = {"slimbench_tests": "tests/", "slimbench_folder": "slimbench_"}
                folder = prefix.get(kind, "") + target
                libraries = {self._folder(word) for word in words.split() if "$" not in word}
                self.direct.setdefault(self._folder(folder), set()).update(libraries)

    @staticmethod
    def _folder(target):
        if not target.startswith("slimbench_"):
            return target
        name = target.removeprefix("slimbench_")
        return name if name == "reports" else f"host/{name}"

    def reachable(self, folder):
        seen, waiting = set(), [folder]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting.extend(self.direct.get(at, ()))
        return seen

    def owner(self, name):
        """The declared folder that a file belongs to, or None."""
        return next((str(parent) for parent in pathlib.PurePosixPath(name).parents
                     if str(parent) in self.direct), None)


def include_direction(tree):
    arrows = Arrows(tree)
    if "host/problem" not in arrows.direct:
        yield "host/CMakeLists.txt", 1, "no slimbench_folder(problem ...) found; keep one line each"
    for name in tree.files:
        folder = arrows.owner(name) if name.endswith(SOURCES) else None
        if folder is None:
            continue
        reachable = arrows.reachable(folder)
        for number, line in tree.lines(name):
            found = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
            refusal = found and refuse_include(arrows, folder, reachable, found.group(1))
            if refusal:
                yield name, number, refusal


def refuse_include(arrows, folder, reachable, header):
    if header.startswith("../"):
        return f'"{header}" climbs out of its folder; include from the root of the tree'
    if header.startswith(("host/", "reports/")):
        wanted = arrows.owner(header)
        if wanted not in reachable:
            return (f"{folder} may not include from {wanted}; move the code to where the arrows of "
                    "host/CMakeLists.txt allow it, or draw the arrow there")
    for prefix, library in THIRD_PARTY.items():
        if header.startswith(prefix) and not folder.startswith("tests/"):
            allowed = arrows.direct[folder] if prefix in WRAPPED else reachable
            if library not in allowed:
                return f"{folder} does not link {library}; go through the folder that does"
    return None


def kernels(tree):
    registry = "".join(tree.text(name) for name in tree.files
                       if name.startswith("host/kernel/") and name.endswith(SOURCES))
    for name in tree.files:
        found = re.fullmatch(r"kernels/cl/([^/]+\.cl)", name)
        if found and found.group(1) not in registry:
            yield name, 1, "no row of the registry in host/kernel names it; add a row or delete it"


def readme(tree):
    table = False
    mentioned = set()
    for number, line in tree.lines("README.md"):
        if line.startswith("## "):
            table = line.strip().lower() == "## where is what"
        cells = line.split("|") if table and line.startswith("|") else []
        for path in re.findall(r"`([^`]+)`", cells[1]) if len(cells) > 1 else []:
            mentioned.add(path.split("/")[0])
            if not (tree.root / path).exists():
                yield "README.md", number, f"{path} does not exist; mend the table"
    for folder in sorted({name.split("/")[0] for name in tree.files if "/" in name} - mentioned):
        yield "README.md", 1, f'folder {folder} is missing from "Where is what"; add a row'


def documents(tree):
    commands = set(re.findall(r"void add_(\w+)\(", tree.text("host/cli/commands.h")))
    for name in tree.files:
        if not name.endswith(".md"):
            continue
        folder = (tree.root / name).parent
        for number, line in tree.lines(name):
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", line):
                if not (folder / target).exists():
                    yield name, number, f"link to {target}, which does not exist; mend the link"
            for command in re.findall(r"\bslimbench ([a-z]+) ", line) if "`" in line else []:
                if commands and command not in commands and f"`slimbench {command}" in line:
                    yield name, number, f"no command {command} in host/cli/commands.h; mend it"


def machine_paths(tree):
    roots = "|".join(("home", "root", "Users", "work", "mnt", "tmp/build"))
    path = re.compile(r"(?<![\w.~$})/-])/(?:" + roots + r")[/-]\w")
    for name in tree.files:
        for number, line in tree.lines(name):
            if path.search(line):
                yield name, number, "names a path of one machine; make it relative or an option"


def line_length(tree):
    endings = SOURCES + (".cl", ".clh", ".cmake", "CMakeLists.txt", ".py", ".sh", ".md")
    for name in tree.files:
        if not name.endswith(endings) and not name.startswith(("ci/", ".ci/")):
            continue
        for number, line in tree.lines(name):
            unbreakable = "://" in line or (name.endswith(".md") and line.startswith("|"))
            if len(line) > COLUMNS and not unbreakable:
                yield name, number, f"{len(line)} columns; break the line at {COLUMNS}"


CHECKS = {check.__name__: check for check in
          (include_direction, kernels, readme, documents, machine_paths, line_length)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(CHECKS))
    arguments = parser.parse_args()
    unknown = set(arguments.checks) - set(CHECKS)
    if unknown:
        parser.error(f"no check {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    tree = Tree(arguments.root)
    findings = 0
    for name in arguments.checks or CHECKS:
        for file, line, message in CHECKS[name](tree):
            print(f"{file}:{line}: {message}")
            findings += 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
