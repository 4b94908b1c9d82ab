-- What may be spent on a project, on one of its tasks or phases with all below it, or by one person: seconds where the unit is
-- hours, minor units where it is money. What was spent is not kept here: it is what time_sums come to, so that it cannot differ.
CREATE TABLE budgets (
    id            uuid PRIMARY KEY,
    project_id    uuid NOT NULL,
    task_id       uuid,
    member_id     uuid,
    unit          text NOT NULL,
    amount        bigint NOT NULL,
    currency      char(3),
    -- what it counts: all that was logged, or approved alone; billable time alone, or all
    approved_only boolean NOT NULL DEFAULT false,
    billable_only boolean NOT NULL DEFAULT false,
    alerts        smallint[] NOT NULL DEFAULT '{50,75,90,100}',
    hard_stop     boolean NOT NULL DEFAULT false,
    -- the highest of the alerts that was told; it falls with what was spent, so that the next crossing is told again
    told          smallint NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    created_by    uuid,
    updated_at    timestamptz NOT NULL,
    version       int NOT NULL DEFAULT 1,
    CONSTRAINT budgets_project_fkey FOREIGN KEY (project_id) REFERENCES projects (id),
    CONSTRAINT budgets_task_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
    CONSTRAINT budgets_scope_key UNIQUE NULLS NOT DISTINCT (project_id, task_id, member_id, unit),
    CONSTRAINT budgets_unit_check CHECK (unit IN ('hours', 'money') AND (unit = 'money') = (currency IS NOT NULL)),
    CONSTRAINT budgets_amount_check CHECK (amount >= 0),
    -- time that is added is not approved yet: there would be nothing to stop
    CONSTRAINT budgets_stop_check CHECK (NOT (hard_stop AND approved_only))
);
CREATE INDEX budgets_stop_idx ON budgets (project_id, id) WHERE hard_stop;
CREATE INDEX budgets_task_idx ON budgets (task_id) WHERE task_id IS NOT NULL;

-- Each crossing of a level, once.
CREATE TABLE budget_alerts (
    id         uuid PRIMARY KEY,
    budget_id  uuid NOT NULL,
    level      smallint NOT NULL,
    reached_at timestamptz NOT NULL,
    CONSTRAINT budget_alerts_budget_fkey FOREIGN KEY (budget_id) REFERENCES budgets (id) ON DELETE CASCADE
);
CREATE INDEX budget_alerts_budget_idx ON budget_alerts (budget_id, reached_at);

-- What projects have agreed to already. Levels that were passed before there were alerts are not told any more.
INSERT INTO budgets (id, project_id, unit, amount, created_at, created_by, updated_at)
SELECT uuidv7(), id, 'hours', round(budget_hours * 3600), created_at, created_by, updated_at FROM projects WHERE budget_hours IS NOT NULL;
INSERT INTO budgets (id, project_id, unit, amount, currency, billable_only, created_at, created_by, updated_at)
SELECT uuidv7(), id, 'money', budget_minor, budget_currency, true, created_at, created_by, updated_at FROM projects WHERE budget_minor IS NOT NULL;
UPDATE budgets b SET told = coalesce((
    SELECT max(level) FROM unnest(b.alerts) AS level WHERE b.amount > 0 AND level * b.amount::numeric <= 100 * (
        SELECT CASE WHEN b.unit = 'hours' THEN sum(seconds) ELSE sum(worth) FILTER (WHERE rate_currency = b.currency) / 3600
            * CASE WHEN b.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 1
                WHEN b.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 1000 ELSE 100 END END
        FROM time_sums WHERE project_id = b.project_id)), 0);
