-- On which database an agency's tables are. The platform's own are on the main one.
ALTER TABLE agencies ADD COLUMN placement text NOT NULL DEFAULT 'main';
ALTER TABLE restores ADD COLUMN placement text NOT NULL DEFAULT 'main';
ALTER TABLE arrivals ADD COLUMN placement text NOT NULL DEFAULT 'main', ADD COLUMN schema_name text NOT NULL DEFAULT '';
CREATE INDEX agencies_placement_idx ON agencies (placement, slug);

-- An agency on its way to another database, or the copy that it left behind.
CREATE TABLE moves (
    id             uuid PRIMARY KEY,
    agency_id      uuid NOT NULL,
    from_placement text NOT NULL,
    to_placement   text NOT NULL,
    -- copying; fenced: the old copy is shut and the new one is whole; swapped: the new one is the agency's, and is gone through
    -- once more; moved; dropped: the old copy is gone; failed: nothing has changed
    state          text NOT NULL,
    started_at     timestamptz NOT NULL,
    swapped_at     timestamptz,
    ended_at       timestamptz,
    stop_ms        int NOT NULL DEFAULT 0, -- for how long nothing could be written
    row_count      bigint NOT NULL DEFAULT 0,
    error          text NOT NULL DEFAULT '',
    -- the copy that is not the agency's at the moment: the new one before the swap, the old one after it
    placement      text NOT NULL DEFAULT '',
    schema_name    text NOT NULL DEFAULT '',
    role_name      text NOT NULL DEFAULT '',
    shard          int NOT NULL DEFAULT 0,
    schema_version text NOT NULL DEFAULT '',
    CONSTRAINT moves_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT moves_state_check CHECK (state IN ('copying', 'fenced', 'swapped', 'moved', 'dropped', 'failed'))
);
CREATE INDEX moves_agency_idx ON moves (agency_id, started_at DESC);
-- One at a time: a second one would hide which copy is the old one.
CREATE UNIQUE INDEX moves_open_key ON moves (agency_id) WHERE state IN ('copying', 'fenced', 'swapped', 'moved');

-- Jobs that were carried from another database's queue into this one and may still stand in the first.
CREATE TABLE carried_jobs (
    placement text NOT NULL,
    job_id    bigint NOT NULL,
    PRIMARY KEY (placement, job_id)
);

ALTER TABLE operator_tasks
    ADD COLUMN placement text NOT NULL DEFAULT '',
    DROP CONSTRAINT operator_tasks_kind_check,
    ADD CONSTRAINT operator_tasks_kind_check CHECK (kind IN ('migrate', 'export', 'restore', 'move'));
