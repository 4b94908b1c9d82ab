-- What an hour costs a client: cards of the agency, a client or a project, with dated rates.
CREATE TABLE rate_cards (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    level       text NOT NULL,
    client_id   uuid,
    project_id  uuid,
    currency    char(3) NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    version     int NOT NULL DEFAULT 1,
    CONSTRAINT rate_cards_level_check CHECK (
        (level = 'agency' AND client_id IS NULL AND project_id IS NULL)
        OR (level = 'client' AND client_id IS NOT NULL AND project_id IS NULL)
        OR (level = 'project' AND project_id IS NOT NULL AND client_id IS NULL)),
    CONSTRAINT rate_cards_client_fkey FOREIGN KEY (client_id) REFERENCES clients (id)
);
-- One card answers for each thing, or the order of rule 42 would not decide.
CREATE UNIQUE INDEX rate_cards_agency_key ON rate_cards (level) WHERE level = 'agency' AND archived_at IS NULL;
CREATE UNIQUE INDEX rate_cards_client_key ON rate_cards (client_id) WHERE client_id IS NOT NULL AND archived_at IS NULL;
CREATE UNIQUE INDEX rate_cards_project_key ON rate_cards (project_id) WHERE project_id IS NOT NULL AND archived_at IS NULL;

CREATE TABLE rates (
    id         uuid PRIMARY KEY,
    card_id    uuid NOT NULL,
    kind       text NOT NULL,
    target_id  uuid NOT NULL,
    per_hour   numeric(18,6) NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    removed_at timestamptz,
    version    int NOT NULL DEFAULT 1,
    -- the key as a number, so that a range over it can stand in the constraint below without an extension
    key_hash   bigint GENERATED ALWAYS AS (hashtextextended(card_id::text || kind || target_id::text, 0)) STORED,
    CONSTRAINT rates_card_fkey FOREIGN KEY (card_id) REFERENCES rate_cards (id),
    CONSTRAINT rates_kind_check CHECK (kind IN ('member', 'task', 'position')),
    CONSTRAINT rates_amount_check CHECK (per_hour >= 0),
    CONSTRAINT rates_dates_check CHECK (valid_to > valid_from),
    CONSTRAINT rates_overlap_excl EXCLUDE USING gist (
        int8range(key_hash, key_hash, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&) WHERE (removed_at IS NULL)
);
CREATE INDEX rates_card_idx ON rates (card_id, kind, target_id, valid_from) WHERE removed_at IS NULL;
