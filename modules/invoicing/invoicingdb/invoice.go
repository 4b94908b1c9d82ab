package invoicingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

type invoiceRow struct {
	ID               string `gorm:"primaryKey"`
	Kind             string
	CreditsID        *string
	EntityID         string
	ClientID         string
	ClientName       string
	State            string
	Number           *string
	Period           string
	Currency         string
	Rounding         string
	TaxMethod        string
	PricesIncludeTax bool
	IssueOn          day.Date
	DueOn            day.Date
	SupplyOn         day.Date
	PeriodFrom       day.Date
	PeriodTo         day.Date
	TermsDays        int
	TermsEndOfMonth  bool
	Reference        string
	Note             string
	Footer           string
	NetMinor         int64
	TaxMinor         int64
	TotalMinor       int64
	PaidMinor        int64
	CreditedMinor    int64
	WrittenOffMinor  int64
	DiscountPercent  decimal.Decimal
	DiscountAmount   decimal.Decimal
	DiscountMinor    int64
	WithheldMinor    int64
	DeductedMinor    int64
	CashStepMinor    int64
	CashMinor        int64
	BaseCurrency     *string
	Rate             *decimal.Decimal
	RateDirection    string
	RateOn           day.Date
	RateSource       string
	BaseNetMinor     int64
	BaseTaxMinor     int64
	BaseTotalMinor   int64
	Taxes            []calc.TaxAmount    `gorm:"serializer:json"`
	Document         *invoicing.Document `gorm:"serializer:json"`
	PDFKey           string              `gorm:"column:pdf_key"`
	PDFHash          string              `gorm:"column:pdf_sha256"`
	SentAt           *time.Time
	IssuedAt         *time.Time
	VoidedAt         *time.Time
	VoidReason       string
	VoidTime         string
	TimeRule         *timeRule `gorm:"serializer:json"`
	Review           string
	ReviewVersion    int
	ReviewSentBy     string
	ReviewSentAt     *time.Time
	ReviewedBy       string
	ReviewedAt       *time.Time
	ReviewReason     string
	Version          int
	CreatedBy        string
	CreatedAt        time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt        time.Time `gorm:"autoUpdateTime:false"`
}

// timeRule is a rounding rule as it is kept.
type timeRule struct {
	Mode    string `json:"mode"`
	Step    int64  `json:"step"`
	Minimum int64  `json:"minimum"`
	Scope   string `json:"scope"`
}

func (invoiceRow) TableName() string { return "invoices" }

func toRow(i invoicing.Invoice) invoiceRow {
	r := invoiceRow{
		ID: i.ID, Kind: string(i.Kind), CreditedMinor: i.Credited.Minor, WrittenOffMinor: i.WrittenOff.Minor, EntityID: i.EntityID, ClientID: i.ClientID, ClientName: i.ClientName, State: string(i.State), Period: i.Period,
		Currency: i.Currency, Rounding: string(i.Rounding), TaxMethod: string(i.TaxMethod), PricesIncludeTax: i.PricesIncludeTax,
		IssueOn: i.IssueOn, DueOn: i.DueOn, SupplyOn: i.SupplyOn, PeriodFrom: i.PeriodFrom, PeriodTo: i.PeriodTo,
		TermsDays: i.Terms.Days, TermsEndOfMonth: i.Terms.EndOfMonth, Reference: i.Reference, Note: i.Note, Footer: i.Footer,
		NetMinor: i.Net.Minor, TaxMinor: i.Tax.Minor, TotalMinor: i.Total.Minor, PaidMinor: i.Paid.Minor,
		DiscountPercent: i.Discount.Percent, DiscountAmount: i.Discount.Amount, DiscountMinor: i.DiscountTotal.Minor, WithheldMinor: i.Withheld.Minor, DeductedMinor: i.Deducted.Minor, CashStepMinor: i.CashStep, CashMinor: i.Cash.Minor, Taxes: i.Taxes, Document: i.Document,
		TimeRule: (*timeRule)(i.TimeRule), PDFKey: i.PDFKey, PDFHash: i.PDFHash, SentAt: i.SentAt, IssuedAt: i.IssuedAt, VoidedAt: i.VoidedAt, VoidReason: i.VoidWhy,
		Review: string(i.Review.State), ReviewVersion: i.Review.Version, ReviewSentBy: i.Review.SentBy, ReviewSentAt: i.Review.SentAt, ReviewedBy: i.Review.By, ReviewedAt: i.Review.At, ReviewReason: i.Review.Reason,
		VoidTime: string(i.VoidTime), Version: i.Version, CreatedBy: i.CreatedBy, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	if i.Number != "" {
		r.Number = &i.Number
	}
	r.rate(i)
	if i.CreditsID != "" {
		r.CreditsID = &i.CreditsID
	}
	if r.Taxes == nil {
		r.Taxes = []calc.TaxAmount{}
	}
	return r
}

func (r invoiceRow) invoice() invoicing.Invoice {
	of := func(minor int64) money.Money { return money.Of(minor, r.Currency) }
	i := invoicing.Invoice{
		ID: r.ID, Kind: invoicing.DocumentKind(r.Kind), Credited: of(r.CreditedMinor), WrittenOff: of(r.WrittenOffMinor), EntityID: r.EntityID, ClientID: r.ClientID, ClientName: r.ClientName, State: invoicing.State(r.State), Period: r.Period,
		Currency: r.Currency, Rounding: money.Mode(r.Rounding), TaxMethod: calc.Method(r.TaxMethod), PricesIncludeTax: r.PricesIncludeTax,
		IssueOn: r.IssueOn, DueOn: r.DueOn, SupplyOn: r.SupplyOn, PeriodFrom: r.PeriodFrom, PeriodTo: r.PeriodTo,
		Terms: day.Terms{Days: r.TermsDays, EndOfMonth: r.TermsEndOfMonth}, Reference: r.Reference, Note: r.Note, Footer: r.Footer,
		Net: of(r.NetMinor), Tax: of(r.TaxMinor), Total: of(r.TotalMinor), Paid: of(r.PaidMinor),
		Discount: calc.Discount{Percent: r.DiscountPercent, Amount: r.DiscountAmount}, DiscountTotal: of(r.DiscountMinor), Withheld: of(r.WithheldMinor), Deducted: of(r.DeductedMinor), CashStep: r.CashStepMinor, Cash: of(r.CashMinor), Taxes: r.Taxes,
		TimeRule: (*timesheets.Rounding)(r.TimeRule), PDFKey: r.PDFKey, PDFHash: r.PDFHash, SentAt: r.SentAt, IssuedAt: r.IssuedAt, VoidedAt: r.VoidedAt, VoidWhy: r.VoidReason,
		Review:   invoicing.Review{State: invoicing.ReviewState(r.Review), Version: r.ReviewVersion, SentBy: r.ReviewSentBy, SentAt: r.ReviewSentAt, By: r.ReviewedBy, At: r.ReviewedAt, Reason: r.ReviewReason},
		VoidTime: invoicing.TimeFate(r.VoidTime), Version: r.Version, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if r.Number != nil {
		i.Number = *r.Number
	}
	if r.Document != nil {
		doc := r.Document.Whole()
		i.Document = &doc
		i.CreditsNumber = doc.CreditsNumber
		if doc.CreditsOn != nil {
			i.CreditsOn = *doc.CreditsOn
		}
	}
	if r.CreditsID != nil {
		i.CreditsID = *r.CreditsID
	}
	switch {
	case r.Rate == nil:
	case r.State == string(invoicing.Draft):
		i.RateWish = &invoicing.RateWish{Value: *r.Rate, Direction: calc.Direction(r.RateDirection)}
	default:
		i.Rate = rateOf(r.Currency, r.BaseCurrency, r.Rate, r.RateDirection, r.RateOn, r.RateSource)
		i.BaseNet, i.BaseTax, i.BaseTotal = money.Of(r.BaseNetMinor, i.Rate.Base), money.Of(r.BaseTaxMinor, i.Rate.Base), money.Of(r.BaseTotalMinor, i.Rate.Base)
	}
	return i
}

// rate writes the frozen rate, or what is wished for a draft.
func (r *invoiceRow) rate(i invoicing.Invoice) {
	switch {
	case i.State == invoicing.Draft && i.RateWish != nil:
		r.Rate, r.RateDirection = &i.RateWish.Value, string(i.RateWish.Direction)
	case i.State != invoicing.Draft && i.Rate != nil:
		r.BaseCurrency, r.Rate, r.RateDirection, r.RateOn, r.RateSource = &i.Rate.Base, &i.Rate.Value, string(i.Rate.Direction), i.Rate.On, i.Rate.Source
		r.BaseNetMinor, r.BaseTaxMinor, r.BaseTotalMinor = i.BaseNet.Minor, i.BaseTax.Minor, i.BaseTotal.Minor
	}
}

type lineRow struct {
	ID              string `gorm:"primaryKey"`
	InvoiceID       string
	Position        int
	Kind            string
	CreditsLineID   *string
	ProjectID       *string
	Description     string
	Quantity        decimal.Decimal
	Unit            string
	UnitPrice       decimal.Decimal
	DiscountPercent decimal.Decimal
	DiscountAmount  decimal.Decimal
	ShareMinor      int64
	TaxRateIDs      uuids `gorm:"column:tax_rate_ids"`
	NetMinor        int64
	TaxMinor        int64
	GrossMinor      int64
	Taxes           []calc.TaxAmount `gorm:"serializer:json"`
}

func (lineRow) TableName() string { return "invoice_lines" }

func lineRows(i invoicing.Invoice) (lines []lineRow, sources []sourceRow) {
	for n, l := range i.Lines {
		r := lineRow{
			ID: l.ID, InvoiceID: i.ID, Position: n, Kind: string(l.Kind), Description: l.Description, Quantity: l.Quantity, Unit: l.Unit,
			UnitPrice: l.UnitPrice, DiscountPercent: l.Discount.Percent, DiscountAmount: l.Discount.Amount, ShareMinor: l.Share.Minor, TaxRateIDs: l.TaxRateIDs,
			NetMinor: l.Net.Minor, TaxMinor: l.Tax.Minor, GrossMinor: l.Gross.Minor, Taxes: l.Taxes,
		}
		if l.ProjectID != "" {
			r.ProjectID = &l.ProjectID
		}
		if l.CreditsLineID != "" {
			r.CreditsLineID = &l.CreditsLineID
		}
		if r.Taxes == nil {
			r.Taxes = []calc.TaxAmount{}
		}
		lines = append(lines, r)
		for _, s := range l.Sources {
			sources = append(sources, toSourceRow(s, l.ID, i.ID))
		}
	}
	return lines, sources
}

// Invoice reads one invoice with its lines.
func (s Store) Invoice(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Invoice, error) {
	return s.read(ctx, tx, tx.Gorm(), id)
}

// Drafts tells which of some documents are drafts.
func (Store) Drafts(ctx context.Context, tx *tenancy.Tx, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := tx.PGX().Query(ctx, `SELECT id::text FROM invoices WHERE id = ANY ($1::uuid[]) AND state = 'draft'`, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// LockedInvoice reads one invoice and holds it until the transaction ends.
func (s Store) LockedInvoice(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Invoice, error) {
	return s.read(ctx, tx, tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}), id)
}

func (s Store) read(ctx context.Context, tx *tenancy.Tx, db *gorm.DB, id string) (invoicing.Invoice, error) {
	var r invoiceRow
	err := db.Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return invoicing.Invoice{}, invoicing.ErrNotFound
	}
	if err != nil {
		return invoicing.Invoice{}, err
	}
	i := r.invoice()
	var lines []lineRow
	if err := tx.Gorm().Where("invoice_id = ?", id).Order("position").Find(&lines).Error; err != nil {
		return invoicing.Invoice{}, err
	}
	var sources []sourceRow
	if err := tx.Gorm().Where("invoice_id = ?", id).Order("source_id").Find(&sources).Error; err != nil {
		return invoicing.Invoice{}, err
	}
	at := map[string]int{}
	for n, l := range lines {
		at[l.ID] = n
		i.Lines = append(i.Lines, l.line(i.Currency, i.PricesIncludeTax))
	}
	for _, src := range sources {
		l := &i.Lines[at[src.LineID]]
		l.Sources = append(l.Sources, src.source(i.Currency))
	}
	return i, s.deductions(ctx, tx, &i)
}

func (r lineRow) line(currency string, inclusive bool) invoicing.Line {
	l := invoicing.Line{
		ID: r.ID, Kind: invoicing.LineKind(r.Kind), Description: r.Description, Quantity: r.Quantity, Unit: r.Unit, UnitPrice: r.UnitPrice,
		Discount: calc.Discount{Percent: r.DiscountPercent, Amount: r.DiscountAmount}, TaxRateIDs: r.TaxRateIDs, Taxes: r.Taxes,
		Share: money.Of(r.ShareMinor, currency),
		Net:   money.Of(r.NetMinor, currency), Tax: money.Of(r.TaxMinor, currency), Gross: money.Of(r.GrossMinor, currency),
	}
	l.Amount = l.Net.Add(l.Share)
	if inclusive {
		l.Amount = l.Gross.Add(l.Share)
	}
	if r.ProjectID != nil {
		l.ProjectID = *r.ProjectID
	}
	if r.CreditsLineID != nil {
		l.CreditsLineID = *r.CreditsLineID
	}
	return l
}

// AddInvoice inserts a draft, or a credit note. ErrNumberTaken.
func (s Store) AddInvoice(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	r := toRow(i)
	if err := numbered(tx.Gorm().Create(&r).Error); err != nil {
		return err
	}
	return s.writeLines(ctx, tx, i)
}

func (Store) writeLines(_ context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	lines, sources := lineRows(i)
	if len(lines) > 0 {
		if err := tx.Gorm().CreateInBatches(&lines, 100).Error; err != nil {
			return err
		}
	}
	if len(sources) == 0 {
		return nil
	}
	err := tx.Gorm().CreateInBatches(&sources, 500).Error
	if pg.Violates(err, "line_sources_pkey") {
		return invoicing.ErrBilledAlready.Because(err)
	}
	return err
}

// SaveDraft writes head and lines of a draft. The condition on the state is
// the last guard of what is issued.
func (s Store) SaveDraft(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	r := toRow(i)
	if err := saved(tx.Gorm().Model(&r).Where("version = ? AND state = 'draft'", i.Version-1).Select("*").Omit("id", "created_at", "created_by").Updates(&r)); err != nil {
		return err
	}
	if err := s.dropLines(ctx, tx, i.ID); err != nil {
		return err
	}
	return s.writeLines(ctx, tx, i)
}

func (Store) dropLines(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM invoice_lines WHERE invoice_id = $1`, id) // sources go with them
	return err
}

// RemoveDraft deletes a draft.
func (Store) RemoveDraft(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM invoices WHERE id = $1 AND state = 'draft'`, id)
	return err
}

// MarkIssued writes the issued document, lines with the taxes of the tax point included.
func (s Store) MarkIssued(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	return numbered(s.SaveDraft(ctx, tx, i))
}

func numbered(err error) error {
	if pg.Violates(err, "invoices_number_key") {
		return invoicing.ErrNumberTaken.Because(err)
	}
	return err
}

// MarkVoid notes that an issued invoice was taken back.
func (Store) MarkVoid(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	_, err := tx.PGX().Exec(ctx, `
		UPDATE invoices SET state = 'void', voided_at = $2, void_reason = $3, void_time = $4, version = $5, updated_at = $2
		WHERE id = $1 AND state = 'issued'`, i.ID, i.VoidedAt, i.VoidWhy, string(i.VoidTime), i.Version)
	return err
}

// SetSettled keeps the sums of the allocations beside the invoice.
func (Store) SetSettled(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE invoices SET paid_minor = $2, credited_minor = $3, written_off_minor = $4, version = version + 1 WHERE id = $1`,
		i.ID, i.Paid.Minor, i.Credited.Minor, i.WrittenOff.Minor)
	if pg.Violates(err, "invoices_paid_check") {
		return invoicing.ErrOverpaid.Because(err)
	}
	return err
}

// SetPayable writes what a draft deducts and rounds.
func (Store) SetPayable(ctx context.Context, tx *tenancy.Tx, i invoicing.Invoice) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE invoices SET deducted_minor = $2, cash_minor = $3 WHERE id = $1 AND state = 'draft'`, i.ID, i.Deducted.Minor, i.Cash.Minor)
	return err
}

// KeepPDF notes where the document is kept; the first one stays, and is told.
func (Store) KeepPDF(ctx context.Context, tx *tenancy.Tx, id, key, hash string) (firstKey, firstHash string, err error) {
	err = tx.PGX().QueryRow(ctx, `
		UPDATE invoices SET pdf_key = CASE pdf_key WHEN '' THEN $2 ELSE pdf_key END, pdf_sha256 = CASE pdf_key WHEN '' THEN $3 ELSE pdf_sha256 END
		WHERE id = $1 AND state <> 'draft' RETURNING pdf_key, pdf_sha256`, id, key, hash).Scan(&firstKey, &firstHash)
	return firstKey, firstHash, err
}

// KeepFile notes where another form of the document is kept; the first one stays, and is told.
func (Store) KeepFile(ctx context.Context, tx *tenancy.Tx, id string, f invoicing.Format, key, hash string) (firstKey, firstHash string, err error) {
	err = tx.PGX().QueryRow(ctx, `
		INSERT INTO invoice_files (invoice_id, format, file_key, sha256) VALUES ($1, $2, $3, $4)
		ON CONFLICT (invoice_id, format) DO UPDATE SET format = excluded.format
		RETURNING file_key, sha256`, id, f, key, hash).Scan(&firstKey, &firstHash)
	return firstKey, firstHash, err
}

// KeptFile finds another form of the document.
func (Store) KeptFile(ctx context.Context, tx *tenancy.Tx, id string, f invoicing.Format) (key, hash string, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT file_key, sha256 FROM invoice_files WHERE invoice_id = $1 AND format = $2`, id, f).Scan(&key, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", "", nil
	}
	return key, hash, err
}

// FreeSources lets the sources of an invoice be billed again, but for those of a kind.
func (Store) FreeSources(ctx context.Context, tx *tenancy.Tx, id string, but invoicing.SourceKind) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM line_sources WHERE invoice_id = $1 AND kind <> $2`, id, string(but))
	return err
}
