-- What a client pays on top of expenses, whatever their category. Expenses keep the markup that they were saved with, and say where it is from.
CREATE TABLE expense_markups (
    id             uuid PRIMARY KEY,
    client_id      uuid NOT NULL,
    markup_percent numeric(7,4) NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        int NOT NULL DEFAULT 1,
    CONSTRAINT expense_markups_percent_check CHECK (markup_percent BETWEEN 0 AND 999)
);
CREATE UNIQUE INDEX expense_markups_client_key ON expense_markups (client_id);

-- Nobody noted it of expenses that are there already: those stay without.
ALTER TABLE expenses ADD COLUMN markup_source text NOT NULL DEFAULT '';
ALTER TABLE expenses ADD CONSTRAINT expenses_markup_source_check CHECK (markup_source IN ('', 'expense', 'client', 'category'));
