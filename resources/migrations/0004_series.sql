-- SPDX-License-Identifier: GPL-3.0-or-later
-- Figures over time, and how far what agents collect by themselves has come.

-- How far each source of a host is stored.  It is written in the transaction that stores a batch, so a batch that comes again is known.
CREATE TABLE IF NOT EXISTS collected (
    host_id BINARY(16) NOT NULL,
    source VARCHAR(128) NOT NULL,              -- "samples"
    spool BINARY(16) NOT NULL,                 -- another one begins again with number 1
    number BIGINT NOT NULL,                    -- the newest batch that is stored
    lost BIGINT NOT NULL,                      -- batches that gave way on the host before they could be stored
    stored_us BIGINT NOT NULL,
    fence BIGINT NOT NULL,                     -- the lease token it was written under
    PRIMARY KEY (host_id, source)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- models/common/series.md is the specification of points.  What is new comes in pieces of a minute; an hour that is over becomes one row.
CREATE TABLE IF NOT EXISTS series (
    subject_id BINARY(16) NOT NULL,            -- an instance or a host
    series_set VARCHAR(32) NOT NULL,           -- "instance", "host"
    t0_us BIGINT NOT NULL,                     -- of the first point; no row goes beyond its hour
    packed TINYINT NOT NULL,                   -- 1: the hour is over and this is all of it
    format TINYINT NOT NULL,
    step_ms INT NOT NULL,
    n INT NOT NULL,
    points MEDIUMBLOB NOT NULL,
    PRIMARY KEY (subject_id, series_set, t0_us),
    KEY series_open (packed, t0_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
