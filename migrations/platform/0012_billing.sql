-- What the platform charges its agencies. Stripe's objects are copies, taken anew whenever an event says so.
CREATE TABLE subscriptions (
    agency_id            uuid PRIMARY KEY,
    customer_id          text,
    subscription_id      text,
    item_id              text NOT NULL DEFAULT '',
    status               text NOT NULL,
    held_plan            text NOT NULL,
    held_quantity        int NOT NULL,
    paid_plan            text NOT NULL,
    paid_quantity        int NOT NULL,
    period_start         timestamptz,
    period_end           timestamptz,
    trial_ends_at        timestamptz,
    cancel_at_period_end boolean NOT NULL DEFAULT false,
    collection_paused    boolean NOT NULL DEFAULT false,
    collection           text NOT NULL DEFAULT 'auto',
    seat_ceiling         int NOT NULL DEFAULT 0,
    seat_floor           int NOT NULL DEFAULT 0,
    past_due_since       timestamptz,
    unpaid_since         timestamptz,
    paused_since         timestamptz,
    ended_at             timestamptz,
    last_payment_failed  boolean NOT NULL DEFAULT false,
    customer_since       timestamptz,
    pending_until        timestamptz,
    checkout_id          text NOT NULL DEFAULT '',
    synced_seq           bigint NOT NULL DEFAULT 0,
    synced_at            timestamptz NOT NULL,
    version              int NOT NULL DEFAULT 1,
    CONSTRAINT subscriptions_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT subscriptions_collection_check CHECK (collection IN ('auto', 'true_up')),
    CONSTRAINT subscriptions_quantity_check CHECK (held_quantity >= 0 AND paid_quantity >= 0)
);
-- An event names a customer or a subscription, and that alone says whose it is.
CREATE UNIQUE INDEX subscriptions_customer_key ON subscriptions (customer_id);
CREATE UNIQUE INDEX subscriptions_subscription_key ON subscriptions (subscription_id);
CREATE INDEX subscriptions_status_idx ON subscriptions (status);

-- Every call that changes something at Stripe is written down, with its key, before it is made.
CREATE TABLE billing_commands (
    id          uuid PRIMARY KEY, -- the idempotency key
    agency_id   uuid NOT NULL,
    kind        text NOT NULL,
    params      jsonb NOT NULL,
    place       int NOT NULL DEFAULT 0, -- among the commands that were written down together
    state       text NOT NULL,
    error       text NOT NULL DEFAULT '',
    created_by  text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    tried_at    timestamptz,
    done_at     timestamptz,
    CONSTRAINT billing_commands_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT billing_commands_state_check CHECK (state IN ('open', 'waiting', 'done', 'failed'))
);
CREATE INDEX billing_commands_agency_idx ON billing_commands (agency_id, created_at DESC);
CREATE INDEX billing_commands_open_idx ON billing_commands (agency_id, created_at, place) WHERE state IN ('open', 'waiting');

CREATE TABLE stripe_events (
    id              text PRIMARY KEY,
    account         text NOT NULL DEFAULT '',
    type            text NOT NULL,
    object_type     text NOT NULL,
    object_id       text NOT NULL,
    customer_id     text NOT NULL DEFAULT '',
    subscription_id text NOT NULL DEFAULT '',
    agency_id       uuid,
    happened_at     timestamptz NOT NULL,
    received_at     timestamptz NOT NULL,
    source          text NOT NULL,
    state           text NOT NULL,
    processed_at    timestamptz,
    payload         jsonb NOT NULL,
    CONSTRAINT stripe_events_state_check CHECK (state IN ('received', 'done', 'unknown')),
    CONSTRAINT stripe_events_source_check CHECK (source IN ('webhook', 'catch_up'))
);
CREATE INDEX stripe_events_open_idx ON stripe_events (received_at) WHERE state <> 'done';
CREATE INDEX stripe_events_agency_idx ON stripe_events (agency_id, happened_at DESC);
CREATE INDEX stripe_events_happened_idx ON stripe_events (happened_at DESC, id DESC);

CREATE TABLE plan_overrides (
    id         uuid PRIMARY KEY,
    agency_id  uuid NOT NULL,
    plan       text NOT NULL DEFAULT '',
    level      text NOT NULL DEFAULT '',
    max_seats  int NOT NULL DEFAULT 0,
    reason     text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text NOT NULL DEFAULT '',
    CONSTRAINT plan_overrides_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT plan_overrides_reason_check CHECK (reason <> ''),
    CONSTRAINT plan_overrides_expiry_check CHECK (expires_at > created_at)
);
CREATE INDEX plan_overrides_agency_idx ON plan_overrides (agency_id, created_at DESC);

-- Implementation services: one-off invoices that have nothing to do with seats.
CREATE TABLE service_orders (
    id           uuid PRIMARY KEY,
    agency_id    uuid NOT NULL,
    text         text NOT NULL,
    amount_minor bigint NOT NULL,
    currency     char(3) NOT NULL,
    due_days     int NOT NULL,
    state        text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by  text NOT NULL DEFAULT '',
    approved_at  timestamptz,
    invoice_id   text,
    version      int NOT NULL DEFAULT 1,
    CONSTRAINT service_orders_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT service_orders_amount_check CHECK (amount_minor BETWEEN 500000 AND 2500000 AND currency = 'USD'),
    CONSTRAINT service_orders_state_check CHECK (state IN ('waiting', 'approved', 'invoiced', 'paid', 'canceled')),
    CONSTRAINT service_orders_approver_check CHECK (approved_by = '' OR approved_by <> requested_by OR amount_minor <= 1000000)
);
CREATE INDEX service_orders_agency_idx ON service_orders (agency_id, requested_at DESC);
CREATE UNIQUE INDEX service_orders_invoice_key ON service_orders (invoice_id);

-- The most seats in use on a day, for agencies that settle by the quarter.
CREATE TABLE seat_days (
    agency_id uuid NOT NULL,
    day       date NOT NULL,
    peak      int NOT NULL,
    PRIMARY KEY (agency_id, day),
    CONSTRAINT seat_days_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);

-- What the nightly comparison found, and whether it could put it right.
CREATE TABLE billing_drift (
    id        uuid PRIMARY KEY,
    agency_id uuid,
    run_at    timestamptz NOT NULL,
    subject   text NOT NULL, -- the provider's object
    field     text NOT NULL,
    ours      text NOT NULL,
    theirs    text NOT NULL,
    healed    boolean NOT NULL,
    CONSTRAINT billing_drift_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);
CREATE INDEX billing_drift_run_idx ON billing_drift (run_at DESC);

-- Other processes forget what they keep of an agency's access when this changes.
CREATE FUNCTION tell_billing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('bureau_billing', NEW.agency_id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER subscriptions_tell AFTER INSERT OR UPDATE ON subscriptions FOR EACH ROW EXECUTE FUNCTION tell_billing();
CREATE TRIGGER plan_overrides_tell AFTER INSERT OR UPDATE ON plan_overrides FOR EACH ROW EXECUTE FUNCTION tell_billing();

-- Agencies from before there was billing begin their trial now.
INSERT INTO subscriptions (agency_id, status, held_plan, held_quantity, paid_plan, paid_quantity, trial_ends_at, synced_at)
SELECT id, 'trial', 'professional', 0, 'professional', 0, now() + interval '14 days', now()
FROM agencies WHERE state IN ('active', 'suspended', 'deleted');
