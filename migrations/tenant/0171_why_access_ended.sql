-- Who ended a member's access, and whether they meant it for good or only while the contact or its client is put away.
-- Nothing where it ended before this was kept.
ALTER TABLE members
    ADD COLUMN ended_by uuid,
    ADD COLUMN ended_why text,
    ADD CONSTRAINT members_ended_why_check CHECK (ended_why IN ('meant', 'away'));
CREATE INDEX members_contact_idx ON members (contact_id) WHERE contact_id IS NOT NULL;
