-- What the agency sells and logs, with the defaults of time that names it. What it
-- costs stands on the rate cards, like every other price.
CREATE TABLE services (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    billable    boolean NOT NULL,
    -- a tax rate belongs to invoicing, which is asked when it is set
    tax_rate_id uuid,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    updated_at  timestamptz NOT NULL,
    archived_at timestamptz,
    version     int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX services_name_key ON services (lower(name)) WHERE archived_at IS NULL;
CREATE INDEX services_name_idx ON services (lower(name), id);

ALTER TABLE rates DROP CONSTRAINT rates_kind_check;
ALTER TABLE rates ADD CONSTRAINT rates_kind_check CHECK (kind IN ('member', 'task', 'position', 'service'));

ALTER TABLE tasks ADD COLUMN service_id uuid;

-- A rate set on the entry itself goes before every card; it is kept apart from the
-- snapshot, so that pricing the entry again finds it.
ALTER TABLE time_entries ADD COLUMN service_id uuid;
ALTER TABLE time_entries ADD COLUMN own_rate_amount numeric(18,6);
ALTER TABLE time_entries ADD COLUMN own_rate_currency char(3);
ALTER TABLE time_entries ADD CONSTRAINT time_entries_own_rate_check CHECK (
    (own_rate_amount IS NULL) = (own_rate_currency IS NULL) AND own_rate_amount >= 0);
