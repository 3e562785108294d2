-- SPDX-License-Identifier: GPL-3.0-or-later
-- The sharding map: which instance owns which part of a logical database.

CREATE TABLE IF NOT EXISTS shard_rule (
    id BINARY(16) NOT NULL PRIMARY KEY,
    database_name VARCHAR(128) NOT NULL,
    pattern VARCHAR(255) NOT NULL,             -- of schemas' names, with a group where the number stands
    group_id BINARY(16) NULL,                  -- only instances below it
    shard_count BIGINT NOT NULL,               -- how many there should be; 0: nobody says
    dsn VARCHAR(255) NOT NULL,                 -- with {host}, {port} and more; empty: the usual one
    person VARCHAR(255) NOT NULL,
    changed_us BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS shard (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- of database, number, schema and owner
    database_name VARCHAR(128) NOT NULL,
    shard_number BIGINT NOT NULL,
    shard_count BIGINT NOT NULL,
    instance_id BINARY(16) NULL,               -- NULL: its owner is not of the fleet
    owner VARCHAR(255) NOT NULL,               -- HOST/INSTANCE when it was written down
    schema_name VARCHAR(64) NOT NULL,
    dsn VARCHAR(512) NOT NULL,
    rule_id BINARY(16) NULL,                   -- NULL: it was imported
    changed_us BIGINT NOT NULL,
    search_text VARCHAR(200) NOT NULL,         -- database and schema in small letters
    KEY shard_number_of (shard_number, search_text),
    KEY shard_database (database_name, shard_number),
    KEY shard_search (search_text, shard_number),
    KEY shard_owner (instance_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
