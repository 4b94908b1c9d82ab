-- How a client wants its documents, and in which language: empty means that of the legal entity.
ALTER TABLE clients
    ADD COLUMN invoice_format text NOT NULL DEFAULT 'pdf',
    ADD COLUMN language       text NOT NULL DEFAULT '',
    ADD CONSTRAINT clients_invoice_format_check CHECK (invoice_format IN ('pdf', 'facturx', 'ubl', 'cii')),
    ADD CONSTRAINT clients_language_check CHECK (language IN ('', 'en', 'de', 'fr', 'es'));

-- What was handed out of an issued document beside its PDF, kept byte for byte.
CREATE TABLE invoice_files (
    invoice_id uuid NOT NULL,
    format     text NOT NULL,
    file_key   text NOT NULL,
    sha256     text NOT NULL,
    CONSTRAINT invoice_files_pkey PRIMARY KEY (invoice_id, format),
    CONSTRAINT invoice_files_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id),
    CONSTRAINT invoice_files_format_check CHECK (format IN ('facturx', 'ubl', 'cii'))
);

-- How the documents of a legal entity look and speak. Empty colour and logo are the agency's.
ALTER TABLE legal_entities
    ADD COLUMN tax_number text NOT NULL DEFAULT '',
    ADD COLUMN language   text NOT NULL DEFAULT 'en',
    ADD COLUMN layout     text NOT NULL DEFAULT 'classic',
    ADD COLUMN colour     text NOT NULL DEFAULT '',
    ADD COLUMN logo_key   text NOT NULL DEFAULT '',
    ADD CONSTRAINT legal_entities_language_check CHECK (language IN ('en', 'de', 'fr', 'es')),
    ADD CONSTRAINT legal_entities_layout_check CHECK (layout IN ('classic', 'modern', 'compact'));
