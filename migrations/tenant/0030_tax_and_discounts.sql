-- Taxes on top of taxes, and taxes that the client keeps back.
ALTER TABLE tax_rates ADD COLUMN compound boolean NOT NULL DEFAULT false;
ALTER TABLE tax_rates DROP CONSTRAINT tax_rates_kind_check;
ALTER TABLE tax_rates ADD CONSTRAINT tax_rates_kind_check CHECK (kind IN ('standard', 'zero', 'exempt', 'reverse_charge', 'withholding'));

-- Discounts as they were entered, and what they came to. Existing documents
-- have none, so every figure of theirs stays what it is.
ALTER TABLE invoices
    ADD COLUMN discount_percent  numeric(7,4) NOT NULL DEFAULT 0,
    ADD COLUMN discount_amount   numeric(18,4) NOT NULL DEFAULT 0,
    ADD COLUMN discount_minor    bigint NOT NULL DEFAULT 0,
    ADD COLUMN withheld_minor    bigint NOT NULL DEFAULT 0,
    ADD COLUMN credited_minor    bigint NOT NULL DEFAULT 0,
    ADD COLUMN written_off_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE invoice_lines
    ADD COLUMN discount_amount numeric(18,4) NOT NULL DEFAULT 0,
    ADD COLUMN share_minor     bigint NOT NULL DEFAULT 0; -- of the document's discount

-- What is open is said once. It is never less than nothing.
ALTER TABLE invoices ADD COLUMN open_minor bigint
    GENERATED ALWAYS AS (total_minor - withheld_minor - paid_minor - credited_minor - written_off_minor) STORED;
ALTER TABLE invoices DROP CONSTRAINT invoices_paid_check;
ALTER TABLE invoices ADD CONSTRAINT invoices_paid_check CHECK (
    paid_minor >= 0 AND credited_minor >= 0 AND written_off_minor >= 0
    AND (paid_minor + credited_minor + written_off_minor = 0 OR paid_minor + credited_minor + written_off_minor <= total_minor - withheld_minor));
DROP INDEX invoices_open_idx;
CREATE INDEX invoices_open_idx ON invoices (due_on) WHERE state = 'issued' AND open_minor > 0;
