-- Planned time of members on projects. The amount is kept as it was said; days get their part of it from the calendar of that day.
CREATE TABLE bookings (
    id         uuid PRIMARY KEY,
    member_id  uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id    uuid,
    starts_on  date NOT NULL,
    ends_on    date NOT NULL, -- included
    kind       text NOT NULL,
    seconds    bigint, -- on each day, or altogether
    percent    numeric(7,4), -- of each day's capacity
    state      text NOT NULL,
    note       text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    removed_at timestamptz,
    version    int NOT NULL,
    CONSTRAINT bookings_project_fkey FOREIGN KEY (project_id) REFERENCES projects (id),
    CONSTRAINT bookings_span_check CHECK (ends_on >= starts_on AND ends_on - starts_on < 366),
    CONSTRAINT bookings_kind_check CHECK (kind IN ('per_day', 'total', 'percent')),
    CONSTRAINT bookings_state_check CHECK (state IN ('tentative', 'confirmed')),
    CONSTRAINT bookings_amount_check CHECK (
        CASE kind WHEN 'percent' THEN percent IS NOT NULL AND percent > 0 AND percent <= 100 AND seconds IS NULL
        ELSE seconds IS NOT NULL AND seconds > 0 AND percent IS NULL END)
);
CREATE INDEX bookings_member_idx ON bookings (member_id, starts_on);
CREATE INDEX bookings_project_idx ON bookings (project_id, starts_on);
CREATE INDEX bookings_days_idx ON bookings (starts_on, id) WHERE removed_at IS NULL;

-- What became of a day of a booking that was suggested as time: an entry, or hidden where there is none.
CREATE TABLE booking_marks (
    booking_id uuid NOT NULL,
    day        date NOT NULL,
    member_id  uuid NOT NULL, -- who was booked then
    entry_id   uuid,
    CONSTRAINT booking_marks_pkey PRIMARY KEY (booking_id, day),
    CONSTRAINT booking_marks_booking_fkey FOREIGN KEY (booking_id) REFERENCES bookings (id) ON DELETE CASCADE
);
CREATE INDEX booking_marks_member_idx ON booking_marks (member_id, day);
