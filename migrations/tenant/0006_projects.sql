-- Engagements for clients, their tasks and what is said about them. Clients and
-- members belong to other modules and are never deleted; the core checks their ids.
CREATE TABLE projects (
    id                 uuid PRIMARY KEY,
    client_id          uuid NOT NULL,
    code               text NOT NULL,
    name               text NOT NULL,
    description        text NOT NULL DEFAULT '',
    state              text NOT NULL,
    -- where an archived project goes back to
    archived_from      text NOT NULL DEFAULT '',
    manager_id         uuid,
    starts_on          date,
    due_on             date,
    billable           boolean NOT NULL DEFAULT true,
    budget_hours       numeric(18,4),
    budget_minor       bigint,
    budget_currency    char(3),
    colour             text NOT NULL,
    -- typed in Go (projects.Column); always read with the project
    board_columns      jsonb NOT NULL,
    created_at         timestamptz NOT NULL,
    created_by         uuid,
    updated_at         timestamptz NOT NULL,
    archived_at        timestamptz,
    version            int NOT NULL DEFAULT 1,
    CONSTRAINT projects_code_key UNIQUE (code),
    CONSTRAINT projects_state_check CHECK (state IN ('planned', 'active', 'on_hold', 'completed', 'archived')),
    CONSTRAINT projects_dates_check CHECK (due_on >= starts_on),
    CONSTRAINT projects_budget_check CHECK (budget_hours >= 0 AND budget_minor >= 0),
    CONSTRAINT projects_budget_currency_check CHECK ((budget_minor IS NULL) = (budget_currency IS NULL))
);
CREATE INDEX projects_name_idx ON projects (lower(name), id);
CREATE INDEX projects_client_idx ON projects (client_id, lower(name), id);

CREATE TABLE project_members (
    project_id uuid NOT NULL,
    member_id  uuid NOT NULL,
    added_at   timestamptz NOT NULL,
    CONSTRAINT project_members_pkey PRIMARY KEY (project_id, member_id),
    CONSTRAINT project_members_project_fkey FOREIGN KEY (project_id) REFERENCES projects (id)
);
CREATE INDEX project_members_member_idx ON project_members (member_id);

CREATE TABLE tasks (
    id                uuid PRIMARY KEY,
    project_id        uuid NOT NULL,
    parent_id         uuid,
    name              text NOT NULL,
    description       text NOT NULL DEFAULT '',
    column_id         text NOT NULL,
    -- where the card stands in the project; compared letter by letter
    rank              text COLLATE "C" NOT NULL,
    assignee_id       uuid,
    priority          smallint NOT NULL DEFAULT 2,
    -- estimate, remaining and percent are what people say; what was logged belongs to the timesheets
    estimate_seconds  bigint,
    remaining_seconds bigint,
    percent           smallint NOT NULL DEFAULT 0,
    starts_on         date,
    due_on            date,
    -- typed in Go (projects.ChecklistItem)
    checklist         jsonb NOT NULL DEFAULT '[]',
    tags              text[] NOT NULL DEFAULT '{}',
    billable          boolean NOT NULL DEFAULT true,
    completed_at      timestamptz,
    created_at        timestamptz NOT NULL,
    created_by        uuid,
    updated_at        timestamptz NOT NULL,
    archived_at       timestamptz,
    version           int NOT NULL DEFAULT 1,
    CONSTRAINT tasks_project_fkey FOREIGN KEY (project_id) REFERENCES projects (id),
    CONSTRAINT tasks_parent_fkey FOREIGN KEY (parent_id) REFERENCES tasks (id),
    CONSTRAINT tasks_priority_check CHECK (priority BETWEEN 1 AND 4),
    CONSTRAINT tasks_effort_check CHECK (estimate_seconds >= 0 AND remaining_seconds >= 0),
    CONSTRAINT tasks_percent_check CHECK (percent BETWEEN 0 AND 100),
    CONSTRAINT tasks_dates_check CHECK (due_on >= starts_on)
);
CREATE INDEX tasks_project_idx ON tasks (project_id, rank, id);
CREATE INDEX tasks_parent_idx ON tasks (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_assignee_idx ON tasks (assignee_id, due_on, id) WHERE completed_at IS NULL AND archived_at IS NULL;

CREATE TABLE task_comments (
    id          uuid PRIMARY KEY,
    task_id     uuid NOT NULL,
    project_id  uuid NOT NULL,
    author_id   uuid,
    author_name text NOT NULL,
    author_kind text NOT NULL,
    body        text NOT NULL,
    -- false: for the team only
    for_client  boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    edited_at   timestamptz,
    version     int NOT NULL DEFAULT 1,
    CONSTRAINT task_comments_task_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
    CONSTRAINT task_comments_kind_check CHECK (author_kind IN ('staff', 'contact')),
    -- what a client wrote is never hidden from the client
    CONSTRAINT task_comments_contact_check CHECK (author_kind = 'staff' OR for_client)
);
CREATE INDEX task_comments_task_idx ON task_comments (task_id, created_at, id);
CREATE INDEX task_comments_client_idx ON task_comments (project_id, created_at, id) WHERE for_client;
