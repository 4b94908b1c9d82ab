-- through 0171_why_access_ended
-- Made by `make baseline` from the steps of tenant/: what a new agency begins with. Not edited by hand.

CREATE TABLE agency_settings (
    one boolean DEFAULT true NOT NULL,
    legal_name text DEFAULT ''::text NOT NULL,
    time_zone text DEFAULT 'Etc/UTC'::text NOT NULL,
    week_start smallint DEFAULT 1 NOT NULL,
    currency character(3) DEFAULT 'USD'::bpchar NOT NULL,
    locale text DEFAULT 'en-US'::text NOT NULL,
    brand_colour text DEFAULT '#2855D9'::text NOT NULL,
    logo_key text DEFAULT ''::text NOT NULL,
    portal_shows_hours boolean DEFAULT true NOT NULL,
    checklist_hidden boolean DEFAULT false NOT NULL,
    sample_loaded_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    sample_state text DEFAULT 'none'::text NOT NULL,
    CONSTRAINT agency_settings_pkey PRIMARY KEY (one),
    CONSTRAINT agency_settings_one_check CHECK (one),
    CONSTRAINT agency_settings_sample_state_check CHECK ((sample_state = ANY (ARRAY['none'::text, 'loading'::text, 'failed'::text, 'loaded'::text]))),
    CONSTRAINT agency_settings_week_check CHECK (((week_start >= 0) AND (week_start <= 6)))
);
REVOKE INSERT, DELETE ON agency_settings FROM {{role}};

CREATE TABLE allowance_rates (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    currency character(3) NOT NULL,
    per_unit numeric(18,6) NOT NULL,
    half_day numeric(18,6) DEFAULT 0 NOT NULL,
    breakfast_percent numeric(7,4) DEFAULT 0 NOT NULL,
    lunch_percent numeric(7,4) DEFAULT 0 NOT NULL,
    dinner_percent numeric(7,4) DEFAULT 0 NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    key_hash bigint GENERATED ALWAYS AS (hashtextextended(((kind || ' '::text) || lower(name)), (0)::bigint)) STORED,
    CONSTRAINT allowance_rates_pkey PRIMARY KEY (id),
    CONSTRAINT allowance_rates_overlap_excl EXCLUDE USING gist (int8range(key_hash, key_hash, '[]'::text) WITH &&, daterange(valid_from, valid_to) WITH &&) WHERE ((removed_at IS NULL)),
    CONSTRAINT allowance_rates_amount_check CHECK (((per_unit >= (0)::numeric) AND (half_day >= (0)::numeric))),
    CONSTRAINT allowance_rates_dates_check CHECK ((valid_to > valid_from)),
    CONSTRAINT allowance_rates_kind_check CHECK ((kind = ANY (ARRAY['mileage'::text, 'per_diem'::text]))),
    CONSTRAINT allowance_rates_unit_check CHECK ((((kind = 'mileage'::text) AND (unit = ANY (ARRAY['km'::text, 'mi'::text]))) OR ((kind = 'per_diem'::text) AND (unit = 'day'::text))))
);
CREATE INDEX allowance_rates_key_idx ON allowance_rates USING btree (kind, lower(name), valid_from) WHERE (removed_at IS NULL);

CREATE TABLE approval_routes (
    project_id uuid NOT NULL,
    route text NOT NULL,
    CONSTRAINT approval_routes_pkey PRIMARY KEY (project_id),
    CONSTRAINT approval_routes_route_check CHECK ((route = ANY (ARRAY['anyone'::text, 'lead'::text, 'manager'::text, 'lead_manager'::text, 'manager_lead'::text])))
);

CREATE TABLE approval_stand_ins (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    stand_in_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    CONSTRAINT approval_stand_ins_pkey PRIMARY KEY (id),
    CONSTRAINT approval_stand_ins_days_check CHECK ((last_day >= first_day)),
    CONSTRAINT approval_stand_ins_self_check CHECK ((member_id <> stand_in_id))
);
CREATE INDEX approval_stand_ins_member_idx ON approval_stand_ins USING btree (member_id, last_day);
CREATE INDEX approval_stand_ins_stand_in_idx ON approval_stand_ins USING btree (stand_in_id, last_day);

CREATE TABLE audit_events (
    seq bigint NOT NULL,
    id uuid NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    action text NOT NULL,
    entity text NOT NULL,
    entity_id text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    actor_kind text NOT NULL,
    on_behalf_of text NOT NULL,
    source text NOT NULL,
    reason text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (seq)
);
CREATE INDEX audit_events_actor_idx ON audit_events USING btree (actor_id, seq DESC);
CREATE INDEX audit_events_entity_idx ON audit_events USING btree (entity, entity_id, seq DESC);
REVOKE UPDATE, DELETE ON audit_events FROM {{role}};

CREATE TABLE audit_heads (
    one boolean DEFAULT true NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (one),
    CONSTRAINT audit_heads_one_check CHECK (one)
);
REVOKE INSERT, DELETE ON audit_heads FROM {{role}};

CREATE TABLE calendar_choices (
    member_id uuid NOT NULL,
    subject text NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid,
    service_id uuid,
    chosen_at timestamp with time zone NOT NULL,
    CONSTRAINT calendar_choices_pkey PRIMARY KEY (member_id, subject)
);

CREATE TABLE calendar_feeds (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    host text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    address_secret bytea NOT NULL,
    etag text DEFAULT ''::text NOT NULL,
    modified text DEFAULT ''::text NOT NULL,
    problem text DEFAULT ''::text NOT NULL,
    fetched_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    next_at timestamp with time zone NOT NULL,
    events integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT calendar_feeds_pkey PRIMARY KEY (id)
);
CREATE INDEX calendar_feeds_member_idx ON calendar_feeds USING btree (member_id);

CREATE TABLE calendar_marks (
    member_id uuid NOT NULL,
    event text NOT NULL,
    entry_id uuid,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT calendar_marks_pkey PRIMARY KEY (member_id, event)
);

CREATE TABLE clients (
    id uuid NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    currency character(3) NOT NULL,
    tax_id text DEFAULT ''::text NOT NULL,
    billing_email text DEFAULT ''::text NOT NULL,
    website text DEFAULT ''::text NOT NULL,
    payment_terms_days integer,
    addresses jsonb DEFAULT '[]'::jsonb NOT NULL,
    tags jsonb DEFAULT '[]'::jsonb NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    owner_id uuid,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    invoice_format text DEFAULT 'pdf'::text NOT NULL,
    language text DEFAULT ''::text NOT NULL,
    legal_entity_id uuid,
    CONSTRAINT clients_pkey PRIMARY KEY (id),
    CONSTRAINT clients_code_key UNIQUE (code),
    CONSTRAINT clients_invoice_format_check CHECK ((invoice_format = ANY (ARRAY['pdf'::text, 'facturx'::text, 'ubl'::text, 'cii'::text]))),
    CONSTRAINT clients_language_check CHECK ((language = ANY (ARRAY[''::text, 'en'::text, 'de'::text, 'fr'::text, 'es'::text]))),
    CONSTRAINT clients_terms_check CHECK (((payment_terms_days >= 0) AND (payment_terms_days <= 365)))
);
CREATE INDEX clients_created_idx ON clients USING btree (created_at, id);
CREATE INDEX clients_entity_idx ON clients USING btree (legal_entity_id) WHERE (legal_entity_id IS NOT NULL);
CREATE INDEX clients_name_idx ON clients USING btree (lower(name), id);
CREATE INDEX clients_updated_idx ON clients USING btree (updated_at, id);

CREATE TABLE contacts (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    name text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    job_title text DEFAULT ''::text NOT NULL,
    is_primary boolean DEFAULT false NOT NULL,
    is_billing boolean DEFAULT false NOT NULL,
    portal_state text DEFAULT 'none'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT contacts_pkey PRIMARY KEY (id),
    CONSTRAINT contacts_portal_check CHECK ((portal_state = ANY (ARRAY['none'::text, 'invited'::text, 'active'::text, 'ended'::text]))),
    CONSTRAINT contacts_client_fkey FOREIGN KEY (client_id) REFERENCES clients(id)
);
CREATE INDEX contacts_client_idx ON contacts USING btree (client_id, lower(name), id);
CREATE UNIQUE INDEX contacts_email_key ON contacts USING btree (client_id, email) WHERE ((email <> ''::text) AND (archived_at IS NULL));
CREATE INDEX contacts_name_idx ON contacts USING btree (lower(name), id);
CREATE UNIQUE INDEX contacts_primary_key ON contacts USING btree (client_id) WHERE (is_primary AND (archived_at IS NULL));

CREATE TABLE cost_differences (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    project_id uuid NOT NULL,
    month date NOT NULL,
    posted_in date NOT NULL,
    seconds bigint NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    CONSTRAINT cost_differences_pkey PRIMARY KEY (id),
    CONSTRAINT cost_differences_month_check CHECK (((EXTRACT(day FROM month) = (1)::numeric) AND (EXTRACT(day FROM posted_in) = (1)::numeric) AND (posted_in > month)))
);
CREATE INDEX cost_differences_member_idx ON cost_differences USING btree (member_id, id);
CREATE INDEX cost_differences_project_idx ON cost_differences USING btree (project_id);

CREATE TABLE cost_rates (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    per_hour numeric(18,6) NOT NULL,
    currency character(3) NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    salary_minor bigint,
    capacity_seconds bigint,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    key_hash bigint GENERATED ALWAYS AS (hashtextextended((member_id)::text, (0)::bigint)) STORED,
    CONSTRAINT cost_rates_pkey PRIMARY KEY (id),
    CONSTRAINT cost_rates_overlap_excl EXCLUDE USING gist (int8range(key_hash, key_hash, '[]'::text) WITH &&, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT cost_rates_amount_check CHECK (((per_hour >= (0)::numeric) AND (salary_minor >= 0))),
    CONSTRAINT cost_rates_dates_check CHECK ((valid_to > valid_from)),
    CONSTRAINT cost_rates_salary_check CHECK (((salary_minor IS NULL) = (capacity_seconds IS NULL)))
);
CREATE INDEX cost_rates_member_idx ON cost_rates USING btree (member_id, valid_from);

CREATE TABLE employment_days (
    member_id uuid NOT NULL,
    first_day date,
    last_day date,
    CONSTRAINT employment_days_pkey PRIMARY KEY (member_id),
    CONSTRAINT employment_days_check CHECK ((last_day >= first_day))
);

CREATE TABLE events (
    id uuid NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    name text NOT NULL,
    entity text NOT NULL,
    entity_id text NOT NULL,
    client_id uuid,
    project_id uuid,
    member_id uuid,
    actor_id uuid,
    actor_name text NOT NULL,
    label text NOT NULL,
    payload jsonb NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (id)
);
CREATE INDEX events_client_idx ON events USING btree (client_id, happened_at DESC, id DESC) WHERE (client_id IS NOT NULL);
CREATE INDEX events_name_idx ON events USING btree (name);
CREATE INDEX events_project_idx ON events USING btree (project_id, happened_at DESC, id DESC) WHERE (project_id IS NOT NULL);

CREATE TABLE exchange_rates (
    id uuid NOT NULL,
    currency character(3) NOT NULL,
    base character(3) NOT NULL,
    on_day date NOT NULL,
    rate numeric(30,15) NOT NULL,
    direction text NOT NULL,
    source text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT exchange_rates_pkey PRIMARY KEY (id),
    CONSTRAINT exchange_rates_direction_check CHECK ((direction = ANY (ARRAY['base_per_unit'::text, 'units_per_base'::text]))),
    CONSTRAINT exchange_rates_pair_check CHECK ((currency <> base)),
    CONSTRAINT exchange_rates_rate_check CHECK ((rate > (0)::numeric))
);
CREATE UNIQUE INDEX exchange_rates_day_key ON exchange_rates USING btree (currency, base, on_day DESC);
CREATE INDEX exchange_rates_list_idx ON exchange_rates USING btree (on_day DESC, id DESC);

CREATE TABLE expense_categories (
    id uuid NOT NULL,
    name text NOT NULL,
    account_code text DEFAULT ''::text NOT NULL,
    billable boolean NOT NULL,
    markup_percent numeric(7,4) NOT NULL,
    tax_percent numeric(7,4) NOT NULL,
    tax_rate_id uuid,
    archived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT expense_categories_pkey PRIMARY KEY (id),
    CONSTRAINT expense_categories_markup_check CHECK (((markup_percent >= ('-100'::integer)::numeric) AND (markup_percent <= (999)::numeric))),
    CONSTRAINT expense_categories_tax_check CHECK (((tax_percent >= (0)::numeric) AND (tax_percent <= (100)::numeric)))
);
CREATE UNIQUE INDEX expense_categories_name_key ON expense_categories USING btree (lower(name)) WHERE (archived_at IS NULL);

CREATE TABLE expense_markups (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    markup_percent numeric(7,4) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT expense_markups_pkey PRIMARY KEY (id),
    CONSTRAINT expense_markups_percent_check CHECK (((markup_percent >= (0)::numeric) AND (markup_percent <= (999)::numeric)))
);
CREATE UNIQUE INDEX expense_markups_client_key ON expense_markups USING btree (client_id);

CREATE TABLE expense_policies (
    id uuid NOT NULL,
    category_id uuid,
    currency character(3) NOT NULL,
    per_expense_minor bigint,
    per_day_minor bigint,
    receipt_above_minor bigint,
    late_after_days integer,
    refuses boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT expense_policies_pkey PRIMARY KEY (id),
    CONSTRAINT expense_policies_limits_check CHECK (((per_expense_minor > 0) AND (per_day_minor > 0) AND (receipt_above_minor >= 0) AND (late_after_days > 0))),
    CONSTRAINT expense_policies_category_id_fkey FOREIGN KEY (category_id) REFERENCES expense_categories(id)
);
CREATE UNIQUE INDEX expense_policies_category_key ON expense_policies USING btree (COALESCE(category_id, '00000000-0000-0000-0000-000000000000'::uuid));

CREATE TABLE expenses (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    category_id uuid,
    client_id uuid,
    project_id uuid,
    spent_on date NOT NULL,
    merchant text NOT NULL,
    note text NOT NULL,
    currency character(3) NOT NULL,
    gross_minor bigint NOT NULL,
    tax_percent numeric(7,4) NOT NULL,
    tax_minor bigint NOT NULL,
    tax_by_hand boolean NOT NULL,
    exchange_rate numeric(20,10),
    exchange_on date,
    exchange_source text NOT NULL,
    base_currency character(3) NOT NULL,
    base_minor bigint,
    rounding text NOT NULL,
    allowance jsonb,
    billable boolean NOT NULL,
    markup_percent numeric(7,4) NOT NULL,
    reimbursable boolean NOT NULL,
    findings jsonb NOT NULL,
    state text NOT NULL,
    submitted_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by uuid,
    decided_version integer,
    reject_reason text NOT NULL,
    exception_reason text NOT NULL,
    reimbursed_on date,
    reimbursed_ref text NOT NULL,
    reimbursed_by uuid,
    invoice_id uuid,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer NOT NULL,
    markup_source text DEFAULT ''::text NOT NULL,
    CONSTRAINT expenses_pkey PRIMARY KEY (id),
    CONSTRAINT expenses_amounts_check CHECK (((gross_minor >= 0) AND ((tax_minor >= 0) AND (tax_minor <= gross_minor)))),
    CONSTRAINT expenses_billed_check CHECK ((billable OR (invoice_id IS NULL))),
    CONSTRAINT expenses_complete_check CHECK (((state = ANY (ARRAY['draft'::text, 'rejected'::text])) OR ((category_id IS NOT NULL) AND (base_minor IS NOT NULL) AND (gross_minor > 0)))),
    CONSTRAINT expenses_kind_check CHECK ((kind = ANY (ARRAY['receipt'::text, 'mileage'::text, 'per_diem'::text]))),
    CONSTRAINT expenses_markup_source_check CHECK ((markup_source = ANY (ARRAY[''::text, 'expense'::text, 'client'::text, 'category'::text]))),
    CONSTRAINT expenses_reimbursed_check CHECK ((reimbursable OR (reimbursed_on IS NULL))),
    CONSTRAINT expenses_rounding_check CHECK ((rounding = ANY (ARRAY['half_up'::text, 'half_even'::text]))),
    CONSTRAINT expenses_settled_check CHECK (((state = 'approved'::text) OR ((invoice_id IS NULL) AND (reimbursed_on IS NULL)))),
    CONSTRAINT expenses_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'rejected'::text]))),
    CONSTRAINT expenses_category_id_fkey FOREIGN KEY (category_id) REFERENCES expense_categories(id)
);
CREATE INDEX expenses_day_idx ON expenses USING btree (spent_on DESC, id DESC) WHERE (deleted_at IS NULL);
CREATE INDEX expenses_exchange_idx ON expenses USING btree (currency, base_currency, exchange_on DESC, id DESC) WHERE ((deleted_at IS NULL) AND (exchange_rate IS NOT NULL));
CREATE INDEX expenses_invoice_idx ON expenses USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);
CREATE INDEX expenses_member_idx ON expenses USING btree (member_id, spent_on DESC, id DESC) WHERE (deleted_at IS NULL);
CREATE INDEX expenses_owed_idx ON expenses USING btree (spent_on DESC, id DESC) WHERE ((deleted_at IS NULL) AND (state = 'approved'::text) AND reimbursable AND (reimbursed_on IS NULL));
CREATE INDEX expenses_project_idx ON expenses USING btree (project_id, spent_on DESC, id DESC) WHERE ((deleted_at IS NULL) AND (project_id IS NOT NULL));
CREATE INDEX expenses_unbilled_idx ON expenses USING btree (client_id, spent_on) WHERE ((deleted_at IS NULL) AND (state = 'approved'::text) AND billable AND (invoice_id IS NULL));
CREATE INDEX expenses_waiting_idx ON expenses USING btree (spent_on DESC, id DESC) WHERE ((deleted_at IS NULL) AND (state = 'submitted'::text));

CREATE TABLE exports (
    id uuid NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    recipient text DEFAULT ''::text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    asked_by uuid,
    asked_name text NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    total integer DEFAULT 0 NOT NULL,
    finished_at timestamp with time zone,
    expires_at timestamp with time zone,
    object_key text DEFAULT ''::text NOT NULL,
    size bigint DEFAULT 0 NOT NULL,
    row_count bigint DEFAULT 0 NOT NULL,
    files integer DEFAULT 0 NOT NULL,
    CONSTRAINT exports_pkey PRIMARY KEY (id),
    CONSTRAINT exports_ready_check CHECK (((state <> 'ready'::text) OR ((object_key <> ''::text) AND (expires_at IS NOT NULL)))),
    CONSTRAINT exports_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'ready'::text, 'failed'::text, 'expired'::text])))
);
CREATE INDEX exports_asked_idx ON exports USING btree (asked_at DESC, id DESC);
CREATE INDEX exports_expires_idx ON exports USING btree (expires_at) WHERE (state = 'ready'::text);
CREATE UNIQUE INDEX exports_open_key ON exports USING btree ((true)) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE TABLE fees (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    client_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    currency character(3) NOT NULL,
    agreed_minor bigint NOT NULL,
    contract_minor bigint NOT NULL,
    billed_minor bigint DEFAULT 0 NOT NULL,
    percent numeric(7,4) DEFAULT 0 NOT NULL,
    covers text NOT NULL,
    task_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    retain_percent numeric(7,4) DEFAULT 0 NOT NULL,
    held_minor bigint DEFAULT 0 NOT NULL,
    released_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT fees_pkey PRIMARY KEY (id),
    CONSTRAINT fees_agreed_check CHECK (((agreed_minor > 0) AND (contract_minor >= 0))),
    CONSTRAINT fees_billed_check CHECK (((billed_minor >= 0) AND (billed_minor <= contract_minor))),
    CONSTRAINT fees_covers_check CHECK ((covers = ANY (ARRAY['project'::text, 'tasks'::text, 'nothing'::text]))),
    CONSTRAINT fees_kind_check CHECK ((kind = ANY (ARRAY['percent'::text, 'schedule'::text, 'milestones'::text]))),
    CONSTRAINT fees_percent_check CHECK (((percent >= (0)::numeric) AND (percent <= (100)::numeric))),
    CONSTRAINT fees_released_check CHECK (((held_minor >= 0) AND ((released_minor >= 0) AND (released_minor <= held_minor)))),
    CONSTRAINT fees_retain_check CHECK (((retain_percent >= (0)::numeric) AND (retain_percent < (100)::numeric)))
);
CREATE INDEX fees_client_idx ON fees USING btree (client_id, created_at, id);
CREATE INDEX fees_project_idx ON fees USING btree (project_id, created_at, id);

CREATE TABLE holiday_sets (
    id uuid NOT NULL,
    name text NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    days jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT holiday_sets_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX holiday_sets_default_key ON holiday_sets USING btree (is_default) WHERE is_default;
CREATE UNIQUE INDEX holiday_sets_name_key ON holiday_sets USING btree (lower(name));

CREATE TABLE holidays (
    day date NOT NULL,
    name text NOT NULL,
    share numeric(3,2) DEFAULT 1 NOT NULL,
    CONSTRAINT holidays_pkey PRIMARY KEY (day),
    CONSTRAINT holidays_share_check CHECK (((share > (0)::numeric) AND (share <= (1)::numeric)))
);

CREATE TABLE idempotency_keys (
    actor text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    answer jsonb,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor, operation, key)
);
CREATE INDEX idempotency_keys_created_idx ON idempotency_keys USING btree (created_at);

CREATE TABLE interactions (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    contact_id uuid,
    kind text NOT NULL,
    subject text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    minutes integer,
    happened_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    author_name text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT interactions_pkey PRIMARY KEY (id),
    CONSTRAINT interactions_kind_check CHECK ((kind = ANY (ARRAY['note'::text, 'call'::text, 'meeting'::text]))),
    CONSTRAINT interactions_minutes_check CHECK (((minutes >= 1) AND (minutes <= 1440))),
    CONSTRAINT interactions_client_fkey FOREIGN KEY (client_id) REFERENCES clients(id),
    CONSTRAINT interactions_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id)
);
CREATE INDEX interactions_client_idx ON interactions USING btree (client_id, happened_at DESC, id DESC);

CREATE TABLE invitations (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    contact_id uuid,
    client_id uuid,
    token_hash bytea,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    mailed timestamp with time zone[] NOT NULL,
    sent_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    accepted_by uuid,
    revoked_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    failed_at timestamp with time zone,
    failure text DEFAULT ''::text NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (id),
    CONSTRAINT invitations_token_key UNIQUE (token_hash),
    CONSTRAINT invitations_kind_check CHECK ((kind = ANY (ARRAY['staff'::text, 'contact'::text]))),
    CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'finance'::text, 'manager'::text, 'member'::text, 'contact'::text])))
);
CREATE UNIQUE INDEX invitations_open_key ON invitations USING btree (email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

CREATE TABLE invoice_runs (
    id uuid NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    issue_on date,
    how text NOT NULL,
    group_by text NOT NULL,
    entity_id uuid,
    with_time boolean NOT NULL,
    expenses boolean NOT NULL,
    fees boolean NOT NULL,
    wait_open boolean NOT NULL,
    chosen boolean NOT NULL,
    state text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    retainers boolean DEFAULT false NOT NULL,
    CONSTRAINT invoice_runs_pkey PRIMARY KEY (id),
    CONSTRAINT invoice_runs_days_check CHECK ((to_on >= from_on)),
    CONSTRAINT invoice_runs_how_check CHECK ((how = ANY (ARRAY['draft'::text, 'issue'::text, 'send'::text]))),
    CONSTRAINT invoice_runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text])))
);
CREATE INDEX invoice_runs_created_idx ON invoice_runs USING btree (created_at DESC, id DESC);

CREATE TABLE leave_types (
    id uuid NOT NULL,
    name text NOT NULL,
    paid boolean DEFAULT true NOT NULL,
    unit text DEFAULT 'days'::text NOT NULL,
    approval boolean DEFAULT true NOT NULL,
    accrual text DEFAULT 'year'::text NOT NULL,
    allowance numeric(9,2) DEFAULT 0 NOT NULL,
    year_start integer DEFAULT 1 NOT NULL,
    starts_on date NOT NULL,
    carry_cap numeric(9,2),
    carry_months integer DEFAULT 0 NOT NULL,
    overdraw boolean DEFAULT false NOT NULL,
    archived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT leave_types_pkey PRIMARY KEY (id),
    CONSTRAINT leave_types_accrual_check CHECK ((accrual = ANY (ARRAY['none'::text, 'year'::text, 'month'::text]))),
    CONSTRAINT leave_types_amounts_check CHECK (((allowance >= (0)::numeric) AND (carry_cap >= (0)::numeric) AND ((carry_months >= 0) AND (carry_months <= 12)) AND ((year_start >= 1) AND (year_start <= 12)))),
    CONSTRAINT leave_types_unit_check CHECK ((unit = ANY (ARRAY['days'::text, 'hours'::text])))
);
CREATE UNIQUE INDEX leave_types_name_key ON leave_types USING btree (lower(name)) WHERE (archived_at IS NULL);

CREATE TABLE legal_entities (
    id uuid NOT NULL,
    name text NOT NULL,
    address jsonb NOT NULL,
    tax_id text DEFAULT ''::text NOT NULL,
    registration text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    bank jsonb NOT NULL,
    currency character(3) NOT NULL,
    terms_days integer NOT NULL,
    terms_end_of_month boolean NOT NULL,
    number_format text NOT NULL,
    number_reset text NOT NULL,
    fiscal_month integer NOT NULL,
    time_zone text NOT NULL,
    rounding text NOT NULL,
    tax_method text NOT NULL,
    prices_include_tax boolean NOT NULL,
    footer text DEFAULT ''::text NOT NULL,
    is_default boolean NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    credit_format text DEFAULT 'CN-{YYYY}-{NNNN}'::text NOT NULL,
    cash_step_minor bigint DEFAULT 0 NOT NULL,
    tax_number text DEFAULT ''::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    layout text DEFAULT 'classic'::text NOT NULL,
    colour text DEFAULT ''::text NOT NULL,
    logo_key text DEFAULT ''::text NOT NULL,
    CONSTRAINT legal_entities_pkey PRIMARY KEY (id),
    CONSTRAINT legal_entities_cash_check CHECK ((cash_step_minor >= 0)),
    CONSTRAINT legal_entities_language_check CHECK ((language = ANY (ARRAY['en'::text, 'de'::text, 'fr'::text, 'es'::text]))),
    CONSTRAINT legal_entities_layout_check CHECK ((layout = ANY (ARRAY['classic'::text, 'modern'::text, 'compact'::text]))),
    CONSTRAINT legal_entities_month_check CHECK (((fiscal_month >= 1) AND (fiscal_month <= 12))),
    CONSTRAINT legal_entities_reset_check CHECK ((number_reset = ANY (ARRAY['never'::text, 'yearly'::text]))),
    CONSTRAINT legal_entities_rounding_check CHECK ((rounding = ANY (ARRAY['half_up'::text, 'half_even'::text]))),
    CONSTRAINT legal_entities_tax_method_check CHECK ((tax_method = ANY (ARRAY['per_line'::text, 'per_rate'::text]))),
    CONSTRAINT legal_entities_terms_check CHECK (((terms_days >= 0) AND (terms_days <= 365)))
);
CREATE UNIQUE INDEX legal_entities_default_key ON legal_entities USING btree (is_default) WHERE is_default;

CREATE TABLE line_managers (
    member_id uuid NOT NULL,
    manager_id uuid NOT NULL,
    CONSTRAINT line_managers_pkey PRIMARY KEY (member_id),
    CONSTRAINT line_managers_self_check CHECK ((member_id <> manager_id))
);
CREATE INDEX line_managers_manager_idx ON line_managers USING btree (manager_id);

CREATE TABLE members (
    id uuid NOT NULL,
    person_id uuid,
    name text NOT NULL,
    email text NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    state text NOT NULL,
    contact_id uuid,
    client_id uuid,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deactivated_at timestamp with time zone,
    last_seen_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    mail_failed_at timestamp with time zone,
    mail_failure text DEFAULT ''::text NOT NULL,
    ended_by uuid,
    ended_why text,
    CONSTRAINT members_pkey PRIMARY KEY (id),
    CONSTRAINT members_contact_check CHECK ((((kind = 'contact'::text) = (role = 'contact'::text)) AND ((kind = 'contact'::text) = ((contact_id IS NOT NULL) AND (client_id IS NOT NULL))))),
    CONSTRAINT members_ended_why_check CHECK ((ended_why = ANY (ARRAY['meant'::text, 'away'::text]))),
    CONSTRAINT members_kind_check CHECK ((kind = ANY (ARRAY['staff'::text, 'contact'::text]))),
    CONSTRAINT members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'finance'::text, 'manager'::text, 'member'::text, 'contact'::text]))),
    CONSTRAINT members_state_check CHECK ((state = ANY (ARRAY['active'::text, 'deactivated'::text])))
);
CREATE INDEX members_contact_idx ON members USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE UNIQUE INDEX members_email_key ON members USING btree (email);
CREATE INDEX members_name_idx ON members USING btree (lower(name), id);
CREATE UNIQUE INDEX members_person_key ON members USING btree (person_id) WHERE (person_id IS NOT NULL);

CREATE TABLE number_series (
    entity_id uuid NOT NULL,
    series text NOT NULL,
    period text NOT NULL,
    last_number integer NOT NULL,
    last_issued_on date NOT NULL,
    CONSTRAINT number_series_pkey PRIMARY KEY (entity_id, series, period),
    CONSTRAINT number_series_entity_fkey FOREIGN KEY (entity_id) REFERENCES legal_entities(id)
);

CREATE TABLE overheads (
    id uuid NOT NULL,
    percent numeric(8,4) NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    CONSTRAINT overheads_pkey PRIMARY KEY (id),
    CONSTRAINT overheads_overlap_excl EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT overheads_dates_check CHECK ((valid_to > valid_from)),
    CONSTRAINT overheads_percent_check CHECK ((percent >= (0)::numeric))
);

CREATE TABLE payment_accounts (
    id text NOT NULL,
    provider text NOT NULL,
    country text DEFAULT ''::text NOT NULL,
    submitted boolean DEFAULT false NOT NULL,
    charges boolean DEFAULT false NOT NULL,
    payouts boolean DEFAULT false NOT NULL,
    due jsonb DEFAULT '[]'::jsonb NOT NULL,
    overdue boolean DEFAULT false NOT NULL,
    disabled text DEFAULT ''::text NOT NULL,
    connected_at timestamp with time zone NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    disconnected_at timestamp with time zone,
    gone_at timestamp with time zone,
    compared_at timestamp with time zone,
    compared_count integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT payment_accounts_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX payment_accounts_live ON payment_accounts USING btree ((true)) WHERE (gone_at IS NULL);

CREATE TABLE payment_differences (
    id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    attempt_id uuid,
    invoice_id uuid,
    ours text NOT NULL,
    theirs text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone,
    settled_by text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT payment_differences_pkey PRIMARY KEY (id),
    CONSTRAINT payment_differences_kind_check CHECK ((kind = ANY (ARRAY['held'::text, 'stranger'::text, 'missing_here'::text, 'missing_there'::text, 'state'::text, 'amount'::text, 'refund'::text, 'dispute'::text])))
);
CREATE INDEX payment_differences_found_idx ON payment_differences USING btree (found_at DESC, id DESC);
CREATE UNIQUE INDEX payment_differences_open_key ON payment_differences USING btree (kind, subject) WHERE (settled_at IS NULL);

CREATE TABLE payment_settings (
    id uuid NOT NULL,
    offered boolean DEFAULT true NOT NULL,
    parts boolean DEFAULT false NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT payment_settings_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX payment_settings_one ON payment_settings USING btree ((true));

CREATE TABLE positions (
    id uuid NOT NULL,
    name text NOT NULL,
    archived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT positions_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX positions_name_key ON positions USING btree (lower(name)) WHERE (archived_at IS NULL);

CREATE TABLE projects (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    archived_from text DEFAULT ''::text NOT NULL,
    manager_id uuid,
    starts_on date,
    due_on date,
    billable boolean DEFAULT true NOT NULL,
    budget_hours numeric(18,4),
    budget_minor bigint,
    budget_currency character(3),
    colour text NOT NULL,
    board_columns jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT projects_pkey PRIMARY KEY (id),
    CONSTRAINT projects_code_key UNIQUE (code),
    CONSTRAINT projects_budget_check CHECK (((budget_hours >= (0)::numeric) AND (budget_minor >= 0))),
    CONSTRAINT projects_budget_currency_check CHECK (((budget_minor IS NULL) = (budget_currency IS NULL))),
    CONSTRAINT projects_dates_check CHECK ((due_on >= starts_on)),
    CONSTRAINT projects_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'active'::text, 'on_hold'::text, 'completed'::text, 'archived'::text])))
);
CREATE INDEX projects_client_idx ON projects USING btree (client_id, lower(name), id);
CREATE INDEX projects_manager_idx ON projects USING btree (manager_id) WHERE (manager_id IS NOT NULL);
CREATE INDEX projects_name_idx ON projects USING btree (lower(name), id);

CREATE TABLE rate_cards (
    id uuid NOT NULL,
    name text NOT NULL,
    level text NOT NULL,
    client_id uuid,
    project_id uuid,
    currency character(3) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT rate_cards_pkey PRIMARY KEY (id),
    CONSTRAINT rate_cards_level_check CHECK ((((level = 'agency'::text) AND (client_id IS NULL) AND (project_id IS NULL)) OR ((level = 'client'::text) AND (client_id IS NOT NULL) AND (project_id IS NULL)) OR ((level = 'project'::text) AND (project_id IS NOT NULL) AND (client_id IS NULL)))),
    CONSTRAINT rate_cards_client_fkey FOREIGN KEY (client_id) REFERENCES clients(id)
);
CREATE UNIQUE INDEX rate_cards_agency_key ON rate_cards USING btree (level) WHERE ((level = 'agency'::text) AND (archived_at IS NULL));
CREATE UNIQUE INDEX rate_cards_client_key ON rate_cards USING btree (client_id) WHERE ((client_id IS NOT NULL) AND (archived_at IS NULL));
CREATE UNIQUE INDEX rate_cards_project_key ON rate_cards USING btree (project_id) WHERE ((project_id IS NOT NULL) AND (archived_at IS NULL));

CREATE TABLE rate_multipliers (
    id uuid NOT NULL,
    level text NOT NULL,
    client_id uuid,
    project_id uuid,
    zone text NOT NULL,
    week jsonb NOT NULL,
    after_hours numeric(8,4) NOT NULL,
    saturday numeric(8,4) NOT NULL,
    sunday numeric(8,4) NOT NULL,
    holiday numeric(8,4) NOT NULL,
    region text DEFAULT ''::text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    removed_at timestamp with time zone,
    key_hash bigint GENERATED ALWAYS AS (hashtextextended((level || COALESCE((client_id)::text, (project_id)::text, ''::text)), (0)::bigint)) STORED,
    CONSTRAINT rate_multipliers_pkey PRIMARY KEY (id),
    CONSTRAINT rate_multipliers_overlap_excl EXCLUDE USING gist (int8range(key_hash, key_hash, '[]'::text) WITH &&, daterange(valid_from, valid_to) WITH &&) WHERE ((removed_at IS NULL)),
    CONSTRAINT rate_multipliers_dates_check CHECK ((valid_to > valid_from)),
    CONSTRAINT rate_multipliers_factor_check CHECK ((LEAST(after_hours, saturday, sunday, holiday) >= (0)::numeric)),
    CONSTRAINT rate_multipliers_level_check CHECK ((((level = 'agency'::text) AND (client_id IS NULL) AND (project_id IS NULL)) OR ((level = 'client'::text) AND (client_id IS NOT NULL) AND (project_id IS NULL)) OR ((level = 'project'::text) AND (project_id IS NOT NULL) AND (client_id IS NULL)))),
    CONSTRAINT rate_multipliers_client_fkey FOREIGN KEY (client_id) REFERENCES clients(id)
);
CREATE INDEX rate_multipliers_client_idx ON rate_multipliers USING btree (client_id) WHERE ((removed_at IS NULL) AND (client_id IS NOT NULL));
CREATE INDEX rate_multipliers_project_idx ON rate_multipliers USING btree (project_id) WHERE ((removed_at IS NULL) AND (project_id IS NOT NULL));

CREATE TABLE rate_revisions (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    rate_before jsonb NOT NULL,
    after_version integer NOT NULL,
    added_rate_id uuid,
    repricing_id uuid,
    entries integer NOT NULL,
    CONSTRAINT rate_revisions_pkey PRIMARY KEY (id)
);
CREATE INDEX rate_revisions_created_idx ON rate_revisions USING btree (created_at);

CREATE TABLE rates (
    id uuid NOT NULL,
    card_id uuid NOT NULL,
    kind text NOT NULL,
    target_id uuid NOT NULL,
    per_hour numeric(18,6) NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    key_hash bigint GENERATED ALWAYS AS (hashtextextended((((card_id)::text || kind) || (target_id)::text), (0)::bigint)) STORED,
    tiers_per text DEFAULT ''::text NOT NULL,
    tiers jsonb,
    CONSTRAINT rates_pkey PRIMARY KEY (id),
    CONSTRAINT rates_overlap_excl EXCLUDE USING gist (int8range(key_hash, key_hash, '[]'::text) WITH &&, daterange(valid_from, valid_to) WITH &&) WHERE ((removed_at IS NULL)),
    CONSTRAINT rates_amount_check CHECK ((per_hour >= (0)::numeric)),
    CONSTRAINT rates_dates_check CHECK ((valid_to > valid_from)),
    CONSTRAINT rates_kind_check CHECK ((kind = ANY (ARRAY['member'::text, 'task'::text, 'position'::text, 'service'::text]))),
    CONSTRAINT rates_tiers_check CHECK (((tiers_per = ANY (ARRAY[''::text, 'day'::text, 'month'::text, 'line'::text])) AND ((tiers_per = ''::text) = (tiers IS NULL)))),
    CONSTRAINT rates_card_fkey FOREIGN KEY (card_id) REFERENCES rate_cards(id)
);
CREATE INDEX rates_card_idx ON rates USING btree (card_id, kind, target_id, valid_from) WHERE (removed_at IS NULL);

CREATE TABLE receipts (
    id uuid NOT NULL,
    expense_id uuid NOT NULL,
    file_key text NOT NULL,
    thumb_key text NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    CONSTRAINT receipts_pkey PRIMARY KEY (id),
    CONSTRAINT receipts_expense_id_fkey FOREIGN KEY (expense_id) REFERENCES expenses(id)
);
CREATE INDEX receipts_expense_idx ON receipts USING btree (expense_id, created_at, id);

CREATE TABLE recurring_invoices (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    project_id uuid,
    entity_id uuid,
    name text NOT NULL,
    currency character(3) NOT NULL,
    every text NOT NULL,
    every_count integer NOT NULL,
    day_of_month integer NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    times integer NOT NULL,
    bill_at text NOT NULL,
    prorate boolean NOT NULL,
    lines jsonb NOT NULL,
    net_minor bigint NOT NULL,
    with_time boolean NOT NULL,
    expenses boolean NOT NULL,
    group_by text NOT NULL,
    how text NOT NULL,
    terms_days integer,
    end_of_month boolean NOT NULL,
    reference text NOT NULL,
    note text NOT NULL,
    state text NOT NULL,
    next_number integer NOT NULL,
    next_on date,
    turns_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT recurring_invoices_pkey PRIMARY KEY (id),
    CONSTRAINT recurring_invoices_at_check CHECK ((bill_at = ANY (ARRAY['start'::text, 'end'::text]))),
    CONSTRAINT recurring_invoices_dates_check CHECK (((ends_on >= starts_on) AND (times >= 0))),
    CONSTRAINT recurring_invoices_day_check CHECK (((day_of_month >= 0) AND (day_of_month <= 31))),
    CONSTRAINT recurring_invoices_every_check CHECK (((every = ANY (ARRAY['week'::text, 'month'::text, 'quarter'::text, 'year'::text])) AND ((every_count >= 1) AND (every_count <= 52)))),
    CONSTRAINT recurring_invoices_how_check CHECK ((how = ANY (ARRAY['draft'::text, 'issue'::text, 'send'::text]))),
    CONSTRAINT recurring_invoices_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'ended'::text]))),
    CONSTRAINT recurring_invoices_client_fkey FOREIGN KEY (client_id) REFERENCES clients(id),
    CONSTRAINT recurring_invoices_entity_fkey FOREIGN KEY (entity_id) REFERENCES legal_entities(id),
    CONSTRAINT recurring_invoices_project_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX recurring_invoices_client_idx ON recurring_invoices USING btree (client_id);
CREATE INDEX recurring_invoices_next_idx ON recurring_invoices USING btree (COALESCE(next_on, '2999-12-31'::date), id);

CREATE TABLE recurring_periods (
    recurring_id uuid NOT NULL,
    number integer NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    whole_from date NOT NULL,
    whole_to date NOT NULL,
    issue_on date NOT NULL,
    state text NOT NULL,
    invoice_id uuid,
    code text NOT NULL,
    why text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    decided_by uuid,
    CONSTRAINT recurring_periods_pkey PRIMARY KEY (recurring_id, number),
    CONSTRAINT recurring_periods_state_check CHECK (((state = ANY (ARRAY['billed'::text, 'nothing'::text, 'refused'::text, 'missed'::text, 'skipped'::text])) AND ((state = 'billed'::text) = (invoice_id IS NOT NULL)))),
    CONSTRAINT recurring_periods_recurring_fkey FOREIGN KEY (recurring_id) REFERENCES recurring_invoices(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX recurring_periods_invoice_key ON recurring_periods USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);
CREATE INDEX recurring_periods_open_idx ON recurring_periods USING btree (recurring_id) WHERE (state = ANY (ARRAY['missed'::text, 'refused'::text]));

CREATE TABLE reminder_policies (
    id uuid NOT NULL,
    client_id uuid,
    enabled boolean NOT NULL,
    enabled_on date,
    steps jsonb NOT NULL,
    runs_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    late jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT reminder_policies_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX reminder_policies_client_key ON reminder_policies USING btree (client_id) NULLS NOT DISTINCT;

CREATE TABLE retainers (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    project_id uuid,
    name text NOT NULL,
    unit text NOT NULL,
    currency character(3) NOT NULL,
    every text NOT NULL,
    anchor_on date NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    prorate_first boolean NOT NULL,
    grant_amount bigint NOT NULL,
    fee_minor bigint,
    rollover text NOT NULL,
    rollover_cap bigint,
    rollover_periods integer,
    deficit text NOT NULL,
    deficit_limit bigint,
    overage text NOT NULL,
    overage_rate numeric(18,6),
    lead_days integer NOT NULL,
    grace_days integer NOT NULL,
    shown_to_client boolean NOT NULL,
    turns_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    scope_hash bigint GENERATED ALWAYS AS (hashtextextended(((client_id)::text || COALESCE((project_id)::text, ''::text)), (0)::bigint)) STORED,
    alert_amount bigint,
    alert_percent integer,
    low_since timestamp with time zone,
    low_failed_at timestamp with time zone,
    low_failure text DEFAULT ''::text NOT NULL,
    low_failed_to uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    CONSTRAINT retainers_pkey PRIMARY KEY (id),
    CONSTRAINT retainers_overlap_excl EXCLUDE USING gist (int8range(scope_hash, scope_hash, '[]'::text) WITH &&, daterange(starts_on, ends_on, '[]'::text) WITH &&),
    CONSTRAINT retainers_alert_check CHECK (((alert_amount >= 0) AND ((alert_percent >= 1) AND (alert_percent <= 100)) AND ((alert_amount IS NULL) OR (alert_percent IS NULL)))),
    CONSTRAINT retainers_amounts_check CHECK (((grant_amount >= 0) AND (fee_minor >= 0) AND (rollover_cap >= 0) AND (deficit_limit >= 0) AND (overage_rate >= (0)::numeric))),
    CONSTRAINT retainers_dates_check CHECK ((ends_on >= starts_on)),
    CONSTRAINT retainers_days_check CHECK ((((lead_days >= 0) AND (lead_days <= 90)) AND ((grace_days >= 0) AND (grace_days <= 90)))),
    CONSTRAINT retainers_deficit_check CHECK (((deficit = ANY (ARRAY['carry'::text, 'bill'::text])) AND ((deficit = 'carry'::text) OR (deficit_limit IS NULL)))),
    CONSTRAINT retainers_every_check CHECK ((every = ANY (ARRAY['month'::text, 'quarter'::text, 'year'::text]))),
    CONSTRAINT retainers_overage_check CHECK (((overage = ANY (ARRAY['refuse'::text, 'rate'::text, 'overage_rate'::text, 'absorb'::text])) AND ((overage = 'overage_rate'::text) = (overage_rate IS NOT NULL)))),
    CONSTRAINT retainers_rollover_check CHECK (((rollover = ANY (ARRAY['none'::text, 'all'::text, 'capped'::text, 'expiring'::text])) AND ((rollover = 'capped'::text) = (rollover_cap IS NOT NULL)) AND ((rollover = 'expiring'::text) = (rollover_periods IS NOT NULL)))),
    CONSTRAINT retainers_unit_check CHECK ((unit = ANY (ARRAY['hours'::text, 'money'::text]))),
    CONSTRAINT retainers_client_fkey FOREIGN KEY (client_id) REFERENCES clients(id),
    CONSTRAINT retainers_project_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX retainers_client_idx ON retainers USING btree (client_id, lower(name), id);
CREATE INDEX retainers_name_idx ON retainers USING btree (lower(name), id);

CREATE TABLE revaluations (
    id uuid NOT NULL,
    closing_on date NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT revaluations_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX revaluations_closing_key ON revaluations USING btree (closing_on);

CREATE TABLE review_settings (
    id boolean DEFAULT true NOT NULL,
    required boolean NOT NULL,
    reasons text[] NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT review_settings_pkey PRIMARY KEY (id),
    CONSTRAINT review_settings_one_check CHECK (id)
);

CREATE TABLE seat_ledger (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id uuid,
    member_id uuid,
    invitation_id uuid,
    delta smallint NOT NULL,
    reserved smallint NOT NULL,
    active_after integer NOT NULL,
    reserved_after integer NOT NULL,
    reason text NOT NULL,
    CONSTRAINT seat_ledger_pkey PRIMARY KEY (seq),
    CONSTRAINT seat_ledger_after_check CHECK (((active_after >= 0) AND (reserved_after >= 0))),
    CONSTRAINT seat_ledger_delta_check CHECK ((((delta >= '-1'::integer) AND (delta <= 1)) AND ((reserved >= '-1'::integer) AND (reserved <= 1))))
);
CREATE INDEX seat_ledger_at_idx ON seat_ledger USING btree (at);
REVOKE UPDATE, DELETE ON seat_ledger FROM {{role}};

CREATE TABLE services (
    id uuid NOT NULL,
    name text NOT NULL,
    billable boolean NOT NULL,
    tax_rate_id uuid,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT services_pkey PRIMARY KEY (id)
);
CREATE INDEX services_name_idx ON services USING btree (lower(name), id);
CREATE UNIQUE INDEX services_name_key ON services USING btree (lower(name)) WHERE (archived_at IS NULL);

CREATE TABLE statement_month (
    one boolean DEFAULT true NOT NULL,
    enabled boolean NOT NULL,
    on_day integer NOT NULL,
    who text NOT NULL,
    runs_on date,
    runs_at timestamp with time zone,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT statement_month_pkey PRIMARY KEY (one),
    CONSTRAINT statement_month_day_check CHECK (((on_day >= 1) AND (on_day <= 31))),
    CONSTRAINT statement_month_next_check CHECK (((runs_on IS NULL) = (runs_at IS NULL))),
    CONSTRAINT statement_month_one_check CHECK (one),
    CONSTRAINT statement_month_who_check CHECK ((who = ANY (ARRAY['open'::text, 'moved'::text])))
);

CREATE TABLE statement_runs (
    id uuid NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    who text NOT NULL,
    monthly boolean NOT NULL,
    state text NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT statement_runs_pkey PRIMARY KEY (id),
    CONSTRAINT statement_runs_days_check CHECK ((to_on >= from_on)),
    CONSTRAINT statement_runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text]))),
    CONSTRAINT statement_runs_who_check CHECK ((who = ANY (ARRAY['open'::text, 'moved'::text])))
);
CREATE INDEX statement_runs_created_idx ON statement_runs USING btree (created_at DESC, id DESC);

CREATE TABLE statement_sends (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    recipients jsonb NOT NULL,
    subject text NOT NULL,
    message text NOT NULL,
    created_by text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    bulk boolean DEFAULT false NOT NULL,
    pdf_hash text DEFAULT ''::text NOT NULL,
    failed_at timestamp with time zone,
    failure text DEFAULT ''::text NOT NULL,
    CONSTRAINT statement_sends_pkey PRIMARY KEY (id),
    CONSTRAINT statement_sends_days_check CHECK ((from_on <= to_on))
);
CREATE INDEX statement_sends_client_idx ON statement_sends USING btree (client_id, queued_at DESC);
CREATE UNIQUE INDEX statement_sends_day_key ON statement_sends USING btree (client_id, to_on) WHERE (bulk AND (failed_at IS NULL));
CREATE INDEX statement_sends_to_idx ON statement_sends USING btree (to_on);

CREATE TABLE tasks (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    column_id text NOT NULL,
    rank text COLLATE "C" NOT NULL,
    assignee_id uuid,
    priority smallint DEFAULT 2 NOT NULL,
    estimate_seconds bigint,
    remaining_seconds bigint,
    percent smallint DEFAULT 0 NOT NULL,
    starts_on date,
    due_on date,
    checklist jsonb DEFAULT '[]'::jsonb NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    billable boolean DEFAULT true NOT NULL,
    completed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    service_id uuid,
    CONSTRAINT tasks_pkey PRIMARY KEY (id),
    CONSTRAINT tasks_dates_check CHECK ((due_on >= starts_on)),
    CONSTRAINT tasks_effort_check CHECK (((estimate_seconds >= 0) AND (remaining_seconds >= 0))),
    CONSTRAINT tasks_percent_check CHECK (((percent >= 0) AND (percent <= 100))),
    CONSTRAINT tasks_priority_check CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT tasks_parent_fkey FOREIGN KEY (parent_id) REFERENCES tasks(id),
    CONSTRAINT tasks_project_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX tasks_assignee_idx ON tasks USING btree (assignee_id, due_on, id) WHERE ((completed_at IS NULL) AND (archived_at IS NULL));
CREATE INDEX tasks_parent_idx ON tasks USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX tasks_project_idx ON tasks USING btree (project_id, rank, id);

CREATE TABLE tax_rates (
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    legal_text text DEFAULT ''::text NOT NULL,
    steps jsonb NOT NULL,
    is_default boolean NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    compound boolean DEFAULT false NOT NULL,
    CONSTRAINT tax_rates_pkey PRIMARY KEY (id),
    CONSTRAINT tax_rates_kind_check CHECK ((kind = ANY (ARRAY['standard'::text, 'zero'::text, 'exempt'::text, 'reverse_charge'::text, 'withholding'::text])))
);
CREATE UNIQUE INDEX tax_rates_name_key ON tax_rates USING btree (lower(name)) WHERE (archived_at IS NULL);

CREATE TABLE time_bulk_changes (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    lines jsonb NOT NULL,
    CONSTRAINT time_bulk_changes_pkey PRIMARY KEY (id)
);
CREATE INDEX time_bulk_changes_created_idx ON time_bulk_changes USING btree (created_at);
CREATE INDEX time_bulk_changes_member_idx ON time_bulk_changes USING btree (member_id, created_at DESC);

CREATE TABLE time_day_sums (
    id uuid DEFAULT uuidv7() NOT NULL,
    work_date date NOT NULL,
    member_id uuid NOT NULL,
    state text NOT NULL,
    billable boolean NOT NULL,
    rate_currency character(3),
    entries integer NOT NULL,
    no_rate integer NOT NULL,
    seconds bigint NOT NULL,
    billable_seconds bigint NOT NULL,
    billed_seconds bigint NOT NULL,
    worth numeric NOT NULL,
    CONSTRAINT time_day_sums_pkey PRIMARY KEY (id),
    CONSTRAINT time_day_sums_key UNIQUE NULLS NOT DISTINCT (member_id, work_date, state, billable, rate_currency)
) WITH (fillfactor=80);
CREATE INDEX time_day_sums_day_idx ON time_day_sums USING btree (work_date);
CREATE INDEX time_day_sums_nothing_idx ON time_day_sums USING btree (id) WHERE (entries = 0);

CREATE TABLE time_pins (
    member_id uuid NOT NULL,
    rows jsonb NOT NULL,
    CONSTRAINT time_pins_pkey PRIMARY KEY (member_id)
);

CREATE TABLE time_reminder_choices (
    member_id uuid NOT NULL,
    no_missing boolean DEFAULT false NOT NULL,
    no_unsubmitted boolean DEFAULT false NOT NULL,
    CONSTRAINT time_reminder_choices_pkey PRIMARY KEY (member_id)
);

CREATE TABLE time_reminders (
    member_id uuid NOT NULL,
    kind text NOT NULL,
    first_day date NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT time_reminders_pkey PRIMARY KEY (member_id, kind, first_day),
    CONSTRAINT time_reminders_kind_check CHECK ((kind = ANY (ARRAY['missing'::text, 'unsubmitted'::text])))
);
CREATE INDEX time_reminders_day_idx ON time_reminders USING btree (first_day);

CREATE TABLE time_reminding (
    one boolean DEFAULT true NOT NULL,
    missing boolean DEFAULT false NOT NULL,
    unsubmitted boolean DEFAULT false NOT NULL,
    weekday integer DEFAULT 1 NOT NULL,
    minute integer DEFAULT 540 NOT NULL,
    zone text DEFAULT 'agency'::text NOT NULL,
    since timestamp with time zone,
    runs_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT time_reminding_pkey PRIMARY KEY (one),
    CONSTRAINT time_reminding_one_check CHECK (one),
    CONSTRAINT time_reminding_when_check CHECK ((((weekday >= 0) AND (weekday <= 6)) AND ((minute >= 0) AND (minute <= 1439)) AND (zone = ANY (ARRAY['agency'::text, 'person'::text]))))
);
REVOKE INSERT, DELETE ON time_reminding FROM {{role}};

CREATE TABLE time_repricings (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    lines jsonb NOT NULL,
    CONSTRAINT time_repricings_pkey PRIMARY KEY (id)
);
CREATE INDEX time_repricings_created_idx ON time_repricings USING btree (created_at);

CREATE TABLE time_settings (
    one boolean DEFAULT true NOT NULL,
    locked_through date,
    overlap text DEFAULT 'warn'::text NOT NULL,
    rounding_mode text DEFAULT 'none'::text NOT NULL,
    rounding_step integer DEFAULT 900 NOT NULL,
    rounding_minimum integer DEFAULT 0 NOT NULL,
    rounding_scope text DEFAULT 'entry'::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    locked_by uuid,
    locked_at timestamp with time zone,
    grace_days integer,
    grace_every text DEFAULT 'month'::text NOT NULL,
    grace_after date,
    forgotten_hours integer DEFAULT 10 NOT NULL,
    approval_route text DEFAULT 'anyone'::text NOT NULL,
    own_exception boolean DEFAULT true NOT NULL,
    entity_locks jsonb DEFAULT '[]'::jsonb NOT NULL,
    sheet_periods jsonb DEFAULT '[]'::jsonb NOT NULL,
    entity_graces jsonb DEFAULT '[]'::jsonb NOT NULL,
    members_set_billable boolean DEFAULT true NOT NULL,
    holidays text DEFAULT 'lower'::text NOT NULL,
    CONSTRAINT time_settings_pkey PRIMARY KEY (one),
    CONSTRAINT time_settings_forgotten_check CHECK (((forgotten_hours >= 1) AND (forgotten_hours <= 24))),
    CONSTRAINT time_settings_grace_check CHECK ((((grace_days >= 0) AND (grace_days <= 90)) AND (grace_every = ANY (ARRAY['week'::text, 'month'::text])))),
    CONSTRAINT time_settings_holidays_check CHECK ((holidays = ANY (ARRAY['lower'::text, 'fill'::text]))),
    CONSTRAINT time_settings_mode_check CHECK ((rounding_mode = ANY (ARRAY['none'::text, 'up'::text, 'down'::text, 'nearest'::text]))),
    CONSTRAINT time_settings_one_check CHECK (one),
    CONSTRAINT time_settings_overlap_check CHECK ((overlap = ANY (ARRAY['allow'::text, 'warn'::text, 'refuse'::text]))),
    CONSTRAINT time_settings_route_check CHECK ((approval_route = ANY (ARRAY['anyone'::text, 'lead'::text, 'manager'::text, 'lead_manager'::text, 'manager_lead'::text]))),
    CONSTRAINT time_settings_scope_check CHECK ((rounding_scope = ANY (ARRAY['entry'::text, 'day'::text, 'task'::text, 'invoice'::text]))),
    CONSTRAINT time_settings_step_check CHECK ((((rounding_step >= 60) AND (rounding_step <= 86400)) AND ((rounding_minimum >= 0) AND (rounding_minimum <= 86400))))
);
REVOKE INSERT, DELETE ON time_settings FROM {{role}};

CREATE TABLE time_sums (
    id uuid DEFAULT uuidv7() NOT NULL,
    month date NOT NULL,
    member_id uuid NOT NULL,
    project_id uuid NOT NULL,
    client_id uuid,
    task_id uuid,
    service_id uuid,
    state text NOT NULL,
    billable boolean NOT NULL,
    rate_currency character(3),
    entries integer NOT NULL,
    no_rate integer NOT NULL,
    seconds bigint NOT NULL,
    billable_seconds bigint NOT NULL,
    billed_seconds bigint NOT NULL,
    worth numeric NOT NULL,
    CONSTRAINT time_sums_pkey PRIMARY KEY (id),
    CONSTRAINT time_sums_key UNIQUE NULLS NOT DISTINCT (member_id, month, project_id, client_id, task_id, service_id, state, billable, rate_currency),
    CONSTRAINT time_sums_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
) WITH (fillfactor=80);
CREATE INDEX time_sums_client_idx ON time_sums USING btree (client_id, month);
CREATE INDEX time_sums_month_idx ON time_sums USING btree (month);
CREATE INDEX time_sums_nothing_idx ON time_sums USING btree (id) WHERE (entries = 0);
CREATE INDEX time_sums_project_idx ON time_sums USING btree (project_id, month);
CREATE INDEX time_sums_task_idx ON time_sums USING btree (task_id) WHERE (task_id IS NOT NULL);

CREATE TABLE time_tally_edges (
    rate_id uuid NOT NULL,
    project_id uuid NOT NULL,
    since date NOT NULL,
    place bigint NOT NULL,
    change integer NOT NULL,
    CONSTRAINT time_tally_edges_key PRIMARY KEY (rate_id, project_id, since, place)
) WITH (fillfactor=80);

CREATE TABLE timers (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid,
    note text DEFAULT ''::text NOT NULL,
    billable boolean NOT NULL,
    started_at timestamp with time zone NOT NULL,
    zone text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    kept_at timestamp with time zone,
    told_at timestamp with time zone,
    CONSTRAINT timers_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX timers_member_key ON timers USING btree (member_id);

CREATE TABLE timesheets (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    week_start date NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    rows jsonb DEFAULT '[]'::jsonb NOT NULL,
    submitted_at timestamp with time zone,
    decided_at timestamp with time zone,
    decided_by uuid,
    decided_version integer,
    reason text DEFAULT ''::text NOT NULL,
    exception_reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    last_day date,
    CONSTRAINT timesheets_pkey PRIMARY KEY (id),
    CONSTRAINT timesheets_member_week_key UNIQUE (member_id, week_start),
    CONSTRAINT timesheets_days_check CHECK (((last_day >= week_start) AND (last_day <= (week_start + 30)))),
    CONSTRAINT timesheets_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'rejected'::text])))
);
CREATE INDEX timesheets_rejected_idx ON timesheets USING btree (week_start, id) WHERE (state = 'rejected'::text);
CREATE INDEX timesheets_state_idx ON timesheets USING btree (state, week_start, id) WHERE (state = 'submitted'::text);

CREATE TABLE api_tokens (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    hint text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (id),
    CONSTRAINT api_tokens_hash_key UNIQUE (token_hash),
    CONSTRAINT api_tokens_member_fkey FOREIGN KEY (member_id) REFERENCES members(id)
);
CREATE INDEX api_tokens_member_idx ON api_tokens USING btree (member_id, created_at DESC, id DESC) WHERE (revoked_at IS NULL);

CREATE TABLE bookings (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    kind text NOT NULL,
    seconds bigint,
    percent numeric(7,4),
    state text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    version integer NOT NULL,
    CONSTRAINT bookings_pkey PRIMARY KEY (id),
    CONSTRAINT bookings_amount_check CHECK (
CASE kind
    WHEN 'percent'::text THEN ((percent IS NOT NULL) AND (percent > (0)::numeric) AND (percent <= (100)::numeric) AND (seconds IS NULL))
    ELSE ((seconds IS NOT NULL) AND (seconds > 0) AND (percent IS NULL))
END),
    CONSTRAINT bookings_kind_check CHECK ((kind = ANY (ARRAY['per_day'::text, 'total'::text, 'percent'::text]))),
    CONSTRAINT bookings_span_check CHECK (((ends_on >= starts_on) AND ((ends_on - starts_on) < 366))),
    CONSTRAINT bookings_state_check CHECK ((state = ANY (ARRAY['tentative'::text, 'confirmed'::text]))),
    CONSTRAINT bookings_project_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX bookings_days_idx ON bookings USING btree (starts_on, id) WHERE (removed_at IS NULL);
CREATE INDEX bookings_member_idx ON bookings USING btree (member_id, starts_on);
CREATE INDEX bookings_project_idx ON bookings USING btree (project_id, starts_on);

CREATE TABLE budgets (
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid,
    member_id uuid,
    unit text NOT NULL,
    amount bigint NOT NULL,
    currency character(3),
    approved_only boolean DEFAULT false NOT NULL,
    billable_only boolean DEFAULT false NOT NULL,
    alerts smallint[] DEFAULT '{50,75,90,100}'::smallint[] NOT NULL,
    hard_stop boolean DEFAULT false NOT NULL,
    told smallint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT budgets_pkey PRIMARY KEY (id),
    CONSTRAINT budgets_scope_key UNIQUE NULLS NOT DISTINCT (project_id, task_id, member_id, unit),
    CONSTRAINT budgets_amount_check CHECK ((amount >= 0)),
    CONSTRAINT budgets_stop_check CHECK ((NOT (hard_stop AND approved_only))),
    CONSTRAINT budgets_unit_check CHECK (((unit = ANY (ARRAY['hours'::text, 'money'::text])) AND ((unit = 'money'::text) = (currency IS NOT NULL)))),
    CONSTRAINT budgets_project_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
    CONSTRAINT budgets_task_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE
);
CREATE INDEX budgets_stop_idx ON budgets USING btree (project_id, id) WHERE hard_stop;
CREATE INDEX budgets_task_idx ON budgets USING btree (task_id) WHERE (task_id IS NOT NULL);

CREATE TABLE calendar_events (
    id uuid NOT NULL,
    feed_id uuid NOT NULL,
    member_id uuid NOT NULL,
    event text NOT NULL,
    series text NOT NULL,
    title text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT calendar_events_pkey PRIMARY KEY (id),
    CONSTRAINT calendar_events_span_check CHECK ((ends_at > starts_at)),
    CONSTRAINT calendar_events_feed_fkey FOREIGN KEY (feed_id) REFERENCES calendar_feeds(id) ON DELETE CASCADE
);
CREATE INDEX calendar_events_feed_idx ON calendar_events USING btree (feed_id);
CREATE INDEX calendar_events_member_idx ON calendar_events USING btree (member_id, starts_at);

CREATE TABLE change_orders (
    id uuid NOT NULL,
    fee_id uuid NOT NULL,
    number text NOT NULL,
    reason text NOT NULL,
    amount_minor bigint NOT NULL,
    approved_by text NOT NULL,
    approved_on date NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT change_orders_pkey PRIMARY KEY (id),
    CONSTRAINT change_orders_amount_check CHECK ((amount_minor <> 0)),
    CONSTRAINT change_orders_fee_fkey FOREIGN KEY (fee_id) REFERENCES fees(id)
);
CREATE UNIQUE INDEX change_orders_number_key ON change_orders USING btree (fee_id, lower(number));

CREATE TABLE employments (
    member_id uuid NOT NULL,
    starts_on date NOT NULL,
    position_id uuid,
    seconds integer[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    holiday_set_id uuid,
    CONSTRAINT employments_pkey PRIMARY KEY (member_id, starts_on),
    CONSTRAINT employments_seconds_check CHECK ((array_length(seconds, 1) = 7)),
    CONSTRAINT employments_holiday_set_id_fkey FOREIGN KEY (holiday_set_id) REFERENCES holiday_sets(id),
    CONSTRAINT employments_position_id_fkey FOREIGN KEY (position_id) REFERENCES positions(id)
);

CREATE TABLE fee_parts (
    id uuid NOT NULL,
    fee_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    percent numeric(7,4),
    amount_minor bigint NOT NULL,
    billed_minor bigint DEFAULT 0 NOT NULL,
    due_on date,
    accepted_at timestamp with time zone,
    accepted_by text DEFAULT ''::text NOT NULL,
    accepted_kind text DEFAULT ''::text NOT NULL,
    order_id uuid,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT fee_parts_pkey PRIMARY KEY (id),
    CONSTRAINT fee_parts_amount_check CHECK ((amount_minor >= 0)),
    CONSTRAINT fee_parts_billed_check CHECK (((billed_minor >= 0) AND (billed_minor <= amount_minor))),
    CONSTRAINT fee_parts_fee_fkey FOREIGN KEY (fee_id) REFERENCES fees(id)
);
CREATE INDEX fee_parts_fee_idx ON fee_parts USING btree (fee_id, "position");

CREATE TABLE invoice_run_items (
    run_id uuid NOT NULL,
    client_id uuid NOT NULL,
    client_name text NOT NULL,
    "position" integer NOT NULL,
    state text NOT NULL,
    invoice_id uuid,
    number text DEFAULT ''::text NOT NULL,
    currency character(3),
    total_minor bigint DEFAULT 0 NOT NULL,
    left_out integer DEFAULT 0 NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    why text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    CONSTRAINT invoice_run_items_pkey PRIMARY KEY (run_id, client_id),
    CONSTRAINT invoice_run_items_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'drafted'::text, 'issued'::text, 'nothing'::text, 'refused'::text, 'cancelled'::text]))),
    CONSTRAINT invoice_run_items_run_fkey FOREIGN KEY (run_id) REFERENCES invoice_runs(id) ON DELETE CASCADE
);
CREATE INDEX invoice_run_items_pending_idx ON invoice_run_items USING btree (run_id, "position") WHERE (state = 'pending'::text);
CREATE INDEX invoice_run_items_position_idx ON invoice_run_items USING btree (run_id, "position");

CREATE TABLE invoices (
    id uuid NOT NULL,
    entity_id uuid NOT NULL,
    client_id uuid NOT NULL,
    client_name text NOT NULL,
    state text NOT NULL,
    number text,
    period text DEFAULT ''::text NOT NULL,
    currency character(3) NOT NULL,
    rounding text NOT NULL,
    tax_method text NOT NULL,
    prices_include_tax boolean NOT NULL,
    issue_on date,
    due_on date,
    supply_on date,
    period_from date,
    period_to date,
    terms_days integer NOT NULL,
    terms_end_of_month boolean NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    footer text DEFAULT ''::text NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    paid_minor bigint DEFAULT 0 NOT NULL,
    taxes jsonb NOT NULL,
    document jsonb,
    pdf_key text DEFAULT ''::text NOT NULL,
    pdf_sha256 text DEFAULT ''::text NOT NULL,
    sent_at timestamp with time zone,
    issued_at timestamp with time zone,
    voided_at timestamp with time zone,
    void_reason text DEFAULT ''::text NOT NULL,
    void_time text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    discount_percent numeric(7,4) DEFAULT 0 NOT NULL,
    discount_amount numeric(18,4) DEFAULT 0 NOT NULL,
    discount_minor bigint DEFAULT 0 NOT NULL,
    withheld_minor bigint DEFAULT 0 NOT NULL,
    credited_minor bigint DEFAULT 0 NOT NULL,
    written_off_minor bigint DEFAULT 0 NOT NULL,
    kind text DEFAULT 'invoice'::text NOT NULL,
    credits_id uuid,
    deducted_minor bigint DEFAULT 0 NOT NULL,
    cash_step_minor bigint DEFAULT 0 NOT NULL,
    cash_minor bigint DEFAULT 0 NOT NULL,
    open_minor bigint GENERATED ALWAYS AS (((((((total_minor - withheld_minor) - deducted_minor) + cash_minor) - paid_minor) - credited_minor) - written_off_minor)) STORED,
    base_currency character(3),
    rate numeric(30,15),
    rate_direction text DEFAULT ''::text NOT NULL,
    rate_on date,
    rate_source text DEFAULT ''::text NOT NULL,
    base_net_minor bigint DEFAULT 0 NOT NULL,
    base_tax_minor bigint DEFAULT 0 NOT NULL,
    base_total_minor bigint DEFAULT 0 NOT NULL,
    reminders_paused_at timestamp with time zone,
    reminders_pause_reason text DEFAULT ''::text NOT NULL,
    review text DEFAULT ''::text NOT NULL,
    review_version integer DEFAULT 0 NOT NULL,
    review_sent_by text DEFAULT ''::text NOT NULL,
    review_sent_at timestamp with time zone,
    reviewed_by text DEFAULT ''::text NOT NULL,
    reviewed_at timestamp with time zone,
    review_reason text DEFAULT ''::text NOT NULL,
    time_rule jsonb,
    CONSTRAINT invoices_pkey PRIMARY KEY (id),
    CONSTRAINT invoices_credits_check CHECK (((kind = 'credit_note'::text) = (credits_id IS NOT NULL))),
    CONSTRAINT invoices_issued_check CHECK (((state = 'draft'::text) OR ((issue_on IS NOT NULL) AND (due_on IS NOT NULL) AND (document IS NOT NULL)))),
    CONSTRAINT invoices_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'deposit'::text, 'credit_note'::text]))),
    CONSTRAINT invoices_number_check CHECK (((state = 'draft'::text) = (number IS NULL))),
    CONSTRAINT invoices_paid_check CHECK (((paid_minor >= 0) AND (credited_minor >= 0) AND (written_off_minor >= 0) AND (deducted_minor >= 0) AND ((((paid_minor + credited_minor) + written_off_minor) = 0) OR (((paid_minor + credited_minor) + written_off_minor) <= (((total_minor - withheld_minor) - deducted_minor) + cash_minor))))),
    CONSTRAINT invoices_review_check CHECK ((review = ANY (ARRAY[''::text, 'in_review'::text, 'ready'::text, 'back'::text]))),
    CONSTRAINT invoices_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'issued'::text, 'void'::text]))),
    CONSTRAINT invoices_credits_fkey FOREIGN KEY (credits_id) REFERENCES invoices(id),
    CONSTRAINT invoices_entity_fkey FOREIGN KEY (entity_id) REFERENCES legal_entities(id)
);
CREATE INDEX invoices_client_idx ON invoices USING btree (client_id, created_at DESC);
CREATE INDEX invoices_client_open_idx ON invoices USING btree (client_id, due_on) WHERE ((state = 'issued'::text) AND (open_minor > 0));
CREATE INDEX invoices_created_idx ON invoices USING btree (created_at DESC, id DESC);
CREATE INDEX invoices_credits_idx ON invoices USING btree (credits_id) WHERE (credits_id IS NOT NULL);
CREATE INDEX invoices_deposit_idx ON invoices USING btree (client_id) WHERE (kind = 'deposit'::text);
CREATE INDEX invoices_foreign_idx ON invoices USING btree (issue_on) WHERE ((base_currency <> currency) AND (state <> 'draft'::text));
CREATE UNIQUE INDEX invoices_number_key ON invoices USING btree (entity_id, number);
CREATE INDEX invoices_open_idx ON invoices USING btree (due_on) WHERE ((state = 'issued'::text) AND (open_minor > 0));
CREATE INDEX invoices_reported_idx ON invoices USING btree (issue_on, id) WHERE (state <> 'draft'::text);

CREATE TABLE late_charges (
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    kind text NOT NULL,
    step integer,
    from_on date,
    to_on date,
    currency character(3) NOT NULL,
    amount_minor bigint NOT NULL,
    document_id uuid,
    reason text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    given_back_at timestamp with time zone,
    invoice_hash bigint GENERATED ALWAYS AS (hashtextextended((invoice_id)::text, (0)::bigint)) STORED,
    CONSTRAINT late_charges_pkey PRIMARY KEY (id),
    CONSTRAINT late_charges_days_excl EXCLUDE USING gist (int8range(invoice_hash, invoice_hash, '[]'::text) WITH &&, daterange(from_on, to_on, '[]'::text) WITH &&) WHERE (((kind = 'interest'::text) AND (given_back_at IS NULL))),
    CONSTRAINT late_charges_amount_check CHECK ((amount_minor > 0)),
    CONSTRAINT late_charges_kind_check CHECK ((((kind = 'interest'::text) AND (from_on <= to_on) AND (step IS NULL)) OR ((kind = 'step'::text) AND (step > 0) AND (from_on IS NULL) AND (to_on IS NULL)))),
    CONSTRAINT late_charges_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id)
);
CREATE INDEX late_charges_invoice_idx ON late_charges USING btree (invoice_id, created_at, id);
CREATE UNIQUE INDEX late_charges_step_key ON late_charges USING btree (invoice_id, step) WHERE ((kind = 'step'::text) AND (given_back_at IS NULL));

CREATE TABLE leave_adjustments (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    type_id uuid NOT NULL,
    day date NOT NULL,
    amount numeric(9,2) NOT NULL,
    note text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    CONSTRAINT leave_adjustments_pkey PRIMARY KEY (id),
    CONSTRAINT leave_adjustments_type_id_fkey FOREIGN KEY (type_id) REFERENCES leave_types(id)
);
CREATE INDEX leave_adjustments_member_idx ON leave_adjustments USING btree (member_id, type_id);
REVOKE UPDATE, DELETE ON leave_adjustments FROM {{role}};

CREATE TABLE leave_requests (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    type_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    half_first boolean DEFAULT false NOT NULL,
    half_last boolean DEFAULT false NOT NULL,
    seconds integer DEFAULT 0 NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    days jsonb NOT NULL,
    cost numeric(9,2) NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    reason text DEFAULT ''::text NOT NULL,
    exception_reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT leave_requests_pkey PRIMARY KEY (id),
    CONSTRAINT leave_requests_days_check CHECK ((last_day >= first_day)),
    CONSTRAINT leave_requests_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'approved'::text, 'rejected'::text, 'cancelled'::text]))),
    CONSTRAINT leave_requests_type_id_fkey FOREIGN KEY (type_id) REFERENCES leave_types(id)
);
CREATE INDEX leave_requests_days_idx ON leave_requests USING btree (first_day, last_day) WHERE (state = ANY (ARRAY['requested'::text, 'approved'::text]));
CREATE INDEX leave_requests_member_idx ON leave_requests USING btree (member_id, first_day);
CREATE INDEX leave_requests_state_idx ON leave_requests USING btree (state, first_day, id);

CREATE TABLE leaves (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    share numeric(3,2) DEFAULT 1 NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    request_id uuid,
    seconds integer DEFAULT 0 NOT NULL,
    CONSTRAINT leaves_pkey PRIMARY KEY (id),
    CONSTRAINT leaves_days_check CHECK ((last_day >= first_day)),
    CONSTRAINT leaves_share_check CHECK (((share >= (0)::numeric) AND (share <= (1)::numeric) AND ((share > (0)::numeric) OR (seconds > 0)))),
    CONSTRAINT leaves_request_id_fkey FOREIGN KEY (request_id) REFERENCES leave_requests(id)
);
CREATE INDEX leaves_member_idx ON leaves USING btree (member_id, first_day);
CREATE INDEX leaves_request_idx ON leaves USING btree (request_id);

CREATE TABLE milestone_rounds (
    id uuid NOT NULL,
    part_id uuid NOT NULL,
    asked text NOT NULL,
    asked_by text NOT NULL,
    asked_by_id uuid NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    ready_note text DEFAULT ''::text NOT NULL,
    ready_by text DEFAULT ''::text NOT NULL,
    ready_at timestamp with time zone,
    failed_at timestamp with time zone,
    failure text DEFAULT ''::text NOT NULL,
    CONSTRAINT milestone_rounds_pkey PRIMARY KEY (id),
    CONSTRAINT milestone_rounds_part_fkey FOREIGN KEY (part_id) REFERENCES fee_parts(id)
);
CREATE UNIQUE INDEX milestone_rounds_open_key ON milestone_rounds USING btree (part_id) WHERE (ready_at IS NULL);
CREATE INDEX milestone_rounds_part_idx ON milestone_rounds USING btree (part_id, asked_at, id);

CREATE TABLE multiplier_additions (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    multipliers_id uuid NOT NULL,
    valid_to date,
    ended_id uuid,
    ended_was date,
    repricing_id uuid,
    entries integer NOT NULL,
    CONSTRAINT multiplier_additions_pkey PRIMARY KEY (id),
    CONSTRAINT multiplier_additions_multipliers_fkey FOREIGN KEY (multipliers_id) REFERENCES rate_multipliers(id)
);
CREATE INDEX multiplier_additions_created_idx ON multiplier_additions USING btree (created_at);

CREATE TABLE payments (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    client_name text NOT NULL,
    currency character(3) NOT NULL,
    amount_minor bigint NOT NULL,
    received_on date NOT NULL,
    method text NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    voided_at timestamp with time zone,
    void_reason text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    credit_note_id uuid,
    base_currency character(3),
    rate numeric(30,15),
    rate_direction text DEFAULT ''::text NOT NULL,
    rate_on date,
    rate_source text DEFAULT ''::text NOT NULL,
    provider_ref text,
    CONSTRAINT payments_pkey PRIMARY KEY (id),
    CONSTRAINT payments_amount_check CHECK ((amount_minor > 0)),
    CONSTRAINT payments_method_check CHECK (((method = ANY (ARRAY['bank_transfer'::text, 'card'::text, 'cash'::text, 'cheque'::text, 'other'::text, 'credit_note'::text])) AND ((method = 'credit_note'::text) = (credit_note_id IS NOT NULL)))),
    CONSTRAINT payments_credit_note_id_fkey FOREIGN KEY (credit_note_id) REFERENCES invoices(id)
);
CREATE INDEX payments_client_idx ON payments USING btree (client_id, received_on DESC, id DESC);
CREATE UNIQUE INDEX payments_credit_note_key ON payments USING btree (credit_note_id) WHERE (credit_note_id IS NOT NULL);
CREATE UNIQUE INDEX payments_provider_ref_key ON payments USING btree (provider_ref);
CREATE INDEX payments_received_idx ON payments USING btree (received_on DESC, id DESC);

CREATE TABLE prepaid_blocks (
    id uuid NOT NULL,
    retainer_id uuid NOT NULL,
    amount bigint NOT NULL,
    price_minor bigint,
    counts_from text NOT NULL,
    invoice_id uuid,
    counts_on date,
    expires_on date,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    CONSTRAINT prepaid_blocks_pkey PRIMARY KEY (id),
    CONSTRAINT prepaid_blocks_amount_check CHECK (((amount > 0) AND (price_minor >= 0))),
    CONSTRAINT prepaid_blocks_from_check CHECK (((counts_from = ANY (ARRAY['now'::text, 'issued'::text, 'paid'::text])) AND ((counts_from = 'now'::text) OR (price_minor IS NOT NULL)))),
    CONSTRAINT prepaid_blocks_retainer_fkey FOREIGN KEY (retainer_id) REFERENCES retainers(id)
);
CREATE INDEX prepaid_blocks_invoice_idx ON prepaid_blocks USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);
CREATE INDEX prepaid_blocks_retainer_idx ON prepaid_blocks USING btree (retainer_id, created_at, id);

CREATE TABLE project_members (
    project_id uuid NOT NULL,
    member_id uuid NOT NULL,
    added_at timestamp with time zone NOT NULL,
    CONSTRAINT project_members_pkey PRIMARY KEY (project_id, member_id),
    CONSTRAINT project_members_project_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);
CREATE INDEX project_members_member_idx ON project_members USING btree (member_id);

CREATE TABLE refunds (
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    refunded_on date NOT NULL,
    method text NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    undo_reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT refunds_pkey PRIMARY KEY (id),
    CONSTRAINT refunds_amount_check CHECK ((amount_minor > 0)),
    CONSTRAINT refunds_method_check CHECK ((method = ANY (ARRAY['bank_transfer'::text, 'card'::text, 'cash'::text, 'cheque'::text, 'other'::text]))),
    CONSTRAINT refunds_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
);
CREATE INDEX refunds_payment_idx ON refunds USING btree (payment_id);

CREATE TABLE reminders (
    invoice_id uuid NOT NULL,
    days integer NOT NULL,
    outcome text NOT NULL,
    sending_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT reminders_pkey PRIMARY KEY (invoice_id, days),
    CONSTRAINT reminders_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'no_address'::text, 'settled'::text]))),
    CONSTRAINT reminders_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id)
);

CREATE TABLE retainer_periods (
    id uuid NOT NULL,
    retainer_id uuid NOT NULL,
    number integer NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    terms jsonb NOT NULL,
    carry jsonb DEFAULT '{}'::jsonb NOT NULL,
    expiries jsonb DEFAULT '[]'::jsonb NOT NULL,
    over jsonb DEFAULT '[]'::jsonb NOT NULL,
    overage_rule text NOT NULL,
    overage_rate numeric(18,6),
    opening bigint DEFAULT 0 NOT NULL,
    granted bigint DEFAULT 0 NOT NULL,
    adjusted bigint DEFAULT 0 NOT NULL,
    used bigint DEFAULT 0 NOT NULL,
    overage bigint DEFAULT 0 NOT NULL,
    expired bigint DEFAULT 0 NOT NULL,
    closing bigint DEFAULT 0 NOT NULL,
    fee_minor bigint,
    fee_invoice_id uuid,
    closed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT retainer_periods_pkey PRIMARY KEY (id),
    CONSTRAINT retainer_periods_number_key UNIQUE (retainer_id, number),
    CONSTRAINT retainer_periods_state_check CHECK (((state = ANY (ARRAY['open'::text, 'closed'::text])) AND ((state = 'closed'::text) = (closed_at IS NOT NULL)))),
    CONSTRAINT retainer_periods_sum_check CHECK ((closing = (((((opening + granted) + adjusted) - used) + overage) - expired))),
    CONSTRAINT retainer_periods_retainer_fkey FOREIGN KEY (retainer_id) REFERENCES retainers(id)
);
CREATE INDEX retainer_periods_fee_invoice_idx ON retainer_periods USING btree (fee_invoice_id) WHERE (fee_invoice_id IS NOT NULL);

CREATE TABLE retainer_task_plans (
    retainer_id uuid NOT NULL,
    project_id uuid NOT NULL,
    items jsonb NOT NULL,
    version integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT retainer_task_plans_pkey PRIMARY KEY (retainer_id),
    CONSTRAINT retainer_task_plans_project_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
    CONSTRAINT retainer_task_plans_retainer_fkey FOREIGN KEY (retainer_id) REFERENCES retainers(id)
);

CREATE TABLE revaluation_lines (
    revaluation_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    currency character(3) NOT NULL,
    open_minor bigint NOT NULL,
    base_currency character(3) NOT NULL,
    rate numeric(30,15) NOT NULL,
    rate_direction text NOT NULL,
    rate_on date NOT NULL,
    rate_source text NOT NULL,
    gain_minor bigint NOT NULL,
    CONSTRAINT revaluation_lines_pkey PRIMARY KEY (revaluation_id, invoice_id),
    CONSTRAINT revaluation_lines_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id),
    CONSTRAINT revaluation_lines_of_fkey FOREIGN KEY (revaluation_id) REFERENCES revaluations(id) ON DELETE CASCADE
);
CREATE INDEX revaluation_lines_invoice_idx ON revaluation_lines USING btree (invoice_id);

CREATE TABLE statement_run_items (
    run_id uuid NOT NULL,
    client_id uuid NOT NULL,
    client_name text NOT NULL,
    "position" integer NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    sending_id uuid,
    open jsonb NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    why text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    CONSTRAINT statement_run_items_pkey PRIMARY KEY (run_id, client_id),
    CONSTRAINT statement_run_items_reason_check CHECK (((state = 'skipped'::text) = (reason <> ''::text))),
    CONSTRAINT statement_run_items_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sent'::text, 'skipped'::text, 'refused'::text, 'cancelled'::text]))),
    CONSTRAINT statement_run_items_run_fkey FOREIGN KEY (run_id) REFERENCES statement_runs(id) ON DELETE CASCADE
);
CREATE INDEX statement_run_items_pending_idx ON statement_run_items USING btree (run_id, "position") WHERE (state = 'pending'::text);
CREATE INDEX statement_run_items_position_idx ON statement_run_items USING btree (run_id, "position");

CREATE TABLE task_comments (
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    project_id uuid NOT NULL,
    author_id uuid,
    author_name text NOT NULL,
    author_kind text NOT NULL,
    body text NOT NULL,
    for_client boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    edited_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT task_comments_pkey PRIMARY KEY (id),
    CONSTRAINT task_comments_contact_check CHECK (((author_kind = 'staff'::text) OR for_client)),
    CONSTRAINT task_comments_kind_check CHECK ((author_kind = ANY (ARRAY['staff'::text, 'contact'::text]))),
    CONSTRAINT task_comments_task_fkey FOREIGN KEY (task_id) REFERENCES tasks(id) ON DELETE CASCADE
);
CREATE INDEX task_comments_client_idx ON task_comments USING btree (project_id, created_at, id) WHERE for_client;
CREATE INDEX task_comments_task_idx ON task_comments USING btree (task_id, created_at, id);

CREATE TABLE time_entries (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    timesheet_id uuid NOT NULL,
    client_id uuid,
    project_id uuid NOT NULL,
    task_id uuid,
    work_date date NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    zone text NOT NULL,
    raw_seconds integer NOT NULL,
    billed_seconds integer NOT NULL,
    billable boolean NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    rate_amount numeric(18,6),
    rate_currency character(3),
    rate_id uuid,
    rate_card_id uuid,
    rate_card_name text DEFAULT ''::text NOT NULL,
    rate_level text DEFAULT ''::text NOT NULL,
    rate_why text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    invoice_id uuid,
    reject_reason text DEFAULT ''::text NOT NULL,
    source text NOT NULL,
    crossed_lock boolean DEFAULT false NOT NULL,
    over_day boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    service_id uuid,
    own_rate_amount numeric(18,6),
    own_rate_currency character(3),
    awaits text DEFAULT ''::text NOT NULL,
    sheet_version integer DEFAULT 0 NOT NULL,
    rate_parts jsonb,
    hour_kind text DEFAULT ''::text NOT NULL,
    premium_seconds numeric(14,4) DEFAULT 0 NOT NULL,
    tier_since date,
    tier_worth numeric(28,10) DEFAULT 0 NOT NULL,
    CONSTRAINT time_entries_pkey PRIMARY KEY (id),
    CONSTRAINT time_entries_awaits_check CHECK ((awaits = ANY (ARRAY[''::text, 'lead'::text, 'manager'::text, 'lead manager'::text, 'manager lead'::text]))),
    CONSTRAINT time_entries_billed_check CHECK (((state = 'billed'::text) = (invoice_id IS NOT NULL))),
    CONSTRAINT time_entries_own_rate_check CHECK ((((own_rate_amount IS NULL) = (own_rate_currency IS NULL)) AND (own_rate_amount >= (0)::numeric))),
    CONSTRAINT time_entries_rate_check CHECK (((rate_amount IS NULL) = (rate_currency IS NULL))),
    CONSTRAINT time_entries_seconds_check CHECK (((raw_seconds > 0) AND (billed_seconds >= 0))),
    CONSTRAINT time_entries_source_check CHECK ((source = ANY (ARRAY['manual'::text, 'timer'::text, 'grid'::text]))),
    CONSTRAINT time_entries_span_check CHECK ((((started_at IS NULL) = (ended_at IS NULL)) AND ((started_at IS NULL) OR (ended_at > started_at)))),
    CONSTRAINT time_entries_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'billed'::text, 'rejected'::text]))),
    CONSTRAINT time_entries_timesheet_fkey FOREIGN KEY (timesheet_id) REFERENCES timesheets(id)
);
CREATE INDEX time_entries_client_idx ON time_entries USING btree (client_id, work_date, id) WHERE (deleted_at IS NULL);
CREATE INDEX time_entries_day_idx ON time_entries USING btree (work_date, id) WHERE (deleted_at IS NULL);
CREATE INDEX time_entries_invoice_idx ON time_entries USING btree (invoice_id) WHERE (invoice_id IS NOT NULL);
CREATE INDEX time_entries_member_idx ON time_entries USING btree (member_id, work_date, id) WHERE (deleted_at IS NULL);
CREATE INDEX time_entries_project_idx ON time_entries USING btree (project_id, work_date, id) WHERE (deleted_at IS NULL);
CREATE INDEX time_entries_service_idx ON time_entries USING btree (service_id, work_date, id) WHERE ((deleted_at IS NULL) AND (service_id IS NOT NULL));
CREATE INDEX time_entries_sheet_idx ON time_entries USING btree (timesheet_id) WHERE (deleted_at IS NULL);
CREATE INDEX time_entries_state_idx ON time_entries USING btree (state, work_date, id) WHERE (deleted_at IS NULL);
CREATE INDEX time_entries_sums_idx ON time_entries USING btree (work_date) INCLUDE (member_id, project_id, client_id, task_id, service_id, state, billable, raw_seconds, billed_seconds, premium_seconds, tier_worth, rate_amount, rate_currency) WHERE (deleted_at IS NULL);
CREATE INDEX time_entries_task_idx ON time_entries USING btree (task_id, work_date, id) WHERE ((deleted_at IS NULL) AND (task_id IS NOT NULL));
CREATE INDEX time_entries_tier_idx ON time_entries USING btree (rate_id, project_id, tier_since) WHERE ((tier_since IS NOT NULL) AND (deleted_at IS NULL) AND (state = ANY (ARRAY['draft'::text, 'submitted'::text, 'rejected'::text])));
CREATE INDEX time_entries_unbilled_idx ON time_entries USING btree (client_id, work_date) WHERE ((deleted_at IS NULL) AND (state = 'approved'::text) AND billable);
CREATE INDEX time_entries_waiting_idx ON time_entries USING btree (timesheet_id) WHERE ((deleted_at IS NULL) AND (state = 'submitted'::text));
CREATE INDEX time_entries_words_idx ON time_entries USING gin (to_tsvector('simple'::regconfig, regexp_replace(note, '[^[:alnum:]]+'::text, ' '::text, 'g'::text))) WHERE (deleted_at IS NULL);

CREATE TABLE timesheet_decisions (
    id uuid NOT NULL,
    timesheet_id uuid NOT NULL,
    decided_by uuid,
    in_place_of uuid,
    decision text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    seen_version integer NOT NULL,
    result_version integer NOT NULL,
    question text NOT NULL,
    lines jsonb NOT NULL,
    was jsonb NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    CONSTRAINT timesheet_decisions_pkey PRIMARY KEY (id),
    CONSTRAINT timesheet_decisions_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'sent_back'::text, 'both'::text]))),
    CONSTRAINT timesheet_decisions_timesheet_fkey FOREIGN KEY (timesheet_id) REFERENCES timesheets(id)
);
CREATE INDEX timesheet_decisions_timesheet_idx ON timesheet_decisions USING btree (timesheet_id, result_version DESC);

CREATE TABLE write_offs (
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    written_on date NOT NULL,
    reason text NOT NULL,
    undone_at timestamp with time zone,
    undo_reason text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT write_offs_pkey PRIMARY KEY (id),
    CONSTRAINT write_offs_amount_check CHECK ((amount_minor > 0)),
    CONSTRAINT write_offs_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id)
);
CREATE INDEX write_offs_invoice_idx ON write_offs USING btree (invoice_id);

CREATE TABLE allocations (
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    applied_on date NOT NULL,
    undone_at timestamp with time zone,
    undo_reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    gain_minor bigint DEFAULT 0 NOT NULL,
    gain_currency character(3),
    CONSTRAINT allocations_pkey PRIMARY KEY (id),
    CONSTRAINT allocations_amount_check CHECK ((amount_minor > 0)),
    CONSTRAINT allocations_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id),
    CONSTRAINT allocations_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
);
CREATE INDEX allocations_gain_idx ON allocations USING btree (applied_on) WHERE (gain_minor <> 0);
CREATE INDEX allocations_invoice_idx ON allocations USING btree (invoice_id);
CREATE INDEX allocations_payment_idx ON allocations USING btree (payment_id);

CREATE TABLE booking_marks (
    booking_id uuid NOT NULL,
    day date NOT NULL,
    member_id uuid NOT NULL,
    entry_id uuid,
    CONSTRAINT booking_marks_pkey PRIMARY KEY (booking_id, day),
    CONSTRAINT booking_marks_booking_fkey FOREIGN KEY (booking_id) REFERENCES bookings(id) ON DELETE CASCADE
);
CREATE INDEX booking_marks_member_idx ON booking_marks USING btree (member_id, day);

CREATE TABLE budget_alerts (
    id uuid NOT NULL,
    budget_id uuid NOT NULL,
    level smallint NOT NULL,
    reached_at timestamp with time zone NOT NULL,
    CONSTRAINT budget_alerts_pkey PRIMARY KEY (id),
    CONSTRAINT budget_alerts_budget_fkey FOREIGN KEY (budget_id) REFERENCES budgets(id) ON DELETE CASCADE
);
CREATE INDEX budget_alerts_budget_idx ON budget_alerts USING btree (budget_id, reached_at);

CREATE TABLE deductions (
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    "position" integer NOT NULL,
    deposit_id uuid NOT NULL,
    lines jsonb NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    taxes jsonb NOT NULL,
    released_at timestamp with time zone,
    CONSTRAINT deductions_pkey PRIMARY KEY (id),
    CONSTRAINT deductions_deposit_fkey FOREIGN KEY (deposit_id) REFERENCES invoices(id),
    CONSTRAINT deductions_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id) ON DELETE CASCADE
);
CREATE INDEX deductions_deposit_idx ON deductions USING btree (deposit_id) WHERE (released_at IS NULL);
CREATE INDEX deductions_invoice_idx ON deductions USING btree (invoice_id, "position");

CREATE TABLE fee_ledger (
    id uuid NOT NULL,
    fee_id uuid NOT NULL,
    part_id uuid,
    source_id uuid NOT NULL,
    document_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    percent numeric(7,4),
    created_at timestamp with time zone NOT NULL,
    kind text DEFAULT 'billed'::text NOT NULL,
    held_of uuid,
    CONSTRAINT fee_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT fee_ledger_kind_check CHECK (((kind = ANY (ARRAY['billed'::text, 'held'::text, 'released'::text])) AND ((kind = 'held'::text) = (held_of IS NOT NULL)))),
    CONSTRAINT fee_ledger_fee_fkey FOREIGN KEY (fee_id) REFERENCES fees(id),
    CONSTRAINT fee_ledger_part_fkey FOREIGN KEY (part_id) REFERENCES fee_parts(id)
);
CREATE INDEX fee_ledger_document_idx ON fee_ledger USING btree (document_id);
CREATE INDEX fee_ledger_fee_idx ON fee_ledger USING btree (fee_id, id);
CREATE INDEX fee_ledger_source_idx ON fee_ledger USING btree (source_id);

CREATE TABLE invoice_files (
    invoice_id uuid NOT NULL,
    format text NOT NULL,
    file_key text NOT NULL,
    sha256 text NOT NULL,
    CONSTRAINT invoice_files_pkey PRIMARY KEY (invoice_id, format),
    CONSTRAINT invoice_files_format_check CHECK ((format = ANY (ARRAY['facturx'::text, 'ubl'::text, 'cii'::text]))),
    CONSTRAINT invoice_files_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id)
);

CREATE TABLE invoice_lines (
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    project_id uuid,
    description text NOT NULL,
    quantity numeric(22,8) NOT NULL,
    unit text NOT NULL,
    unit_price numeric(18,6) NOT NULL,
    discount_percent numeric(7,4) NOT NULL,
    tax_rate_ids uuid[] NOT NULL,
    net_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    gross_minor bigint NOT NULL,
    taxes jsonb NOT NULL,
    discount_amount numeric(18,4) DEFAULT 0 NOT NULL,
    share_minor bigint DEFAULT 0 NOT NULL,
    credits_line_id uuid,
    CONSTRAINT invoice_lines_pkey PRIMARY KEY (id),
    CONSTRAINT invoice_lines_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id) ON DELETE CASCADE
);
CREATE INDEX invoice_lines_invoice_idx ON invoice_lines USING btree (invoice_id, "position");

CREATE TABLE invoice_run_fees (
    run_id uuid NOT NULL,
    client_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    number text NOT NULL,
    currency character(3) NOT NULL,
    total_minor bigint NOT NULL,
    CONSTRAINT invoice_run_fees_pkey PRIMARY KEY (run_id, invoice_id),
    CONSTRAINT invoice_run_fees_item_fkey FOREIGN KEY (run_id, client_id) REFERENCES invoice_run_items(run_id, client_id) ON DELETE CASCADE
);
CREATE INDEX invoice_run_fees_client_idx ON invoice_run_fees USING btree (run_id, client_id);

CREATE TABLE invoice_sends (
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    recipients jsonb NOT NULL,
    subject text NOT NULL,
    message text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    with_receipts boolean DEFAULT false NOT NULL,
    reminder boolean DEFAULT false NOT NULL,
    created_by text DEFAULT ''::text NOT NULL,
    failed_at timestamp with time zone,
    failure text DEFAULT ''::text NOT NULL,
    CONSTRAINT invoice_sends_pkey PRIMARY KEY (id),
    CONSTRAINT invoice_sends_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id)
);
CREATE INDEX invoice_sends_invoice_idx ON invoice_sends USING btree (invoice_id, queued_at);

CREATE TABLE line_sources (
    kind text NOT NULL,
    source_id uuid NOT NULL,
    line_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    seconds bigint NOT NULL,
    member_id uuid,
    project_id uuid,
    work_on date,
    raw_seconds bigint DEFAULT 0 NOT NULL,
    ruled_seconds bigint DEFAULT 0 NOT NULL,
    rate numeric(18,6) DEFAULT 0 NOT NULL,
    standard_minor bigint DEFAULT 0 NOT NULL,
    value_minor bigint DEFAULT 0 NOT NULL,
    worth_minor bigint DEFAULT 0 NOT NULL,
    billed_minor bigint DEFAULT 0 NOT NULL,
    credited_minor bigint DEFAULT 0 NOT NULL,
    written_minor bigint,
    write_reason text DEFAULT ''::text NOT NULL,
    write_note text DEFAULT ''::text NOT NULL,
    written_by text DEFAULT ''::text NOT NULL,
    written_at timestamp with time zone,
    part smallint DEFAULT 0 NOT NULL,
    round_with text DEFAULT ''::text NOT NULL,
    CONSTRAINT line_sources_pkey PRIMARY KEY (kind, source_id, part),
    CONSTRAINT line_sources_line_fkey FOREIGN KEY (line_id) REFERENCES invoice_lines(id) ON DELETE CASCADE
);
CREATE INDEX line_sources_invoice_idx ON line_sources USING btree (invoice_id);
CREATE INDEX line_sources_line_idx ON line_sources USING btree (line_id);

CREATE TABLE online_payments (
    id uuid NOT NULL,
    account_id text NOT NULL,
    invoice_id uuid NOT NULL,
    invoice_number text NOT NULL,
    client_id uuid NOT NULL,
    client_name text NOT NULL,
    currency character(3) NOT NULL,
    amount_minor bigint NOT NULL,
    state text NOT NULL,
    session_id text,
    session_url text DEFAULT ''::text NOT NULL,
    expires_at timestamp with time zone,
    intent_id text,
    method text DEFAULT ''::text NOT NULL,
    method_text text DEFAULT ''::text NOT NULL,
    fee_minor bigint,
    fee_currency character(3),
    failure text DEFAULT ''::text NOT NULL,
    held text DEFAULT ''::text NOT NULL,
    payment_id uuid,
    payer_id text DEFAULT ''::text NOT NULL,
    payer_name text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    paid_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT online_payments_pkey PRIMARY KEY (id),
    CONSTRAINT online_payments_amount_check CHECK ((amount_minor > 0)),
    CONSTRAINT online_payments_paid_check CHECK (((state = 'paid'::text) = (payment_id IS NOT NULL))),
    CONSTRAINT online_payments_state_check CHECK ((state = ANY (ARRAY['opening'::text, 'open'::text, 'processing'::text, 'paid'::text, 'failed'::text, 'expired'::text, 'held'::text]))),
    CONSTRAINT online_payments_account_fkey FOREIGN KEY (account_id) REFERENCES payment_accounts(id),
    CONSTRAINT online_payments_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices(id),
    CONSTRAINT online_payments_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)
);
CREATE INDEX online_payments_created_idx ON online_payments USING btree (created_at);
CREATE UNIQUE INDEX online_payments_intent_key ON online_payments USING btree (intent_id);
CREATE INDEX online_payments_invoice_idx ON online_payments USING btree (invoice_id, created_at DESC);
CREATE UNIQUE INDEX online_payments_open_key ON online_payments USING btree (invoice_id, amount_minor) WHERE (state = ANY (ARRAY['opening'::text, 'open'::text]));
CREATE UNIQUE INDEX online_payments_payment_key ON online_payments USING btree (payment_id);
CREATE UNIQUE INDEX online_payments_session_key ON online_payments USING btree (session_id);
CREATE INDEX online_payments_waiting_idx ON online_payments USING btree (created_at) WHERE (state = ANY (ARRAY['opening'::text, 'open'::text, 'processing'::text]));

CREATE TABLE online_refunds (
    id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    provider_id text,
    refund_id uuid,
    failure text DEFAULT ''::text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT online_refunds_pkey PRIMARY KEY (id),
    CONSTRAINT online_refunds_amount_check CHECK ((amount_minor > 0)),
    CONSTRAINT online_refunds_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'pending'::text, 'succeeded'::text, 'failed'::text]))),
    CONSTRAINT online_refunds_attempt_fkey FOREIGN KEY (attempt_id) REFERENCES online_payments(id),
    CONSTRAINT online_refunds_refund_fkey FOREIGN KEY (refund_id) REFERENCES refunds(id)
);
CREATE INDEX online_refunds_attempt_idx ON online_refunds USING btree (attempt_id);
CREATE UNIQUE INDEX online_refunds_provider_key ON online_refunds USING btree (provider_id);

CREATE TABLE retainer_ledger (
    id uuid NOT NULL,
    retainer_id uuid NOT NULL,
    period integer NOT NULL,
    kind text NOT NULL,
    entry_id uuid,
    block_id uuid,
    day date NOT NULL,
    until date,
    amount bigint NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    turn integer DEFAULT 1 NOT NULL,
    CONSTRAINT retainer_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT retainer_ledger_amount_check CHECK (
CASE kind
    WHEN 'grant'::text THEN (amount >= 0)
    WHEN 'block'::text THEN (amount > 0)
    WHEN 'returned'::text THEN (amount <= 0)
    ELSE true
END),
    CONSTRAINT retainer_ledger_kind_check CHECK (((kind = ANY (ARRAY['grant'::text, 'block'::text, 'returned'::text, 'adjustment'::text, 'use'::text, 'late'::text])) AND ((kind = ANY (ARRAY['use'::text, 'late'::text])) = (entry_id IS NOT NULL)) AND ((kind = ANY (ARRAY['block'::text, 'returned'::text])) = (block_id IS NOT NULL)))),
    CONSTRAINT retainer_ledger_period_fkey FOREIGN KEY (retainer_id, period) REFERENCES retainer_periods(retainer_id, number)
);
CREATE INDEX retainer_ledger_entry_idx ON retainer_ledger USING btree (entry_id) WHERE (entry_id IS NOT NULL);
CREATE UNIQUE INDEX retainer_ledger_grant_key ON retainer_ledger USING btree (retainer_id, period) WHERE (kind = 'grant'::text);
CREATE INDEX retainer_ledger_period_idx ON retainer_ledger USING btree (retainer_id, period, id);
CREATE UNIQUE INDEX retainer_ledger_turn_key ON retainer_ledger USING btree (block_id, kind, turn) WHERE (block_id IS NOT NULL);
REVOKE UPDATE, DELETE ON retainer_ledger FROM {{role}};

CREATE TABLE retainer_period_tasks (
    period_id uuid NOT NULL,
    task_ids uuid[] NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT retainer_period_tasks_pkey PRIMARY KEY (period_id),
    CONSTRAINT retainer_period_tasks_period_fkey FOREIGN KEY (period_id) REFERENCES retainer_periods(id)
);

CREATE TABLE online_disputes (
    id text NOT NULL,
    attempt_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    answer_by timestamp with time zone,
    refund_id uuid,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    CONSTRAINT online_disputes_pkey PRIMARY KEY (id),
    CONSTRAINT online_disputes_state_check CHECK ((state = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text]))),
    CONSTRAINT online_disputes_attempt_fkey FOREIGN KEY (attempt_id) REFERENCES online_payments(id),
    CONSTRAINT online_disputes_refund_fkey FOREIGN KEY (refund_id) REFERENCES refunds(id)
);
CREATE INDEX online_disputes_attempt_idx ON online_disputes USING btree (attempt_id);

INSERT INTO agency_settings (one, legal_name, time_zone, week_start, currency, locale, brand_colour, logo_key, portal_shows_hours, checklist_hidden, sample_loaded_at, version, updated_at, sample_state) VALUES
    ('true', '', 'Etc/UTC', '1', 'USD', 'en-US', '#2855D9', '', 'true', 'false', NULL, '1', now(), 'none');
INSERT INTO audit_heads (one, seq, hash) VALUES
    ('true', '0', E'\\x');
INSERT INTO schema_migrations (id) VALUES
    ('0001_kit'),
    ('0002_agency'),
    ('0003_identity'),
    ('0004_people'),
    ('0005_clients'),
    ('0006_projects'),
    ('0007_rates'),
    ('0008_timesheets'),
    ('0009_invoicing'),
    ('0010_services'),
    ('0011_sample_state'),
    ('0020_exports'),
    ('0025_seats'),
    ('0030_tax_and_discounts'),
    ('0031_credit_notes'),
    ('0032_refunds_write_offs'),
    ('0040_time_locks'),
    ('0041_forgotten_timers'),
    ('0042_holiday_sets'),
    ('0050_billing_models'),
    ('0051_deposits'),
    ('0055_retainers'),
    ('0060_time_sums'),
    ('0061_leave'),
    ('0065_expenses'),
    ('0066_receipts_by_mail'),
    ('0070_e_invoices'),
    ('0075_budgets'),
    ('0076_cost_rates'),
    ('0080_invoice_runs'),
    ('0085_currencies'),
    ('0086_reminders'),
    ('0090_approval_routes'),
    ('0095_bulk_changes'),
    ('0096_pinned_rows'),
    ('0097_day_sums_and_words'),
    ('0100_quantities'),
    ('0101_recurring_invoices'),
    ('0102_runs_issue_retainers_fees'),
    ('0105_invoice_review'),
    ('0110_multipliers'),
    ('0111_undo_of_prices'),
    ('0112_overhead_and_cost_differences'),
    ('0115_missing_time'),
    ('0116_entity_locks'),
    ('0120_payments_by_provider'),
    ('0121_online_payments'),
    ('0124_sheet_periods'),
    ('0125_entity_graces'),
    ('0127_calendars'),
    ('0130_late_fees'),
    ('0131_tasks_of_retainers'),
    ('0136_milestone_rounds'),
    ('0137_undo_of_multipliers'),
    ('0140_bookings'),
    ('0148_rounding_on_invoices'),
    ('0150_set_billable'),
    ('0152_statements_by_mail'),
    ('0153_statement_runs'),
    ('0157_low_balance_of_retainers'),
    ('0158_fees_by_invoice'),
    ('0159_blocks_taken_back'),
    ('0161_rate_tiers'),
    ('0164_mails_that_failed'),
    ('0166_markups_of_clients'),
    ('0167_retention_of_fees'),
    ('0168_holidays_fill_targets'),
    ('0169_letters_that_failed'),
    ('0170_places_of_tallies'),
    ('0171_why_access_ended');
INSERT INTO time_reminding (one, missing, unsubmitted, weekday, minute, zone, since, runs_at, version) VALUES
    ('true', 'false', 'false', '1', '540', 'agency', NULL, NULL, '1');
INSERT INTO time_settings (one, locked_through, overlap, rounding_mode, rounding_step, rounding_minimum, rounding_scope, version, locked_by, locked_at, grace_days, grace_every, grace_after, forgotten_hours, approval_route, own_exception, entity_locks, sheet_periods, entity_graces, members_set_billable, holidays) VALUES
    ('true', NULL, 'warn', 'none', '900', '0', 'entry', '1', NULL, NULL, NULL, 'month', NULL, '10', 'anyone', 'true', '[]', '[]', '[]', 'true', 'lower');
