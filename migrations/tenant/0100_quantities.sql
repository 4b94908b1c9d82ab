-- A third of an hour has no end in decimals: with four places 6 h 40 min at 150.00 came to 1,000.01.
ALTER TABLE invoice_lines ALTER COLUMN quantity TYPE numeric(22, 8);
