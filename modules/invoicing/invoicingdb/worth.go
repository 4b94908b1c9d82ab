package invoicingdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

type sourceRow struct {
	Kind          string
	SourceID      string
	LineID        string
	InvoiceID     string
	Seconds       int64
	Part          int
	RoundWith     string
	MemberID      *string
	ProjectID     *string
	WorkOn        day.Date
	RawSeconds    int64
	RuledSeconds  int64
	Rate          decimal.Decimal
	StandardMinor int64
	ValueMinor    int64
	WorthMinor    int64
	BilledMinor   int64
	CreditedMinor int64
	WrittenMinor  *int64
	WriteReason   string
	WriteNote     string
	WrittenBy     string
	WrittenAt     *time.Time
}

func (sourceRow) TableName() string { return "line_sources" }

func toSourceRow(s invoicing.Source, lineID, invoiceID string) sourceRow {
	w := s.Worked
	r := sourceRow{
		Kind: string(s.Kind), SourceID: s.ID, LineID: lineID, InvoiceID: invoiceID, Seconds: s.Seconds, Part: s.Part, RoundWith: s.With, MemberID: key(w.MemberID), ProjectID: key(w.ProjectID), WorkOn: w.Day, RawSeconds: w.Raw, RuledSeconds: w.Ruled,
		Rate: w.Rate, StandardMinor: w.Standard.Minor, ValueMinor: w.Value.Minor, WorthMinor: w.Worth.Minor, BilledMinor: w.Billed.Minor, CreditedMinor: w.Credited.Minor,
	}
	if t := w.Written; t != nil {
		r.WriteReason, r.WriteNote, r.WrittenBy, r.WrittenAt = t.Reason, t.Note, t.By, &t.At
		if t.Amount != nil {
			r.WrittenMinor = &t.Amount.Minor
		}
	}
	return r
}

func (r sourceRow) source(currency string) invoicing.Source {
	s := invoicing.Source{Kind: invoicing.SourceKind(r.Kind), ID: r.SourceID, Seconds: r.Seconds, Part: r.Part, With: r.RoundWith}
	if s.Kind != invoicing.OfTime {
		return s
	}
	of := func(minor int64) money.Money { return money.Of(minor, currency) }
	s.Worked = invoicing.Worked{
		MemberID: text(r.MemberID), ProjectID: text(r.ProjectID), Day: r.WorkOn, Raw: r.RawSeconds, Ruled: r.RuledSeconds, Rate: r.Rate,
		Standard: of(r.StandardMinor), Value: of(r.ValueMinor), Worth: of(r.WorthMinor), Billed: of(r.BilledMinor), Credited: of(r.CreditedMinor),
	}
	if r.WrittenAt != nil {
		t := invoicing.Written{Reason: r.WriteReason, Note: r.WriteNote, By: r.WrittenBy, At: *r.WrittenAt}
		if r.WrittenMinor != nil {
			m := of(*r.WrittenMinor)
			t.Amount = &m
		}
		s.Worked.Written = &t
	}
	return s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// CreditWorked adds what a credit note takes back to the time that it takes it from.
func (Store) CreditWorked(ctx context.Context, tx *tenancy.Tx, all []invoicing.TakenBack) error {
	ids, parts, amounts := make([]string, len(all)), make([]int, len(all)), make([]int64, len(all))
	for n, t := range all {
		ids[n], parts[n], amounts[n] = t.EntryID, t.Part, t.Minor
	}
	_, err := tx.PGX().Exec(ctx, `
		UPDATE line_sources s SET credited_minor = s.credited_minor + c.minor
		FROM unnest($1::text[], $2::int[], $3::bigint[]) AS c(id, part, minor) WHERE s.kind = 'time' AND s.source_id = c.id::uuid AND s.part = c.part`, ids, parts, amounts)
	return err
}

// realisedKeys say what realisation is added up by: the key, and its name where this module knows one.
var realisedKeys = map[invoicing.RealisedBy]struct{ key, name string }{
	invoicing.RealisedByClient:  {`i.client_id::text`, `max(i.client_name)`},
	invoicing.RealisedByProject: {`coalesce(s.project_id::text, '')`, `''`},
	invoicing.RealisedByPerson:  {`coalesce(s.member_id::text, '')`, `''`},
	invoicing.RealisedByInvoice: {`i.id::text`, `max(i.number)`},
	invoicing.RealisedByReason:  {`s.write_reason`, `s.write_reason`},
}

// A voided invoice keeps only time that was written off: it bills nothing of it.
const realisedSums = `count(DISTINCT s.source_id), sum(s.raw_seconds)::bigint, sum(s.seconds)::bigint, sum(s.standard_minor)::bigint, sum(s.value_minor - s.standard_minor)::bigint,
	sum(s.worth_minor - s.value_minor)::bigint, sum(s.billed_minor - s.worth_minor)::bigint,
	sum(CASE WHEN i.state = 'void' THEN -s.billed_minor ELSE -s.credited_minor END)::bigint`

func realisedFrom(f invoicing.RealisationFilter) *where {
	w := &where{}
	w.add(`s.kind = 'time' AND i.state <> 'draft' AND i.kind <> 'credit_note'`)
	if !f.From.IsZero() {
		w.add(`i.issue_on >= ?`, f.From)
	}
	if !f.To.IsZero() {
		w.add(`i.issue_on <= ?`, f.To)
	}
	if f.ClientID != "" {
		w.add(`i.client_id = ?`, f.ClientID)
	}
	if f.Project != "" {
		w.add(`s.project_id = ?`, f.Project)
	}
	if f.Member != "" {
		w.add(`s.member_id = ?`, f.Member)
	}
	return w
}

func scanRealised(row pgx.CollectableRow) (r invoicing.Realised, err error) {
	var currency string
	err = row.Scan(&r.Key, &r.Name, &currency, &r.Entries, &r.RawSeconds, &r.BilledSeconds, &r.Standard.Minor, &r.Rounding.Minor, &r.Written.Minor, &r.Discounts.Minor, &r.Credited.Minor)
	for _, m := range []*money.Money{&r.Standard, &r.Rounding, &r.Written, &r.Discounts, &r.Credited} {
		m.Currency = currency
	}
	r.Billed = r.Standard.Add(r.Rounding).Add(r.Written).Add(r.Discounts).Add(r.Credited)
	return r, err
}

// Realised reads one page and one row more, the largest standard value first.
func (Store) Realised(ctx context.Context, tx *tenancy.Tx, f invoicing.RealisationFilter) ([]invoicing.Realised, error) {
	w, by := realisedFrom(f), realisedKeys[f.By]
	after, err := page.Decode(f.Page.Cursor, 3)
	if err != nil {
		return nil, err
	}
	beyond := ""
	if after != nil {
		w.args = append(w.args, after[0], after[1], after[2])
		n := len(w.args)
		beyond = fmt.Sprintf(` HAVING (-sum(s.standard_minor), %s, i.currency::text) > (-($%d::text::bigint), $%d::text, $%d::text)`, by.key, n-2, n-1, n)
	}
	limit := f.Page.Size() + 1
	if f.All {
		limit = 20_001
	}
	rows, err := tx.PGX().Query(ctx, fmt.Sprintf(`
		SELECT %[1]s, %[2]s, i.currency, %[3]s FROM line_sources s JOIN invoices i ON i.id = s.invoice_id WHERE %[4]s
		GROUP BY %[1]s, i.currency%[5]s ORDER BY -sum(s.standard_minor), %[1]s, i.currency::text LIMIT %[6]d`, by.key, by.name, realisedSums, w, beyond, limit), w.args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanRealised)
	if err != nil && after != nil && isBadText(err) {
		return nil, page.ErrBadCursor.Because(err)
	}
	return all, err
}

// RealisedTotals adds up all that the filter finds, currency by currency.
func (Store) RealisedTotals(ctx context.Context, tx *tenancy.Tx, f invoicing.RealisationFilter) ([]invoicing.Realised, error) {
	w := realisedFrom(f)
	rows, err := tx.PGX().Query(ctx, `SELECT '', '', i.currency, `+realisedSums+` FROM line_sources s JOIN invoices i ON i.id = s.invoice_id WHERE `+w.String()+` GROUP BY i.currency ORDER BY i.currency`, w.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanRealised)
}
