-- In bulk there is one mail a client and day, whoever asks for it how often.
ALTER TABLE statement_sends ADD COLUMN bulk boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX statement_sends_bulk_key ON statement_sends (client_id, to_on) WHERE bulk;
CREATE INDEX statement_sends_to_idx ON statement_sends (to_on);

-- A run mails the statements of all clients to the end of a day, one after the other.
CREATE TABLE statement_runs (
    id          uuid PRIMARY KEY,
    from_on     date NOT NULL,
    to_on       date NOT NULL,
    who         text NOT NULL,
    monthly     boolean NOT NULL, -- it came by itself
    state       text NOT NULL,
    created_by  uuid,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT statement_runs_who_check CHECK (who IN ('open', 'moved')),
    CONSTRAINT statement_runs_state_check CHECK (state IN ('running', 'done', 'cancelled')),
    CONSTRAINT statement_runs_days_check CHECK (to_on >= from_on)
);
CREATE INDEX statement_runs_created_idx ON statement_runs (created_at DESC, id DESC);

-- A client of a run: once, whatever happens. Its state changes in the transaction that asks for its mail.
CREATE TABLE statement_run_items (
    run_id      uuid NOT NULL,
    client_id   uuid NOT NULL,
    client_name text NOT NULL,
    position    int NOT NULL,
    state       text NOT NULL,
    reason      text NOT NULL DEFAULT '', -- why it was left out
    sending_id  uuid,
    open        jsonb NOT NULL, -- by currency
    code        text NOT NULL DEFAULT '',
    why         text NOT NULL DEFAULT '',
    decided_at  timestamptz,
    CONSTRAINT statement_run_items_pkey PRIMARY KEY (run_id, client_id),
    CONSTRAINT statement_run_items_run_fkey FOREIGN KEY (run_id) REFERENCES statement_runs (id) ON DELETE CASCADE,
    CONSTRAINT statement_run_items_state_check CHECK (state IN ('pending', 'sent', 'skipped', 'refused', 'cancelled')),
    CONSTRAINT statement_run_items_reason_check CHECK ((state = 'skipped') = (reason <> ''))
);
CREATE INDEX statement_run_items_position_idx ON statement_run_items (run_id, position);
CREATE INDEX statement_run_items_pending_idx ON statement_run_items (run_id, position) WHERE state = 'pending';

-- On which day of the month statements go out by themselves, and when that is next.
CREATE TABLE statement_month (
    one        boolean PRIMARY KEY DEFAULT true,
    enabled    boolean NOT NULL,
    on_day     int NOT NULL,
    who        text NOT NULL,
    runs_on    date,
    runs_at    timestamptz,
    version    int NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT statement_month_one_check CHECK (one),
    CONSTRAINT statement_month_day_check CHECK (on_day BETWEEN 1 AND 31),
    CONSTRAINT statement_month_who_check CHECK (who IN ('open', 'moved')),
    CONSTRAINT statement_month_next_check CHECK ((runs_on IS NULL) = (runs_at IS NULL))
);
