-- Another price for a rate, for as long as it can be undone: the rate as it was, and which time got the price.
CREATE TABLE rate_revisions (
    id            uuid PRIMARY KEY,
    member_id     uuid NOT NULL,
    created_at    timestamptz NOT NULL,
    undone_at     timestamptz,
    rate_before   jsonb NOT NULL,
    after_version int NOT NULL, -- of that rate, after it
    added_rate_id uuid,         -- the one that took over on a day
    repricing_id  uuid,
    entries       int NOT NULL
);
CREATE INDEX rate_revisions_created_idx ON rate_revisions (created_at);

-- Entries that got another price at once: each with the price that it had and the one that it got.
CREATE TABLE time_repricings (
    id         uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    lines      jsonb NOT NULL
);
CREATE INDEX time_repricings_created_idx ON time_repricings (created_at);
