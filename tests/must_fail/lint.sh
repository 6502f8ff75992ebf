#!/usr/bin/env bash
# Proves that ci/check_tree.py refuses what it is there for: plants one mistake at a time in a tree.
#   tests/must_fail/lint.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# The real arrows, one honest file per folder, and a README that names every folder.
plant_honest_tree() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/host/{problem,kernel,cl,run} "$tree"/reports "$tree"/kernels/cl \
        "$tree"/tests/unit/problem
    cp "$root/host/CMakeLists.txt" "$tree/host"
    cp "$root/reports/CMakeLists.txt" "$tree/reports"
    echo 'slimbench_tests(unit/problem unit slimbench_problem)' >"$tree/tests/CMakeLists.txt"
    echo '#include "host/problem/network.h"' >"$tree/host/kernel/registry.cpp"
    echo '// "pool.cl"' >>"$tree/host/kernel/registry.cpp"
    echo '#include <CL/opencl.hpp>' >"$tree/host/cl/device.h"
    echo '#include "host/cl/device.h"' >"$tree/host/run/worker.cpp"
    echo '#include "host/record/statistics.h"' >"$tree/reports/table.cpp"
    echo '#include "host/problem/network.h"' >"$tree/tests/unit/problem/network_test.cpp"
    echo 'kernel void pool() {}' >"$tree/kernels/cl/pool.cl"
    printf '## Where is what\n\n| folder | what |\n|---|---|\n| `%s` | |\n' host >"$tree/README.md"
    printf '| `%s` | |\n' reports kernels/cl tests >>"$tree/README.md"
}

# accepts WHAT: the tree as it stands has no finding.
accepts() {
    local said
    if ! said=$("$root/ci/check_tree.py" --root "$tree" 2>&1); then
        echo "FAILED: $1 was refused: $said"
        failures=$((failures + 1))
    fi
}

# refuses WHAT PATTERN: the tree as it stands has a finding that matches.
refuses() {
    local said
    if said=$("$root/ci/check_tree.py" --root "$tree" 2>&1); then
        echo "FAILED: $1 was accepted"
        failures=$((failures + 1))
    elif ! grep -qE "$2" <<<"$said"; then
        echo "FAILED: $1 was refused for another reason: $said"
        failures=$((failures + 1))
    fi
    plant_honest_tree
}

plant_honest_tree
accepts "an honest tree"

echo '#include "host/cl/device.h"' >>"$tree/host/kernel/registry.cpp"
refuses "an include against the arrows" \
    '^host/kernel/registry.cpp:3: host/kernel may not include from host/cl;'

echo '#include "host/run/worker.h"' >>"$tree/reports/table.cpp"
refuses "reports that include the runner" \
    '^reports/table.cpp:2: reports may not include from host/run;'

echo '#include "host/kernel/variant.h"' >>"$tree/tests/unit/problem/network_test.cpp"
refuses "a unit test that reaches above its folder" '^tests/unit/problem/network_test.cpp:2: '

echo '#include <CL/opencl.hpp>' >>"$tree/host/run/worker.cpp"
refuses "OpenCL outside its folder" '^host/run/worker.cpp:2: host/run does not link OpenCL::OpenCL'

echo '#include "../kernel/variant.h"' >>"$tree/host/run/worker.cpp"
refuses "an include that climbs" '^host/run/worker.cpp:2: "../kernel/variant.h" climbs'

sed -i '/slimbench_folder(problem/d' "$tree/host/CMakeLists.txt"
refuses "arrows that cannot be read" '^host/CMakeLists.txt:1: no slimbench_folder'

echo 'kernel void lonely() {}' >"$tree/kernels/cl/lonely.cl"
refuses "a kernel that no row names" '^kernels/cl/lonely.cl:1: no row'

echo '| `host/gone` | |' >>"$tree/README.md"
refuses "a README that names what is gone" '^README.md:[0-9]+: host/gone does not exist'

mkdir "$tree/surprise" && touch "$tree/surprise/file"
refuses "a folder that the README keeps quiet about" '^README.md:1: folder surprise is missing'

echo 'See [the plan](docs/plan.md).' >>"$tree/README.md"
refuses "a dead link" '^README.md:[0-9]+: link to docs/plan.md'

echo "// built in /""home/somebody/slimbench" >>"$tree/host/run/worker.cpp"
refuses "a path of one machine" '^host/run/worker.cpp:2: names a path of one machine'

printf '// %0100d\n' 0 >>"$tree/host/run/worker.cpp"
refuses "a long line" '^host/run/worker.cpp:2: 103 columns'

[ "$failures" -eq 0 ] && echo "every planted mistake was refused"
