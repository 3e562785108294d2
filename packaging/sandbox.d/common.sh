# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Sourced by packaging/sandbox: printing steps, starting and stopping programs, ports.  Needs $dir and $home.

now_ms() { # the time of day in milliseconds, without starting a program
    local t=${EPOCHREALTIME/[.,]/}
    echo $((t / 1000))
}

began_ms=$(now_ms)
step_ms=$began_ms

say() { echo "   $*"; }
die() { echo "sandbox: $*" >&2; exit 1; }

# The end of a step: how long it took, how long it all took.
done_step() { # WORDS...
    local t
    t=$(now_ms)
    printf '[%5.1f s, in all %5.1f s] %s\n' "$(((t - step_ms) / 100))e-1" "$(((t - began_ms) / 100))e-1" "$*"
    step_ms=$t
}

# --- programs of this sandbox ------------------------------------------------------------------------------------
# Each is known by DIR/run/NAME.pid: pid, start time (clock ticks since boot: a pid used again is another program), and
# the program file's age, so that `up` restarts what was built anew.

started_at() { # PID -> field 22 of its stat
    local text rest
    { read -r text <"/proc/$1/stat"; } 2>/dev/null || return 1
    rest=${text##*) }
    # shellcheck disable=SC2086 # the fields
    set -- $rest
    [ "$1" != Z ] || return 1
    echo "${20}"
}

file_stamp() { stat -Lc '%Y.%s' "$1" 2>/dev/null || echo none; }

pid_of() { # NAME -> its pid when it is alive
    local pid start
    { read -r pid start _ <"$dir/run/$1.pid"; } 2>/dev/null || return 1
    [ "$(started_at "$pid")" = "$start" ] || return 1
    echo "$pid"
}
alive() { pid_of "$1" >/dev/null; }

start_daemon() { # NAME LOG PROGRAM ARGUMENTS...
    local name=$1 log=$2 pid
    shift 2
    mkdir -p "$dir/run" "$(dirname "$log")"
    ZANDB_SANDBOX=$dir setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
    pid=$!
    disown "$pid" 2>/dev/null || true
    echo "$pid $(started_at "$pid") $(file_stamp "$1")" >"$dir/run/$name.pid"
}

# Whether the program file was replaced since the daemon was started.
outdated() { # NAME PROGRAM
    local stamp
    { read -r _ _ stamp <"$dir/run/$1.pid"; } 2>/dev/null || return 1
    [ "$stamp" != "$(file_stamp "$2")" ]
}

wait_until() { # SECONDS COMMAND...: tries it ten times a second
    local limit=$(($(now_ms) + $1 * 1000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(now_ms)" -lt $limit ] || return 1
        sleep 0.1
    done
}

ended() { ! alive "$1"; }

stop_daemon() { # NAME [SECONDS]: TERM, then KILL
    local pid
    if pid=$(pid_of "$1"); then
        kill -TERM "$pid" 2>/dev/null || true
        if ! wait_until "${2:-20}" ended "$1"; then
            say "$1 (pid $pid) did not end; killing it"
            kill -KILL "$pid" 2>/dev/null || true
            wait_until 5 ended "$1" || true
        fi
    fi
    rm -f "$dir/run/$1.pid"
}

# Every process that belongs to this sandbox, whoever its parent is now: started with our mark in its environment, or
# one of our programs with a path of this sandbox among its arguments (workers with a session of their own, the
# children of sshd, which overwrite their environment, are found as descendants).
stray_pids() {
    local file pid
    {
        grep -lzsxF -- "ZANDB_SANDBOX=$dir" /proc/[0-9]*/environ || true
        { grep -lzsF -- "$dir/" /proc/[0-9]*/cmdline || true; } | while read -r file; do
            case $(readlink "${file%/cmdline}/exe" 2>/dev/null) in
            */zandb | */zandbctl | */zandb-agent | */zandb-attach | */zandb*" (deleted)" | */mariadb* | */mysql* | */mydumper | */ld-linux* | */sshd | */ssh)
                echo "$file"
                ;;
            esac
        done
    } | while read -r file; do
        pid=${file#/proc/}
        pid=${pid%/*}
        [ ! -O "/proc/$pid" ] || [ "$pid" = $$ ] || echo "$pid"
    done | sort -un
}

# All below the given processes.  None given is none: nothing may ever make the whole machine's processes ours.
descendants() { # PIDS...
    [ $# -gt 0 ] || return 0
    ps -e -o pid=,ppid= | awk -v roots="$*" '
        BEGIN { n = split(roots, r, " "); for (i = 1; i <= n; i++) in_set[r[i]] = 1 }
        { parent[$1] = $2 }
        END {
            do {
                grown = 0
                for (p in parent) if (!(p in in_set) && (parent[p] in in_set)) { in_set[p] = 1; print p; grown = 1 }
            } while (grown)
        }'
}

# Every process of this sandbox, as "PID START": marked ones, and the children of its daemons that live.
own_processes() {
    local file pid roots=()
    for file in "$dir"/run/*.pid; do
        file=${file##*/}
        ! pid=$(pid_of "${file%.pid}") || roots+=("$pid")
    done
    { stray_pids; descendants "${roots[@]}"; } | sort -un | with_start
}

# Ends the given processes: "PID START" lines on stdin.
end_processes() { # SECONDS
    local pid start left limit=$(($(now_ms) + $1 * 1000)) signal=TERM lines
    mapfile -t lines
    while :; do
        left=()
        for line in "${lines[@]}"; do
            read -r pid start <<<"$line"
            [ -n "$pid" ] && [ "$(started_at "$pid")" = "$start" ] && left+=("$pid")
        done
        [ ${#left[@]} -gt 0 ] || return 0
        if [ -n "$signal" ]; then
            kill "-$signal" "${left[@]}" 2>/dev/null || true
            signal=
        fi
        if [ "$(now_ms)" -ge "$limit" ]; then
            kill -KILL "${left[@]}" 2>/dev/null || true
            sleep 0.2
            return 0
        fi
        sleep 0.1
    done
}

with_start() { # PIDS on stdin -> "PID START"
    local pid start
    while read -r pid; do
        start=$(started_at "$pid") && echo "$pid $start"
    done
    return 0
}

# --- addresses and ports -----------------------------------------------------------------------------------------

listening() { ss -Hltn 2>/dev/null | awk '{ print $4 }'; }

# Who asks for many ports looks once and keeps what it saw in $listeners.
port_taken() { # ADDRESS PORT: by a listener there or on all addresses
    local where
    while read -r where; do
        case $where in
        "$1:$2" | "0.0.0.0:$2" | "*:$2" | "[::]:$2" | "[::ffff:$1]:$2") return 0 ;;
        esac
    done < <(if [ -n "${listeners-}" ]; then echo "$listeners"; else listening; fi)
    return 1
}

# What a sandbox has chosen is its own from then on, whether it runs or not: a link RESERVATIONS/.zandb-sandbox-WHAT to its
# directory says so to the sandboxes of all users.  It lapses when that directory does not say so any more.
reservations=/tmp
reservation() { echo "$reservations/.zandb-sandbox-$1"; }

holder_of() { # WHAT -> the other sandbox that has it
    local link holder
    link=$(reservation "$1")
    holder=$(readlink "$link") || return 1
    [ "$holder" != "$home" ] || return 1
    # another user's directory may be closed to us: his link is believed
    [ -s "$holder/ports" ] || [ "$(stat -c %u "$link")" != "$(id -u)" ] || return 1
    [ ! -r "$holder/ports" ] || grep -qE "=${1}\$" "$holder/ports" || return 1
    echo "$holder"
}

reserve() { # WHAT
    local link
    link=$(reservation "$1")
    [ "$(readlink "$link")" = "$home" ] || ln -sfnT "$home" "$link" 2>/dev/null
}

# One at a time chooses.  The directory itself is locked: a lock file of one user could not be opened by all.
with_reservations_locked() { # COMMAND...
    local lock status=0
    exec {lock}<"$reservations"
    flock -w 120 "$lock" || die "another sandbox has been choosing its ports for two minutes; try again"
    "$@" || status=$?
    exec {lock}<&-
    return $status
}

net_is_free() { # NET
    ! holder_of "$1" >/dev/null && ! port_taken "$1.1" 3306 && ! port_taken "$1.1" 3307 &&
        ! port_taken "$1.2" 3306 && ! port_taken "$1.2" 3307
}

# Chosen once, remembered in DIR/ports, so that addresses stay what the store knows.
choose_ports() { # WANTED-NET ('' for any)
    with_reservations_locked choose_ports_alone "$1"
}
choose_ports_alone() {
    local net=$1 what holder base crc i used=() listeners
    listeners=$(listening)
    if [ -s "$dir/ports" ]; then
        # shellcheck disable=SC1091
        . "$dir/ports"
        [ -z "$net" ] || [ "$net" = "$NET" ] ||
            die "this sandbox lives on $NET; 'sandbox reset --net $net' moves it (and empties it)"
        for what in "$NET" "$STORE_PORT"; do
            ! holder=$(holder_of "$what") ||
                die "$what of this sandbox is now held by the sandbox in $holder; remove that one, or 'sandbox reset' moves this one (and empties it)"
            reserve "$what" || die "$what cannot be reserved: $(reservation "$what") belongs to another user"
        done
        return
    fi
    if [ -n "$net" ]; then
        { [[ $net =~ ^127\.([0-9]{1,3})\.([0-9]{1,3})$ ]] && [ "$((10#${BASH_REMATCH[1]}))" -lt 256 ] && [ "$((10#${BASH_REMATCH[2]}))" -lt 256 ]; } ||
            die "--net wants the first three numbers of loopback addresses, such as 127.0.2, not '$net'"
        ! holder=$(holder_of "$net") || die "$net is held by the sandbox in $holder; choose another --net, or none"
        reserve "$net" || die "$net cannot be reserved: $(reservation "$net") belongs to another user"
    else
        for i in {1..250}; do
            if net_is_free "127.0.$i" && reserve "127.0.$i"; then
                net=127.0.$i
                break
            fi
        done
        [ -n "$net" ] || die "ports 3306 and 3307 are taken on every loopback address: a server of this machine listens on all
addresses.  Bind it to one (bind-address = 127.0.0.1) and try again."
    fi
    crc=$(cksum <<<"$home")
    base=$((20000 + ${crc%% *} % 10000))
    for ((i = base; ${#used[@]} < 3; i++)); do
        port_taken 127.0.0.1 $i || port_taken "$net.1" $i || port_taken "$net.2" $i || holder_of "$i" >/dev/null ||
            # the store's address is everybody's, the other two are on addresses of our own
            { [ ${#used[@]} = 0 ] && ! reserve "$i"; } || used+=("$i")
    done
    NET=$net STORE_PORT=${used[0]} DB1_SSH=${used[1]} DB2_SSH=${used[2]}
    printf '%s\n' "NET=$NET" "STORE_PORT=$STORE_PORT" "DB1_SSH=$DB1_SSH" "DB2_SSH=$DB2_SSH" >"$dir/ports.new"
    mv "$dir/ports.new" "$dir/ports"
}

# What can be kept is kept: addresses of a sandbox that is down are forgotten when another sandbox or a stranger has them now.
renew_ports() {
    local NET='' STORE_PORT='' DB1_SSH='' DB2_SSH='' listeners
    [ -s "$dir/ports" ] || return 0
    listeners=$(listening)
    # shellcheck disable=SC1091
    . "$dir/ports"
    net_is_free "$NET" && ! holder_of "$STORE_PORT" >/dev/null && ! port_taken 127.0.0.1 "$STORE_PORT" &&
        ! port_taken "$NET.1" "$DB1_SSH" && ! port_taken "$NET.2" "$DB2_SSH" || rm -f "$dir/ports"
}
