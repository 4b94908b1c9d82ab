-- Whether a public holiday lowers what people are to log on its day, or fills it: the target stays, and the holiday counts to it.
ALTER TABLE time_settings ADD COLUMN holidays text NOT NULL DEFAULT 'lower';
ALTER TABLE time_settings ADD CONSTRAINT time_settings_holidays_check CHECK (holidays IN ('lower', 'fill'));
