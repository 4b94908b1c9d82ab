-- How time is kept: one row. Nothing up to and including locked_through may change any more.
CREATE TABLE time_settings (
    one              boolean PRIMARY KEY DEFAULT true,
    locked_through   date,
    overlap          text NOT NULL DEFAULT 'warn',
    rounding_mode    text NOT NULL DEFAULT 'none',
    rounding_step    int NOT NULL DEFAULT 900,
    rounding_minimum int NOT NULL DEFAULT 0,
    rounding_scope   text NOT NULL DEFAULT 'entry',
    version          int NOT NULL DEFAULT 1,
    CONSTRAINT time_settings_one_check CHECK (one),
    CONSTRAINT time_settings_overlap_check CHECK (overlap IN ('allow', 'warn', 'refuse')),
    CONSTRAINT time_settings_mode_check CHECK (rounding_mode IN ('none', 'up', 'down', 'nearest')),
    CONSTRAINT time_settings_scope_check CHECK (rounding_scope IN ('entry', 'day')),
    CONSTRAINT time_settings_step_check CHECK (rounding_step BETWEEN 60 AND 86400 AND rounding_minimum BETWEEN 0 AND 86400)
);
INSERT INTO time_settings (one) VALUES (true);
REVOKE INSERT, DELETE ON time_settings FROM {{role}};

-- One running timer a member: the unique index decides, whatever the code does.
CREATE TABLE timers (
    id         uuid PRIMARY KEY,
    member_id  uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id    uuid,
    note       text NOT NULL DEFAULT '',
    billable   boolean NOT NULL,
    started_at timestamptz NOT NULL,
    zone       text NOT NULL,
    version    int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX timers_member_key ON timers (member_id);

-- A member's week as it is submitted and approved. Its version rises with every change of
-- its entries, so that a decision binds to exactly what was seen.
CREATE TABLE timesheets (
    id               uuid PRIMARY KEY,
    member_id        uuid NOT NULL,
    week_start       date NOT NULL,
    state            text NOT NULL DEFAULT 'draft',
    rows             jsonb NOT NULL DEFAULT '[]',
    submitted_at     timestamptz,
    decided_at       timestamptz,
    decided_by       uuid,
    decided_version  int,
    reason           text NOT NULL DEFAULT '',
    exception_reason text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL,
    version          int NOT NULL DEFAULT 1,
    CONSTRAINT timesheets_member_week_key UNIQUE (member_id, week_start),
    CONSTRAINT timesheets_state_check CHECK (state IN ('draft', 'submitted', 'approved', 'rejected'))
);
CREATE INDEX timesheets_state_idx ON timesheets (state, week_start, id) WHERE state = 'submitted';

-- Time that was worked. The work date is decided once, at entry, and never derived again.
CREATE TABLE time_entries (
    id             uuid PRIMARY KEY,
    member_id      uuid NOT NULL,
    timesheet_id   uuid NOT NULL,
    client_id      uuid,
    project_id     uuid NOT NULL,
    task_id        uuid,
    work_date      date NOT NULL,
    started_at     timestamptz,
    ended_at       timestamptz,
    zone           text NOT NULL,
    raw_seconds    int NOT NULL,
    billed_seconds int NOT NULL,
    billable       boolean NOT NULL,
    note           text NOT NULL DEFAULT '',
    rate_amount    numeric(18,6),
    rate_currency  char(3),
    rate_id        uuid,
    rate_card_id   uuid,
    rate_card_name text NOT NULL DEFAULT '',
    rate_level     text NOT NULL DEFAULT '',
    rate_why       text NOT NULL DEFAULT '',
    state          text NOT NULL DEFAULT 'draft',
    invoice_id     uuid,
    reject_reason  text NOT NULL DEFAULT '',
    source         text NOT NULL,
    crossed_lock   boolean NOT NULL DEFAULT false,
    over_day       boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    created_by     uuid,
    updated_at     timestamptz NOT NULL,
    deleted_at     timestamptz,
    version        int NOT NULL DEFAULT 1,
    CONSTRAINT time_entries_timesheet_fkey FOREIGN KEY (timesheet_id) REFERENCES timesheets (id),
    CONSTRAINT time_entries_state_check CHECK (state IN ('draft', 'submitted', 'approved', 'billed', 'rejected')),
    CONSTRAINT time_entries_source_check CHECK (source IN ('manual', 'timer', 'grid')),
    CONSTRAINT time_entries_span_check CHECK ((started_at IS NULL) = (ended_at IS NULL) AND (started_at IS NULL OR ended_at > started_at)),
    CONSTRAINT time_entries_seconds_check CHECK (raw_seconds > 0 AND billed_seconds >= 0),
    CONSTRAINT time_entries_billed_check CHECK ((state = 'billed') = (invoice_id IS NOT NULL)),
    CONSTRAINT time_entries_rate_check CHECK ((rate_amount IS NULL) = (rate_currency IS NULL))
);
CREATE INDEX time_entries_member_idx ON time_entries (member_id, work_date, id) WHERE deleted_at IS NULL;
CREATE INDEX time_entries_day_idx ON time_entries (work_date, id) WHERE deleted_at IS NULL;
CREATE INDEX time_entries_project_idx ON time_entries (project_id, work_date, id) WHERE deleted_at IS NULL;
CREATE INDEX time_entries_sheet_idx ON time_entries (timesheet_id) WHERE deleted_at IS NULL;
CREATE INDEX time_entries_unbilled_idx ON time_entries (client_id, work_date) WHERE deleted_at IS NULL AND state = 'approved' AND billable;
CREATE INDEX time_entries_invoice_idx ON time_entries (invoice_id) WHERE invoice_id IS NOT NULL;
