-- When a mail could not be delivered, and what the mail server answered. Sending it again clears both.
ALTER TABLE invoice_sends
    ADD COLUMN created_by text NOT NULL DEFAULT '', -- who sent it; empty: it went by itself, or before this was kept
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN failure text NOT NULL DEFAULT '';
ALTER TABLE statement_sends
    ADD COLUMN pdf_hash text NOT NULL DEFAULT '', -- of the PDF that was kept for it
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN failure text NOT NULL DEFAULT '';
ALTER TABLE invitations
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN failure text NOT NULL DEFAULT '';
-- One mail in bulk a client and day, but for those that never arrived.
CREATE UNIQUE INDEX statement_sends_day_key ON statement_sends (client_id, to_on) WHERE bulk AND failed_at IS NULL;
DROP INDEX statement_sends_bulk_key;
