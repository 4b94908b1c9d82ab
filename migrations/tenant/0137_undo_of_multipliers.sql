-- Multipliers that were added, for as long as it can be undone: those that ended for them, where these ended before, and which time was counted anew.
CREATE TABLE multiplier_additions (
    id             uuid PRIMARY KEY,
    member_id      uuid NOT NULL,
    created_at     timestamptz NOT NULL,
    undone_at      timestamptz,
    multipliers_id uuid NOT NULL,
    valid_to       date,
    ended_id       uuid,
    ended_was      date,
    repricing_id   uuid,
    entries        int NOT NULL,
    CONSTRAINT multiplier_additions_multipliers_fkey FOREIGN KEY (multipliers_id) REFERENCES rate_multipliers (id)
);
CREATE INDEX multiplier_additions_created_idx ON multiplier_additions (created_at);
