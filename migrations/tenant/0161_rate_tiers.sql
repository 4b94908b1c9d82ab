-- Tiers of a rate: what an hour costs from so many counted seconds on, counted each day, each month or for as long as the line holds.
-- [{"from": 10800, "per_hour": "90"}, …], ascending; the price of the line is that of the first hours. None: one price for all.
ALTER TABLE rates
    ADD COLUMN tiers_per text NOT NULL DEFAULT '',
    ADD COLUMN tiers     jsonb,
    ADD CONSTRAINT rates_tiers_check CHECK (tiers_per IN ('', 'day', 'month', 'line') AND (tiers_per = '') = (tiers IS NULL));

-- An entry knows since which day the hours are counted that its tiers are for, and by how much those make its seconds × rate more:
-- its worth is (billed_seconds + premium_seconds) times the rate of an hour, and tier_worth, exactly.
ALTER TABLE time_entries
    ADD COLUMN tier_since date,
    ADD COLUMN tier_worth numeric(28,10) NOT NULL DEFAULT 0;
CREATE INDEX time_entries_tier_idx ON time_entries (rate_id, project_id, tier_since) WHERE tier_since IS NOT NULL AND deleted_at IS NULL;
DROP INDEX time_entries_sums_idx;
CREATE INDEX time_entries_sums_idx ON time_entries (work_date) INCLUDE (member_id, project_id, client_id, task_id, service_id, state, billable,
    raw_seconds, billed_seconds, premium_seconds, tier_worth, rate_amount, rate_currency) WHERE deleted_at IS NULL;
