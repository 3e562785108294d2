-- SPDX-License-Identifier: GPL-3.0-or-later
-- Alerts, messages that are claimed and tried again, and what going on after a restore of the store needs.
-- Every ALTER makes one change only: one that is there already is passed over when a migration is started anew.

CREATE TABLE IF NOT EXISTS alert (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- version 5 of kind and subject: raised twice is one row
    kind VARCHAR(32) NOT NULL,                 -- stable word: "clock.back"
    subject VARCHAR(255) NOT NULL,             -- what it is about: an id as text, or "store"
    detail LONGTEXT NOT NULL,
    raised_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,                   -- the last time it was raised
    cleared_us BIGINT NULL,                    -- NULL: it holds
    count BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    KEY alert_open (cleared_us, raised_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Set when the store was restored from its own backup: results since then are asked for again.
ALTER TABLE store_info ADD COLUMN resume_from_us BIGINT NULL;
-- The store's epoch for which this host's results were asked for again.
ALTER TABLE host_state ADD COLUMN resumed_epoch BINARY(16) NULL;

ALTER TABLE outbox ADD COLUMN host_id BINARY(16) NULL;     -- whose lease holder sends it
ALTER TABLE outbox ADD COLUMN next_try_us BIGINT NULL;     -- after a failure: not before
ALTER TABLE outbox ADD COLUMN error LONGTEXT NULL;         -- wire Error of the last try
ALTER TABLE outbox ADD KEY outbox_claim (host_id, done_us);

ALTER TABLE run ADD COLUMN caused_by BINARY(16) NULL;      -- the run this one follows
ALTER TABLE run ADD KEY run_task_target (task_id, target_id, occurrence_us);

ALTER TABLE audit ADD KEY audit_subject (subject, at_us);
