-- Money that a payment provider received, each of its payments once.
ALTER TABLE payments ADD COLUMN provider_ref text;
CREATE UNIQUE INDEX payments_provider_ref_key ON payments (provider_ref);

-- A refund that did not arrive is undone: its row stays.
ALTER TABLE refunds
    ADD COLUMN undone_at   timestamptz,
    ADD COLUMN undo_reason text NOT NULL DEFAULT '';
