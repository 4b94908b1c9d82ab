-- What the agency costs beside its people, in percent of what their hours cost, from a day on.
CREATE TABLE overheads (
    id         uuid PRIMARY KEY,
    percent    numeric(8,4) NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT overheads_percent_check CHECK (percent >= 0),
    CONSTRAINT overheads_dates_check CHECK (valid_to > valid_from),
    CONSTRAINT overheads_overlap_excl EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&)
);

-- A cost that changed after its month was closed: the difference, in the month that was open then. Rows are never changed.
CREATE TABLE cost_differences (
    id           uuid PRIMARY KEY,
    member_id    uuid NOT NULL,
    project_id   uuid NOT NULL,
    month        date NOT NULL, -- in which the work was done
    posted_in    date NOT NULL, -- the first month that was open
    seconds      bigint NOT NULL,
    amount_minor bigint NOT NULL,
    currency     char(3) NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    CONSTRAINT cost_differences_month_check CHECK (extract(day FROM month) = 1 AND extract(day FROM posted_in) = 1 AND posted_in > month)
);
CREATE INDEX cost_differences_member_idx ON cost_differences (member_id, id);
CREATE INDEX cost_differences_project_idx ON cost_differences (project_id);
