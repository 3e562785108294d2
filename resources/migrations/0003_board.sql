-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was due in the past, settings of groups, and who has seen an alert.

-- What a task said from an instant on.  A removed task has a last row that is not enabled.
CREATE TABLE IF NOT EXISTS task_revision (
    task_id BINARY(16) NOT NULL,
    revision BIGINT NOT NULL,
    name VARCHAR(100) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    selector LONGTEXT NOT NULL,
    schedule LONGTEXT NOT NULL,
    policies LONGTEXT NOT NULL,
    enabled TINYINT NOT NULL,
    from_us BIGINT NOT NULL,                   -- the store's clock; nothing is due by this row before it
    editor VARCHAR(100) NOT NULL,
    PRIMARY KEY (task_id, revision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Tasks that are there already: as they are now, since their schedule began to count.
INSERT INTO task_revision (task_id, revision, name, kind, selector, schedule, policies, enabled, from_us, editor)
    SELECT id, revision, name, kind, selector, schedule, policies, enabled, edited_us, author FROM task
    ON DUPLICATE KEY UPDATE task_revision.revision = task_revision.revision;

-- What holds for a group and everything below it that says nothing else; the group of all zeros is the whole fleet.
CREATE TABLE IF NOT EXISTS group_setting (
    group_id BINARY(16) NOT NULL,
    name VARCHAR(64) NOT NULL,                 -- stable word: "backup-age-days"
    setting LONGTEXT NOT NULL,                 -- JSON
    editor VARCHAR(100) NOT NULL,
    edited_us BIGINT NOT NULL,
    PRIMARY KEY (group_id, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE alert ADD COLUMN acked_by VARCHAR(100) NULL;   -- who has seen it; NULL: nobody
ALTER TABLE alert ADD COLUMN acked_us BIGINT NULL;

-- The instances a skipped or missed occurrence was for, as a JSON list of ids; NULL: not known.
ALTER TABLE occurrence ADD COLUMN target_ids LONGTEXT NULL;
