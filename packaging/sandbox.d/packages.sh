# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced by packaging/sandbox and tests/run: what must be installed, and installing it.

# Prints the first choice of every line of the list of which nothing is installed.
packages_missing() { # LIST
    local -A have=()
    local name line choice found
    while read -r name; do have[$name]=1; done < <(
        # shellcheck disable=SC2016 # dpkg-query's own format
        dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1 == "installed" { print $2 }')
    while IFS= read -r line; do
        line=${line%%#*}
        [ -n "${line//[[:space:]]/}" ] || continue
        found=no
        IFS='|' read -ra choices <<<"$line"
        for choice in "${choices[@]}"; do
            choice=${choice//[[:space:]]/}
            [ -z "${have[$choice]-}" ] || found=yes
        done
        [ "$found" = yes ] || echo "${choices[0]//[[:space:]]/}"
    done <"$1"
}

# Installs what is missing of the list: says how much will be downloaded, uses sudo when not root, touches nothing when
# all is there.  Returns 1 with an explanation when it cannot.
packages_ensure() { # LIST
    local missing=() size root=()
    if ! command -v dpkg-query >/dev/null; then
        echo "this is no Debian-like system: the programs of $1 must be there already" >&2
        return 0
    fi
    mapfile -t missing < <(packages_missing "$1")
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "missing packages: ${missing[*]}"
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "they need root; ask for: apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
            return 1
        fi
        root=(sudo)
    fi
    "${root[@]}" apt-get -q update || echo "the package lists could not be renewed; trying with those at hand" >&2
    size=$(apt-get -qq -y -o Debug::NoLocking=1 --no-install-recommends --print-uris install "${missing[@]}" |
        awk '$1 ~ /^\047/ { sum += $3 } END { printf "%d", (sum + 1048575) / 1048576 }') || size="?"
    echo "downloading $size MB"
    case " ${missing[*]} " in
    *" openssh-server "*) echo "note: openssh-server starts this machine's own ssh service; the sandbox does not need that one" ;;
    esac
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}" || {
        echo "apt-get could not install: ${missing[*]}" >&2
        return 1
    }
}
