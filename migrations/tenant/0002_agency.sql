-- The agency's own settings: one row.
CREATE TABLE agency_settings (
    one                boolean PRIMARY KEY DEFAULT true,
    legal_name         text NOT NULL DEFAULT '',
    time_zone          text NOT NULL DEFAULT 'Etc/UTC',
    week_start         smallint NOT NULL DEFAULT 1,
    currency           char(3) NOT NULL DEFAULT 'USD',
    locale             text NOT NULL DEFAULT 'en-US',
    brand_colour       text NOT NULL DEFAULT '#2855D9',
    logo_key           text NOT NULL DEFAULT '',
    portal_shows_hours boolean NOT NULL DEFAULT true,
    checklist_hidden   boolean NOT NULL DEFAULT false,
    sample_loaded_at   timestamptz,
    version            int NOT NULL DEFAULT 1,
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT agency_settings_one_check CHECK (one),
    CONSTRAINT agency_settings_week_check CHECK (week_start BETWEEN 0 AND 6)
);
INSERT INTO agency_settings (one) VALUES (true);
REVOKE INSERT, DELETE ON agency_settings FROM {{role}};
