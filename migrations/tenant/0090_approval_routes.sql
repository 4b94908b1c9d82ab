-- Who has to approve time: whoever may, the lead of the project, the line manager, or both one after the other.
ALTER TABLE time_settings
    ADD COLUMN approval_route text NOT NULL DEFAULT 'anyone',
    -- whether the only one who can approve may approve their own time, with a reason
    ADD COLUMN own_exception  boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT time_settings_route_check CHECK (approval_route IN ('anyone', 'lead', 'manager', 'lead_manager', 'manager_lead'));

-- Projects whose time is approved by another route than the agency's.
CREATE TABLE approval_routes (
    project_id uuid PRIMARY KEY,
    route      text NOT NULL,
    CONSTRAINT approval_routes_route_check CHECK (route IN ('anyone', 'lead', 'manager', 'lead_manager', 'manager_lead'))
);

-- To whom somebody reports.
CREATE TABLE line_managers (
    member_id  uuid PRIMARY KEY,
    manager_id uuid NOT NULL,
    CONSTRAINT line_managers_self_check CHECK (member_id <> manager_id)
);
CREATE INDEX line_managers_manager_idx ON line_managers (manager_id);

CREATE INDEX projects_manager_idx ON projects (manager_id) WHERE manager_id IS NOT NULL;

-- Who decides in place of somebody who is away.
CREATE TABLE approval_stand_ins (
    id          uuid PRIMARY KEY,
    member_id   uuid NOT NULL,
    stand_in_id uuid NOT NULL,
    first_day   date NOT NULL,
    last_day    date NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    CONSTRAINT approval_stand_ins_self_check CHECK (member_id <> stand_in_id),
    CONSTRAINT approval_stand_ins_days_check CHECK (last_day >= first_day)
);
CREATE INDEX approval_stand_ins_stand_in_idx ON approval_stand_ins (stand_in_id, last_day);
CREATE INDEX approval_stand_ins_member_idx ON approval_stand_ins (member_id, last_day);

ALTER TABLE time_entries
    -- the steps that are left, the next one first; none while submitted: whoever may approve
    ADD COLUMN awaits        text NOT NULL DEFAULT '',
    -- the version of its week that this entry was last changed in
    ADD COLUMN sheet_version int NOT NULL DEFAULT 0,
    ADD CONSTRAINT time_entries_awaits_check CHECK (awaits IN ('', 'lead', 'manager', 'lead manager', 'manager lead'));
CREATE INDEX time_entries_waiting_idx ON time_entries (timesheet_id) WHERE deleted_at IS NULL AND state = 'submitted';
CREATE INDEX timesheets_rejected_idx ON timesheets (week_start, id) WHERE state = 'rejected';

-- What was decided about weeks, one row a decision: who, in whose place, on which version, and what it was before.
CREATE TABLE timesheet_decisions (
    id             uuid PRIMARY KEY,
    timesheet_id   uuid NOT NULL,
    decided_by     uuid,
    in_place_of    uuid,
    decision       text NOT NULL,
    reason         text NOT NULL DEFAULT '',
    seen_version   int NOT NULL,
    result_version int NOT NULL,
    question       text NOT NULL,
    -- typed in Go (timesheets.Step of a line before it): always read with the decision
    lines          jsonb NOT NULL,
    was            jsonb NOT NULL,
    decided_at     timestamptz NOT NULL,
    undone_at      timestamptz,
    CONSTRAINT timesheet_decisions_timesheet_fkey FOREIGN KEY (timesheet_id) REFERENCES timesheets (id),
    CONSTRAINT timesheet_decisions_decision_check CHECK (decision IN ('approved', 'sent_back', 'both'))
);
CREATE INDEX timesheet_decisions_timesheet_idx ON timesheet_decisions (timesheet_id, result_version DESC);
