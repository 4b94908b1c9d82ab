-- The rows that somebody wants in every week, in their order: a list of projects, tasks and services.
CREATE TABLE time_pins (
    member_id uuid PRIMARY KEY,
    rows      jsonb NOT NULL
);
