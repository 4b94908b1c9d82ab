-- What an hour of a person costs the agency, from a day on, up to, not including, another. Where it comes from a salary, what it was worked out of is kept.
CREATE TABLE cost_rates (
    id               uuid PRIMARY KEY,
    member_id        uuid NOT NULL,
    per_hour         numeric(18,6) NOT NULL,
    currency         char(3) NOT NULL,
    valid_from       date NOT NULL,
    valid_to         date,
    salary_minor     bigint,
    capacity_seconds bigint,
    created_at       timestamptz NOT NULL,
    created_by       uuid,
    -- the key as a number, so that a range over it can stand in the constraint below without an extension
    key_hash         bigint GENERATED ALWAYS AS (hashtextextended(member_id::text, 0)) STORED,
    CONSTRAINT cost_rates_amount_check CHECK (per_hour >= 0 AND salary_minor >= 0),
    CONSTRAINT cost_rates_salary_check CHECK ((salary_minor IS NULL) = (capacity_seconds IS NULL)),
    CONSTRAINT cost_rates_dates_check CHECK (valid_to > valid_from),
    CONSTRAINT cost_rates_overlap_excl EXCLUDE USING gist (int8range(key_hash, key_hash, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&)
);
CREATE INDEX cost_rates_member_idx ON cost_rates (member_id, valid_from);
