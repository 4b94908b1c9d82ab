package fees

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// everything is a page that holds all fees that one client or project ever has.
var everything = page.Query{Limit: 200}

// MayBill tells what of the fee may be billed on a day: of a percentage what is
// done and not billed, of a schedule the parts whose day has come, of milestones
// those that were accepted.
func (f Fee) MayBill(on day.Date) (out []Due) {
	if f.ArchivedAt != nil {
		return nil
	}
	if f.Kind == ByPercent {
		if done := f.Done().Sub(f.Billed); done.Sign() > 0 {
			out = append(out, Due{Fee: f, Amount: done, Holds: f.holds(f.Billed, done)})
		}
		return out
	}
	billed := f.Billed
	for n := range f.Parts {
		if p := &f.Parts[n]; p.Left().Sign() > 0 && p.ready(f.Kind, on) {
			out = append(out, Due{Fee: f, Part: p, Amount: p.Left(), Holds: f.holds(billed, p.Left())})
			billed = billed.Add(p.Left())
		}
	}
	return out
}

func (p Part) ready(k Kind, on day.Date) bool {
	if k == ByMilestones {
		// A change order is agreed on when it is recorded; what is worked on again waits.
		return p.Open() == nil && (p.AcceptedAt != nil || p.OrderID != "")
	}
	return !p.DueOn.After(on)
}

// Due is what may be billed of a fee.
type Due struct {
	Fee     Fee
	Part    *Part // nil: of a percentage
	Release bool  // of what is retained
	Amount  money.Money
	Holds   money.Money // what of it the client retains
}

// Lines are what would be put on a document of it.
func (d Due) Lines() []Line {
	l := Line{Kind: OfBilled, ClientID: d.Fee.ClientID, ProjectID: d.Fee.ProjectID, Description: d.Fee.Name, Amount: d.Amount}
	if d.Release {
		l.Kind = OfReleased
	}
	if d.Holds.Sign() <= 0 {
		return []Line{l}
	}
	held := l
	held.Kind, held.Percent, held.Amount = OfHeld, d.Fee.Retain, d.Holds.Neg()
	return []Line{l, held}
}

// DueTx lists what may be billed of a client's or of projects' fees on a day.
func (s *Service) DueTx(ctx context.Context, tx *tenancy.Tx, clientID string, projectIDs []string, on day.Date) (out []Due, err error) {
	all, err := s.d.Store.Fees(ctx, tx, Filter{ClientID: clientID, ProjectIDs: projectIDs, Open: true, Page: everything})
	if err != nil {
		return nil, err
	}
	return s.due(ctx, tx, all, on)
}

// DueOfTx is DueTx for many clients at once; of all of them if none is named.
func (s *Service) DueOfTx(ctx context.Context, tx *tenancy.Tx, clientIDs []string, on day.Date) (out []Due, err error) {
	all, err := s.d.Store.Fees(ctx, tx, Filter{ClientIDs: clientIDs, Open: true, All: true})
	if err != nil {
		return nil, err
	}
	return s.due(ctx, tx, all, on)
}

// CoveredTx tells whose time is paid for by fees and not billed by the hour.
func (s *Service) CoveredTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (Coverage, error) {
	c := Coverage{map[string]bool{}, map[string]bool{}}
	if len(projectIDs) == 0 {
		return c, nil
	}
	all, err := s.d.Store.Fees(ctx, tx, Filter{ProjectIDs: projectIDs, All: true})
	if err != nil {
		return c, err
	}
	var tasks []string
	for _, f := range all {
		switch f.Covers {
		case TheProject:
			c.Projects[f.ProjectID] = true
		case TheTasks:
			tasks = append(tasks, f.TaskIDs...)
		case NoTime:
		}
	}
	under, err := s.d.Projects.TasksUnderTx(ctx, tx, tasks)
	for _, t := range under {
		c.Tasks[t] = true
	}
	return c, err
}

// BillTx takes what was picked for a document, never more than the contract.
// Field paths are those of body.fees. Fees are locked in the order of their ids.
func (s *Service) BillTx(ctx context.Context, tx *tenancy.Tx, documentID string, picks []Pick, on day.Date) ([]Line, error) {
	order := make([]int, len(picks))
	for n := range picks {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(picks[a].FeeID, picks[b].FeeID) })
	lines := make([][]Line, len(picks))
	var entries []Entry
	held := map[string]*Fee{}
	for _, n := range order {
		f := held[picks[n].FeeID]
		if f == nil {
			locked, err := s.d.Store.Locked(ctx, tx, picks[n].FeeID)
			if err != nil {
				return nil, ErrCannotBill.Because(err).At(fmt.Sprintf("body.fees[%d].fee_id", n), "is not a fee of this agency")
			}
			f = &locked
			held[f.ID] = f
		}
		at := func(field, text string) error {
			return ErrCannotBill.At(fmt.Sprintf("body.fees[%d].%s", n, field), text)
		}
		before := f.Billed
		all, err := f.take(picks[n], on, at)
		if err != nil {
			return nil, err
		}
		put := func(t taken, of string) string {
			e := Entry{ID: id.New(), FeeID: f.ID, PartID: t.partID, Kind: t.kind, HeldOf: of, DocumentID: documentID, Amount: t.amount, Percent: t.percent, At: s.now()}
			e.SourceID = e.ID
			entries = append(entries, e)
			lines[n] = append(lines[n], Line{SourceID: e.ID, Kind: t.kind, Percent: f.Retain, UpTo: t.upTo, ProjectID: f.ProjectID, ClientID: f.ClientID, Description: t.text, Amount: t.amount})
			return e.ID
		}
		for _, t := range all {
			billed := put(t, "")
			if t.kind != OfBilled {
				continue
			}
			if held := f.holds(before, t.amount); held.Sign() > 0 {
				f.Held = f.Held.Add(held)
				put(taken{kind: OfHeld, text: t.name, amount: held.Neg()}, billed)
			}
			before = before.Add(t.amount)
		}
	}
	if len(entries) == 0 {
		return nil, nil
	}
	if err := s.keep(ctx, tx, "fees.billed", documentID, entries); err != nil {
		return nil, err
	}
	return slices.Concat(lines...), nil
}

type taken struct {
	kind         EntryKind
	partID, text string
	name         string // short, for what is held of it
	amount       money.Money
	percent      *decimal.Decimal
	upTo         *Done
}

// take notes what a pick takes of the fee, and says how the line is called.
func (f *Fee) take(p Pick, on day.Date, at func(field, text string) error) ([]taken, error) {
	if p.Release {
		t, err := f.release(p, at)
		return []taken{t}, err
	}
	if f.ArchivedAt != nil {
		return nil, at("fee_id", "is archived")
	}
	if f.Kind == ByPercent {
		return f.takePercent(p, at)
	}
	switch {
	case p.Percent != nil:
		return nil, at("percent", "is for fees that are billed by percent")
	case p.PartID == "" && p.Amount != nil:
		return nil, at("amount", "needs the part that it is of")
	case p.PartID == "":
		due := f.MayBill(on)
		if len(due) == 0 {
			return nil, at("fee_id", "has nothing to bill yet")
		}
		var out []taken
		for _, d := range due {
			out = append(out, f.takePart(d.Part, d.Amount))
		}
		return out, nil
	}
	n := slices.IndexFunc(f.Parts, func(x Part) bool { return x.ID == p.PartID })
	if n < 0 {
		return nil, at("part_id", "is not a part of this fee")
	}
	part := &f.Parts[n]
	amount := part.Left()
	if p.Amount != nil {
		amount = *p.Amount
	}
	switch {
	case part.Open() != nil:
		return nil, at("part_id", "is worked on: the client asked for changes")
	case f.Kind == ByMilestones && !part.ready(f.Kind, on):
		return nil, at("part_id", "is not accepted yet")
	case part.Left().IsZero():
		return nil, at("part_id", "is billed already")
	case amount.Currency != f.Contract.Currency || amount.Sign() <= 0:
		return nil, at("amount", "must be more than zero, in "+f.Contract.Currency)
	case amount.Cmp(part.Left()) > 0:
		return nil, at("amount", "is more than is left of it: "+part.Left().Amount())
	}
	return []taken{f.takePart(part, amount)}, nil
}

func (f *Fee) takePart(p *Part, amount money.Money) taken {
	p.Billed, f.Billed = p.Billed.Add(amount), f.Billed.Add(amount)
	return taken{kind: OfBilled, partID: p.ID, text: f.Name + ": " + p.Name, name: f.Name + ": " + p.Name, amount: amount}
}

func (f *Fee) takePercent(p Pick, at func(field, text string) error) ([]taken, error) {
	upTo := f.Percent
	field := "fee_id"
	if p.Percent != nil {
		upTo, field = *p.Percent, "percent"
	}
	amount := shareOf(f.Contract, upTo).Sub(f.Billed)
	switch {
	case p.PartID != "":
		return nil, at("part_id", "is for schedules and milestones")
	case upTo.IsNegative() || !upTo.Equal(upTo.Truncate(4)):
		return nil, at(field, "must be 0 to 100 with at most 4 places")
	case upTo.Cmp(hundred) > 0:
		return nil, at(field, overContract)
	case p.Amount != nil && p.Percent != nil:
		return nil, at("amount", "cannot stand beside a percentage")
	case p.Amount != nil:
		amount, field = *p.Amount, "amount"
	}
	switch {
	case amount.Currency != f.Contract.Currency:
		return nil, at(field, "is not in "+f.Contract.Currency)
	case amount.Sign() <= 0:
		return nil, at(field, "is billed already")
	case amount.Cmp(f.Left()) > 0:
		return nil, at(field, overContract)
	}
	f.Billed = f.Billed.Add(amount)
	t := taken{kind: OfBilled, text: f.Name, name: f.Name, amount: amount}
	if p.Amount == nil {
		t.percent, t.upTo = &upTo, &Done{upTo, f.Contract}
	}
	return []taken{t}, nil
}

const overContract = "is more than 100 % of the contract: record a change order first"

// AgainTx bills for another document what was given back.
func (s *Service) AgainTx(ctx context.Context, tx *tenancy.Tx, documentID string, sourceIDs []string) ([]string, error) {
	was, err := s.d.Store.Entries(ctx, tx, sourceIDs)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(sourceIDs))
	for n := range was {
		was[n].ID, was[n].DocumentID, was[n].At = id.New(), documentID, s.now()
		was[n].SourceID = was[n].ID
		out[n] = was[n].ID
	}
	for n := range was { // what is held is held of the new rows
		if at := slices.Index(sourceIDs, was[n].HeldOf); at >= 0 {
			was[n].HeldOf = out[at]
		}
	}
	return out, s.keep(ctx, tx, "fees.billed", documentID, was)
}

// GiveBackTx lets what was billed be billed again, as a whole or in part. Of
// any number of parts the roundings add up to the whole.
func (s *Service) GiveBackTx(ctx context.Context, tx *tenancy.Tx, documentID string, back []Return) error {
	ids := make([]string, len(back))
	for n, r := range back {
		ids[n] = r.SourceID
	}
	was, err := s.d.Store.Entries(ctx, tx, ids)
	if err != nil {
		return err
	}
	var entries []Entry
	for n, e := range was {
		r := back[n]
		if r.Of == 0 {
			continue
		}
		minor := portion(e.Amount.Minor, r.After, r.Of) - portion(e.Amount.Minor, r.Before, r.Of)
		if minor == 0 {
			continue
		}
		entries = append(entries, Entry{
			ID: id.New(), FeeID: e.FeeID, PartID: e.PartID, Kind: e.Kind, HeldOf: e.HeldOf, SourceID: e.SourceID, DocumentID: documentID, Amount: money.Of(-minor, e.Amount.Currency), At: s.now(),
		})
	}
	if len(entries) == 0 {
		return nil
	}
	return s.keep(ctx, tx, "fees.given_back", documentID, entries)
}

// portion is a share of an amount, rounded half away from zero.
func portion(minor, part, of int64) int64 {
	p := new(big.Int).Mul(big.NewInt(minor), big.NewInt(part))
	p.Mul(p, big.NewInt(2))
	o := big.NewInt(of)
	if o.Sign() < 0 { // of a line that takes off
		p.Neg(p)
		o.Neg(o)
	}
	if p.Sign() < 0 {
		p.Sub(p, o)
	} else {
		p.Add(p, o)
	}
	return p.Quo(p, new(big.Int).Mul(o, big.NewInt(2))).Int64()
}

func (s *Service) keep(ctx context.Context, tx *tenancy.Tx, action, documentID string, entries []Entry) error {
	if err := s.d.Store.Take(ctx, tx, entries); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Change{Action: action, Entity: "invoice", EntityID: documentID, After: entries})
}

// ProgressTx tells how far the fees on a document are billed. Billed before is what was invoiced: other drafts may be
// deleted yet, and whoever reads the document has not seen them.
func (s *Service) ProgressTx(ctx context.Context, tx *tenancy.Tx, documentID string, drafts Drafts) ([]Progress, error) {
	on, err := s.d.Store.OnDocuments(ctx, tx, documentID)
	if err != nil || len(on) == 0 {
		return nil, err
	}
	var ids, documents []string
	for _, d := range on {
		ids = append(ids, d.FeeID)
		if d.DocumentID != documentID {
			documents = append(documents, d.DocumentID)
		}
	}
	slices.Sort(ids)
	slices.Sort(documents)
	pending, err := drafts(ctx, tx, slices.Compact(documents))
	if err != nil {
		return nil, err
	}
	all, err := s.d.Store.ByIDs(ctx, tx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	out := make([]Progress, 0, len(all))
	for _, f := range all {
		if p := f.progress(documentID, on, pending); !p.This.IsZero() {
			out = append(out, p)
		}
	}
	return out, nil
}

// progress adds up what documents bill of f, so that before, this, retained and left make the contract.
func (f Fee) progress(documentID string, on []OnDocument, drafts []string) Progress {
	var before, this, retained int64
	for _, d := range on {
		switch {
		case d.FeeID != f.ID || slices.Contains(drafts, d.DocumentID):
			continue
		case d.DocumentID == documentID:
			this += d.Sum()
		default:
			before += d.Sum()
		}
		retained -= d.Held + d.Released
	}
	retained = max(retained, 0) // a release may stand before the draft that it is of
	of := func(minor int64) money.Money { return money.Of(minor, f.Contract.Currency) }
	return Progress{f.Name, f.Contract, of(before), of(this), of(f.Contract.Minor - before - this - retained), of(retained)}
}
