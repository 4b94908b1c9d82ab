-- A timer that runs for many hours asks whether it was forgotten: again after each time that somebody said "still working".
ALTER TABLE time_settings
    ADD COLUMN forgotten_hours int NOT NULL DEFAULT 10,
    ADD CONSTRAINT time_settings_forgotten_check CHECK (forgotten_hours BETWEEN 1 AND 24);
ALTER TABLE timers
    ADD COLUMN kept_at timestamptz,
    -- when its member got a letter about it
    ADD COLUMN told_at timestamptz;
