# Sourced by the scripts here: timed phases, building a preset, running its tests.

# phase NAME COMMAND...: runs the command, says how long it took or that it failed, passes its
# status on.
phase() {
    local name=$1 started=$SECONDS status=0
    shift
    "$@" || status=$?
    if [ "$status" -eq 0 ]; then
        echo "== $name: $((SECONDS - started)) s"
    else
        echo "== $name: failed with $status after $((SECONDS - started)) s" >&2
    fi
    return "$status"
}

# build PRESET TESTING: configures build/PRESET with or without tests (ON, OFF) and builds it.
build() {
    local preset=$1 testing=$2 log
    ! command -v ccache >/dev/null || export CMAKE_CXX_COMPILER_LAUNCHER=ccache
    log=$(mktemp)
    if ! { cmake --preset "$preset" -DBUILD_TESTING="$testing" &&
        cmake --build --preset "$preset"; } >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    grep -A 6 'warning:' "$log" >&2 || true
    rm -f "$log"
}

# run_tests PRESET CTEST_ARGUMENT...: the summary when all pass, what failed tests said when not.
run_tests() {
    local preset=$1 log
    shift
    log=$(mktemp)
    if ! ctest --preset "$preset" "$@" >"$log" 2>&1; then
        grep -vE '[0-9] sec$|^ +Start ' "$log" >&2
        echo "one of them again: ctest --preset $preset -R NAME" >&2
        rm -f "$log"
        return 1
    fi
    grep 'tests passed' "$log"
    rm -f "$log"
}
