-- Who takes a seat, and since when. Written in the transaction that changes the membership; entries are only added.
CREATE TABLE seat_ledger (
    seq            bigint PRIMARY KEY,
    at             timestamptz NOT NULL,
    actor_id       uuid,
    member_id      uuid,
    invitation_id  uuid,
    delta          smallint NOT NULL,
    reserved       smallint NOT NULL,
    active_after   int NOT NULL,
    reserved_after int NOT NULL,
    reason         text NOT NULL,
    CONSTRAINT seat_ledger_delta_check CHECK (delta BETWEEN -1 AND 1 AND reserved BETWEEN -1 AND 1),
    CONSTRAINT seat_ledger_after_check CHECK (active_after >= 0 AND reserved_after >= 0)
);
CREATE INDEX seat_ledger_at_idx ON seat_ledger (at);
REVOKE UPDATE, DELETE ON seat_ledger FROM {{role}};
-- Agencies that are there already begin with the members and invitations that they have.
INSERT INTO seat_ledger (seq, at, member_id, delta, reserved, active_after, reserved_after, reason)
SELECT n, joined_at, id, 1, 0, n, 0, 'joined'
FROM (SELECT id, created_at AS joined_at, row_number() OVER (ORDER BY created_at, id) AS n FROM members WHERE kind = 'staff' AND state = 'active') m;
INSERT INTO seat_ledger (seq, at, invitation_id, delta, reserved, active_after, reserved_after, reason)
SELECT base + n, created_at, id, 0, 1, base, n, 'invited'
FROM (SELECT id, created_at, row_number() OVER (ORDER BY created_at, id) AS n FROM invitations
      WHERE kind = 'staff' AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()) i,
     (SELECT count(*) AS base FROM seat_ledger) b;
