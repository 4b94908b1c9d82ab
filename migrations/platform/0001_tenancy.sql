-- Who the agencies are. No agency's role may read this schema.
CREATE TABLE agencies (
    id             uuid PRIMARY KEY,
    number         bigint GENERATED ALWAYS AS IDENTITY,
    slug           text,
    name           text NOT NULL DEFAULT '',
    schema_name    text NOT NULL,
    role_name      text NOT NULL,
    shard          int NOT NULL,
    schema_version text NOT NULL DEFAULT '',
    state          text NOT NULL DEFAULT 'spare',
    created_at     timestamptz NOT NULL DEFAULT now(),
    claimed_at     timestamptz,
    deleted_at     timestamptz,
    CONSTRAINT agencies_state_check CHECK (state IN ('making', 'spare', 'active', 'suspended', 'deleted')),
    CONSTRAINT agencies_slug_check CHECK (slug IS NOT NULL OR state IN ('making', 'spare')),
    CONSTRAINT agencies_schema_key UNIQUE (schema_name)
);
CREATE UNIQUE INDEX agencies_slug_key ON agencies (slug) WHERE slug IS NOT NULL;
CREATE INDEX agencies_spare_idx ON agencies (created_at) WHERE state = 'spare';
CREATE SEQUENCE agency_numbers;

CREATE FUNCTION tell_registry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bureau_registry', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER agencies_tell AFTER UPDATE ON agencies FOR EACH ROW EXECUTE FUNCTION tell_registry();
