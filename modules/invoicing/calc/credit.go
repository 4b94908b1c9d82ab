package calc

import "github.com/bureauhq/bureau/app/kit/money"

// Credit computes a credit note on a document: what of each line is taken back
// now, after what was taken back before. Its taxes are those of all that is
// taken back by then less those of what was before, so any number of notes
// that take back a whole document add up to it exactly, whereas taxes rounded
// note by note would not.
//
// Amounts are as the lines print them less their share of the document's
// discount: net, or gross where prices include tax. Taken are the taxes that
// what was taken back before bears, where something was given back in between
// and they may not be what its lines come to; nil where they are.
func Credit(s Sum, before, now []money.Money, taken []TaxAmount) (Figures, error) {
	after := make([]money.Money, len(now))
	for i := range now {
		after[i] = before[i].Add(now[i])
	}
	was, err := s.taxed(before, nil)
	if err != nil {
		return Figures{}, err
	}
	is, err := s.taxed(after, nil)
	if err != nil {
		return Figures{}, err
	}
	off := s.off(was, now, taken)
	f, err := s.taxed(now, func(t Tax, line int) money.Money {
		return is.taxOf(t, line).Sub(was.taxOf(t, line)).Add(off(t, line))
	})
	if err != nil {
		return Figures{}, err
	}
	f.Subtotal, f.Discount = money.Zero(s.Currency), money.Zero(s.Currency)
	for i := range f.Lines {
		f.Lines[i].Amount, f.Lines[i].Share = now[i], money.Zero(s.Currency)
		f.Subtotal = f.Subtotal.Add(now[i])
	}
	return f, nil
}

// off is by how much less than was the taxes were that were taken, in the
// whole or at the first line of now that bears the tax.
func (s Sum) off(was Figures, now []money.Money, taken []TaxAmount) fixed {
	first := map[string]int{}
	for n, l := range s.Lines {
		for _, t := range l.Taxes {
			if _, known := first[t.key()]; !known && !now[n].IsZero() {
				first[t.key()] = n
			}
		}
	}
	return func(t Tax, line int) money.Money {
		at, some := first[t.key()]
		if taken == nil || !some || line != wholeDocument && line != at {
			return money.Zero(s.Currency)
		}
		off := was.taxOf(t, wholeDocument)
		for _, a := range taken {
			if a.key() == t.key() {
				off = off.Sub(a.Amount)
			}
		}
		return off
	}
}

func (f Figures) taxOf(t Tax, line int) money.Money {
	if line != wholeDocument {
		return f.Lines[line].of(t).Amount
	}
	for _, a := range f.Taxes {
		if a.key() == t.key() {
			return a.Amount
		}
	}
	return money.Money{}
}
