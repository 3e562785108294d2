-- SPDX-License-Identifier: GPL-3.0-or-later
-- Slow statements: what they are, what they did over time, examples of them, and where they come from.

CREATE TABLE IF NOT EXISTS slow_digest (
    checksum BINARY(16) NOT NULL PRIMARY KEY,  -- MD5 of the whole fingerprint
    fingerprint TEXT NOT NULL,
    first_seen_us BIGINT NOT NULL,             -- by the minute
    last_seen_us BIGINT NOT NULL,              -- not later than an hour after this it was seen last
    accepted_by VARCHAR(100) NULL,             -- who said that it is known and accepted; NULL: nobody
    accepted_us BIGINT NULL,
    accepted_note VARCHAR(1000) NULL,
    KEY slow_digest_first (first_seen_us),
    KEY slow_digest_last (last_seen_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- models/slowlog/slowpack.md is the specification of the packed columns.
CREATE TABLE IF NOT EXISTS slow_span (
    subject_id BINARY(16) NOT NULL,            -- an instance or a group; all zeros: the whole fleet
    kind TINYINT NOT NULL,                     -- 0 piece, 1 minutes of an hour, 2 hour, 3 day
    t0_us BIGINT NOT NULL,
    part INT NOT NULL,                         -- of several pieces of one minute; else 0
    events BIGINT NOT NULL,                    -- sums over all digests
    time_us BIGINT NOT NULL,
    examined BIGINT NOT NULL,
    time_unknown BIGINT NOT NULL,              -- of the events: those whose log does not say when they were
    not_understood BIGINT NOT NULL,            -- beside the events: what is no valid entry
    format TINYINT NOT NULL,
    totals MEDIUMBLOB NOT NULL,
    detail MEDIUMBLOB NOT NULL,
    people MEDIUMBLOB NOT NULL,
    callers MEDIUMBLOB NOT NULL,
    PRIMARY KEY (subject_id, kind, t0_us, part),
    KEY slow_span_time (kind, t0_us, subject_id, events, time_us, examined)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What is still to be added up: a piece (kind 0) into its groups, a day (kind 3) out of its hours.
CREATE TABLE IF NOT EXISTS slow_pending (
    kind TINYINT NOT NULL,
    t0_us BIGINT NOT NULL,
    subject_id BINARY(16) NOT NULL,
    part INT NOT NULL,
    PRIMARY KEY (kind, t0_us, subject_id, part),
    KEY slow_pending_subject (subject_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Three examples for each digest of an instance, masked.  The raw entry stays on the host, in the file named by device and inode.
CREATE TABLE IF NOT EXISTS slow_sample (
    checksum BINARY(16) NOT NULL,
    instance_id BINARY(16) NOT NULL,
    slot TINYINT NOT NULL,                     -- 0 slowest, 1 most rows examined, 2 most recent
    at_us BIGINT NOT NULL,
    query TEXT NOT NULL,
    user_name VARCHAR(255) NOT NULL,
    host_name VARCHAR(255) NOT NULL,
    schema_name VARCHAR(255) NOT NULL,
    query_us BIGINT NOT NULL,
    lock_us BIGINT NULL,
    rows_sent BIGINT NULL,
    rows_examined BIGINT NULL,
    device BIGINT NOT NULL,
    inode BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    log_length BIGINT NOT NULL,
    PRIMARY KEY (checksum, instance_id, slot),
    KEY slow_sample_instance (instance_id),
    KEY slow_sample_time (at_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS slow_source (
    instance_id BINARY(16) NOT NULL PRIMARY KEY,
    detail LONGTEXT NULL,                      -- wire SlowSource; NULL: its agent has not said yet
    asked_us BIGINT NOT NULL,                  -- when it said so; 0: never
    stored_us BIGINT NOT NULL,                 -- when its last batch was stored; 0: none
    minute_us BIGINT NOT NULL,                 -- of the newest stored batch
    bytes_behind BIGINT NOT NULL               -- what was left to read of its log then
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
