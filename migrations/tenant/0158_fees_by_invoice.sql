-- Which period's fee an invoice bills: asked when one is deleted or voided.
CREATE INDEX retainer_periods_fee_invoice_idx ON retainer_periods (fee_invoice_id) WHERE fee_invoice_id IS NOT NULL;
