# Sourced by the scripts here: makes sure that groups of ci/packages are installed.

# The packages of the given groups, one per line.
packages_of() {
    local group
    for group in "$@"; do
        awk -v group="$group" '$1 == group { print $2 }' "$root/ci/packages"
    done | sort -u
}

# Those of the named packages that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
            echo "$package"
    done
}

# require_packages GROUP...: installs what is missing where it may, else prints the command and
# exits with 2.
require_packages() {
    local wanted missing log
    mapfile -t wanted < <(packages_of "$@")
    if ! command -v dpkg-query >/dev/null; then
        echo "not a Debian system, so it is not checked that these are here: ${wanted[*]}" >&2
        return
    fi
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "missing packages; install them with" >&2
        echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 2
    fi
    echo "installing ${missing[*]}"
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update &&
        apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "apt-get failed; its whole output is in $log" >&2
        exit 2
    fi
    rm -f "$log"
}
