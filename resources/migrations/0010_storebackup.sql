-- SPDX-License-Identifier: GPL-3.0-or-later
-- Dumps of the store itself, as the headless instances wrote them, and those that could not be written.

CREATE TABLE IF NOT EXISTS store_backup (
    id BINARY(16) NOT NULL PRIMARY KEY,
    at_us BIGINT NOT NULL,                     -- when it ended
    place VARCHAR(255) NOT NULL,               -- name of the computer whose file it is
    file VARCHAR(1000) NOT NULL,               -- its path there; empty: it failed
    bytes BIGINT NOT NULL,
    tables INT NOT NULL,
    sha256 CHAR(64) NOT NULL,                  -- of the file; empty: it failed
    duration_us BIGINT NOT NULL,
    tool VARCHAR(255) NOT NULL,                -- what the program says of its version
    error LONGTEXT NULL                        -- wire Error: why it failed
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
