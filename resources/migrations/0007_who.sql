-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who did it: the store's account beside the person's name, and whose key ordered an attempt.

ALTER TABLE audit ADD COLUMN account VARCHAR(400) NULL;    -- NULL: written before this column was
-- The server fills it in: the roles may not name this column, so nobody but an administrator writes another account here.
ALTER TABLE audit ALTER COLUMN account SET DEFAULT (CURRENT_USER());
ALTER TABLE attempt ADD COLUMN ordered_by LONGTEXT NULL;   -- wire OrderedBy, as the host's agent says; NULL: not known
