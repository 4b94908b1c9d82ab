-- Where stretches of hours that are approved or billed begin and end in the count that tiers are for: +1 at the first second of one, -1
-- after its last, so that what lies side by side leaves nothing between. Kept like time_sums, by the statement that changes entries: who
-- counts hours need not read those that keep their places.
CREATE TABLE time_tally_edges (
    rate_id    uuid NOT NULL,
    project_id uuid NOT NULL,
    since      date NOT NULL,
    place      bigint NOT NULL,
    change     int NOT NULL,
    CONSTRAINT time_tally_edges_key PRIMARY KEY (rate_id, project_id, since, place)
) WITH (fillfactor = 80);

INSERT INTO time_tally_edges (rate_id, project_id, since, place, change)
SELECT rate_id, project_id, tier_since, place, sum(way) FROM time_entries, jsonb_path_query(rate_parts, '$.parts[*] ? (@.seconds > 0)') AS part,
    LATERAL (VALUES (coalesce((part->>'at')::bigint, 0), 1), (coalesce((part->>'at')::bigint, 0) + (part->>'seconds')::bigint, -1)) AS edge (place, way)
WHERE deleted_at IS NULL AND tier_since IS NOT NULL AND state IN ('approved', 'billed')
GROUP BY 1, 2, 3, 4 HAVING sum(way) <> 0;

-- The hours whose places are given anew.
DROP INDEX time_entries_tier_idx;
CREATE INDEX time_entries_tier_idx ON time_entries (rate_id, project_id, tier_since)
    WHERE tier_since IS NOT NULL AND deleted_at IS NULL AND state IN ('draft', 'submitted', 'rejected');
