-- SPDX-License-Identifier: GPL-3.0-or-later
-- When each host was last heard of, apart from what it said: this changes every ten seconds, and a binlog holds whole rows.
-- From now on seen_us and checked_us of host_state, and seen_us of instance_state, say when that row was last written.

CREATE TABLE IF NOT EXISTS host_heard (
    host_id BINARY(16) NOT NULL PRIMARY KEY,
    seen_us BIGINT NOT NULL,                   -- its agent's last answer; 0: never
    instances_us BIGINT NOT NULL,              -- the last time it told its instances; 0: never
    checked_us BIGINT NOT NULL                 -- the last try
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
