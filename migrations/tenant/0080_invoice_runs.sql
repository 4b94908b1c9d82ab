-- A run bills all clients of a period, or those that were chosen, one after the other.
CREATE TABLE invoice_runs (
    id          uuid PRIMARY KEY,
    from_on     date NOT NULL,
    to_on       date NOT NULL,
    issue_on    date,
    how         text NOT NULL,
    group_by    text NOT NULL,
    entity_id   uuid,
    with_time   boolean NOT NULL,
    expenses    boolean NOT NULL,
    fees        boolean NOT NULL,
    wait_open   boolean NOT NULL,
    chosen      boolean NOT NULL, -- clients were named
    state       text NOT NULL,
    created_by  uuid,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT invoice_runs_how_check CHECK (how IN ('draft', 'issue', 'send')),
    CONSTRAINT invoice_runs_state_check CHECK (state IN ('running', 'done', 'cancelled')),
    CONSTRAINT invoice_runs_days_check CHECK (to_on >= from_on)
);
CREATE INDEX invoice_runs_created_idx ON invoice_runs (created_at DESC, id DESC);

-- A client of a run: once, whatever happens. Its state changes in the transaction that makes its invoice.
CREATE TABLE invoice_run_items (
    run_id      uuid NOT NULL,
    client_id   uuid NOT NULL,
    client_name text NOT NULL,
    position    int NOT NULL,
    state       text NOT NULL,
    invoice_id  uuid,
    number      text NOT NULL DEFAULT '',
    currency    char(3),
    total_minor bigint NOT NULL DEFAULT 0,
    left_out    int NOT NULL DEFAULT 0,
    code        text NOT NULL DEFAULT '',
    why         text NOT NULL DEFAULT '',
    decided_at  timestamptz,
    CONSTRAINT invoice_run_items_pkey PRIMARY KEY (run_id, client_id),
    CONSTRAINT invoice_run_items_run_fkey FOREIGN KEY (run_id) REFERENCES invoice_runs (id) ON DELETE CASCADE,
    CONSTRAINT invoice_run_items_state_check CHECK (state IN ('pending', 'drafted', 'issued', 'nothing', 'refused', 'cancelled'))
);
CREATE INDEX invoice_run_items_position_idx ON invoice_run_items (run_id, position);
CREATE INDEX invoice_run_items_pending_idx ON invoice_run_items (run_id, position) WHERE state = 'pending';
