-- Whether all who log time may say that it is billable or not. Off, that takes the permission timesheets.entries.set_billable.
ALTER TABLE time_settings ADD COLUMN members_set_billable boolean NOT NULL DEFAULT true;
