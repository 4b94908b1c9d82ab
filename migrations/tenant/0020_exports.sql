-- Archives of the whole agency that its people asked for. One is made at a time.
CREATE TABLE exports (
    id          uuid PRIMARY KEY,
    state       text NOT NULL DEFAULT 'queued',
    recipient   text NOT NULL DEFAULT '',
    asked_at    timestamptz NOT NULL,
    asked_by    uuid,
    asked_name  text NOT NULL,
    done        int NOT NULL DEFAULT 0,
    total       int NOT NULL DEFAULT 0,
    finished_at timestamptz,
    expires_at  timestamptz,
    object_key  text NOT NULL DEFAULT '',
    size        bigint NOT NULL DEFAULT 0,
    row_count   bigint NOT NULL DEFAULT 0,
    files       int NOT NULL DEFAULT 0,
    CONSTRAINT exports_state_check CHECK (state IN ('queued', 'running', 'ready', 'failed', 'expired')),
    CONSTRAINT exports_ready_check CHECK (state <> 'ready' OR (object_key <> '' AND expires_at IS NOT NULL))
);
CREATE INDEX exports_asked_idx ON exports (asked_at DESC, id DESC);
CREATE INDEX exports_expires_idx ON exports (expires_at) WHERE state = 'ready';
CREATE UNIQUE INDEX exports_open_key ON exports ((true)) WHERE state IN ('queued', 'running');
