-- What people spend for the agency: categories, policies, dated allowances, expenses and their receipts.
CREATE TABLE expense_categories (
    id             uuid PRIMARY KEY,
    name           text NOT NULL,
    account_code   text NOT NULL DEFAULT '',
    billable       boolean NOT NULL,
    markup_percent numeric(7,4) NOT NULL,
    tax_percent    numeric(7,4) NOT NULL, -- in what is paid
    tax_rate_id    uuid,                  -- on what is billed; none: the agency's default
    archived_at    timestamptz,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        int NOT NULL DEFAULT 1,
    CONSTRAINT expense_categories_markup_check CHECK (markup_percent BETWEEN -100 AND 999),
    CONSTRAINT expense_categories_tax_check CHECK (tax_percent BETWEEN 0 AND 100)
);
CREATE UNIQUE INDEX expense_categories_name_key ON expense_categories (lower(name)) WHERE archived_at IS NULL;

-- One policy a category, and one for all that have none.
CREATE TABLE expense_policies (
    id                  uuid PRIMARY KEY,
    category_id         uuid REFERENCES expense_categories (id),
    currency            char(3) NOT NULL,
    per_expense_minor   bigint,
    per_day_minor       bigint,
    receipt_above_minor bigint,
    late_after_days     int,
    refuses             boolean NOT NULL,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    version             int NOT NULL DEFAULT 1,
    CONSTRAINT expense_policies_limits_check CHECK (per_expense_minor > 0 AND per_day_minor > 0 AND receipt_above_minor >= 0 AND late_after_days > 0)
);
CREATE UNIQUE INDEX expense_policies_category_key ON expense_policies (coalesce(category_id, '00000000-0000-0000-0000-000000000000'));

CREATE TABLE allowance_rates (
    id                uuid PRIMARY KEY,
    kind              text NOT NULL,
    name              text NOT NULL, -- the vehicle, or the region
    unit              text NOT NULL,
    currency          char(3) NOT NULL,
    per_unit          numeric(18,6) NOT NULL,
    half_day          numeric(18,6) NOT NULL DEFAULT 0,
    breakfast_percent numeric(7,4) NOT NULL DEFAULT 0,
    lunch_percent     numeric(7,4) NOT NULL DEFAULT 0,
    dinner_percent    numeric(7,4) NOT NULL DEFAULT 0,
    valid_from        date NOT NULL,
    valid_to          date,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    removed_at        timestamptz,
    version           int NOT NULL DEFAULT 1,
    -- the key as a number, so that a range over it can stand in the constraint below without an extension
    key_hash          bigint GENERATED ALWAYS AS (hashtextextended(kind || ' ' || lower(name), 0)) STORED,
    CONSTRAINT allowance_rates_kind_check CHECK (kind IN ('mileage', 'per_diem')),
    CONSTRAINT allowance_rates_unit_check CHECK ((kind = 'mileage' AND unit IN ('km', 'mi')) OR (kind = 'per_diem' AND unit = 'day')),
    CONSTRAINT allowance_rates_amount_check CHECK (per_unit >= 0 AND half_day >= 0),
    CONSTRAINT allowance_rates_dates_check CHECK (valid_to > valid_from),
    CONSTRAINT allowance_rates_overlap_excl EXCLUDE USING gist (
        int8range(key_hash, key_hash, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&) WHERE (removed_at IS NULL)
);
CREATE INDEX allowance_rates_key_idx ON allowance_rates (kind, lower(name), valid_from) WHERE removed_at IS NULL;

CREATE TABLE expenses (
    id               uuid PRIMARY KEY,
    member_id        uuid NOT NULL,
    kind             text NOT NULL,
    category_id      uuid REFERENCES expense_categories (id),
    client_id        uuid,
    project_id       uuid,
    spent_on         date NOT NULL,
    merchant         text NOT NULL,
    note             text NOT NULL,
    currency         char(3) NOT NULL,
    gross_minor      bigint NOT NULL,
    tax_percent      numeric(7,4) NOT NULL,
    tax_minor        bigint NOT NULL,
    tax_by_hand      boolean NOT NULL,
    -- 1 of currency = exchange_rate of base_currency, frozen; none where the two are the same
    exchange_rate    numeric(20,10),
    exchange_on      date,
    exchange_source  text NOT NULL,
    base_currency    char(3) NOT NULL,
    base_minor       bigint, -- none: no rate yet
    rounding         text NOT NULL,
    allowance        jsonb, -- the trip or the days, with copies of the rates that were used
    billable         boolean NOT NULL,
    markup_percent   numeric(7,4) NOT NULL,
    reimbursable     boolean NOT NULL,
    findings         jsonb NOT NULL,
    state            text NOT NULL,
    submitted_at     timestamptz,
    decided_at       timestamptz,
    decided_by       uuid,
    decided_version  int,
    reject_reason    text NOT NULL,
    exception_reason text NOT NULL,
    reimbursed_on    date,
    reimbursed_ref   text NOT NULL,
    reimbursed_by    uuid,
    invoice_id       uuid,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    deleted_at       timestamptz,
    version          int NOT NULL,
    CONSTRAINT expenses_kind_check CHECK (kind IN ('receipt', 'mileage', 'per_diem')),
    CONSTRAINT expenses_state_check CHECK (state IN ('draft', 'submitted', 'approved', 'rejected')),
    CONSTRAINT expenses_amounts_check CHECK (gross_minor >= 0 AND tax_minor BETWEEN 0 AND gross_minor),
    CONSTRAINT expenses_rounding_check CHECK (rounding IN ('half_up', 'half_even')),
    CONSTRAINT expenses_settled_check CHECK (state = 'approved' OR (invoice_id IS NULL AND reimbursed_on IS NULL)),
    CONSTRAINT expenses_reimbursed_check CHECK (reimbursable OR reimbursed_on IS NULL),
    CONSTRAINT expenses_billed_check CHECK (billable OR invoice_id IS NULL),
    CONSTRAINT expenses_complete_check CHECK (state IN ('draft', 'rejected') OR (category_id IS NOT NULL AND base_minor IS NOT NULL AND gross_minor > 0))
);
CREATE INDEX expenses_day_idx ON expenses (spent_on DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX expenses_member_idx ON expenses (member_id, spent_on DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX expenses_project_idx ON expenses (project_id, spent_on DESC, id DESC) WHERE deleted_at IS NULL AND project_id IS NOT NULL;
CREATE INDEX expenses_waiting_idx ON expenses (spent_on DESC, id DESC) WHERE deleted_at IS NULL AND state = 'submitted';
CREATE INDEX expenses_unbilled_idx ON expenses (client_id, spent_on) WHERE deleted_at IS NULL AND state = 'approved' AND billable AND invoice_id IS NULL;
CREATE INDEX expenses_owed_idx ON expenses (spent_on DESC, id DESC) WHERE deleted_at IS NULL AND state = 'approved' AND reimbursable AND reimbursed_on IS NULL;
CREATE INDEX expenses_invoice_idx ON expenses (invoice_id) WHERE invoice_id IS NOT NULL;

CREATE TABLE receipts (
    id           uuid PRIMARY KEY,
    expense_id   uuid NOT NULL REFERENCES expenses (id),
    file_key     text NOT NULL,
    thumb_key    text NOT NULL, -- empty: none can be made
    name         text NOT NULL,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    sha256       text NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   uuid
);
CREATE INDEX receipts_expense_idx ON receipts (expense_id, created_at, id);

CREATE INDEX expenses_exchange_idx ON expenses (currency, base_currency, exchange_on DESC, id DESC) WHERE deleted_at IS NULL AND exchange_rate IS NOT NULL;
