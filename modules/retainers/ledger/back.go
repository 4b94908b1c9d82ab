package ledger

import "slices"

// Back is what has to be given back of a block that is taken back when periods in which it counted are closed: what it gave,
// less what expired only because it was there. What it kept from being over is given back too, but for periods whose contract
// gives that (absorbs). The closed periods are those from the one on in which the block began to count, by the event of that
// id; before is what the period before them left.
func Back(before Carry, closed []Period, events []Event, block string, absorbs func(number int) bool) int64 {
	is := func(e Event) bool { return e.ID == block }
	at := slices.IndexFunc(events, is)
	if at < 0 {
		return 0
	}
	with, without := Continue(before, closed, events), Continue(before, closed, slices.DeleteFunc(slices.Clone(events), is))
	gave := events[at].Amount
	back := gave
	for i, p := range closed {
		back -= with[i].Expired - without[i].Expired
		if absorbs(p.Number) {
			back -= without[i].Overage - with[i].Overage
		}
	}
	left := int64(0) // of the block itself: all of that goes
	if n := len(with); n > 0 {
		for _, l := range with[n-1].Carry.Lots {
			if l.ID == block {
				left += l.Left
			}
		}
	}
	return min(max(back, left), gave)
}
