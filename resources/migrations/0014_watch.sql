-- SPDX-License-Identifier: GPL-3.0-or-later
-- How full disks were, once an hour: what the forecast of full disks is made from.

CREATE TABLE IF NOT EXISTS disk_reading (
    host_id BINARY(16) NOT NULL,
    mount VARCHAR(200) NOT NULL,
    at_us BIGINT NOT NULL,                     -- the whole hour
    total_bytes BIGINT NOT NULL,
    free_bytes BIGINT NOT NULL,
    PRIMARY KEY (host_id, mount, at_us),
    KEY disk_reading_time (at_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
