-- The calendars of people. They are private: the rows of the first two tables are in no archive of the agency.
CREATE TABLE calendar_feeds (
    id             uuid PRIMARY KEY,
    member_id      uuid NOT NULL,
    host           text NOT NULL, -- the part of the address that may be shown
    name           text NOT NULL DEFAULT '',
    address_secret bytea NOT NULL,
    etag           text NOT NULL DEFAULT '',
    modified       text NOT NULL DEFAULT '',
    problem        text NOT NULL DEFAULT '', -- why the last fetch failed
    fetched_at     timestamptz NOT NULL,
    read_at        timestamptz, -- when the events were last worked out
    next_at        timestamptz NOT NULL,
    events         int NOT NULL DEFAULT 0,
    skipped        int NOT NULL DEFAULT 0,
    failures       int NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL
);
CREATE INDEX calendar_feeds_member_idx ON calendar_feeds (member_id);

-- What is in them for some weeks, written anew by each fetch.
CREATE TABLE calendar_events (
    id        uuid PRIMARY KEY,
    feed_id   uuid NOT NULL,
    member_id uuid NOT NULL,
    event     text NOT NULL, -- hashes: of the event at its time, and of its series
    series    text NOT NULL,
    title     text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL,
    CONSTRAINT calendar_events_feed_fkey FOREIGN KEY (feed_id) REFERENCES calendar_feeds (id) ON DELETE CASCADE,
    CONSTRAINT calendar_events_span_check CHECK (ends_at > starts_at)
);
CREATE INDEX calendar_events_feed_idx ON calendar_events (feed_id);
CREATE INDEX calendar_events_member_idx ON calendar_events (member_id, starts_at);

-- What became of an event, by the hash of it: an entry, or hidden where there is none.
CREATE TABLE calendar_marks (
    member_id uuid NOT NULL,
    event     text NOT NULL,
    entry_id  uuid,
    ends_at   timestamptz NOT NULL,
    CONSTRAINT calendar_marks_pkey PRIMARY KEY (member_id, event)
);

-- The work that somebody chose for a series or a title, by the hash of it.
CREATE TABLE calendar_choices (
    member_id  uuid NOT NULL,
    subject    text NOT NULL,
    project_id uuid NOT NULL,
    task_id    uuid,
    service_id uuid,
    chosen_at  timestamptz NOT NULL,
    CONSTRAINT calendar_choices_pkey PRIMARY KEY (member_id, subject)
);
