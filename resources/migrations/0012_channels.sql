-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where messages about alerts go, and the outbox they wait in.

CREATE TABLE IF NOT EXISTS channel (
    id BINARY(16) NOT NULL PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    enabled TINYINT NOT NULL,
    settings TEXT NOT NULL,                    -- ChannelSettings as JSON: no secret
    sealed TEXT NOT NULL,                      -- secrets by name, each a sealed box in base64
    key_id VARCHAR(16) NOT NULL,               -- of the key they are sealed to
    revision BIGINT NOT NULL,
    editor VARCHAR(128) NOT NULL,
    edited_us BIGINT NOT NULL,
    UNIQUE KEY channel_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row: the public half of the key that secrets of channels are sealed to.
CREATE TABLE IF NOT EXISTS channel_key (
    id TINYINT NOT NULL PRIMARY KEY,           -- always 1
    public_key VARCHAR(64) NOT NULL,
    editor VARCHAR(128) NOT NULL,
    made_us BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS alert_rule (
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    definition TEXT NOT NULL,                  -- AlertRule as JSON
    revision BIGINT NOT NULL,
    editor VARCHAR(128) NOT NULL,
    edited_us BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The outbox: written in the transaction in which an alert begins or ends.
CREATE TABLE IF NOT EXISTS alert_message (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- version 7: sorts by time
    alert_id BINARY(16) NOT NULL,
    event VARCHAR(16) NOT NULL,                -- raised, cleared, test
    kind VARCHAR(32) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    detail LONGTEXT NOT NULL,
    channel_id BINARY(16) NULL,                -- of a test
    at_us BIGINT NOT NULL,
    routed_us BIGINT NULL,                     -- when the rules said who tells it
    KEY alert_message_open (routed_us, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What each channel is to tell, one by one; those that gathered become one delivery.
CREATE TABLE IF NOT EXISTS channel_message (
    channel_id BINARY(16) NOT NULL,
    message_id BINARY(16) NOT NULL,
    not_before_us BIGINT NOT NULL,             -- later than now: quiet hours
    delivery_id BINARY(16) NULL,               -- NULL: waits
    PRIMARY KEY (channel_id, message_id),
    KEY channel_message_open (delivery_id, channel_id, not_before_us),
    KEY channel_message_message (message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS delivery (
    id BINARY(16) NOT NULL PRIMARY KEY,        -- version 7; also the idempotency key
    channel_id BINARY(16) NOT NULL,
    channel_name VARCHAR(64) NOT NULL,
    state VARCHAR(16) NOT NULL,                -- open, sent, failed (given up)
    messages INT NOT NULL,
    title VARCHAR(255) NOT NULL,
    created_us BIGINT NOT NULL,
    attempts INT NOT NULL,
    next_try_us BIGINT NULL,
    ended_us BIGINT NULL,
    status INT NOT NULL,                       -- of the last try: HTTP, SMTP, or a program's exit status
    answer TEXT NOT NULL,                      -- what the channel said last
    error LONGTEXT NULL,                       -- wire Error of the last try; NULL: it was taken
    KEY delivery_open (state, channel_id),
    KEY delivery_channel (channel_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS delivery_try (
    delivery_id BINARY(16) NOT NULL,
    attempt INT NOT NULL,
    at_us BIGINT NOT NULL,
    took_us BIGINT NOT NULL,
    status INT NOT NULL,
    answer TEXT NOT NULL,
    error LONGTEXT NULL,
    PRIMARY KEY (delivery_id, attempt)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
