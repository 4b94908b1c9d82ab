-- What Kratos knows of a person, as it was at the last sign-in.
CREATE TABLE people (
    id        uuid PRIMARY KEY,
    email     text NOT NULL,
    name      text NOT NULL,
    verified  boolean NOT NULL,
    synced_at timestamptz NOT NULL
);

-- Which agencies a person may choose from. The agency's own members table decides; this is its index by person.
CREATE TABLE memberships (
    id         uuid PRIMARY KEY,
    agency_id  uuid NOT NULL,
    person_id  uuid,
    email      text NOT NULL,
    kind       text NOT NULL,
    role       text NOT NULL,
    state      text NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT memberships_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);
CREATE INDEX memberships_person_idx ON memberships (person_id);
CREATE INDEX memberships_agency_idx ON memberships (agency_id);
CREATE INDEX memberships_email_idx ON memberships (email) WHERE person_id IS NULL;

-- A sign-up that is under way holds its slug for an hour.
CREATE TABLE sign_ups (
    id           uuid PRIMARY KEY,
    slug         text NOT NULL,
    agency_name  text NOT NULL,
    token_hash   bytea NOT NULL,
    person_id    uuid,
    agency_id    uuid,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    completed_at timestamptz,
    CONSTRAINT sign_ups_token_key UNIQUE (token_hash)
);
CREATE UNIQUE INDEX sign_ups_slug_key ON sign_ups (slug) WHERE completed_at IS NULL;

-- The two halves of a sign-in between an agency's host and the host of the sign-in pages.
CREATE TABLE broker_states (
    state_hash  bytea PRIMARY KEY,
    agency_id   uuid NOT NULL,
    challenge   text NOT NULL,
    return_path text NOT NULL,
    expires_at  timestamptz NOT NULL,
    CONSTRAINT broker_states_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);
CREATE INDEX broker_states_expires_idx ON broker_states (expires_at);
CREATE TABLE broker_codes (
    code_hash        bytea PRIMARY KEY,
    agency_id        uuid NOT NULL,
    state_hash       bytea NOT NULL,
    challenge        text NOT NULL,
    member_id        uuid NOT NULL,
    person_id        uuid NOT NULL,
    kratos_sid       uuid NOT NULL,
    aal              text NOT NULL,
    amr              text[] NOT NULL,
    authenticated_at timestamptz NOT NULL,
    valid_until      timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    used_at          timestamptz,
    CONSTRAINT broker_codes_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);
CREATE INDEX broker_codes_expires_idx ON broker_codes (expires_at);

-- Who is signed in where. The cookie's value is kept as a hash only.
CREATE TABLE sessions (
    id               uuid PRIMARY KEY,
    token_hash       bytea NOT NULL,
    agency_id        uuid NOT NULL,
    member_id        uuid NOT NULL,
    person_id        uuid NOT NULL,
    kratos_sid       uuid NOT NULL,
    aal              text NOT NULL,
    amr              text[] NOT NULL,
    authenticated_at timestamptz NOT NULL,
    act              jsonb,
    created_at       timestamptz NOT NULL,
    last_seen_at     timestamptz NOT NULL,
    idle_expires_at  timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    revalidated_at   timestamptz NOT NULL,
    ip               text NOT NULL,
    user_agent       text NOT NULL,
    revoked_at       timestamptz,
    revoked_reason   text NOT NULL DEFAULT '',
    CONSTRAINT sessions_token_key UNIQUE (token_hash),
    CONSTRAINT sessions_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);
CREATE INDEX sessions_member_idx ON sessions (agency_id, member_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_person_idx ON sessions (person_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_kratos_idx ON sessions (kratos_sid) WHERE revoked_at IS NULL;
CREATE INDEX sessions_expires_idx ON sessions (expires_at);
