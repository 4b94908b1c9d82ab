-- A credit note is a document like an invoice, with a number of its own series.
ALTER TABLE legal_entities ADD COLUMN credit_format text NOT NULL DEFAULT 'CN-{YYYY}-{NNNN}';
ALTER TABLE invoices
    ADD COLUMN kind       text NOT NULL DEFAULT 'invoice',
    ADD COLUMN credits_id uuid, -- what a credit note takes back
    ADD CONSTRAINT invoices_kind_check CHECK (kind IN ('invoice', 'credit_note')),
    ADD CONSTRAINT invoices_credits_check CHECK ((kind = 'credit_note') = (credits_id IS NOT NULL)),
    ADD CONSTRAINT invoices_credits_fkey FOREIGN KEY (credits_id) REFERENCES invoices (id);
CREATE INDEX invoices_credits_idx ON invoices (credits_id) WHERE credits_id IS NOT NULL;
ALTER TABLE invoice_lines ADD COLUMN credits_line_id uuid;

-- Its value is applied, kept and paid out as money that was received is.
ALTER TABLE payments ADD COLUMN credit_note_id uuid REFERENCES invoices (id);
CREATE UNIQUE INDEX payments_credit_note_key ON payments (credit_note_id) WHERE credit_note_id IS NOT NULL;
ALTER TABLE payments DROP CONSTRAINT payments_method_check;
ALTER TABLE payments ADD CONSTRAINT payments_method_check CHECK (
    method IN ('bank_transfer', 'card', 'cash', 'cheque', 'other', 'credit_note') AND (method = 'credit_note') = (credit_note_id IS NOT NULL));
