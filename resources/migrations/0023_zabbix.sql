-- SPDX-License-Identifier: GPL-3.0-or-later
-- What Zabbix says of hosts, and who waits for its answer.

CREATE TABLE IF NOT EXISTS zabbix_host (
    host_id BINARY(16) NOT NULL PRIMARY KEY,   -- need not be in the fleet yet: the form that adds a host asks first
    name VARCHAR(255) NOT NULL,                -- what it is looked up by
    address VARCHAR(255) NOT NULL,
    chosen VARCHAR(20) NOT NULL,               -- the host of Zabbix that a person has chosen; empty: the only match
    requested_us BIGINT NOT NULL,              -- somebody waits since then; 0: nobody
    asked_us BIGINT NOT NULL,                  -- the last answer; 0: none
    state VARCHAR(16) NOT NULL,                -- found, none, several, failed, off
    matches MEDIUMTEXT NOT NULL,               -- JSON
    facts MEDIUMTEXT NULL,                     -- JSON
    error TEXT NULL,                           -- JSON
    KEY zabbix_host_asked (asked_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
