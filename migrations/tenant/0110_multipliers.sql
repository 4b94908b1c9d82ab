-- What a contract says about when work is done: business hours by weekday in its zone, and what hours outside them, on weekends and on
-- public holidays of a region are multiplied by. Dated like rates; a project's go before its client's, and those before the agency's.
CREATE TABLE rate_multipliers (
    id          uuid PRIMARY KEY,
    level       text NOT NULL,
    client_id   uuid,
    project_id  uuid,
    zone        text NOT NULL,
    -- [{"from": 480, "to": 1080}, …] in minutes of the day, Sunday first; both zero: no business hours
    week        jsonb NOT NULL,
    after_hours numeric(8,4) NOT NULL,
    saturday    numeric(8,4) NOT NULL,
    sunday      numeric(8,4) NOT NULL,
    holiday     numeric(8,4) NOT NULL,
    region      text NOT NULL DEFAULT '',
    valid_from  date NOT NULL,
    valid_to    date,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    removed_at  timestamptz,
    -- the key as a number, so that a range over it can stand in the constraint below without an extension
    key_hash    bigint GENERATED ALWAYS AS (hashtextextended(level || coalesce(client_id::text, project_id::text, ''), 0)) STORED,
    CONSTRAINT rate_multipliers_level_check CHECK (
        (level = 'agency' AND client_id IS NULL AND project_id IS NULL)
        OR (level = 'client' AND client_id IS NOT NULL AND project_id IS NULL)
        OR (level = 'project' AND project_id IS NOT NULL AND client_id IS NULL)),
    CONSTRAINT rate_multipliers_client_fkey FOREIGN KEY (client_id) REFERENCES clients (id),
    CONSTRAINT rate_multipliers_factor_check CHECK (least(after_hours, saturday, sunday, holiday) >= 0),
    CONSTRAINT rate_multipliers_dates_check CHECK (valid_to > valid_from),
    CONSTRAINT rate_multipliers_overlap_excl EXCLUDE USING gist (
        int8range(key_hash, key_hash, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&) WHERE (removed_at IS NULL)
);
CREATE INDEX rate_multipliers_client_idx ON rate_multipliers (client_id) WHERE removed_at IS NULL AND client_id IS NOT NULL;
CREATE INDEX rate_multipliers_project_idx ON rate_multipliers (project_id) WHERE removed_at IS NULL AND project_id IS NOT NULL;

-- An entry keeps into which parts it was cut, by which row, and by how many seconds they count more than what is billed of it:
-- its worth is (billed_seconds + premium_seconds) times the rate of an hour, exactly.
ALTER TABLE time_entries
    ADD COLUMN rate_parts      jsonb,
    ADD COLUMN hour_kind       text NOT NULL DEFAULT '', -- what somebody who may said that all of it counts as
    ADD COLUMN premium_seconds numeric(14,4) NOT NULL DEFAULT 0;
DROP INDEX time_entries_sums_idx;
CREATE INDEX time_entries_sums_idx ON time_entries (work_date) INCLUDE (member_id, project_id, client_id, task_id, service_id, state, billable,
    raw_seconds, billed_seconds, premium_seconds, rate_amount, rate_currency) WHERE deleted_at IS NULL;

-- The parts of an entry are lines of their own. Each is billed once, as the entry was.
ALTER TABLE line_sources ADD COLUMN part smallint NOT NULL DEFAULT 0;
ALTER TABLE line_sources DROP CONSTRAINT line_sources_pkey;
ALTER TABLE line_sources ADD CONSTRAINT line_sources_pkey PRIMARY KEY (kind, source_id, part);
