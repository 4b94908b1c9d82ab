-- Which installation this is: an archive says where it was made.
CREATE TABLE installation (
    one boolean PRIMARY KEY DEFAULT true,
    id  uuid NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT installation_one_check CHECK (one)
);
INSERT INTO installation (one) VALUES (true);

-- A copy of an agency has the members of its original, with their keys.
ALTER TABLE memberships DROP CONSTRAINT memberships_pkey;
ALTER TABLE memberships ADD CONSTRAINT memberships_pkey PRIMARY KEY (agency_id, id);
DROP INDEX memberships_agency_idx;

-- What is being loaded at the moment. A row whose process died tells what it left behind.
CREATE TABLE arrivals (
    id         uuid PRIMARY KEY,
    role_name  text NOT NULL,
    -- the new agency whose files came along; NULL where they belong to an agency that is there
    agency_id  uuid,
    started_at timestamptz NOT NULL DEFAULT now()
);

-- Archives of agencies and whether each could be loaded again.
CREATE TABLE backups (
    id             uuid PRIMARY KEY,
    agency_id      uuid NOT NULL,
    reason         text NOT NULL,
    state          text NOT NULL DEFAULT 'running',
    error          text NOT NULL DEFAULT '',
    started_at     timestamptz NOT NULL,
    taken_at       timestamptz,
    finished_at    timestamptz,
    verified_at    timestamptz,
    object_key     text NOT NULL DEFAULT '',
    size           bigint NOT NULL DEFAULT 0,
    sha256         text NOT NULL DEFAULT '',
    schema_version text NOT NULL DEFAULT '',
    tables         int NOT NULL DEFAULT 0,
    row_count      bigint NOT NULL DEFAULT 0,
    files          int NOT NULL DEFAULT 0,
    CONSTRAINT backups_state_check CHECK (state IN ('running', 'good', 'failed', 'gone')),
    CONSTRAINT backups_reason_check CHECK (reason IN ('scheduled', 'asked', 'before_restore')),
    CONSTRAINT backups_good_check CHECK (state <> 'good' OR (taken_at IS NOT NULL AND verified_at IS NOT NULL AND object_key <> ''))
);
CREATE INDEX backups_agency_idx ON backups (agency_id, started_at DESC);
CREATE INDEX backups_state_idx ON backups (state, started_at DESC);

-- An agency as it was, beside the one that is: prepared, swapped in, taken back or thrown away.
CREATE TABLE restores (
    id             uuid PRIMARY KEY,
    agency_id      uuid NOT NULL,
    backup_id      uuid NOT NULL,
    state          text NOT NULL,
    as_of          timestamptz NOT NULL,
    made_at        timestamptz NOT NULL,
    swapped_at     timestamptz,
    ended_at       timestamptz,
    summary        jsonb NOT NULL,
    -- the copy that is not the agency's at the moment: the restored one before the swap, the old one after it
    schema_name    text NOT NULL,
    role_name      text NOT NULL,
    shard          int NOT NULL,
    schema_version text NOT NULL,
    CONSTRAINT restores_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT restores_backup_fkey FOREIGN KEY (backup_id) REFERENCES backups (id),
    CONSTRAINT restores_state_check CHECK (state IN ('ready', 'swapped', 'rolled_back', 'dropped'))
);
-- One at a time: a second one would hide which copy is the old one.
CREATE UNIQUE INDEX restores_open_key ON restores (agency_id) WHERE state IN ('ready', 'swapped', 'rolled_back');

CREATE INDEX people_email_idx ON people (email) WHERE verified;
