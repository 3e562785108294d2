-- SPDX-License-Identifier: GPL-3.0-or-later
-- Comparisons of replicas with their primaries.

CREATE TABLE IF NOT EXISTS consistency_check (
    id BINARY(16) NOT NULL PRIMARY KEY,
    primary_id BINARY(16) NOT NULL,
    replica_id BINARY(16) NOT NULL,
    author VARCHAR(255) NOT NULL,
    started_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,                   -- when whoever compares last wrote
    ended_us BIGINT NULL,
    state VARCHAR(16) NOT NULL,                -- running, equal, differs, incomplete, failed, cancelled
    cancel_wished TINYINT NOT NULL,
    sums TEXT NOT NULL,                        -- CheckSums
    progress TEXT NOT NULL,                    -- CheckProgress
    error TEXT NULL,
    KEY consistency_check_replica (replica_id, started_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was found of each table; equal ones only of the newest check of a replica.
CREATE TABLE IF NOT EXISTS consistency_table (
    check_id BINARY(16) NOT NULL,
    schema_name VARCHAR(64) NOT NULL,
    table_name VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,                -- equal, differs, unsettled, unchecked
    why VARCHAR(32) NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (check_id, schema_name, table_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS consistency_row (
    check_id BINARY(16) NOT NULL,
    schema_name VARCHAR(64) NOT NULL,
    table_name VARCHAR(64) NOT NULL,
    number INT NOT NULL,
    kind VARCHAR(16) NOT NULL,                 -- missing, extra, differs
    row_key TEXT NOT NULL,                     -- {"columns":[...],"values":[...]}
    columns TEXT NOT NULL,                     -- ["note"]: those that differ
    PRIMARY KEY (check_id, schema_name, table_name, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
