-- Drafts are reviewed before they are issued. What was sent and what was approved is one version of the draft:
-- of any later one neither holds.
ALTER TABLE invoices
    ADD COLUMN review         text NOT NULL DEFAULT '',
    ADD COLUMN review_version int NOT NULL DEFAULT 0,
    ADD COLUMN review_sent_by text NOT NULL DEFAULT '',
    ADD COLUMN review_sent_at timestamptz,
    ADD COLUMN reviewed_by    text NOT NULL DEFAULT '',
    ADD COLUMN reviewed_at    timestamptz,
    ADD COLUMN review_reason  text NOT NULL DEFAULT '', -- why it went back, or why somebody approved their own
    ADD CONSTRAINT invoices_review_check CHECK (review IN ('', 'in_review', 'ready', 'back'));
CREATE INDEX invoices_reported_idx ON invoices (issue_on, id) WHERE state <> 'draft';

-- Whether only what was reviewed is issued, and for which reasons time is written up or down.
CREATE TABLE review_settings (
    id         boolean PRIMARY KEY DEFAULT true,
    required   boolean NOT NULL,
    reasons    text[] NOT NULL,
    version    int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT review_settings_one_check CHECK (id)
);

-- What a time entry on a line is worth: raw hours and those of the rounding rule at the rate that was frozen on it,
-- what it was written up or down to, what the line bills of it, and what credit notes took back.
ALTER TABLE line_sources
    ADD COLUMN member_id      uuid,
    ADD COLUMN project_id     uuid,
    ADD COLUMN work_on        date,
    ADD COLUMN raw_seconds    bigint NOT NULL DEFAULT 0,
    ADD COLUMN ruled_seconds  bigint NOT NULL DEFAULT 0,
    ADD COLUMN rate           numeric(18,6) NOT NULL DEFAULT 0,
    ADD COLUMN standard_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN value_minor    bigint NOT NULL DEFAULT 0,
    ADD COLUMN worth_minor    bigint NOT NULL DEFAULT 0,
    ADD COLUMN billed_minor   bigint NOT NULL DEFAULT 0,
    ADD COLUMN credited_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN written_minor  bigint, -- the amount, where it was written as one
    ADD COLUMN write_reason   text NOT NULL DEFAULT '',
    ADD COLUMN write_note     text NOT NULL DEFAULT '',
    ADD COLUMN written_by     text NOT NULL DEFAULT '',
    ADD COLUMN written_at     timestamptz;
CREATE INDEX line_sources_line_idx ON line_sources (line_id);

-- Time that is on documents already: what the entries keep, and the line's amount shared out by it.
WITH worked AS (
    SELECT s.source_id, e.member_id, e.project_id, e.work_date, e.raw_seconds, e.rate_amount,
        CASE WHEN i.currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 1
             WHEN i.currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 1000 ELSE 100 END AS unit,
        CASE WHEN i.prices_include_tax THEN l.gross_minor ELSE l.net_minor END AS minor,
        sum(s.seconds) OVER (PARTITION BY s.line_id ORDER BY s.source_id) AS so_far,
        sum(s.seconds) OVER (PARTITION BY s.line_id) AS all_of_it
    FROM line_sources s
    JOIN time_entries e ON e.id = s.source_id
    JOIN invoice_lines l ON l.id = s.line_id
    JOIN invoices i ON i.id = s.invoice_id
    WHERE s.kind = 'time'
)
UPDATE line_sources s
SET member_id = w.member_id, project_id = w.project_id, work_on = w.work_date, raw_seconds = w.raw_seconds, ruled_seconds = s.seconds, rate = coalesce(w.rate_amount, 0),
    standard_minor = round(w.raw_seconds * coalesce(w.rate_amount, 0) * w.unit / 3600),
    value_minor = round(s.seconds * coalesce(w.rate_amount, 0) * w.unit / 3600),
    worth_minor = round(s.seconds * coalesce(w.rate_amount, 0) * w.unit / 3600),
    billed_minor = CASE WHEN w.all_of_it = 0 THEN 0
        ELSE round(w.minor::numeric * w.so_far / w.all_of_it) - round(w.minor::numeric * (w.so_far - s.seconds) / w.all_of_it) END
FROM worked w
WHERE s.kind = 'time' AND s.source_id = w.source_id;
