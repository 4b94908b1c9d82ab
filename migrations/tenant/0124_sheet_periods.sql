-- What people hand in together need not be a week: a sheet says up to which day it goes, and keeps its days whatever the agency settles later.
-- None: a week from week_start, as sheets were before.
ALTER TABLE timesheets
    ADD COLUMN last_day date,
    ADD CONSTRAINT timesheets_days_check CHECK (last_day BETWEEN week_start AND week_start + 30);

-- From when on people hand in weeks, half months or months: [{from, every}] in the order of the days; weeks before the first. It is in the row that every
-- change of time holds, so that no sheet is made by a rule that has just changed.
ALTER TABLE time_settings ADD COLUMN sheet_periods jsonb NOT NULL DEFAULT '[]';
