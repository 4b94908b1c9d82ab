-- Jobs of people (developer, designer), dated working schedules, and days off for all.
CREATE TABLE positions (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    archived_at timestamptz,
    created_at  timestamptz NOT NULL,
    version     int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX positions_name_key ON positions (lower(name)) WHERE archived_at IS NULL;

CREATE TABLE employments (
    member_id   uuid NOT NULL,
    starts_on   date NOT NULL,
    position_id uuid REFERENCES positions (id),
    -- seconds to work on Sunday … Saturday
    seconds     int[] NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT employments_pkey PRIMARY KEY (member_id, starts_on),
    CONSTRAINT employments_seconds_check CHECK (array_length(seconds, 1) = 7)
);

CREATE TABLE holidays (
    day  date PRIMARY KEY,
    name text NOT NULL,
    -- share of the day that is free: 1 or 0.5
    share numeric(3,2) NOT NULL DEFAULT 1,
    CONSTRAINT holidays_share_check CHECK (share > 0 AND share <= 1)
);

CREATE TABLE leaves (
    id         uuid PRIMARY KEY,
    member_id  uuid NOT NULL,
    first_day  date NOT NULL,
    last_day   date NOT NULL,
    share      numeric(3,2) NOT NULL DEFAULT 1,
    note       text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    CONSTRAINT leaves_days_check CHECK (last_day >= first_day),
    CONSTRAINT leaves_share_check CHECK (share > 0 AND share <= 1)
);
CREATE INDEX leaves_member_idx ON leaves (member_id, first_day);
