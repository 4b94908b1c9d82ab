-- A run brings the fees of retainers whose period begins in its days. Each is an invoice of its own.
ALTER TABLE invoice_runs ADD COLUMN retainers boolean NOT NULL DEFAULT false;

CREATE TABLE invoice_run_fees (
    run_id      uuid NOT NULL,
    client_id   uuid NOT NULL,
    invoice_id  uuid NOT NULL,
    number      text NOT NULL,
    currency    char(3) NOT NULL,
    total_minor bigint NOT NULL,
    CONSTRAINT invoice_run_fees_pkey PRIMARY KEY (run_id, invoice_id),
    CONSTRAINT invoice_run_fees_item_fkey FOREIGN KEY (run_id, client_id) REFERENCES invoice_run_items (run_id, client_id) ON DELETE CASCADE
);
CREATE INDEX invoice_run_fees_client_idx ON invoice_run_fees (run_id, client_id);
