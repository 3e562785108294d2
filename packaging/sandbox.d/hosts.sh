# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Sourced by packaging/sandbox: sshd, keys and the agent of each host.  Needs common.sh, $dir, $pieces, $bin, $user and the ports.

hosts=(db1 db2)
host_address() { case $1 in db1) echo "$NET.1" ;; db2) echo "$NET.2" ;; esac; }
host_port() { case $1 in db1) echo "$DB1_SSH" ;; db2) echo "$DB2_SSH" ;; esac; }

make_key() { # FILE COMMENT
    if [ -s "$1" ] && [ -s "$1.pub" ]; then return; fi
    rm -f "$1" "$1.pub"
    ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1"
}

# Puts one key into a host's authorized_keys under the given forced command; other lines stay as they are.
authorize() { # HOST PUBLIC-KEY-FILE COMMAND
    local file=$dir/$1/authorized_keys type blob line
    read -r type blob _ <"$2"
    line="restrict,command=\"$3\" $type $blob"
    touch "$file"
    grep -qxF -- "$line" "$file" && return
    { grep -vF -- "$blob" "$file" || true; echo "$line"; } >"$file.new"
    mv "$file.new" "$file"
}
fingerprint() { ssh-keygen -lf "$1" | awk '{ print $2 }'; }

write_sshd() { # HOST
    local conf=$dir/$1/sshd_config pam=no
    # without PAM sshd refuses an account whose password is locked, as root's often is
    if [ "$(id -u)" = 0 ]; then
        mkdir -p /run/sshd
        case $(getent shadow "$user" | cut -d: -f2) in '!'*) pam=yes ;; esac
    fi
    {
        cat <<CONF
Port $(host_port "$1")
ListenAddress $(host_address "$1")
HostKey $dir/$1/hostkey
AllowUsers $user
AuthorizedKeysFile $dir/$1/authorized_keys
UsePAM $pam
CONF
        cat "$pieces/sshd_config"
    } >"$conf.new"
    if cmp -s "$conf.new" "$conf"; then
        rm "$conf.new"
    else
        mv "$conf.new" "$conf"
        stop_daemon "$1-sshd" 5
    fi
}

write_agent() { # HOST
    local conf=$dir/$1/agent.toml
    {
        cat <<CONF
# Written by packaging/sandbox; the commented example is packaging/agent.toml.
[agent]
host = "$1"
base = "$dir/$1/mysql"
state_directory = "$dir/$1/state"
socket = "$dir/$1/agent.sock"
authorized_keys = "$dir/$1/authorized_keys"
attach = "$dir/bin/zandb-attach"
sample_seconds = 10

[accounts]
mariadb = "$user"
mysql_watch = "watch"
mysql_backup = "backup"

[tools]
mariadb = "/usr/bin"
CONF
        [ -z "$mysql_root" ] || echo "mysql = \"$mysql_root/bin.d\""
        cat <<CONF

[provision]
start = "direct"

[[repository]]
name = "local"
path = "$dir/$1/backups"
min_free_bytes = 268435456
CONF
        if [ "$1" = db1 ]; then
            cat <<CONF

# on db2, reached by this agent's own ssh
[[repository]]
name = "vault"
remote = "$user@$NET.2"
ssh_port = $DB2_SSH
identity = "$dir/db1/vault_key"
known_hosts = "$dir/db1/known_hosts"
remote_name = "vault"
CONF
        else
            cat <<CONF

# what db1 may write here through receive
[[repository]]
name = "vault"
path = "$dir/db2/vault"
min_free_bytes = 268435456
accept_from = ["db1"]
CONF
        fi
    } >"$conf.new"
    if cmp -s "$conf.new" "$conf"; then
        rm "$conf.new"
    else
        mv "$conf.new" "$conf"
        stop_daemon "$1-agent"
    fi
}

prepare_hosts() {
    local host attach dba headless
    make_key "$dir/keys/dba" "$user@sandbox"
    make_key "$dir/keys/headless" "headless@sandbox"
    dba=$(fingerprint "$dir/keys/dba.pub")
    headless=$(fingerprint "$dir/keys/headless.pub")
    for host in "${hosts[@]}"; do
        mkdir -p "$dir/$host"/{mysql,state,backups,log}
        make_key "$dir/$host/hostkey" "$host"
        write_sshd "$host"
        attach="$dir/bin/zandb-attach --socket $dir/$host/agent.sock"
        authorize "$host" "$dir/keys/dba.pub" "$attach --user $user --role admin --key $dba"
        authorize "$host" "$dir/keys/headless.pub" "$attach --user headless --role dispatcher --key $headless"
    done
    mkdir -p "$dir/db2/vault"
    make_key "$dir/db1/vault_key" "db1 to the vault"
    authorize db2 "$dir/db1/vault_key.pub" "$dir/bin/zandb-agent receive --config $dir/db2/agent.toml --repo vault --host db1"
    echo "[$NET.2]:$DB2_SSH $(cut -d' ' -f1,2 "$dir/db2/hostkey.pub")" >"$dir/db1/known_hosts"
    for host in "${hosts[@]}"; do write_agent "$host"; done
}

start_sshd() { # HOST
    ! alive "$1-sshd" || return 0
    ! port_taken "$(host_address "$1")" "$(host_port "$1")" ||
        die "$(host_address "$1"):$(host_port "$1") is taken by another program; end it, or 'sandbox reset' moves this sandbox (and empties it)"
    start_daemon "$1-sshd" "$dir/$1/log/sshd.log" "$(PATH=$PATH:/usr/sbin command -v sshd)" -D -e -f "$dir/$1/sshd_config"
}
# Not whoever listens there, but who has our host key.
sshd_ready() {
    [ "$(ssh-keyscan -T 2 -t ed25519 -p "$(host_port "$1")" "$(host_address "$1")" 2>/dev/null | cut -d' ' -f2,3)" = \
        "$(cut -d' ' -f1,2 "$dir/$1/hostkey.pub")" ]
}

start_agent() { # HOST
    outdated "$1-agent" "$bin/zandb-agent" && stop_daemon "$1-agent"
    alive "$1-agent" || start_daemon "$1-agent" "$dir/$1/log/agent.log" "$bin/zandb-agent" serve --config "$dir/$1/agent.toml"
}
agent_ready() { [ -S "$dir/$1/agent.sock" ] && alive "$1-agent"; }

start_hosts() {
    local host
    for host in "${hosts[@]}"; do
        start_sshd "$host"
        start_agent "$host"
    done
    for host in "${hosts[@]}"; do
        wait_until 10 sshd_ready "$host" || { tail -n 5 "$dir/$host/log/sshd.log" >&2; die "sshd of $host did not start (log: $dir/$host/log/sshd.log)"; }
        wait_until 10 agent_ready "$host" || { tail -n 5 "$dir/$host/log/agent.log" >&2; die "the agent of $host did not start (log: $dir/$host/log/agent.log)"; }
    done
}
