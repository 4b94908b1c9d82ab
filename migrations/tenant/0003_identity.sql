-- Who belongs to the agency: its staff, and contacts of clients who may see the portal.
-- A member who left stays, as a name on what they did.
CREATE TABLE members (
    id             uuid PRIMARY KEY,
    person_id      uuid,
    name           text NOT NULL,
    email          text NOT NULL,
    kind           text NOT NULL,
    role           text NOT NULL,
    state          text NOT NULL,
    contact_id     uuid,
    client_id      uuid,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    deactivated_at timestamptz,
    last_seen_at   timestamptz,
    version        int NOT NULL DEFAULT 1,
    CONSTRAINT members_kind_check CHECK (kind IN ('staff', 'contact')),
    CONSTRAINT members_role_check CHECK (role IN ('owner', 'admin', 'finance', 'manager', 'member', 'contact')),
    CONSTRAINT members_state_check CHECK (state IN ('active', 'deactivated')),
    CONSTRAINT members_contact_check CHECK ((kind = 'contact') = (role = 'contact')
        AND (kind = 'contact') = (contact_id IS NOT NULL AND client_id IS NOT NULL))
);
CREATE UNIQUE INDEX members_person_key ON members (person_id) WHERE person_id IS NOT NULL;
CREATE UNIQUE INDEX members_email_key ON members (email);
CREATE INDEX members_name_idx ON members (lower(name), id);

CREATE TABLE api_tokens (
    id           uuid PRIMARY KEY,
    member_id    uuid NOT NULL,
    name         text NOT NULL,
    token_hash   bytea NOT NULL,
    hint         text NOT NULL,
    scopes       text[] NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT api_tokens_hash_key UNIQUE (token_hash),
    CONSTRAINT api_tokens_member_fkey FOREIGN KEY (member_id) REFERENCES members (id)
);
CREATE INDEX api_tokens_member_idx ON api_tokens (member_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;

CREATE TABLE invitations (
    id          uuid PRIMARY KEY,
    email       text NOT NULL,
    name        text NOT NULL,
    kind        text NOT NULL,
    role        text NOT NULL,
    contact_id  uuid,
    client_id   uuid,
    token_hash  bytea,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    mailed      timestamptz[] NOT NULL,
    sent_at     timestamptz,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at  timestamptz,
    version     int NOT NULL DEFAULT 1,
    CONSTRAINT invitations_kind_check CHECK (kind IN ('staff', 'contact')),
    CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'finance', 'manager', 'member', 'contact')),
    CONSTRAINT invitations_token_key UNIQUE (token_hash)
);
CREATE UNIQUE INDEX invitations_open_key ON invitations (email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
