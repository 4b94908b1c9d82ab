-- A client's contact who is asked to accept a milestone may ask for changes instead; staff say when it is ready again.
-- Both sides see all rounds. Rows are only added, and each is answered once.
CREATE TABLE milestone_rounds (
    id          uuid PRIMARY KEY,
    part_id     uuid NOT NULL,
    asked       text NOT NULL, -- what is to be different
    asked_by    text NOT NULL, -- by name
    asked_by_id uuid NOT NULL,
    asked_at    timestamptz NOT NULL,
    ready_note  text NOT NULL DEFAULT '',
    ready_by    text NOT NULL DEFAULT '',
    ready_at    timestamptz,
    CONSTRAINT milestone_rounds_part_fkey FOREIGN KEY (part_id) REFERENCES fee_parts (id)
);
CREATE INDEX milestone_rounds_part_idx ON milestone_rounds (part_id, asked_at, id);
CREATE UNIQUE INDEX milestone_rounds_open_key ON milestone_rounds (part_id) WHERE ready_at IS NULL;

-- Counts the changes of a part that matter to whoever accepts it.
ALTER TABLE fee_parts ADD COLUMN version int NOT NULL DEFAULT 1;
