-- Who closed time and when, and periods that close by themselves some days after their end.
ALTER TABLE time_settings
    ADD COLUMN locked_by   uuid,
    ADD COLUMN locked_at   timestamptz,
    -- days after its end at which a period closes; none: periods are closed by hand
    ADD COLUMN grace_days  int,
    ADD COLUMN grace_every text NOT NULL DEFAULT 'month',
    -- periods that end on this day or before do not close by themselves: somebody opened them again
    ADD COLUMN grace_after date,
    ADD CONSTRAINT time_settings_grace_check CHECK (grace_days BETWEEN 0 AND 90 AND grace_every IN ('week', 'month'));
