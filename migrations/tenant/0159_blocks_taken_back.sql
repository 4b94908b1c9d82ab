-- A block whose invoice came to nothing is taken back, and counts again when it is billed again: its turns are told apart,
-- each of which begins once and is taken back once.
ALTER TABLE retainer_ledger
    ADD COLUMN turn int NOT NULL DEFAULT 1,
    DROP CONSTRAINT retainer_ledger_kind_check,
    DROP CONSTRAINT retainer_ledger_amount_check,
    ADD CONSTRAINT retainer_ledger_kind_check CHECK (kind IN ('grant', 'block', 'returned', 'adjustment', 'use', 'late')
        AND (kind IN ('use', 'late')) = (entry_id IS NOT NULL) AND (kind IN ('block', 'returned')) = (block_id IS NOT NULL)),
    ADD CONSTRAINT retainer_ledger_amount_check CHECK (CASE kind WHEN 'grant' THEN amount >= 0 WHEN 'block' THEN amount > 0 WHEN 'returned' THEN amount <= 0 ELSE true END);
CREATE UNIQUE INDEX retainer_ledger_turn_key ON retainer_ledger (block_id, kind, turn) WHERE block_id IS NOT NULL;
DROP INDEX retainer_ledger_block_key;
