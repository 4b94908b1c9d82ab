-- What time entries add up to, a row for each month and each of what sums are narrowed and grouped by. It is changed by the very
-- statement that changes entries, so that a total never reads a million of them; replaying all entries gives the same rows.
CREATE TABLE time_sums (
    id               uuid PRIMARY KEY DEFAULT uuidv7(),
    month            date NOT NULL,
    member_id        uuid NOT NULL,
    project_id       uuid NOT NULL,
    client_id        uuid,
    task_id          uuid,
    service_id       uuid,
    state            text NOT NULL,
    billable         boolean NOT NULL,
    rate_currency    char(3),
    entries          int NOT NULL,
    no_rate          int NOT NULL,
    seconds          bigint NOT NULL,
    billable_seconds bigint NOT NULL,
    billed_seconds   bigint NOT NULL,
    -- billed seconds times the rate of an hour, of what is billable; exact, divided and rounded once when it is read
    worth            numeric NOT NULL,
    CONSTRAINT time_sums_key UNIQUE NULLS NOT DISTINCT (member_id, month, project_id, client_id, task_id, service_id, state, billable, rate_currency),
    CONSTRAINT time_sums_month_check CHECK (extract(day FROM month) = 1)
) WITH (fillfactor = 80);
CREATE INDEX time_sums_month_idx ON time_sums (month);
CREATE INDEX time_sums_project_idx ON time_sums (project_id, month);
CREATE INDEX time_sums_client_idx ON time_sums (client_id, month);
CREATE INDEX time_sums_task_idx ON time_sums (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX time_sums_nothing_idx ON time_sums (id) WHERE entries = 0;

INSERT INTO time_sums (month, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency,
    entries, no_rate, seconds, billable_seconds, billed_seconds, worth)
SELECT work_date - extract(day FROM work_date)::int + 1, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency,
    count(*), count(*) FILTER (WHERE billable AND rate_amount IS NULL), sum(raw_seconds), coalesce(sum(raw_seconds) FILTER (WHERE billable), 0),
    sum(billed_seconds), coalesce(sum(billed_seconds * rate_amount) FILTER (WHERE billable), 0)
FROM time_entries WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- Pages of what is narrowed by something else than a person or a project.
CREATE INDEX time_entries_client_idx ON time_entries (client_id, work_date, id) WHERE deleted_at IS NULL;
CREATE INDEX time_entries_task_idx ON time_entries (task_id, work_date, id) WHERE deleted_at IS NULL AND task_id IS NOT NULL;
CREATE INDEX time_entries_service_idx ON time_entries (service_id, work_date, id) WHERE deleted_at IS NULL AND service_id IS NOT NULL;
CREATE INDEX time_entries_state_idx ON time_entries (state, work_date, id) WHERE deleted_at IS NULL;
-- The days beside whole months are added up from the index alone.
CREATE INDEX time_entries_sums_idx ON time_entries (work_date) INCLUDE (member_id, project_id, client_id, task_id, service_id, state, billable,
    raw_seconds, billed_seconds, rate_amount, rate_currency) WHERE deleted_at IS NULL;
