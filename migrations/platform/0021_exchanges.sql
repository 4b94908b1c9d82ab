-- An exchange of an agency's copies that is under way: its key, under which jobs are parked, and the agency's state before it.
-- Who finds one that nobody works at takes it back.
ALTER TABLE restores
    ADD COLUMN exchange uuid,
    ADD COLUMN exchange_state text NOT NULL DEFAULT '';
