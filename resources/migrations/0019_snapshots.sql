-- SPDX-License-Identifier: GPL-3.0-or-later
-- What instances were made of, day by day.

CREATE TABLE IF NOT EXISTS snapshot (
    instance_id BINARY(16) NOT NULL,
    day INT NOT NULL,                          -- since 1970, UTC; a later one of the same day takes its place
    run_id BINARY(16) NOT NULL,
    taken_us BIGINT NOT NULL,
    stored_us BIGINT NOT NULL,
    flavour VARCHAR(32) NOT NULL,
    version VARCHAR(100) NOT NULL,
    schema_count BIGINT NOT NULL,
    table_count BIGINT NOT NULL,
    bytes BIGINT NOT NULL,                     -- of all files
    data_bytes BIGINT NOT NULL,                -- by statistics
    index_bytes BIGINT NOT NULL,
    table_rows BIGINT NOT NULL,
    directories TEXT NOT NULL,                 -- JSON: bytes by name; null: not known
    missing TEXT NOT NULL,                     -- JSON: what could not be read
    format TINYINT NOT NULL,
    parts INT NOT NULL,                        -- rows of snapshot_part
    PRIMARY KEY (instance_id, day),
    KEY snapshot_day (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- models/snapshots/snapshotpack.h is the specification of the packed column.
CREATE TABLE IF NOT EXISTS snapshot_part (
    instance_id BINARY(16) NOT NULL,
    day INT NOT NULL,
    part INT NOT NULL,                         -- 0 the facts, then the tables
    content MEDIUMBLOB NOT NULL,
    PRIMARY KEY (instance_id, day, part),
    KEY snapshot_part_day (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Growth: the largest schemas (table_name empty) and the largest tables of each day.
CREATE TABLE IF NOT EXISTS snapshot_size (
    instance_id BINARY(16) NOT NULL,
    day INT NOT NULL,
    schema_name VARCHAR(64) NOT NULL,
    table_name VARCHAR(64) NOT NULL,
    table_count BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    data_bytes BIGINT NOT NULL,
    index_bytes BIGINT NOT NULL,
    table_rows BIGINT NOT NULL,
    PRIMARY KEY (instance_id, day, schema_name, table_name),
    KEY snapshot_size_day (day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Attempts that have ended and whose items wait at their agent.
CREATE TABLE IF NOT EXISTS snapshot_pending (
    run_id BINARY(16) NOT NULL,
    step INT NOT NULL,
    attempt INT NOT NULL,
    host_id BINARY(16) NOT NULL,
    instance_id BINARY(16) NOT NULL,
    result TEXT NOT NULL,                      -- wire SnapshotResult
    PRIMARY KEY (run_id, step, attempt),
    KEY snapshot_pending_host (host_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
