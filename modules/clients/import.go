package clients

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// MaxImportRows is how many rows one import may have.
const MaxImportRows = 5000

var (
	ErrBadImport = fault.Define(fault.Invalid, "clients.bad_import", "This file cannot be imported.")
	errDry       = errors.New("dry run") // rolls the rehearsal back
)

// Import is a CSV file with companies and their people, one person or company
// a row; rows of the same company repeat its name or code.
type Import struct {
	CSV     string
	Mapping map[string]string // field → column header; empty: guessed from the headers
	Update  bool              // records that are there already take the file's values; else they stay as they are
	DryRun  bool              // do everything, keep nothing
}

// ImportResult tells what an import did, or would do.
type ImportResult struct {
	Columns         []string
	Mapping         map[string]string
	Rows            int
	ClientsCreated  int
	ClientsUpdated  int
	ContactsCreated int
	ContactsUpdated int
	Unchanged       int // rows that changed nothing
	Errors          []RowError
	Preview         []PreviewRow // the first rows
}

// RowError is why a row was left out. Row 1 is the header.
type RowError struct {
	Row     int
	Column  string // as the file calls it; empty where the whole row is meant
	Field   string
	Message string
}

// PreviewRow is what happens to one row.
type PreviewRow struct {
	Row     int
	Client  string
	Contact string
	Action  string // create, update, unchanged, error
}

// ImportFields are the fields a column can be mapped to, with the headers that
// are taken for them.
var ImportFields = map[string][]string{
	"name":               {"name", "client", "client name", "company", "company name", "organisation", "organization", "account", "customer"},
	"code":               {"code", "client code", "short name", "number"},
	"currency":           {"currency"},
	"tax_id":             {"tax id", "vat id", "vat", "vat number", "tax number"},
	"billing_email":      {"billing email", "invoice email", "company email"},
	"website":            {"website", "web", "url", "homepage"},
	"payment_terms_days": {"payment terms", "payment terms days", "terms", "net days"},
	"line1":              {"address", "street", "address line 1", "line1"},
	"line2":              {"address line 2", "line2"},
	"postal_code":        {"postal code", "postcode", "zip", "zip code"},
	"city":               {"city", "town"},
	"region":             {"region", "state", "county", "province"},
	"country":            {"country", "country code"},
	"tags":               {"tags", "labels"},
	"notes":              {"notes", "note", "comment"},
	"contact_name":       {"contact", "contact name", "person", "full name"},
	"contact_email":      {"email", "e mail", "contact email", "contact e mail"},
	"contact_phone":      {"phone", "telephone", "mobile", "contact phone"},
	"contact_job_title":  {"job title", "title", "position", "contact job title"},
}

var fieldsOfContact = map[string]string{"name": "contact_name", "email": "contact_email", "phone": "contact_phone", "job_title": "contact_job_title"}

// Import reads a file. Rows that cannot be used are told with their reasons;
// the others are imported. The same file again changes nothing.
func (s *Service) Import(ctx context.Context, in Import) (ImportResult, error) {
	head, rows, err := readCSV(in.CSV)
	if err != nil {
		return ImportResult{}, err
	}
	mapping, err := mapped(head, in.Mapping)
	if err != nil {
		return ImportResult{}, err
	}
	var out ImportResult
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		run, err := s.newImport(ctx, tx, head, mapping, in.Update)
		if err != nil {
			return err
		}
		for i, cells := range rows {
			if err := run.row(ctx, tx, i+2, cells); err != nil {
				return err
			}
		}
		out = run.out
		out.Columns, out.Mapping, out.Rows = head, mapping, len(rows)
		if in.DryRun {
			return errDry
		}
		if out.ClientsCreated+out.ClientsUpdated+out.ContactsCreated+out.ContactsUpdated == 0 {
			return nil
		}
		return s.d.Events.Publish(ctx, tx, Imported{Clients: out.ClientsCreated, Contacts: out.ContactsCreated, Updated: out.ClientsUpdated + out.ContactsUpdated})
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return out, err
}

// readCSV returns the rows as a spreadsheet has them: empty lines are rows too, so that a row has the number that one sees there.
func readCSV(text string) (head []string, rows [][]string, err error) {
	text = strings.TrimPrefix(text, "\ufeff")
	first, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	if strings.Count(first, ";") > strings.Count(first, ",") {
		r.Comma = ';'
	} else if strings.Count(first, "\t") > strings.Count(first, ",") {
		r.Comma = '\t'
	}
	ended := int64(0)
	for {
		cells, err := r.Read()
		skipped := 0
		if err == nil && head != nil { // the reader leaves empty lines out without a word
			between := text[ended:r.InputOffset()]
			skipped = len(between) - len(strings.TrimLeft(between, "\r\n"))
			skipped = strings.Count(between[:skipped], "\n")
		}
		ended = r.InputOffset()
		switch {
		case errors.Is(err, io.EOF):
			if len(rows) == 0 {
				return nil, nil, ErrBadImport.At("body.csv", "needs a header and at least one row")
			}
			return head, rows, nil
		case err != nil:
			return nil, nil, ErrBadImport.Because(err).At("body.csv", "is not CSV: "+err.Error())
		case head == nil:
			for _, h := range cells {
				head = append(head, strings.TrimSpace(h))
			}
		case len(rows)+skipped >= MaxImportRows:
			return nil, nil, ErrBadImport.At("body.csv", fmt.Sprintf("must have at most %d rows", MaxImportRows))
		default:
			rows = append(append(rows, make([][]string, skipped)...), cells)
		}
	}
}

// mapped checks a mapping, or guesses one.
func mapped(head []string, m map[string]string) (map[string]string, error) {
	if len(m) == 0 {
		m = guess(head)
	}
	bad := blame{fault: ErrBadImport}
	for field, column := range m {
		if _, ok := ImportFields[field]; !ok {
			bad.at("mapping."+field, "is not a field that can be imported")
		} else if !slices.Contains(head, column) {
			bad.at("mapping."+field, "names a column that the file does not have")
		}
	}
	if m["name"] == "" {
		bad.at("mapping.name", "is required: say which column holds the client's name")
	}
	return m, bad.err()
}

func guess(head []string) map[string]string {
	m := map[string]string{}
	fold := func(s string) string {
		return strings.Join(strings.Fields(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(strings.ToLower(s))), " ")
	}
	for field, names := range ImportFields {
		for _, h := range head {
			if slices.Contains(names, fold(h)) && m[field] == "" {
				m[field] = h
			}
		}
	}
	return m
}

// importing is one import on its way.
type importing struct {
	s        *Service
	mapping  map[string]string
	column   map[string]int
	update   bool
	currency string
	byCode   map[string]*Client
	byName   map[string]*Client
	people   map[string][]*Contact // by client
	out      ImportResult
}

func (s *Service) newImport(ctx context.Context, tx *tenancy.Tx, head []string, mapping map[string]string, update bool) (*importing, error) {
	if err := tx.Lock(ctx, "clients.codes"); err != nil { // two imports one after the other
		return nil, err
	}
	own, err := s.d.Settings.SettingsTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	all, err := s.d.Store.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	run := &importing{
		s: s, mapping: mapping, column: map[string]int{}, update: update, currency: own.Currency,
		byCode: map[string]*Client{}, byName: map[string]*Client{}, people: map[string][]*Contact{},
	}
	for field, name := range mapping {
		run.column[field] = slices.Index(head, name)
	}
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
		run.know(&all[i])
	}
	people, err := s.d.Store.ContactsOf(ctx, tx, ids, false)
	for i := range people {
		run.people[people[i].ClientID] = append(run.people[people[i].ClientID], &people[i])
	}
	return run, err
}

func (r *importing) know(c *Client) {
	r.byCode[c.Code] = c
	if key := strings.ToLower(c.Name); r.byName[key] == nil || r.byName[key].Archived() {
		r.byName[key] = c
	}
}

// cell returns a value of the row. The quote that our export puts before
// formulas is taken off again.
func (r *importing) cell(cells []string, field string) *string {
	i, ok := r.column[field]
	if !ok || i >= len(cells) {
		return nil
	}
	v := strings.TrimSpace(cells[i])
	if len(v) > 1 && v[0] == '\'' && startsFormula(v[1:]) {
		v = v[1:]
	}
	return &v
}

// row imports one row. Its faults go into the list; other errors end the import.
func (r *importing) row(ctx context.Context, tx *tenancy.Tx, n int, cells []string) error {
	if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return nil
	}
	p := PreviewRow{Row: n, Client: text(r.cell(cells, "name")), Contact: text(r.cell(cells, "contact_name"))}
	var err error
	p.Action, err = r.one(ctx, tx, cells)
	var f *fault.Error
	switch {
	case errors.As(err, &f) && (f.Kind == fault.Invalid || f.Kind == fault.Conflict):
		p.Action = "error"
		r.blame(n, f)
	case err != nil:
		return err
	case p.Action == "unchanged":
		r.out.Unchanged++
	}
	if len(r.out.Preview) < 50 {
		r.out.Preview = append(r.out.Preview, p)
	}
	return nil
}

func (r *importing) blame(n int, f *fault.Error) {
	for _, field := range f.Fields {
		name := strings.TrimPrefix(field.Path, "body.")
		name, _, _ = strings.Cut(name, "[")
		if _, after, ok := strings.Cut(field.Path, "]."); ok {
			name = after
		}
		r.out.Errors = append(r.out.Errors, RowError{Row: n, Column: r.mapping[name], Field: name, Message: field.Text})
	}
	if len(f.Fields) == 0 {
		r.out.Errors = append(r.out.Errors, RowError{Row: n, Message: f.Text})
	}
}

func (r *importing) one(ctx context.Context, tx *tenancy.Tx, cells []string) (string, error) {
	ch, badClient := r.clientOf(cells)
	contact, hasContact, badContact := r.contactOf(cells)
	if err := together(badClient, badContact); err != nil {
		return "", err
	}
	var err error
	// Everything is checked before the first write of the row, so that a row is in whole or not at all.
	found := r.find(ch)
	if found == nil {
		found, err = r.create(ctx, tx, ch)
		if err != nil {
			return "", err
		}
		r.out.ClientsCreated++
		if hasContact {
			_, err = r.person(ctx, tx, found, contact)
		}
		return "create", err
	}
	action := "unchanged"
	if r.update {
		if changed, err := r.change(ctx, tx, found, ch); err != nil {
			return "", err
		} else if changed {
			action = "update"
			r.out.ClientsUpdated++
		}
	}
	if hasContact {
		a, err := r.person(ctx, tx, found, contact)
		if err != nil || a != "unchanged" {
			return a, err
		}
	}
	return action, nil
}

// find looks a row's client up, by code where the row has one, else by name.
func (r *importing) find(ch Change) *Client {
	if code := strings.ToUpper(text(ch.Code)); code != "" {
		return r.byCode[code]
	}
	return r.byName[strings.ToLower(text(ch.Name))]
}

func (r *importing) create(ctx context.Context, tx *tenancy.Tx, ch Change) (*Client, error) {
	d := ch.apply(Draft{})
	if d.Currency == "" {
		d.Currency = r.currency
	}
	if d.Code == "" {
		d.Code = codeFrom(d.Name, func(c string) bool { return r.byCode[c] != nil })
	}
	d, err := d.checked()
	if err != nil {
		return nil, err
	}
	c, err := r.s.add(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	r.know(&c)
	return &c, nil
}

func (r *importing) change(ctx context.Context, tx *tenancy.Tx, c *Client, ch Change) (bool, error) {
	ch = ch.withoutBlanks()
	d, err := ch.apply(c.draft()).checked()
	if err != nil || d.equal(c.draft()) {
		return false, err
	}
	after, err := r.s.change(ctx, tx, *c, ch)
	if err == nil {
		*c = after
	}
	return true, err
}

func (r *importing) person(ctx context.Context, tx *tenancy.Tx, c *Client, d ContactDraft) (string, error) {
	people := r.people[c.ID]
	i := -1
	if d.Email != "" {
		i = slices.IndexFunc(people, func(p *Contact) bool { return p.Email == d.Email })
	}
	if i < 0 { // a name means the same person unless both have an address
		i = slices.IndexFunc(people, func(p *Contact) bool { return strings.EqualFold(p.Name, d.Name) && (p.Email == "" || d.Email == "") })
	}
	if i < 0 {
		d.Primary = len(people) == 0
		p, err := r.s.addContact(ctx, tx, c.ID, d)
		if err != nil {
			return "", err
		}
		r.people[c.ID] = append(people, &p)
		r.out.ContactsCreated++
		return "create", nil
	}
	if !r.update {
		return "unchanged", nil
	}
	p := people[i]
	want := p.draft()
	for to, from := range map[*string]string{&want.Name: d.Name, &want.Email: d.Email, &want.Phone: d.Phone, &want.JobTitle: d.JobTitle} {
		if from != "" {
			*to = from
		}
	}
	if want == p.draft() {
		return "unchanged", nil
	}
	after, err := r.s.changeContact(ctx, tx, *p, ContactChange{Name: &want.Name, Email: &want.Email, Phone: &want.Phone, JobTitle: &want.JobTitle})
	if err != nil {
		return "", err
	}
	*p = after
	r.out.ContactsUpdated++
	return "update", nil
}
