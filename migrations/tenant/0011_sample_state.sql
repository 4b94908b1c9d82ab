-- How far the sample data have got, so that a part that broke off is seen and can be tried again.
ALTER TABLE agency_settings
    ADD COLUMN sample_state text NOT NULL DEFAULT 'none',
    ADD CONSTRAINT agency_settings_sample_state_check CHECK (sample_state IN ('none', 'loading', 'failed', 'loaded'));
UPDATE agency_settings SET sample_state = 'loaded' WHERE sample_loaded_at IS NOT NULL;
