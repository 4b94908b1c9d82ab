-- A part of what is billed of a fee is retained by the client until the end. held is what invoices took off for it, released
-- what was invoiced of that: the ledger's sums, as billed is.
ALTER TABLE fees ADD COLUMN retain_percent numeric(7,4) NOT NULL DEFAULT 0;
ALTER TABLE fees ADD COLUMN held_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE fees ADD COLUMN released_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE fees ADD CONSTRAINT fees_retain_check CHECK (retain_percent >= 0 AND retain_percent < 100);
ALTER TABLE fees ADD CONSTRAINT fees_released_check CHECK (held_minor >= 0 AND released_minor BETWEEN 0 AND held_minor);

-- Held rows lower the invoice, so they are less than zero, and name the row that they are held of.
ALTER TABLE fee_ledger ADD COLUMN kind text NOT NULL DEFAULT 'billed';
ALTER TABLE fee_ledger ADD COLUMN held_of uuid;
ALTER TABLE fee_ledger ADD CONSTRAINT fee_ledger_kind_check CHECK (kind IN ('billed', 'held', 'released') AND (kind = 'held') = (held_of IS NOT NULL));
