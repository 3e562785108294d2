-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is usual of each digest on each instance, and what left it.

-- models/slowlog/regression.h is the specification of the packed column.  The row of the null checksum says since when the instance is known.
CREATE TABLE IF NOT EXISTS slow_usual (
    instance_id BINARY(16) NOT NULL,
    checksum BINARY(16) NOT NULL,
    first_us BIGINT NOT NULL,                  -- the first minute
    last_us BIGINT NOT NULL,                   -- the newest minute
    format TINYINT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (instance_id, checksum),
    KEY slow_usual_checksum (checksum, instance_id, first_us),
    KEY slow_usual_last (last_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS slow_finding (
    id BINARY(16) NOT NULL PRIMARY KEY,
    instance_id BINARY(16) NOT NULL,
    checksum BINARY(16) NOT NULL,
    kind VARCHAR(16) NOT NULL,                 -- new, slower, more
    since_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,                   -- the newest minute that showed it
    calm_us BIGINT NULL,                       -- since when it has been back in its band
    ended_us BIGINT NULL,                      -- NULL: it holds
    accepted_by VARCHAR(100) NULL,             -- who ended it by accepting the digest; NULL: it ended by itself
    evidence TEXT NOT NULL,                    -- JSON: the figures before and now
    KEY slow_finding_ended (ended_us, instance_id),
    KEY slow_finding_digest (checksum, ended_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
