-- SPDX-License-Identifier: GPL-3.0-or-later
-- Statements that run too long: what is ended, and what was.

-- What a group or an instance says.  Nearer ones win by name; the null id is the whole fleet.
CREATE TABLE IF NOT EXISTS kill_policy (
    scope_id BINARY(16) NOT NULL,              -- a group, an instance, or zeros
    name VARCHAR(64) NOT NULL,
    scope_kind TINYINT NOT NULL,               -- 0 the whole fleet, 1 a group, 2 an instance
    definition TEXT NULL,                      -- a KillPolicy as JSON; NULL: what is said above it does not hold here
    revision BIGINT NOT NULL,
    editor VARCHAR(128) NOT NULL,
    edited_us BIGINT NOT NULL,
    PRIMARY KEY (scope_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Each of its changes, with who made it.
CREATE TABLE IF NOT EXISTS kill_policy_revision (
    scope_id BINARY(16) NOT NULL,
    name VARCHAR(64) NOT NULL,
    revision BIGINT NOT NULL,
    removed TINYINT NOT NULL,
    definition TEXT NULL,
    editor VARCHAR(128) NOT NULL,
    edited_us BIGINT NOT NULL,
    PRIMARY KEY (scope_id, name, revision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The revision under which an instance's agent is told all of its policies together.
CREATE TABLE IF NOT EXISTS kill_set (
    instance_id BINARY(16) NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL,
    sha256 CHAR(64) NOT NULL,                  -- of the policies as JSON
    changed_us BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS killed (
    id BINARY(16) NOT NULL PRIMARY KEY,
    instance_id BINARY(16) NOT NULL,
    at_us BIGINT NOT NULL,
    policy VARCHAR(64) NOT NULL,
    revision BIGINT NOT NULL,
    action VARCHAR(16) NOT NULL,
    outcome VARCHAR(16) NOT NULL,
    detail VARCHAR(64) NOT NULL,
    checksum CHAR(32) NOT NULL,
    statement TEXT NOT NULL,                   -- masked
    user_name VARCHAR(128) NOT NULL,
    client_host VARCHAR(255) NOT NULL,
    schema_name VARCHAR(64) NOT NULL,
    command VARCHAR(32) NOT NULL,
    state VARCHAR(64) NOT NULL,
    connection BIGINT NOT NULL,
    started_us BIGINT NOT NULL,
    seconds DOUBLE NOT NULL,
    rows_examined BIGINT NULL,
    rows_sent BIGINT NULL,
    rows_modified BIGINT NULL,
    KEY killed_at (at_us, id),
    KEY killed_instance (instance_id, at_us),
    KEY killed_digest (checksum, at_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
