-- SPDX-License-Identifier: GPL-3.0-or-later
-- How full integer keys are, and what else is wrong with tables.

-- Those that have used a share worth listing.
CREATE TABLE IF NOT EXISTS key_usage (
    instance_id BINARY(16) NOT NULL,
    schema_name VARCHAR(64) NOT NULL,
    table_name VARCHAR(64) NOT NULL,
    column_name VARCHAR(64) NOT NULL,          -- empty: a sequence
    column_type VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,                 -- auto_increment, foreign_key, key, sequence
    refs VARCHAR(255) NOT NULL,
    used_value DECIMAL(20, 0) NOT NULL,
    limit_value DECIMAL(20, 0) NOT NULL,
    ppm INT NOT NULL,                          -- used / limit in millionths
    table_rows BIGINT NULL,
    table_bytes BIGINT NULL,
    read_us BIGINT NOT NULL,
    per_day DOUBLE NULL,
    days_left DOUBLE NULL,
    points TEXT NOT NULL,                      -- [[us,"value"],...], one a day
    PRIMARY KEY (instance_id, schema_name, table_name, column_name),
    KEY key_usage_share (ppm)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS check_finding (
    instance_id BINARY(16) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    schema_name VARCHAR(64) NOT NULL,
    table_name VARCHAR(64) NOT NULL,
    name VARCHAR(255) NOT NULL,                -- of an index or an account
    detail TEXT NOT NULL,
    first_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,
    PRIMARY KEY (instance_id, kind, schema_name, table_name, name),
    KEY check_finding_kind (kind, instance_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The last pass over each instance.
CREATE TABLE IF NOT EXISTS check_pass (
    instance_id BINARY(16) NOT NULL PRIMARY KEY,
    at_us BIGINT NOT NULL,
    run_id BINARY(16) NOT NULL,
    result MEDIUMTEXT NOT NULL,                -- a KeyCheckResult without usages and findings
    KEY check_pass_at (at_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
