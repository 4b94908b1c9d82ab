-- Changes of many time entries at once, for as long as they can be undone: each entry as it was, and its version after.
CREATE TABLE time_bulk_changes (
    id         uuid PRIMARY KEY,
    member_id  uuid NOT NULL,
    created_at timestamptz NOT NULL,
    undone_at  timestamptz,
    lines      jsonb NOT NULL
);
CREATE INDEX time_bulk_changes_member_idx ON time_bulk_changes (member_id, created_at DESC);
CREATE INDEX time_bulk_changes_created_idx ON time_bulk_changes (created_at);
