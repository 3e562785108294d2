# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# Sourced by packaging/sandbox: the database servers.  Needs common.sh, $dir, $top, $user, $NET and the ports.

mariadbd=$(PATH=$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec command -v mariadbd || true)

random_word() { head -c 18 /dev/urandom | base64 | tr '+/' 'Aa'; }

secret_file() { # FILE: makes it with a random word when absent
    [ -s "$1" ] || (umask 077 && random_word >"$1.new" && mv "$1.new" "$1")
}

# Where an instance lives: "store", or HOST/myPORT in the standard layout.
place_of() {
    case $1 in
    store) echo "$dir/store" ;;
    *) echo "$dir/${1%/*}/mysql/${1#*/}" ;;
    esac
}
address_of() { # NAME -> "ADDRESS PORT"
    case $1 in
    store) echo "127.0.0.1 $STORE_PORT" ;;
    db1/*) echo "$NET.1 ${1#*/my}" ;;
    db2/*) echo "$NET.2 ${1#*/my}" ;;
    esac
}

# One file for all administration: sandbox_admin with a random password, readable by its owner only.
admin_file() { echo "$dir/keys/admin.cnf"; }
make_admin_file() {
    [ -s "$(admin_file)" ] || (
        umask 077
        printf '[client]\nuser=sandbox_admin\npassword=%s\n' "$(random_word)" >"$(admin_file)"
    )
}
admin_password() { sed -n 's/^password=//p' "$(admin_file)"; }

sql() { # NAME [CLIENT-OPTIONS...]: statements on stdin, as the administrator
    local place client=mariadb
    place=$(place_of "$1")
    [ "$1" != db1/my3307 ] || client=$mysql_root/bin.d/mysql
    "$client" --defaults-file="$(admin_file)" --default-character-set=utf8mb4 --socket="$place/run/mysqld.sock" "${@:2}"
}
# Asked many times a second while a server starts: without its socket no client is worth starting.
answers() { [ -S "$(place_of "$1")/run/mysqld.sock" ] && sql "$1" -e 'DO 0' </dev/null; }

write_cnf() { # NAME: lines for [mysqld] after the common ones on stdin
    local place address port
    place=$(place_of "$1")
    read -r address port < <(address_of "$1")
    mkdir -p "$place"/{log,run}
    {
        cat <<CNF
[mysqld]
user=$user
port=$port
bind-address=$address
datadir=$place/data
socket=$place/run/mysqld.sock
pid-file=$place/run/mysqld.pid
log-error=$place/log/error.log
slow-query-log=ON
slow-query-log-file=$place/log/slow.log
long-query-time=0
tmpdir=$place/run
skip-name-resolve
max-connections=100
character-set-server=utf8mb4
innodb-flush-log-at-trx-commit=2
sync-binlog=0
log-bin=$place/log/binlog
max-binlog-size=64M
binlog-expire-logs-seconds=172800
CNF
        cat
    } >"$place/my.cnf.new"
    # a file that says the same stays as old as it is
    if cmp -s "$place/my.cnf.new" "$place/my.cnf"; then rm "$place/my.cnf.new"; else mv "$place/my.cnf.new" "$place/my.cnf"; fi
    chmod 640 "$place/my.cnf"
}

mariadb_cnf() { # NAME SERVER-ID: more lines on stdin
    write_cnf "$1" <<CNF
server-id=$2
innodb-buffer-pool-size=96M
innodb-log-file-size=64M
key-buffer-size=8M
aria-pagecache-buffer-size=8M
performance-schema=OFF
log-slow-verbosity=query_plan
log-slave-updates
relay-log=$(place_of "$1")/log/relay
gtid-strict-mode=ON
event-scheduler=ON
$(cat)
CNF
}

cnf_mysql() {
    write_cnf db1/my3307 <<CNF
server-id=104
mysqlx=OFF
secure-file-priv=NULL
innodb-buffer-pool-size=96M
innodb-redo-log-capacity=64M
gtid-mode=ON
enforce-gtid-consistency=ON
log-slow-extra=ON
performance-schema-digests-size=1000
performance-schema-max-digest-length=1024
table-open-cache=400
table-definition-cache=600
report-host=$NET.1
report-port=3307
event-scheduler=ON
CNF
}

server_program() {
    case $1 in db1/my3307) echo "$mysql_root/bin.d/mysqld" ;; *) echo "$mariadbd" ;; esac
}

server_start() { # NAME [OPTIONS...]: returns at once
    local place daemon=${1/\//-} address port
    place=$(place_of "$1")
    ! alive "$daemon" || return 0
    read -r address port < <(address_of "$1")
    case " ${*:2} " in
    *" --skip-networking "*) ;;
    *) ! port_taken "$address" "$port" || die "$address:$port is taken by another program; end it, or 'sandbox reset' moves this sandbox (and empties it)" ;;
    esac
    mkdir -p "$place"/{log,run}
    start_daemon "$daemon" "$place/log/stderr.log" "$(server_program "$1")" --defaults-file="$place/my.cnf" "${@:2}"
}

server_ready() { # NAME
    local name=$1
    ready_or_dead() { answers "$name" || ! alive "${name/\//-}"; }
    if ! wait_until 60 ready_or_dead || ! alive "${name/\//-}"; then
        tail -n 15 "$(place_of "$name")/log/error.log" >&2 || true
        die "$name did not start (its error log is $(place_of "$name")/log/error.log)"
    fi
}

server_stop() { stop_daemon "${1/\//-}" 60; }

# --- accounts ----------------------------------------------------------------------------------------------------

# One account on MariaDB, since only its own OS user can use unix_socket, with a role for each use; HOST.md says what for.
agent_account_mariadb() {
    cat <<SQL
CREATE USER IF NOT EXISTS '$user'@'localhost' IDENTIFIED VIA unix_socket;
ALTER USER '$user'@'localhost' IDENTIFIED VIA unix_socket;
CREATE ROLE IF NOT EXISTS watch;
GRANT PROCESS, BINLOG MONITOR, REPLICA MONITOR ON *.* TO watch;
CREATE ROLE IF NOT EXISTS backup;
GRANT SELECT, RELOAD, PROCESS, SHOW DATABASES, LOCK TABLES, SHOW VIEW, EVENT, TRIGGER, BINLOG MONITOR, REPLICA MONITOR, REPLICATION SLAVE,
    CONNECTION ADMIN ON *.* TO backup;
CREATE ROLE IF NOT EXISTS 'explain';
GRANT SELECT, SHOW VIEW ON *.* TO 'explain';
CREATE ROLE IF NOT EXISTS maint;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, BINLOG MONITOR, REPLICA MONITOR,
    CONNECTION ADMIN, REPLICATION SLAVE ADMIN, READ_ONLY ADMIN, SUPER ON *.* TO maint;
GRANT watch TO '$user'@'localhost';
GRANT backup TO '$user'@'localhost';
GRANT 'explain' TO '$user'@'localhost';
GRANT maint TO '$user'@'localhost';
SET DEFAULT ROLE backup FOR '$user'@'localhost';
SQL
}

agent_accounts_mysql() {
    cat <<SQL
CREATE USER IF NOT EXISTS watch@localhost IDENTIFIED WITH auth_socket AS '$user';
GRANT PROCESS, REPLICATION CLIENT ON *.* TO watch@localhost;
GRANT SELECT ON performance_schema.* TO watch@localhost;
CREATE USER IF NOT EXISTS backup@localhost IDENTIFIED WITH auth_socket AS '$user';
GRANT SELECT, RELOAD, PROCESS, LOCK TABLES, SHOW VIEW, EVENT, TRIGGER, REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO backup@localhost;
GRANT BACKUP_ADMIN, CONNECTION_ADMIN, SHOW_ROUTINE ON *.* TO backup@localhost;
CREATE USER IF NOT EXISTS 'explain'@localhost IDENTIFIED WITH auth_socket AS '$user';
GRANT SELECT, SHOW VIEW ON *.* TO 'explain'@localhost;
CREATE USER IF NOT EXISTS maint@localhost IDENTIFIED WITH auth_socket AS '$user';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, REPLICATION CLIENT, CONNECTION_ADMIN,
    REPLICATION_SLAVE_ADMIN, SYSTEM_VARIABLES_ADMIN ON *.* TO maint@localhost;
SQL
}

# Statements a fresh server gets through --init-file or its first login, before anything can connect from outside.
first_accounts_mariadb() {
    cat <<SQL
DELETE FROM mysql.global_priv WHERE User IN ('', 'root') OR User = '$user';
DELETE FROM mysql.proxies_priv;
FLUSH PRIVILEGES;
CREATE USER sandbox_admin@localhost IDENTIFIED BY '$(admin_password)';
GRANT ALL ON *.* TO sandbox_admin@localhost WITH GRANT OPTION;
SQL
}

# --- making instances --------------------------------------------------------------------------------------------
# Each is made whole or made again: a stamp is written last.

stamp() { mkdir -p "$dir/stamps" && : >"$dir/stamps/${1/\//-}"; }
stamped() { [ -e "$dir/stamps/${1/\//-}" ]; }

make_template() { # an initialised MariaDB data directory with the administrator in it
    [ ! -e "$dir/template/ready" ] || return 0
    rm -rf "$dir/template"
    mkdir -p "$dir/template"
    # in a directory of its own for temporary files: a MariaDB that starts removes everybody's #sql* from /tmp
    mkdir -p "$dir/template/tmp"
    TMPDIR=$dir/template/tmp mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve \
        --innodb-log-file-size=64M --user="$user" --datadir="$dir/template/data" >"$dir/template/log" 2>&1 ||
        { tail -n 15 "$dir/template/log" >&2; die "mariadb-install-db failed"; }
    # by hand instead of a first start: --bootstrap reads statements and ends
    first_accounts_mariadb | "$mariadbd" --no-defaults --bootstrap --tmpdir="$dir/template/tmp" --user="$user" --datadir="$dir/template/data" \
        --innodb-log-file-size=64M --skip-grant-tables=0 >>"$dir/template/log" 2>&1 ||
        { tail -n 15 "$dir/template/log" >&2; die "the first accounts could not be made"; }
    : >"$dir/template/ready"
}

seed_options=(--skip-networking --skip-log-bin --innodb-flush-log-at-trx-commit=0 --event-scheduler=OFF --slow-query-log=OFF)

seeded() { # SCHEMA SCALE [my-isam]: the seed with its names and sizes filled in
    sed -e "s/@schema@/$1/g" -e "s/@scale@/$2/g" -e "s/@shop_password@/$(cat "$dir/keys/shop")/g" \
        -e "s/@legacy_engine@/${3:-InnoDB}/g" "$seeds/shop.sql"
}

fresh_data() { # NAME: an empty server from the template
    local place
    place=$(place_of "$1")
    server_stop "$1"
    rm -rf "$place"/{data,log,run}
    mkdir -p "$place"/{log,run}
    cp -r --reflink=auto "$dir/template/data" "$place/data"
}

cnf_store() { mariadb_cnf store 1 </dev/null; }
cnf_primary() { mariadb_cnf db1/my3306 101 <<<"report-host=$NET.1"$'\n'"report-port=3306"; }
cnf_replica() { mariadb_cnf db2/my3306 102 <<<"report-host=$NET.2"$'\n'"report-port=3306"$'\n'"read-only=ON"$'\n'"relay-log-recovery=ON"$'\n'"event-scheduler=OFF"; }
cnf_single() { mariadb_cnf db2/my3307 103 <<<"report-host=$NET.2"$'\n'"report-port=3307"; }

# What was made before starts while programs are built and hosts prepared.
start_known_servers() {
    local name
    for name in db1/my3307 store db1/my3306 db2/my3306 db2/my3307; do
        stamped "$name" || continue
        case $name in
        store) cnf_store ;;
        db1/my3306) cnf_primary ;;
        db2/my3306) cnf_replica ;;
        db2/my3307) cnf_single ;;
        db1/my3307) [ -n "$mysql_root" ] || continue; cnf_mysql ;;
        esac
        server_start "$name"
    done
}

make_store() {
    cnf_store
    if ! stamped store; then
        fresh_data store
        server_start store
        server_ready store
        sql store <<SQL
CREATE USER zandb_admin@'127.0.0.1' IDENTIFIED BY '$(cat "$dir/store/password")';
GRANT ALL ON *.* TO zandb_admin@'127.0.0.1' WITH GRANT OPTION;
SQL
        stamp store
    fi
    server_start store
    server_ready store
}

make_pair() { # the primary with its data, and the replica as a copy of it
    cnf_primary
    cnf_replica
    if ! stamped db1/my3306; then
        rm -f "$dir/stamps/db2-my3306"
        server_stop db2/my3306
        fresh_data db1/my3306
        server_start db1/my3306 "${seed_options[@]}"
        server_ready db1/my3306
        { seeded shop 100 MyISAM; agent_account_mariadb; cat <<SQL; } | sql db1/my3306
CREATE USER repl@'127.%' IDENTIFIED BY '$(cat "$dir/keys/repl")';
GRANT REPLICATION SLAVE ON *.* TO repl@'127.%';
SQL
        server_stop db1/my3306
        stamp db1/my3306
    fi
    if ! stamped db2/my3306; then
        # Nothing was written to a binlog yet when both are made, so that a copy and an empty position fit; a replica
        # made later gets its data from a running primary by mariadb-backup.
        fresh_replica
        stamp db2/my3306
    fi
    server_start db1/my3306
    server_start db2/my3306
    server_ready db1/my3306
    server_ready db2/my3306
    if [ -z "$(sql db2/my3306 -Ne 'SHOW ALL SLAVES STATUS' </dev/null)" ]; then
        sql db2/my3306 <<SQL
CHANGE MASTER TO MASTER_HOST='$NET.1', MASTER_PORT=3306, MASTER_USER='repl', MASTER_PASSWORD='$(cat "$dir/keys/repl")',
    MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=2;
START SLAVE;
SQL
    fi
}

fresh_replica() {
    local from to
    from=$(place_of db1/my3306)
    to=$(place_of db2/my3306)
    server_stop db2/my3306
    server_stop db1/my3306
    rm -rf "$to"/{data,log,run}
    mkdir -p "$to"/{log,run}
    cp -r --reflink=auto "$from/data" "$to/data"
    if compgen -G "$from/log/binlog.*" >/dev/null; then
        # The primary has a history: the copy stands at its end.
        local position
        server_start db1/my3306 --skip-networking --event-scheduler=OFF
        server_ready db1/my3306
        position=$(sql db1/my3306 -Ne 'SELECT @@gtid_current_pos' </dev/null)
        server_stop db1/my3306
        server_start db2/my3306 --skip-networking --skip-slave-start --event-scheduler=OFF
        server_ready db2/my3306
        sql db2/my3306 <<<"RESET MASTER; SET GLOBAL gtid_slave_pos='$position';"
        server_stop db2/my3306
    fi
}

make_single() {
    cnf_single
    if ! stamped db2/my3307; then
        fresh_data db2/my3307
        server_start db2/my3307 "${seed_options[@]}"
        server_ready db2/my3307
        { seeded warehouse 35; cat "$seeds/metrics.sql"; agent_account_mariadb; } | sql db2/my3307
        server_stop db2/my3307
        stamp db2/my3307
    fi
    server_start db2/my3307
    server_ready db2/my3307
}

make_mysql() { # returns 1 when there is no MySQL; the caller says so
    local place
    [ -n "$mysql_root" ] || return 1
    place=$(place_of db1/my3307)
    cnf_mysql
    if ! stamped db1/my3307; then
        server_stop db1/my3307
        rm -rf "$place"/{data,log,run}
        mkdir -p "$place"/{log,run}
        "$mysql_root/bin.d/mysqld" --defaults-file="$place/my.cnf" --initialize-insecure 9>&- ||
            { tail -n 15 "$place/log/error.log" >&2; die "MySQL could not be initialised"; }
        rm -f "$place"/log/binlog.*
        server_start db1/my3307 "${seed_options[@]}"
        root_answers() { [ -S "$place/run/mysqld.sock" ] && "$mysql_root/bin.d/mysql" --no-defaults -uroot --socket="$place/run/mysqld.sock" -e 'DO 0'; }
        wait_until 60 root_answers || die "MySQL did not start (its error log is $place/log/error.log)"
        "$mysql_root/bin.d/mysql" --no-defaults -uroot --socket="$place/run/mysqld.sock" <<SQL
INSTALL PLUGIN auth_socket SONAME 'auth_socket.so';
INSTALL PLUGIN clone SONAME 'mysql_clone.so';
CREATE USER sandbox_admin@localhost IDENTIFIED BY '$(admin_password)';
GRANT ALL ON *.* TO sandbox_admin@localhost WITH GRANT OPTION;
DROP USER root@localhost;
SQL
        { seeded shop 40; agent_accounts_mysql; } | sql db1/my3307
        server_stop db1/my3307
        stamp db1/my3307
    fi
    server_start db1/my3307
    server_ready db1/my3307
}
