-- SPDX-License-Identifier: GPL-3.0-or-later
-- Keys for what is asked every half minute: the last good backup of each instance, and whether a run ended in the future.

ALTER TABLE backup ADD KEY backup_good (expired_us, instance_id, ended_us);
ALTER TABLE run ADD KEY run_ended (ended_us);
