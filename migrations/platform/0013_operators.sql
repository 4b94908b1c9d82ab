-- Who runs the platform. An operator is no member of any agency. The e-mail ties one who was named here to the person at the first sign-in.
CREATE TABLE operators (
    id         uuid PRIMARY KEY,
    email      text NOT NULL,
    name       text NOT NULL,
    person_id  uuid,
    created_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE UNIQUE INDEX operators_email_key ON operators (email) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX operators_person_key ON operators (person_id) WHERE removed_at IS NULL;

-- An operator's look into one agency: for a reason, for a while, on behalf of an owner.
CREATE TABLE support_grants (
    id          uuid PRIMARY KEY,
    agency_id   uuid NOT NULL,
    operator_id uuid NOT NULL,
    person_id   uuid NOT NULL,
    member_id   uuid NOT NULL,
    reason      text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    opened_at   timestamptz,
    ended_at    timestamptz,
    ended_by    text NOT NULL DEFAULT '',
    CONSTRAINT support_grants_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT support_grants_operator_fkey FOREIGN KEY (operator_id) REFERENCES operators (id),
    CONSTRAINT support_grants_reason_check CHECK (reason <> ''),
    CONSTRAINT support_grants_time_check CHECK (expires_at > created_at AND expires_at <= created_at + interval '30 minutes')
);
CREATE INDEX support_grants_agency_idx ON support_grants (agency_id, created_at DESC, id DESC);

-- No agency means the operators' own host.
ALTER TABLE broker_states ALTER COLUMN agency_id DROP NOT NULL, ADD COLUMN grant_id uuid;
ALTER TABLE broker_codes ALTER COLUMN agency_id DROP NOT NULL, ALTER COLUMN member_id DROP NOT NULL, ADD COLUMN grant_id uuid;
ALTER TABLE sessions ALTER COLUMN agency_id DROP NOT NULL, ALTER COLUMN member_id DROP NOT NULL,
    ADD CONSTRAINT sessions_host_check CHECK ((agency_id IS NULL) = (member_id IS NULL));
CREATE INDEX sessions_grant_idx ON sessions ((act ->> 'grant_id')) WHERE act IS NOT NULL AND revoked_at IS NULL;

-- What operators did, chained like an agency's own log. The application's login may add to it and nothing else.
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
CREATE TABLE audit_heads (
    one  boolean PRIMARY KEY DEFAULT true,
    seq  bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_heads_one_check CHECK (one)
);
INSERT INTO audit_heads (one, seq, hash) VALUES (true, 0, ''::bytea);

-- Who was active in which month: sessions are gone after a month, the growth of the platform is not.
CREATE TABLE active_people (
    month     date NOT NULL,
    agency_id uuid NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (month, agency_id, person_id),
    CONSTRAINT active_people_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);
INSERT INTO active_people (month, agency_id, person_id)
SELECT DISTINCT date_trunc('month', last_seen_at AT TIME ZONE 'UTC')::date, agency_id, person_id FROM sessions WHERE act IS NULL;
CREATE INDEX sessions_seen_idx ON sessions (agency_id, last_seen_at DESC) WHERE act IS NULL;

-- Long work on an agency that an operator asked for, with how far it is.
CREATE TABLE operator_tasks (
    id          uuid PRIMARY KEY,
    agency_id   uuid NOT NULL,
    kind        text NOT NULL,
    backup_id   uuid,
    state       text NOT NULL,
    what        text NOT NULL DEFAULT '',
    done        int NOT NULL DEFAULT 0,
    total       int NOT NULL DEFAULT 0,
    error       text NOT NULL DEFAULT '',
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT operator_tasks_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT operator_tasks_kind_check CHECK (kind IN ('migrate', 'export', 'restore')),
    CONSTRAINT operator_tasks_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed'))
);
CREATE INDEX operator_tasks_agency_idx ON operator_tasks (agency_id, created_at DESC, id DESC);
-- One at a time.
CREATE UNIQUE INDEX operator_tasks_open_key ON operator_tasks (agency_id) WHERE state IN ('waiting', 'running');
