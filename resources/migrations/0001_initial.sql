-- SPDX-License-Identifier: GPL-3.0-or-later
-- The store as it began.  Every statement can be run again: a migration that was cut off is started anew.
-- Ids are BINARY(16), instants BIGINT microseconds since 1970 UTC, JSON stands in LONGTEXT columns.

CREATE TABLE IF NOT EXISTS store_info (
    id TINYINT NOT NULL PRIMARY KEY,           -- always 1
    store_id BINARY(16) NOT NULL,
    store_epoch BINARY(16) NOT NULL,           -- changes when the store is restored or reset
    min_program INT NOT NULL,                  -- programs whose schema number is below this refuse to work
    board_zone VARCHAR(64) NOT NULL,           -- a board day runs from noon to noon in this zone
    created_us BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS schema_migration (
    version INT NOT NULL PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    sha256 CHAR(64) NOT NULL,
    applied_us BIGINT NOT NULL,
    program VARCHAR(50) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS fleet_group (
    id BINARY(16) NOT NULL PRIMARY KEY,
    parent_id BINARY(16) NULL,
    name VARCHAR(100) NOT NULL,
    revision BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS host (
    id BINARY(16) NOT NULL PRIMARY KEY,
    group_id BINARY(16) NULL,
    name VARCHAR(100) NOT NULL,
    address VARCHAR(255) NOT NULL,
    ssh_port INT NOT NULL,
    ssh_user VARCHAR(64) NOT NULL,
    host_key TEXT NOT NULL,                    -- pinned: "ssh-ed25519 AAAA..."; empty: not yet accepted
    created_us BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    UNIQUE KEY host_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was last heard of a host.  seen_us is the heartbeat: the last time its agent answered.
CREATE TABLE IF NOT EXISTS host_state (
    host_id BINARY(16) NOT NULL PRIMARY KEY,
    state VARCHAR(16) NOT NULL,                -- ok, unreachable, refused, no_agent
    seen_us BIGINT NOT NULL,                   -- 0: never
    checked_us BIGINT NOT NULL,
    facts LONGTEXT NULL,                       -- wire HostFacts
    error LONGTEXT NULL,                       -- wire Error
    fence BIGINT NOT NULL                      -- the lease token it was written under
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS instance (
    id BINARY(16) NOT NULL PRIMARY KEY,
    host_id BINARY(16) NOT NULL,
    name VARCHAR(64) NOT NULL,                 -- "my3306"
    port INT NOT NULL,
    created_us BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    UNIQUE KEY instance_name (host_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS instance_state (
    instance_id BINARY(16) NOT NULL PRIMARY KEY,
    host_id BINARY(16) NOT NULL,
    state VARCHAR(16) NOT NULL,                -- up, down, refused, gone
    seen_us BIGINT NOT NULL,
    detail LONGTEXT NULL                       -- wire InstanceState
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS task (
    id BINARY(16) NOT NULL PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    args LONGTEXT NOT NULL,
    selector LONGTEXT NOT NULL,
    schedule LONGTEXT NOT NULL,
    policies LONGTEXT NOT NULL,
    enabled TINYINT NOT NULL,
    author VARCHAR(100) NOT NULL,
    definition_sha256 CHAR(64) NOT NULL,
    signer VARCHAR(100) NOT NULL,
    signature TEXT NOT NULL,
    revision BIGINT NOT NULL,
    edited_us BIGINT NOT NULL,                 -- the store's clock; a changed schedule counts from here
    next_due_us BIGINT NULL,                   -- a cache for the eye; the scheduler computes its own
    UNIQUE KEY task_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS occurrence (
    task_id BINARY(16) NOT NULL,
    due_us BIGINT NOT NULL,
    task_revision BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,                -- ran, skipped, missed
    reason VARCHAR(64) NOT NULL,
    targets INT NOT NULL,
    missed_count INT NOT NULL,                 -- occurrences a row of state missed stands for
    missed_since_us BIGINT NULL,
    created_us BIGINT NOT NULL,
    PRIMARY KEY (task_id, due_us),
    KEY occurrence_due (due_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS run (
    id BINARY(16) NOT NULL PRIMARY KEY,
    task_id BINARY(16) NULL,                   -- NULL: started by hand
    task_revision BIGINT NOT NULL,
    occurrence_us BIGINT NOT NULL,             -- due instant; by hand: when asked for
    due_us BIGINT NOT NULL,                    -- when it may start (a window can be later than the occurrence)
    kind VARCHAR(32) NOT NULL,
    host_id BINARY(16) NOT NULL,
    target_id BINARY(16) NOT NULL,             -- an instance, or the host itself
    args LONGTEXT NOT NULL,
    policies LONGTEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    executor VARCHAR(100) NOT NULL,            -- '' = the host's lease holder; else a person's console
    author VARCHAR(100) NOT NULL,
    definition_sha256 CHAR(64) NOT NULL,
    signer VARCHAR(100) NOT NULL,
    signature TEXT NOT NULL,
    cancel_requested TINYINT NOT NULL,
    retry_requested TINYINT NOT NULL,
    attempts INT NOT NULL,                     -- attempts of all steps so far
    next_try_us BIGINT NULL,                   -- pending after a failure: not before
    progress LONGTEXT NULL,                    -- wire Progress of the running step
    error LONGTEXT NULL,                       -- wire Error of the last attempt
    created_us BIGINT NOT NULL,
    started_us BIGINT NULL,
    ended_us BIGINT NULL,
    fence BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    KEY run_open (state, host_id),
    KEY run_target (target_id, occurrence_us),
    KEY run_task (task_id, occurrence_us),
    KEY run_time (occurrence_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS run_step (
    run_id BINARY(16) NOT NULL,
    step INT NOT NULL,                         -- from 1
    name VARCHAR(64) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    host_id BINARY(16) NOT NULL,
    depends_on VARCHAR(255) NOT NULL,          -- step numbers, comma-separated
    args LONGTEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    attempts INT NOT NULL,
    started_us BIGINT NULL,
    ended_us BIGINT NULL,
    fence BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (run_id, step)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS attempt (
    run_id BINARY(16) NOT NULL,
    step INT NOT NULL,
    attempt INT NOT NULL,                      -- from 1
    host_id BINARY(16) NOT NULL,
    state VARCHAR(16) NOT NULL,                -- running, succeeded, failed, cancelled, unknown
    fence BIGINT NOT NULL,
    sent_us BIGINT NOT NULL,
    started_us BIGINT NULL,
    ended_us BIGINT NULL,
    error LONGTEXT NULL,
    result LONGTEXT NULL,                      -- of the kind's own type
    log_size BIGINT NOT NULL,
    PRIMARY KEY (run_id, step, attempt)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The end of each attempt's log (at most 256 KiB in pieces), copied while it runs; the whole stays on the host.
CREATE TABLE IF NOT EXISTS attempt_log (
    run_id BINARY(16) NOT NULL,
    step INT NOT NULL,
    attempt INT NOT NULL,
    log_offset BIGINT NOT NULL,                -- bytes from the log's beginning
    piece LONGBLOB NOT NULL,
    PRIMARY KEY (run_id, step, attempt, log_offset)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS member (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- one headless instance
    name VARCHAR(255) NOT NULL,
    program VARCHAR(50) NOT NULL,
    started_us BIGINT NOT NULL,
    renewed_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revision BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS lease (
    host_id BINARY(16) NOT NULL PRIMARY KEY,
    member_id BINARY(16) NOT NULL,
    token BIGINT NOT NULL,                     -- only grows
    taken_us BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS resource_lock (
    instance_id BINARY(16) NOT NULL PRIMARY KEY,
    run_id BINARY(16) NULL,                    -- NULL: free
    kind VARCHAR(32) NOT NULL,
    fence BIGINT NOT NULL,
    taken_us BIGINT NOT NULL,
    revision BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS backup (
    id BINARY(16) NOT NULL PRIMARY KEY,
    instance_id BINARY(16) NOT NULL,
    host_id BINARY(16) NOT NULL,
    run_id BINARY(16) NOT NULL,
    task_id BINARY(16) NULL,
    method VARCHAR(32) NOT NULL,
    repository VARCHAR(64) NOT NULL,
    host_name VARCHAR(100) NOT NULL,           -- the agent's name then: the HOST of REPOSITORY/HOST/INSTANCE/UTC-ID
    path TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    duration_us BIGINT NOT NULL,
    sha256 CHAR(64) NOT NULL,
    position LONGTEXT NOT NULL,                -- wire BackupPosition
    detail LONGTEXT NOT NULL,                  -- wire BackupResult
    level TINYINT NOT NULL,
    started_us BIGINT NOT NULL,
    ended_us BIGINT NOT NULL,
    verified_us BIGINT NULL,
    restore_us BIGINT NULL,                    -- how long the last proving restore took, microseconds
    expired_us BIGINT NULL,
    KEY backup_instance (instance_id, ended_us),
    KEY backup_time (ended_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS change_feed (
    topic VARCHAR(32) NOT NULL,                -- fleet, task, run, backup, member
    scope SMALLINT NOT NULL,                   -- shard 0 to 15 of a hot topic, else 0
    version BIGINT NOT NULL,
    PRIMARY KEY (topic, scope)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS outbox (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- also the idempotency key
    run_id BINARY(16) NOT NULL,
    event VARCHAR(16) NOT NULL,                -- success, failure, late
    action LONGTEXT NOT NULL,
    created_us BIGINT NOT NULL,
    done_us BIGINT NULL,
    attempts INT NOT NULL,
    fence BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    KEY outbox_open (done_us, created_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS audit (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- version 7: sorts by time
    at_us BIGINT NOT NULL,
    person VARCHAR(100) NOT NULL,
    act VARCHAR(64) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    detail LONGTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
