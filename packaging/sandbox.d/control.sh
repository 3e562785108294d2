# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Sourced by packaging/sandbox: what our own programs do with the fleet.  Needs the other pieces.

ctl() { ZANDB_CONFIG=$dir/zandb.toml "$bin/zandbctl" "$@" 9>&-; }

write_profile() { # FILE NAME COLOUR PERSON IDENTITY
    cat >"$1.new" <<CONF
# Written by packaging/sandbox.
[profile]
name = "$2"
colour = "$3"
production = false
person = "$4"

[store]
host = "127.0.0.1"
port = $STORE_PORT
user = "zandb_admin"
password_file = "$dir/store/password"
schema = "zandb"
tls = "off"

[ssh]
identity = "$5"
CONF
    if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

write_profiles() {
    write_profile "$dir/zandb.toml" sandbox "#009E73" "$user" "$dir/keys/dba"
    write_profile "$dir/headless.toml" headless "#009E73" headless "$dir/keys/headless"
}

instances() { # all that this sandbox has
    echo db1/my3306
    [ -z "$mysql_root" ] || echo db1/my3307
    echo db2/my3306
    echo db2/my3307
}

prepare_store() {
    local host known
    ctl store migrate >/dev/null || die "the store could not be migrated"
    known=$(ctl host list --json | jq -r '.[].name')
    for host in "${hosts[@]}"; do
        grep -qxF "$host" <<<"$known" ||
            ctl host add "$host" --address "$(host_address "$host")" --port "$(host_port "$host")" --user "$user" \
                --group sandbox --accept-new >/dev/null || die "host $host could not be added"
    done
}

start_headless() {
    outdated headless "$bin/zandbctl" && stop_daemon headless
    alive headless || start_daemon headless "$dir/log/headless.log" "$bin/zandbctl" serve --config "$dir/headless.toml"
}

instances_known() {
    local have want
    have=$(ctl instance list --json | jq -r '.[] | select(.state == "up") | .path') || return 1
    while read -r want; do grep -qxF "$want" <<<"$have" || return 1; done < <(instances)
}

prepare_tasks() {
    local known
    known=$(ctl task list --json | jq -r '.[].name')
    grep -qxF nightly <<<"$known" || ctl task add nightly --kind backup --all --keep 7 \
        --schedule '{"every":"day","at":"02:30","zone":"'"$(zone)"'"}' >/dev/null || die "the nightly task could not be added"
    grep -qxF quarter-hourly <<<"$known" || ctl task add quarter-hourly --kind backup --instance db2/my3307 --keep 3 \
        --schedule '{"every":"interval","seconds":900,"anchor":"2026-01-01T00:00:00Z"}' >/dev/null || die "the quarter-hourly task could not be added"
    grep -qxF sizes <<<"$known" || ctl task add sizes --kind snapshot --all \
        --schedule '{"every":"day","at":"03:30","zone":"'"$(zone)"'"}' >/dev/null || die "the daily snapshots could not be added"
}

# A policy that only notes what it would end: the load sends a report now and then that takes eight seconds.
prepare_policy() {
    ! stamped policy || return 0
    ctl killer policy set reports --all --longer-than 5s --user shop_app --dry-run >/dev/null || die "the kill policy could not be set"
    stamp policy
}

# A snapshot of each instance on the very first `up`, so that the growth page has a first day.
first_snapshots() {
    local instance
    while read -r instance; do
        ! stamped "snapshot-$instance" || continue
        ctl instance snapshot "$instance" --json >"$dir/log/first-snapshot-${instance/\//-}.log" 2>&1 && stamp "snapshot-$instance"
    done < <(instances)
    return 0
}

zone() { # this machine's time zone, by its IANA name
    local name=${TZ-}
    [ -n "$name" ] || name=$(readlink -f /etc/localtime 2>/dev/null | sed -n 's|.*/zoneinfo/||p')
    [ -n "$name" ] && [ -e "/usr/share/zoneinfo/$name" ] || name=UTC
    echo "$name"
}

# One backup of each instance, all at once, on the very first `up`; one that failed is tried again by the next `up`.
first_backups() {
    local instance pids=() names=() i bad=0
    while read -r instance; do
        ! stamped "backup-$instance" || continue
        mkdir -p "$dir/log"
        (ctl backup run "$instance" --wait --json >"$dir/log/first-backup-${instance/\//-}.log" 2>&1) &
        pids+=($!)
        names+=("$instance")
    done < <(instances)
    for i in "${!pids[@]}"; do
        if wait "${pids[$i]}"; then
            stamp "backup-${names[$i]}"
            say "${names[$i]}: $(tail -n 1 "$dir/log/first-backup-${names[$i]/\//-}.log" |
                jq -r '.backup | "\(.method), \(.bytes / 1048576 | floor) MB as \(.stored_bytes / 1048576 | floor) MB in \(.duration_s * 10 | round / 10) s"' 2>/dev/null)"
        else
            bad=1
            say "${names[$i]}: THE FIRST BACKUP FAILED: $(tail -n 3 "$dir/log/first-backup-${names[$i]/\//-}.log")"
        fi
    done
    [ $bad = 0 ]
}

newest_backup() { # the directory of the newest good backup that lies on this machine
    ctl backup list --json 2>/dev/null | jq -r 'sort_by(.ended) | reverse | .[].path' 2>/dev/null |
        while read -r path; do
            if [ -f "$path/manifest.json" ]; then
                echo "$path"
                break
            fi
        done
}

open_console() {
    if [ -z "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
        say "there is no display; saving pictures of the console's pages in $dir/screenshots"
        mkdir -p "$dir/screenshots"
        QT_QPA_PLATFORM=offscreen timeout 120 "${user_locale[@]}" "$bin/zandb" --config "$dir/zandb.toml" --screenshots "$dir/screenshots" \
            >"$dir/log/screenshots.log" 2>&1 9>&- || { tail -n 5 "$dir/log/screenshots.log" >&2; say "the pictures could not be made"; return 1; }
        ls "$dir/screenshots"
        return
    fi
    if alive console; then
        say "the console is open already"
    else
        start_daemon console "$dir/log/console.log" "${user_locale[@]}" "$bin/zandb" --config "$dir/zandb.toml"
        sleep 0.5
        alive console || { tail -n 5 "$dir/log/console.log" >&2; say "the console ended at once (log: $dir/log/console.log)"; return 1; }
    fi
}
