-- SPDX-License-Identifier: GPL-3.0-or-later
-- What follows a task's runs: when one has succeeded or failed, another task is run once.

CREATE TABLE IF NOT EXISTS task_follow (
    task_id BINARY(16) NOT NULL,
    event VARCHAR(16) NOT NULL,                -- success, failure
    follow_id BINARY(16) NOT NULL,             -- the task that is run then
    editor VARCHAR(128) NOT NULL,
    edited_us BIGINT NOT NULL,
    PRIMARY KEY (task_id, event, follow_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
