-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was found out about a backup's bytes after it was made.

ALTER TABLE backup ADD COLUMN finding LONGTEXT NULL;       -- wire Error of the verify, restore or reading; NULL: nothing bad
ALTER TABLE backup ADD COLUMN found_us BIGINT NULL;
