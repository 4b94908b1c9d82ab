-- Which legal entity invoices a client; none: the default one.
ALTER TABLE clients ADD COLUMN legal_entity_id uuid;
CREATE INDEX clients_entity_idx ON clients (legal_entity_id) WHERE legal_entity_id IS NOT NULL;

-- What is closed beside the day for everybody, for the time that some legal entities invoice: [{entity_id, through, by, at}]. It is in the row that every
-- change of time holds, so that nothing is written into a period while it closes.
ALTER TABLE time_settings ADD COLUMN entity_locks jsonb NOT NULL DEFAULT '[]';
