-- What happened, for timelines. Written by the event kit in the change's transaction.
CREATE TABLE events (
    id          uuid PRIMARY KEY,
    happened_at timestamptz NOT NULL,
    name        text NOT NULL,
    entity      text NOT NULL,
    entity_id   text NOT NULL,
    client_id   uuid,
    project_id  uuid,
    member_id   uuid,
    actor_id    uuid,
    actor_name  text NOT NULL,
    label       text NOT NULL,
    payload     jsonb NOT NULL
);
CREATE INDEX events_name_idx ON events (name);
CREATE INDEX events_client_idx ON events (client_id, happened_at DESC, id DESC) WHERE client_id IS NOT NULL;
CREATE INDEX events_project_idx ON events (project_id, happened_at DESC, id DESC) WHERE project_id IS NOT NULL;

-- Who changed what, chained by hash. The agency's role may add and read, never change.
-- before and after are kept letter by letter, since the hash covers their text.
CREATE TABLE audit_events (
    seq          bigint PRIMARY KEY,
    id           uuid NOT NULL,
    happened_at  timestamptz NOT NULL,
    action       text NOT NULL,
    entity       text NOT NULL,
    entity_id    text NOT NULL,
    actor_id     text NOT NULL,
    actor_name   text NOT NULL,
    actor_kind   text NOT NULL,
    on_behalf_of text NOT NULL,
    source       text NOT NULL,
    reason       text NOT NULL,
    before       text NOT NULL,
    after        text NOT NULL,
    hash         bytea NOT NULL
);
CREATE INDEX audit_events_entity_idx ON audit_events (entity, entity_id, seq DESC);
CREATE INDEX audit_events_actor_idx ON audit_events (actor_id, seq DESC);
CREATE TABLE audit_heads (
    one  boolean PRIMARY KEY DEFAULT true,
    seq  bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_heads_one_check CHECK (one)
);
INSERT INTO audit_heads (one, seq, hash) VALUES (true, 0, ''::bytea);
REVOKE UPDATE, DELETE ON audit_events FROM {{role}};
REVOKE INSERT, DELETE ON audit_heads FROM {{role}};

-- Answers of idempotent calls; a row is written in the change's own transaction.
CREATE TABLE idempotency_keys (
    actor      text NOT NULL,
    operation  text NOT NULL,
    key        text NOT NULL,
    digest     text NOT NULL,
    answer     jsonb,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, operation, key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);
