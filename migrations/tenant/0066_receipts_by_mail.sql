-- Whether a mail carries the receipts of the expenses on its invoice.
ALTER TABLE invoice_sends ADD COLUMN with_receipts boolean NOT NULL DEFAULT false;
