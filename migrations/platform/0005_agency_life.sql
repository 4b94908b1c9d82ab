-- What the last try to migrate an agency said, and the end of an agency's life: "removing" while its tables and files go,
-- "removed" when nothing but this row is left of it, with nothing in it about anybody.
ALTER TABLE agencies
    ADD COLUMN migration_error text NOT NULL DEFAULT '',
    ADD COLUMN migration_failed_at timestamptz,
    ADD COLUMN removed_at timestamptz,
    DROP CONSTRAINT agencies_state_check,
    DROP CONSTRAINT agencies_slug_check,
    ADD CONSTRAINT agencies_state_check CHECK (state IN ('making', 'spare', 'active', 'suspended', 'deleted', 'removing', 'removed')),
    ADD CONSTRAINT agencies_slug_check CHECK (slug IS NOT NULL OR state IN ('making', 'spare', 'removed'));
CREATE INDEX agencies_deleted_idx ON agencies (deleted_at) WHERE state IN ('deleted', 'removing');
