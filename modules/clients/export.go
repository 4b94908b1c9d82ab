package clients

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

var exportColumns = []string{
	"name", "code", "currency", "tax_id", "billing_email", "website", "payment_terms_days", "line1", "line2", "postal_code", "city",
	"region", "country", "tags", "notes", "contact_name", "contact_email", "contact_phone", "contact_job_title",
}

// Export returns the clients of a filter and their contacts as CSV, one row a
// contact, in the columns that Import reads.
func (s *Service) Export(ctx context.Context, f Filter) ([]byte, error) {
	f = f.normal()
	cur, err := cursorOf(page.Query{}, f.Sort)
	if err != nil {
		return nil, err
	}
	cur.Limit = 500
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := w.Write(exportColumns); err != nil {
			return fmt.Errorf("write header: %w", err)
		}
		for {
			cs, err := s.d.Store.List(ctx, tx, f, cur)
			if err != nil {
				return err
			}
			more := len(cs) > cur.Limit
			cs = cs[:min(len(cs), cur.Limit)]
			if err := s.exportSome(ctx, tx, w, cs); err != nil || !more {
				return err
			}
			last := cs[len(cs)-1]
			cur.After = []string{sortValue(last, cur.By), last.ID}
		}
	})
	w.Flush()
	return buf.Bytes(), err
}

func (s *Service) exportSome(ctx context.Context, tx *tenancy.Tx, w *csv.Writer, cs []Client) error {
	ids := make([]string, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	people, err := s.d.Store.ContactsOf(ctx, tx, ids, false)
	if err != nil {
		return err
	}
	of := map[string][]Contact{}
	for _, p := range people {
		of[p.ClientID] = append(of[p.ClientID], p)
	}
	for _, c := range cs {
		rows := of[c.ID]
		if len(rows) == 0 {
			rows = []Contact{{}}
		}
		for _, p := range rows {
			if err := w.Write(exportRow(c, p)); err != nil {
				return fmt.Errorf("write row: %w", err)
			}
		}
	}
	return nil
}

func exportRow(c Client, p Contact) []string {
	terms := ""
	if c.PaymentTermsDays != nil {
		terms = strconv.Itoa(*c.PaymentTermsDays)
	}
	var a Address
	for _, x := range c.Addresses {
		if x.Kind == AddressMain {
			a = x
		}
	}
	row := []string{
		c.Name, c.Code, c.Currency, c.TaxID, c.BillingEmail, c.Website, terms, a.Line1, a.Line2, a.PostalCode, a.City,
		a.Region, a.Country, strings.Join(c.Tags, ", "), c.Notes, p.Name, p.Email, p.Phone, p.JobTitle,
	}
	for i, v := range row {
		row[i] = SafeCell(v)
	}
	return row
}

// SafeCell keeps a spreadsheet from running a cell as a formula.
func SafeCell(v string) string {
	if startsFormula(v) {
		return "'" + v
	}
	return v
}

func startsFormula(v string) bool { return v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) }
