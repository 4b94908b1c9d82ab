-- At which balance the people who manage a retainer are told: an amount of its unit, or percent of what was granted.
ALTER TABLE retainers
    ADD COLUMN alert_amount bigint,
    ADD COLUMN alert_percent int,
    ADD COLUMN low_since timestamptz, -- when it fell there; none: it is above, or nobody asked
    ADD CONSTRAINT retainers_alert_check CHECK (alert_amount >= 0 AND alert_percent BETWEEN 1 AND 100 AND (alert_amount IS NULL OR alert_percent IS NULL));
