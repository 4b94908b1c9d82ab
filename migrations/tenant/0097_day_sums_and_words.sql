-- What time entries add up to by day, a row for each member's day: kept like time_sums, for totals by day over any stretch.
CREATE TABLE time_day_sums (
    id               uuid PRIMARY KEY DEFAULT uuidv7(),
    work_date        date NOT NULL,
    member_id        uuid NOT NULL,
    state            text NOT NULL,
    billable         boolean NOT NULL,
    rate_currency    char(3),
    entries          int NOT NULL,
    no_rate          int NOT NULL,
    seconds          bigint NOT NULL,
    billable_seconds bigint NOT NULL,
    billed_seconds   bigint NOT NULL,
    worth            numeric NOT NULL,
    CONSTRAINT time_day_sums_key UNIQUE NULLS NOT DISTINCT (member_id, work_date, state, billable, rate_currency)
) WITH (fillfactor = 80);
CREATE INDEX time_day_sums_day_idx ON time_day_sums (work_date);
CREATE INDEX time_day_sums_nothing_idx ON time_day_sums (id) WHERE entries = 0;

INSERT INTO time_day_sums (work_date, member_id, state, billable, rate_currency, entries, no_rate, seconds, billable_seconds, billed_seconds, worth)
SELECT work_date, member_id, state, billable, rate_currency,
    count(*), count(*) FILTER (WHERE billable AND rate_amount IS NULL), sum(raw_seconds), coalesce(sum(raw_seconds) FILTER (WHERE billable), 0),
    sum(billed_seconds), coalesce(sum(billed_seconds * rate_amount) FILTER (WHERE billable), 0)
FROM time_entries WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5;

-- Words in notes, by their beginnings. What is no letter and no digit parts words, so that paths and addresses are found by their parts.
CREATE INDEX time_entries_words_idx ON time_entries USING gin (to_tsvector('simple', regexp_replace(note, '[^[:alnum:]]+', ' ', 'g'))) WHERE deleted_at IS NULL;
