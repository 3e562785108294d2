-- SPDX-License-Identifier: GPL-3.0-or-later
-- Binlogs: which files servers and archives have.

CREATE TABLE IF NOT EXISTS binlog_file (
    instance_id BINARY(16) NOT NULL,
    repository VARCHAR(64) NOT NULL,           -- empty: the server's own file
    file_key VARCHAR(255) NOT NULL,            -- creation time, server and name
    name VARCHAR(200) NOT NULL,
    server VARCHAR(64) NOT NULL,
    server_id BIGINT NOT NULL,
    maria_db TINYINT NOT NULL,
    created_us BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,                -- open, closed, cut, encrypted, unreadable, damaged, pending
    detail VARCHAR(255) NOT NULL,
    size BIGINT NOT NULL,
    transactions BIGINT NOT NULL,
    first_us BIGINT NULL,
    last_us BIGINT NULL,
    first_gtid VARCHAR(100) NOT NULL,
    last_gtid VARCHAR(100) NOT NULL,
    knows_gtids TINYINT NOT NULL,
    previous_gtids MEDIUMTEXT NOT NULL,
    end_gtids MEDIUMTEXT NOT NULL,
    went_back TINYINT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    stored_bytes BIGINT NOT NULL,
    stored_sha256 VARCHAR(64) NOT NULL,
    seen_us BIGINT NOT NULL,
    PRIMARY KEY (instance_id, repository, file_key),
    KEY binlog_file_last (last_us)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What an instance's agent said last.
CREATE TABLE IF NOT EXISTS binlog_status (
    instance_id BINARY(16) NOT NULL PRIMARY KEY,
    at_us BIGINT NOT NULL,
    report MEDIUMTEXT NOT NULL                 -- a BinlogReport without files
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
