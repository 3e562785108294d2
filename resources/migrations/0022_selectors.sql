-- SPDX-License-Identifier: GPL-3.0-or-later
-- Labels of hosts and instances, which tasks select by, and occurrences a person leaves out.

CREATE TABLE IF NOT EXISTS label (
    subject_id BINARY(16) NOT NULL,            -- a host, for all its instances, or an instance
    label VARCHAR(100) NOT NULL,
    editor VARCHAR(100) NOT NULL,
    edited_us BIGINT NOT NULL,
    PRIMARY KEY (subject_id, label)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS task_skip (
    task_id BINARY(16) NOT NULL,
    due_us BIGINT NOT NULL,                    -- the occurrence that does not run
    person VARCHAR(100) NOT NULL,
    asked_us BIGINT NOT NULL,
    PRIMARY KEY (task_id, due_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What the task worked with in a revision; NULL: written before this column was.
ALTER TABLE task_revision ADD COLUMN args LONGTEXT NULL;
