-- A line is made from time, a fee, a period of a retainer, …: the kinds are the program's.
ALTER TABLE invoice_lines DROP CONSTRAINT invoice_lines_kind_check;

-- What a client agreed to pay for a project, whatever the hours. contract is what
-- was agreed with all change orders; billed is the sum of the ledger. More than the
-- contract is never billed.
CREATE TABLE fees (
    id             uuid PRIMARY KEY,
    project_id     uuid NOT NULL,
    client_id      uuid NOT NULL,
    name           text NOT NULL,
    kind           text NOT NULL,
    currency       char(3) NOT NULL,
    agreed_minor   bigint NOT NULL,
    contract_minor bigint NOT NULL,
    billed_minor   bigint NOT NULL DEFAULT 0,
    percent        numeric(7,4) NOT NULL DEFAULT 0,
    covers         text NOT NULL,
    task_ids       uuid[] NOT NULL DEFAULT '{}',
    archived_at    timestamptz,
    version        int NOT NULL DEFAULT 1,
    created_by     text NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT fees_kind_check CHECK (kind IN ('percent', 'schedule', 'milestones')),
    CONSTRAINT fees_covers_check CHECK (covers IN ('project', 'tasks', 'nothing')),
    CONSTRAINT fees_percent_check CHECK (percent BETWEEN 0 AND 100),
    CONSTRAINT fees_agreed_check CHECK (agreed_minor > 0 AND contract_minor >= 0),
    CONSTRAINT fees_billed_check CHECK (billed_minor BETWEEN 0 AND contract_minor)
);
CREATE INDEX fees_project_idx ON fees (project_id, created_at, id);
CREATE INDEX fees_client_idx ON fees (client_id, created_at, id);

-- What a fee is billed in: by date, or when it is accepted.
CREATE TABLE fee_parts (
    id            uuid PRIMARY KEY,
    fee_id        uuid NOT NULL,
    position      int NOT NULL,
    name          text NOT NULL,
    percent       numeric(7,4),
    amount_minor  bigint NOT NULL,
    billed_minor  bigint NOT NULL DEFAULT 0,
    due_on        date,
    accepted_at   timestamptz,
    accepted_by   text NOT NULL DEFAULT '',
    accepted_kind text NOT NULL DEFAULT '',
    order_id      uuid, -- the change order that brought it
    CONSTRAINT fee_parts_fee_fkey FOREIGN KEY (fee_id) REFERENCES fees (id),
    CONSTRAINT fee_parts_amount_check CHECK (amount_minor >= 0),
    CONSTRAINT fee_parts_billed_check CHECK (billed_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX fee_parts_fee_idx ON fee_parts (fee_id, position);

-- What was agreed after the contract. Nothing of it is edited or removed.
CREATE TABLE change_orders (
    id           uuid PRIMARY KEY,
    fee_id       uuid NOT NULL,
    number       text NOT NULL,
    reason       text NOT NULL,
    amount_minor bigint NOT NULL,
    approved_by  text NOT NULL,
    approved_on  date NOT NULL,
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT change_orders_fee_fkey FOREIGN KEY (fee_id) REFERENCES fees (id),
    CONSTRAINT change_orders_amount_check CHECK (amount_minor <> 0)
);
CREATE UNIQUE INDEX change_orders_number_key ON change_orders (fee_id, lower(number));

-- What was put on documents and what came back from them. Rows are only added.
CREATE TABLE fee_ledger (
    id           uuid PRIMARY KEY,
    fee_id       uuid NOT NULL,
    part_id      uuid,
    source_id    uuid NOT NULL, -- the row that was billed; its own id for that one
    document_id  uuid NOT NULL, -- the invoice, or the credit note that gave it back
    amount_minor bigint NOT NULL,
    percent      numeric(7,4),
    created_at   timestamptz NOT NULL,
    CONSTRAINT fee_ledger_fee_fkey FOREIGN KEY (fee_id) REFERENCES fees (id),
    CONSTRAINT fee_ledger_part_fkey FOREIGN KEY (part_id) REFERENCES fee_parts (id)
);
CREATE INDEX fee_ledger_fee_idx ON fee_ledger (fee_id, id);
CREATE INDEX fee_ledger_source_idx ON fee_ledger (source_id);
CREATE INDEX fee_ledger_document_idx ON fee_ledger (document_id);
