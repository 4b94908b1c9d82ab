-- From when to when somebody is employed, where that is not from the day they were added until their account is closed.
CREATE TABLE employment_days (
    member_id uuid PRIMARY KEY,
    first_day date,
    last_day  date,
    CONSTRAINT employment_days_check CHECK (last_day >= first_day)
);

-- When people are reminded of their time: one row, apart from time_settings since every change of time holds that one.
CREATE TABLE time_reminding (
    one         boolean PRIMARY KEY DEFAULT true,
    missing     boolean NOT NULL DEFAULT false,
    unsubmitted boolean NOT NULL DEFAULT false,
    weekday     int NOT NULL DEFAULT 1,
    minute      int NOT NULL DEFAULT 540,
    zone        text NOT NULL DEFAULT 'agency',
    -- moments before this one are not caught up with
    since       timestamptz,
    runs_at     timestamptz,
    version     int NOT NULL DEFAULT 1,
    CONSTRAINT time_reminding_one_check CHECK (one),
    CONSTRAINT time_reminding_when_check CHECK (weekday BETWEEN 0 AND 6 AND minute BETWEEN 0 AND 1439 AND zone IN ('agency', 'person'))
);
INSERT INTO time_reminding (one) VALUES (true);
REVOKE INSERT, DELETE ON time_reminding FROM {{role}};

-- Who was reminded of what of which period: the key lets nobody be reminded twice.
CREATE TABLE time_reminders (
    member_id uuid NOT NULL,
    kind      text NOT NULL,
    first_day date NOT NULL,
    at        timestamptz NOT NULL,
    CONSTRAINT time_reminders_pkey PRIMARY KEY (member_id, kind, first_day),
    CONSTRAINT time_reminders_kind_check CHECK (kind IN ('missing', 'unsubmitted'))
);
CREATE INDEX time_reminders_day_idx ON time_reminders (first_day);

-- What somebody does not want to be reminded of.
CREATE TABLE time_reminder_choices (
    member_id      uuid PRIMARY KEY,
    no_missing     boolean NOT NULL DEFAULT false,
    no_unsubmitted boolean NOT NULL DEFAULT false
);
