package calc

import "github.com/bureauhq/bureau/app/kit/money"

// Credit computes a credit note on a document: what of each line is taken back
// now, after what was taken back before. Its taxes are those of all that is
// taken back by then less those of what was before, so any number of notes
// that take back a whole document add up to it exactly, whereas taxes rounded
// note by note would not.
//
// Amounts are as the lines print them less their share of the document's
// discount: net, or gross where prices include tax.
func Credit(s Sum, before, now []money.Money) (Figures, error) {
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
	f, err := s.taxed(now, func(t Tax, line int) money.Money {
		return is.taxOf(t, line).Sub(was.taxOf(t, line))
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
