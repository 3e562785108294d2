-- SPDX-License-Identifier: GPL-3.0-or-later
-- What servers should be, what they are, and which differences are accepted.

CREATE TABLE IF NOT EXISTS config_standard (
    scope_id BINARY(16) NOT NULL,              -- a group, an instance, or zeros: the whole fleet
    name VARCHAR(64) NOT NULL,                 -- of a variable
    value TEXT NULL,                           -- NULL: it may differ there
    editor VARCHAR(128) NOT NULL,
    edited_us BIGINT NOT NULL,
    PRIMARY KEY (scope_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What was read last of each instance.
CREATE TABLE IF NOT EXISTS drift_facts (
    instance_id BINARY(16) NOT NULL PRIMARY KEY,
    at_us BIGINT NOT NULL,
    facts MEDIUMTEXT NOT NULL                  -- a ConfigState as JSON, its variables as arrays
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS drift_exception (
    id BINARY(16) NOT NULL PRIMARY KEY,
    instance_id BINARY(16) NOT NULL,
    code VARCHAR(32) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    reason TEXT NOT NULL,
    person VARCHAR(128) NOT NULL,
    at_us BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    KEY drift_instance (instance_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
