-- A deposit is an invoice of its own, which later ones deduct. What is payable in
-- cash may be rounded to what coins there are.
ALTER TABLE invoices DROP CONSTRAINT invoices_kind_check;
ALTER TABLE invoices ADD CONSTRAINT invoices_kind_check CHECK (kind IN ('invoice', 'deposit', 'credit_note'));
ALTER TABLE legal_entities ADD COLUMN cash_step_minor bigint NOT NULL DEFAULT 0, ADD CONSTRAINT legal_entities_cash_check CHECK (cash_step_minor >= 0);
ALTER TABLE invoices DROP CONSTRAINT invoices_paid_check;
ALTER TABLE invoices DROP COLUMN open_minor; -- its index goes with it
ALTER TABLE invoices
    ADD COLUMN deducted_minor  bigint NOT NULL DEFAULT 0,
    ADD COLUMN cash_step_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN cash_minor      bigint NOT NULL DEFAULT 0;
ALTER TABLE invoices ADD COLUMN open_minor bigint
    GENERATED ALWAYS AS (total_minor - withheld_minor - deducted_minor + cash_minor - paid_minor - credited_minor - written_off_minor) STORED;
ALTER TABLE invoices ADD CONSTRAINT invoices_paid_check CHECK (
    paid_minor >= 0 AND credited_minor >= 0 AND written_off_minor >= 0 AND deducted_minor >= 0
    AND (paid_minor + credited_minor + written_off_minor = 0
        OR paid_minor + credited_minor + written_off_minor <= total_minor - withheld_minor - deducted_minor + cash_minor));
CREATE INDEX invoices_open_idx ON invoices (due_on) WHERE state = 'issued' AND open_minor > 0;
CREATE INDEX invoices_client_open_idx ON invoices (client_id, due_on) WHERE state = 'issued' AND open_minor > 0;
CREATE INDEX invoices_deposit_idx ON invoices (client_id) WHERE kind = 'deposit';

-- What an invoice takes off of deposits. Rows of voided and of credited ones stay.
CREATE TABLE deductions (
    id          uuid PRIMARY KEY,
    invoice_id  uuid NOT NULL,
    position    int NOT NULL,
    deposit_id  uuid NOT NULL,
    lines       jsonb NOT NULL, -- how much of each line of the deposit
    net_minor   bigint NOT NULL,
    tax_minor   bigint NOT NULL,
    total_minor bigint NOT NULL,
    taxes       jsonb NOT NULL,
    released_at timestamptz,
    CONSTRAINT deductions_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE,
    CONSTRAINT deductions_deposit_fkey FOREIGN KEY (deposit_id) REFERENCES invoices (id)
);
CREATE INDEX deductions_invoice_idx ON deductions (invoice_id, position);
CREATE INDEX deductions_deposit_idx ON deductions (deposit_id) WHERE released_at IS NULL;
