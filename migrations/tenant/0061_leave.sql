-- Kinds of leave, what is asked for, and what the balance of a member is made of. A balance is never stored: allowances follow from the kind, and
-- adding them to what was taken and adjusted, day by day, is the balance.
CREATE TABLE leave_types (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    paid         boolean NOT NULL DEFAULT true,
    -- counted in days or in hours of the working schedule
    unit         text NOT NULL DEFAULT 'days',
    approval     boolean NOT NULL DEFAULT true,
    -- none: as much as is needed, without a balance
    accrual      text NOT NULL DEFAULT 'year',
    allowance    numeric(9,2) NOT NULL DEFAULT 0,
    year_start   int NOT NULL DEFAULT 1,
    starts_on    date NOT NULL,
    -- how much goes over into the next leave year; none: all of it
    carry_cap    numeric(9,2),
    -- after so many months of the new year what was carried lapses; 0: never
    carry_months int NOT NULL DEFAULT 0,
    overdraw     boolean NOT NULL DEFAULT false,
    archived_at  timestamptz,
    created_at   timestamptz NOT NULL,
    version      int NOT NULL DEFAULT 1,
    CONSTRAINT leave_types_unit_check CHECK (unit IN ('days', 'hours')),
    CONSTRAINT leave_types_accrual_check CHECK (accrual IN ('none', 'year', 'month')),
    CONSTRAINT leave_types_amounts_check CHECK (allowance >= 0 AND carry_cap >= 0 AND carry_months BETWEEN 0 AND 12 AND year_start BETWEEN 1 AND 12)
);
CREATE UNIQUE INDEX leave_types_name_key ON leave_types (lower(name)) WHERE archived_at IS NULL;

CREATE TABLE leave_requests (
    id               uuid PRIMARY KEY,
    member_id        uuid NOT NULL,
    type_id          uuid NOT NULL REFERENCES leave_types (id),
    first_day        date NOT NULL,
    last_day         date NOT NULL,
    half_first       boolean NOT NULL DEFAULT false,
    half_last        boolean NOT NULL DEFAULT false,
    -- part of a single day, of kinds that are counted in hours
    seconds          int NOT NULL DEFAULT 0,
    note             text NOT NULL DEFAULT '',
    state            text NOT NULL,
    -- what each of its days costs, by the schedule and the holidays when it was asked for or approved
    days             jsonb NOT NULL,
    cost             numeric(9,2) NOT NULL,
    decided_by       uuid,
    decided_at       timestamptz,
    reason           text NOT NULL DEFAULT '',
    exception_reason text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL,
    created_by       uuid,
    version          int NOT NULL DEFAULT 1,
    CONSTRAINT leave_requests_state_check CHECK (state IN ('requested', 'approved', 'rejected', 'cancelled')),
    CONSTRAINT leave_requests_days_check CHECK (last_day >= first_day)
);
CREATE INDEX leave_requests_member_idx ON leave_requests (member_id, first_day);
CREATE INDEX leave_requests_days_idx ON leave_requests (first_day, last_day) WHERE state IN ('requested', 'approved');
CREATE INDEX leave_requests_state_idx ON leave_requests (state, first_day, id);

-- Corrections by hand, such as the days that somebody brings along. They are added, never changed.
CREATE TABLE leave_adjustments (
    id         uuid PRIMARY KEY,
    member_id  uuid NOT NULL,
    type_id    uuid NOT NULL REFERENCES leave_types (id),
    day        date NOT NULL,
    amount     numeric(9,2) NOT NULL,
    note       text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid
);
CREATE INDEX leave_adjustments_member_idx ON leave_adjustments (member_id, type_id);
REVOKE UPDATE, DELETE ON leave_adjustments FROM {{role}};

-- The days off of approved requests: what lowers the hours that are expected.
ALTER TABLE leaves
    ADD COLUMN request_id uuid REFERENCES leave_requests (id),
    ADD COLUMN seconds int NOT NULL DEFAULT 0,
    DROP CONSTRAINT leaves_share_check,
    ADD CONSTRAINT leaves_share_check CHECK (share >= 0 AND share <= 1 AND (share > 0 OR seconds > 0));
CREATE INDEX leaves_request_idx ON leaves (request_id);
