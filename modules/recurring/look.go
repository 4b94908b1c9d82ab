package recurring

import (
	"context"
	"errors"
	"strconv"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// maxAhead is how many periods are looked at ahead.
const maxAhead = 36

// Preview tells what a schedule would do from one of its periods on, without making it,
// whether or not their day is past.
func (s *Service) Preview(ctx context.Context, w Wish, from, n int) (o Outlook, err error) {
	errDone := errors.New("recurring: a preview is taken back") // it may have made the first legal entity
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r := Schedule{ID: id.New(), Wish: w, State: Active, Next: max(from, 1)}
		if err := s.agree(ctx, tx, &r); err != nil {
			return err
		}
		if o, err = s.outlook(ctx, tx, r, nil, n); err != nil {
			return err
		}
		return errDone
	})
	if errors.Is(err, errDone) {
		err = nil
	}
	return o, err
}

// Upcoming tells what a schedule does next.
func (s *Service) Upcoming(ctx context.Context, scheduleID string, n int) (o Outlook, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, scheduleID, false)
		if err != nil {
			return err
		}
		known, err := s.d.Store.From(ctx, tx, r.ID, r.Next)
		if err != nil {
			return err
		}
		o, err = s.outlook(ctx, tx, r, known, n)
		return err
	})
	return o, err
}

func (s *Service) outlook(ctx context.Context, tx *tenancy.Tx, r Schedule, known map[int]Period, n int) (o Outlook, err error) {
	today, _, err := s.calendar(ctx, tx)
	if err != nil {
		return o, err
	}
	o.Whole = r.Net
	if r.State == Ended {
		return o, nil
	}
	n = min(max(n, 1), maxAhead)
	var sketches []invoicing.Sketch
	for number := r.Next; ; number++ {
		p, ok := r.period(number)
		if !ok {
			break
		}
		if len(o.Periods) == n {
			o.More = true
			break
		}
		if k, there := known[number]; there {
			p.State = k.State
		} else if p.IssueOn.Before(today) {
			p.State = Missed
		}
		o.Periods = append(o.Periods, Ahead{Period: p})
		sketches = append(sketches, invoicing.Sketch{Lines: r.lines(), Part: r.stretch(p), Edit: r.edit(p)})
	}
	of := invoicing.DraftOf{ClientID: r.ClientID, EntityID: r.EntityID, Currency: r.Currency}
	made, err := s.d.Bills.SketchTx(ctx, tx, of, sketches)
	if err != nil {
		return o, err
	}
	for i := range o.Periods {
		a := &o.Periods[i]
		a.Invoice, a.Due = made[i], made[i].Terms.Due(a.IssueOn)
	}
	if !r.Time && !r.Expenses {
		return o, nil
	}
	extras, err := s.d.Bills.AheadTx(ctx, tx, r.swept(today), []string{r.ClientID})
	if err != nil || len(extras) == 0 {
		return o, err
	}
	e := extras[0]
	o.Extras = &Extras{Lines: e.Lines, Entries: e.Entries, LeftOut: e.LeftOut, Open: e.Open, Total: e.Total}
	return o, nil
}

// Past returns one page of the periods that were looked at, the latest first, with their invoices.
func (s *Service) Past(ctx context.Context, scheduleID string, q page.Query) (out []Past, next *string, err error) {
	after, err := page.Decode(q.Cursor, 1)
	if err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, scheduleID, false)
		if err != nil {
			return err
		}
		before := r.Next
		if after != nil {
			if before, err = strconv.Atoi(after[0]); err != nil {
				return page.ErrBadCursor
			}
		}
		periods, err := s.d.Store.Past(ctx, tx, scheduleID, before, q.Size()+1)
		if err != nil {
			return err
		}
		periods, next = page.Cut(periods, q.Size(), func(p Period) []string { return []string{strconv.Itoa(p.Number)} })
		out, err = s.withInvoices(ctx, tx, periods)
		return err
	})
	return out, next, err
}

func (s *Service) withInvoices(ctx context.Context, tx *tenancy.Tx, periods []Period) ([]Past, error) {
	var ids []string
	for _, p := range periods {
		if p.InvoiceID != "" {
			ids = append(ids, p.InvoiceID)
		}
	}
	invoices, err := s.d.Bills.ByIDsTx(ctx, tx, ids)
	out := make([]Past, len(periods))
	for n, p := range periods {
		out[n].Period = p
		if i, there := invoices[p.InvoiceID]; there {
			out[n].Invoice = &i
		}
	}
	return out, err
}
