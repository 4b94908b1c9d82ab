-- Time can be rounded together where an invoice bills it: of a task, or all of it. The invoice keeps the rule, typed in Go
-- (timesheets.Rounding), and what its time is rounded with.
ALTER TABLE time_settings
    DROP CONSTRAINT time_settings_scope_check,
    ADD CONSTRAINT time_settings_scope_check CHECK (rounding_scope IN ('entry', 'day', 'task', 'invoice'));
ALTER TABLE invoices ADD COLUMN time_rule jsonb;
ALTER TABLE line_sources ADD COLUMN round_with text NOT NULL DEFAULT '';
