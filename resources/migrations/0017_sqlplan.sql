-- SPDX-License-Identifier: GPL-3.0-or-later
-- Scripts that go over many instances in waves: what is left of them when the program that drives them has ended.

CREATE TABLE IF NOT EXISTS sql_plan (
    id BINARY(16) NOT NULL PRIMARY KEY,
    author VARCHAR(128) NOT NULL,
    executor VARCHAR(255) NOT NULL,            -- the program that drives it, "person@host:process"
    state VARCHAR(16) NOT NULL,                -- running, cancelling, stopped, finished, cancelled
    args LONGTEXT NOT NULL,                    -- SqlArgs as JSON
    policy TEXT NOT NULL,                      -- WavePolicy as JSON
    reason TEXT NULL,                          -- why it stopped, an error as JSON
    revision BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL,
    KEY sql_plan_created (created_us, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS sql_plan_target (
    plan_id BINARY(16) NOT NULL,
    position INT NOT NULL,
    instance_id BINARY(16) NOT NULL,
    wave INT NOT NULL,                         -- from 0
    run_id BINARY(16) NULL,                    -- chosen before its row is written
    state VARCHAR(16) NOT NULL,                -- pending, ordered, or how its run ended
    PRIMARY KEY (plan_id, position)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
