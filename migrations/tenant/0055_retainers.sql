-- Recurring agreements that grant hours or money a period. Amounts are whole seconds where the
-- unit is hours, minor units of the currency where it is money.
CREATE TABLE retainers (
    id               uuid PRIMARY KEY,
    client_id        uuid NOT NULL,
    -- none: the time of all projects of the client that have none of their own
    project_id       uuid,
    name             text NOT NULL,
    unit             text NOT NULL,
    currency         char(3) NOT NULL,
    every            text NOT NULL,
    anchor_on        date NOT NULL,
    starts_on        date NOT NULL,
    ends_on          date,
    prorate_first    boolean NOT NULL,
    grant_amount     bigint NOT NULL,
    fee_minor        bigint,
    rollover         text NOT NULL,
    rollover_cap     bigint,
    rollover_periods int,
    deficit          text NOT NULL,
    deficit_limit    bigint,
    overage          text NOT NULL,
    overage_rate     numeric(18,6),
    lead_days        int NOT NULL,
    grace_days       int NOT NULL,
    shown_to_client  boolean NOT NULL,
    -- when what comes by itself is due next: a period to open or to close
    turns_at         timestamptz,
    created_at       timestamptz NOT NULL,
    created_by       uuid,
    updated_at       timestamptz NOT NULL,
    version          int NOT NULL DEFAULT 1,
    scope_hash       bigint GENERATED ALWAYS AS (hashtextextended(client_id::text || coalesce(project_id::text, ''), 0)) STORED,
    CONSTRAINT retainers_client_fkey FOREIGN KEY (client_id) REFERENCES clients (id),
    CONSTRAINT retainers_project_fkey FOREIGN KEY (project_id) REFERENCES projects (id),
    CONSTRAINT retainers_unit_check CHECK (unit IN ('hours', 'money')),
    CONSTRAINT retainers_every_check CHECK (every IN ('month', 'quarter', 'year')),
    CONSTRAINT retainers_dates_check CHECK (ends_on >= starts_on),
    CONSTRAINT retainers_amounts_check CHECK (grant_amount >= 0 AND fee_minor >= 0 AND rollover_cap >= 0 AND deficit_limit >= 0 AND overage_rate >= 0),
    CONSTRAINT retainers_rollover_check CHECK (rollover IN ('none', 'all', 'capped', 'expiring')
        AND (rollover = 'capped') = (rollover_cap IS NOT NULL) AND (rollover = 'expiring') = (rollover_periods IS NOT NULL)),
    CONSTRAINT retainers_deficit_check CHECK (deficit IN ('carry', 'bill') AND (deficit = 'carry' OR deficit_limit IS NULL)),
    CONSTRAINT retainers_overage_check CHECK (overage IN ('refuse', 'rate', 'overage_rate', 'absorb') AND (overage = 'overage_rate') = (overage_rate IS NOT NULL)),
    CONSTRAINT retainers_days_check CHECK (lead_days BETWEEN 0 AND 90 AND grace_days BETWEEN 0 AND 90),
    -- one agreement answers for a day, or nobody could say which was used
    CONSTRAINT retainers_overlap_excl EXCLUDE USING gist (
        int8range(scope_hash, scope_hash, '[]') WITH &&, daterange(starts_on, ends_on, '[]') WITH &&)
);
CREATE INDEX retainers_client_idx ON retainers (client_id, lower(name), id);
CREATE INDEX retainers_name_idx ON retainers (lower(name), id);

-- A period with its statement. The figures are what the ledger's lines come to, kept for reading;
-- of a closed period they are final.
CREATE TABLE retainer_periods (
    id             uuid PRIMARY KEY,
    retainer_id    uuid NOT NULL,
    number         int NOT NULL,
    from_on        date NOT NULL,
    to_on          date NOT NULL,
    state          text NOT NULL DEFAULT 'open',
    -- typed in Go (ledger.Terms, ledger.Carry, ledger.Part)
    terms          jsonb NOT NULL,
    carry          jsonb NOT NULL DEFAULT '{}',
    expiries       jsonb NOT NULL DEFAULT '[]',
    over           jsonb NOT NULL DEFAULT '[]',
    overage_rule   text NOT NULL,
    overage_rate   numeric(18,6),
    opening        bigint NOT NULL DEFAULT 0,
    granted        bigint NOT NULL DEFAULT 0,
    adjusted       bigint NOT NULL DEFAULT 0,
    used           bigint NOT NULL DEFAULT 0,
    overage        bigint NOT NULL DEFAULT 0,
    expired        bigint NOT NULL DEFAULT 0,
    closing        bigint NOT NULL DEFAULT 0,
    fee_minor      bigint,
    fee_invoice_id uuid,
    closed_at      timestamptz,
    created_at     timestamptz NOT NULL,
    CONSTRAINT retainer_periods_retainer_fkey FOREIGN KEY (retainer_id) REFERENCES retainers (id),
    CONSTRAINT retainer_periods_number_key UNIQUE (retainer_id, number),
    CONSTRAINT retainer_periods_state_check CHECK (state IN ('open', 'closed') AND (state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT retainer_periods_sum_check CHECK (closing = opening + granted + adjusted - used + overage - expired)
);

-- What came in and what went out. Lines are added, never changed.
CREATE TABLE retainer_ledger (
    id          uuid PRIMARY KEY,
    retainer_id uuid NOT NULL,
    period      int NOT NULL,
    kind        text NOT NULL,
    entry_id    uuid,
    block_id    uuid,
    day         date NOT NULL,
    until       date,
    amount      bigint NOT NULL,
    reason      text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    CONSTRAINT retainer_ledger_period_fkey FOREIGN KEY (retainer_id, period) REFERENCES retainer_periods (retainer_id, number),
    CONSTRAINT retainer_ledger_kind_check CHECK (kind IN ('grant', 'block', 'adjustment', 'use', 'late')
        AND (kind IN ('use', 'late')) = (entry_id IS NOT NULL) AND (kind = 'block') = (block_id IS NOT NULL)),
    CONSTRAINT retainer_ledger_amount_check CHECK (amount > 0 OR kind NOT IN ('grant', 'block') OR (kind = 'grant' AND amount = 0))
);
CREATE INDEX retainer_ledger_period_idx ON retainer_ledger (retainer_id, period, id);
CREATE INDEX retainer_ledger_entry_idx ON retainer_ledger (entry_id) WHERE entry_id IS NOT NULL;
-- a grant is made once a period, however often the renewal runs; a block counts once
CREATE UNIQUE INDEX retainer_ledger_grant_key ON retainer_ledger (retainer_id, period) WHERE kind = 'grant';
CREATE UNIQUE INDEX retainer_ledger_block_key ON retainer_ledger (block_id) WHERE kind = 'block';
REVOKE UPDATE, DELETE ON retainer_ledger FROM {{role}};

-- Hours or money bought once. A block counts from the moment that was agreed.
CREATE TABLE prepaid_blocks (
    id          uuid PRIMARY KEY,
    retainer_id uuid NOT NULL,
    amount      bigint NOT NULL,
    price_minor bigint,
    counts_from text NOT NULL,
    invoice_id  uuid,
    counts_on   date,
    expires_on  date,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    CONSTRAINT prepaid_blocks_retainer_fkey FOREIGN KEY (retainer_id) REFERENCES retainers (id),
    CONSTRAINT prepaid_blocks_amount_check CHECK (amount > 0 AND price_minor >= 0),
    CONSTRAINT prepaid_blocks_from_check CHECK (counts_from IN ('now', 'issued', 'paid') AND (counts_from = 'now' OR price_minor IS NOT NULL))
);
CREATE INDEX prepaid_blocks_retainer_idx ON prepaid_blocks (retainer_id, created_at, id);
CREATE INDEX prepaid_blocks_invoice_idx ON prepaid_blocks (invoice_id) WHERE invoice_id IS NOT NULL;
