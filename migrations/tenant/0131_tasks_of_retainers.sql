-- Tasks that each period of a retainer brings, in a project. Typed in Go (retainers.PlannedTask).
CREATE TABLE retainer_task_plans (
    retainer_id uuid PRIMARY KEY,
    project_id  uuid NOT NULL,
    items       jsonb NOT NULL,
    version     int NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT retainer_task_plans_retainer_fkey FOREIGN KEY (retainer_id) REFERENCES retainers (id),
    CONSTRAINT retainer_task_plans_project_fkey FOREIGN KEY (project_id) REFERENCES projects (id)
);

-- What became of them in a period: they are made once, or a note says why not.
CREATE TABLE retainer_period_tasks (
    period_id uuid PRIMARY KEY,
    task_ids  uuid[] NOT NULL,
    note      text NOT NULL DEFAULT '',
    made_at   timestamptz NOT NULL,
    CONSTRAINT retainer_period_tasks_period_fkey FOREIGN KEY (period_id) REFERENCES retainer_periods (id)
);
