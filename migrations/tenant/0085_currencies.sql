-- What a unit of a currency was worth on a day, as it was quoted: never turned round and rounded again.
CREATE TABLE exchange_rates (
    id         uuid PRIMARY KEY,
    currency   char(3) NOT NULL,
    base       char(3) NOT NULL,
    on_day     date NOT NULL,
    rate       numeric(30,15) NOT NULL,
    direction  text NOT NULL,
    source     text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT exchange_rates_rate_check CHECK (rate > 0),
    CONSTRAINT exchange_rates_pair_check CHECK (currency <> base),
    CONSTRAINT exchange_rates_direction_check CHECK (direction IN ('base_per_unit', 'units_per_base'))
);
CREATE UNIQUE INDEX exchange_rates_day_key ON exchange_rates (currency, base, on_day DESC);
CREATE INDEX exchange_rates_list_idx ON exchange_rates (on_day DESC, id DESC);

-- Each document says what it comes to in the currency of the books, frozen when it is issued.
ALTER TABLE invoices
    ADD COLUMN base_currency    char(3),
    ADD COLUMN rate             numeric(30,15),
    ADD COLUMN rate_direction   text NOT NULL DEFAULT '',
    ADD COLUMN rate_on          date,
    ADD COLUMN rate_source      text NOT NULL DEFAULT '',
    ADD COLUMN base_net_minor   bigint NOT NULL DEFAULT 0,
    ADD COLUMN base_tax_minor   bigint NOT NULL DEFAULT 0,
    ADD COLUMN base_total_minor bigint NOT NULL DEFAULT 0;
UPDATE invoices i SET base_currency = i.currency, rate = 1, rate_direction = 'base_per_unit', rate_on = i.issue_on, rate_source = 'same',
       base_net_minor = i.net_minor, base_tax_minor = i.tax_minor, base_total_minor = i.total_minor
    FROM legal_entities e WHERE e.id = i.entity_id AND e.currency = i.currency AND i.state <> 'draft';
CREATE INDEX invoices_foreign_idx ON invoices (issue_on) WHERE base_currency <> currency AND state <> 'draft';

ALTER TABLE payments
    ADD COLUMN base_currency  char(3),
    ADD COLUMN rate           numeric(30,15),
    ADD COLUMN rate_direction text NOT NULL DEFAULT '',
    ADD COLUMN rate_on        date,
    ADD COLUMN rate_source    text NOT NULL DEFAULT '';
ALTER TABLE allocations
    ADD COLUMN gain_minor    bigint NOT NULL DEFAULT 0,
    ADD COLUMN gain_currency char(3);
CREATE INDEX allocations_gain_idx ON allocations (applied_on) WHERE gain_minor <> 0;

-- What open balances were worth at the end of a period. The next day takes it back.
CREATE TABLE revaluations (
    id         uuid PRIMARY KEY,
    closing_on date NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX revaluations_closing_key ON revaluations (closing_on);
CREATE TABLE revaluation_lines (
    revaluation_id uuid NOT NULL,
    invoice_id     uuid NOT NULL,
    currency       char(3) NOT NULL,
    open_minor     bigint NOT NULL,
    base_currency  char(3) NOT NULL,
    rate           numeric(30,15) NOT NULL,
    rate_direction text NOT NULL,
    rate_on        date NOT NULL,
    rate_source    text NOT NULL,
    gain_minor     bigint NOT NULL,
    CONSTRAINT revaluation_lines_pkey PRIMARY KEY (revaluation_id, invoice_id),
    CONSTRAINT revaluation_lines_of_fkey FOREIGN KEY (revaluation_id) REFERENCES revaluations (id) ON DELETE CASCADE,
    CONSTRAINT revaluation_lines_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id)
);
CREATE INDEX revaluation_lines_invoice_idx ON revaluation_lines (invoice_id);
