-- SPDX-License-Identifier: GPL-3.0-or-later
-- Scripts of batch SQL that a team shares.

CREATE TABLE IF NOT EXISTS sql_script (
    id BINARY(16) NOT NULL PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    schema_name VARCHAR(64) NOT NULL,          -- the default schema; empty: none
    script LONGTEXT NOT NULL,
    revision BIGINT NOT NULL,
    author VARCHAR(128) NOT NULL,
    changed_by VARCHAR(128) NOT NULL,
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL,
    UNIQUE KEY sql_script_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
