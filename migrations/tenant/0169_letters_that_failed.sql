-- Since when mails to a member's address fail, and what the mail server answered last. One that gets through, or another address, clears both.
ALTER TABLE members
    ADD COLUMN mail_failed_at timestamptz,
    ADD COLUMN mail_failure text NOT NULL DEFAULT '';
-- When the letter that a milestone is ready again could not be delivered, and why. Sending it again clears both.
ALTER TABLE milestone_rounds
    ADD COLUMN failed_at timestamptz,
    ADD COLUMN failure text NOT NULL DEFAULT '';
-- The same of the letters that a balance is low, and to whom.
ALTER TABLE retainers
    ADD COLUMN low_failed_at timestamptz,
    ADD COLUMN low_failure text NOT NULL DEFAULT '',
    ADD COLUMN low_failed_to uuid[] NOT NULL DEFAULT '{}';
