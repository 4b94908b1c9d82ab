-- Public holidays of a region, as rows of the agency's own: filled from a library's data once a year, then edited by hand.
CREATE TABLE holiday_sets (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    region     text NOT NULL DEFAULT '',
    is_default boolean NOT NULL DEFAULT false,
    -- [{"day": "2026-12-25", "name": "Christmas Day", "half": false}, …] in order
    days       jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    version    int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX holiday_sets_name_key ON holiday_sets (lower(name));
CREATE UNIQUE INDEX holiday_sets_default_key ON holiday_sets (is_default) WHERE is_default;
-- Whose holidays they are is part of the dated schedule; none means the default set.
ALTER TABLE employments ADD COLUMN holiday_set_id uuid REFERENCES holiday_sets (id);
