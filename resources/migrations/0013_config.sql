-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was changed of servers' configurations, by whom.

CREATE TABLE IF NOT EXISTS config_change (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- from the run and the change's place in it
    run_id BINARY(16) NOT NULL,
    instance_id BINARY(16) NOT NULL,
    at_us BIGINT NOT NULL,
    person VARCHAR(128) NOT NULL,
    name VARCHAR(64) NOT NULL,
    outcome MEDIUMTEXT NOT NULL,               -- a ConfigOutcome as JSON: old and new values, file and line
    diff MEDIUMTEXT NOT NULL,                  -- of the option files
    KEY config_instance (instance_id, at_us),
    KEY config_at (at_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
