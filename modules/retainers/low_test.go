package retainers_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/retainers"
)

func text(s string) *string { return &s }

// What is left is told once when it falls to the alert, and again once it has risen and falls once more: by time that is approved or taken
// back, adjustments, blocks that begin and end, and the next period.
func TestALowBalanceIsToldOnceAFall(t *testing.T) {
	t.Parallel()
	says := testkit.Guide(t, "retainers.md")
	w := setup(t)
	d := w.support()
	d.Fee, d.StartsOn, d.Rollover, d.LeadDays = nil, day.New(2026, 3, 1), retainers.RollNone, 10
	d.Alert.Amount = text("8")
	r := w.create(t, d)
	told := func(what string, low bool, letters int) {
		t.Helper()
		w.Work(t)
		now, err := w.svc.Find(w.Ctx, r.ID)
		must(t, err)
		if (now.LowSince != nil) != low || len(w.told) != letters {
			t.Fatalf("%s: low since %v, %d letters, want %v and %d", what, now.LowSince, len(w.told), low, letters)
		}
	}
	first := w.approved("2026-03-02", 31)
	w.count(t, first)
	told("9 h are left", false, 0)
	says("| 31 hours are approved | 9 h | |")
	w.count(t, w.approved("2026-03-02", 1))
	told("8 h are left", true, 1)
	says("| 1 hour is approved | 8 h | mail, *Low* |")
	if l := w.told[0]; l.Subject != "Support (Acme): little is left" || !strings.HasPrefix(l.Paragraphs[0], "8 h are left of Support (Acme). You are told at 8 h.") || l.Path != "/retainers/"+r.ID {
		t.Errorf("the letter says %+v", l)
	}
	w.count(t, w.approved("2026-03-02", 2))
	told("6 h are left", true, 1)
	says("| 2 hours are approved | 6 h | still *Low* |")
	_, err := w.svc.Adjust(w.Ctx, r.ID, "5", "A favour")
	must(t, err)
	told("11 h are left", false, 1)
	says("| you add 5 hours | 11 h | |")
	_, err = w.svc.Adjust(w.Ctx, r.ID, "-4", "Not that big a favour")
	must(t, err)
	told("7 h are left", true, 2)
	says("| you take 4 hours away | 7 h | mail, *Low* |")
	first.State = "rejected"
	w.count(t, first)
	told("38 h are left", false, 2)
	first.State = "approved"
	w.count(t, first)
	told("7 h are left again", true, 3)
	_, err = w.svc.AddBlock(w.Ctx, r.ID, retainers.NewBlock{Amount: "10", CountsFrom: retainers.FromNow, ExpiresOn: day.New(2026, 3, 20)})
	must(t, err)
	told("17 h are left with a block", false, 3)
	w.Clock.Set(time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC))
	told("the block's last day", false, 3)
	w.Clock.Set(time.Date(2026, 3, 21, 1, 0, 0, 0, time.UTC))
	told("the block has ended", true, 4)
	w.Clock.Set(time.Date(2026, 4, 1, 1, 0, 0, 0, time.UTC))
	told("April grants 40 h", false, 4)
	says("| the next month grants 40 hours | 40 h | |")
	w.count(t, w.approved("2026-04-01", 33))
	told("7 h of April are left", true, 5)

	// Who sets an alert sees where it stands. In percent it is of what was granted.
	change := func(a retainers.AlertDraft) {
		t.Helper()
		now, err := w.svc.Find(w.Ctx, r.ID)
		must(t, err)
		_, err = w.svc.Change(w.Ctx, r.ID, now.Version, retainers.Change{Alert: &a})
		must(t, err)
	}
	percent := 10
	change(retainers.AlertDraft{Percent: &percent})
	told("7 h of 40 h are more than 10 %", false, 5)
	w.count(t, w.approved("2026-04-02", 3))
	told("4 h of 40 h are 10 %", true, 6)
	if l := w.told[5]; !strings.HasPrefix(l.Paragraphs[0], "4 h are left of Support (Acme). You are told at 10 % of what was granted.") {
		t.Errorf("the letter says %+v", l)
	}
	change(retainers.AlertDraft{Amount: text("5")})
	told("5 h are set when 4 h are left", true, 6)
	change(retainers.AlertDraft{})
	told("off", false, 6)
	w.count(t, w.approved("2026-04-02", 4))
	told("nothing is left, and nobody asked", false, 6)

	for field, a := range map[string]retainers.AlertDraft{
		"body.alert.amount": {Amount: text("1.005")}, "body.alert.percent": {Amount: text("1"), Percent: &percent},
	} {
		now, err := w.svc.Find(w.Ctx, r.ID)
		must(t, err)
		_, err = w.svc.Change(w.Ctx, r.ID, now.Version, retainers.Change{Alert: &a})
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A block that was bought in an earlier period is what percentages are of, and a letter about money names none.
func TestALowBalanceOfABlockInMoney(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	percent := 20
	d.Unit, d.Grant, d.Fee, d.StartsOn, d.Alert.Percent = retainers.Money, "0", nil, day.New(2026, 3, 1), &percent
	r := w.create(t, d)
	if r.LowSince == nil {
		t.Error("nothing of nothing is left, and that is not low")
	}
	_, err := w.svc.AddBlock(w.Ctx, r.ID, retainers.NewBlock{Amount: "5000", CountsFrom: retainers.FromNow})
	must(t, err)
	w.count(t, w.approved("2026-03-02", 20)) // 3,000 are left
	w.Clock.Set(time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC))
	w.count(t, w.approved("2026-04-01", 19.99)) // 1,001
	w.Work(t)
	if len(w.told) != 0 {
		t.Fatalf("told of 1,001 of 5,000: %+v", w.told)
	}
	w.count(t, w.approved("2026-04-02", 0.01)) // 1,000
	w.Work(t)
	if len(w.told) != 1 || w.told[0].Paragraphs[0] != "The balance of Support (Acme) has fallen to its alert. You are told at 20 % of what was granted." {
		t.Fatalf("told %+v", w.told)
	}
}

// A letter of a low balance that cannot be delivered is said at the retainer, once for all whom it did not reach; the others whom it
// concerns are told. It is sent again with what is left then, and means nothing any more once the balance has risen.
func TestALowBalanceThatCouldNotBeTold(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.Fee, d.StartsOn, d.ProjectID = nil, day.New(2026, 3, 1), w.project
	d.Alert.Amount = text("8")
	w.manager = id.New()
	r := w.create(t, d)
	var lost []string
	var mu sync.Mutex // letters are sent beside each other
	w.Registry.Undelivered = func(_ context.Context, member string, _ error) error {
		mu.Lock()
		defer mu.Unlock()
		lost = append(lost, member)
		return nil
	}
	refuse := mail.ErrRejected.Saying("The mail server refused it: 550 no such box")
	w.refused = map[string]error{w.manager: refuse}
	w.count(t, w.approved("2026-03-02", 33))
	w.Work(t)
	find := func() *retainers.LowLost {
		t.Helper()
		now, err := w.svc.Find(w.Ctx, r.ID)
		must(t, err)
		return now.LowLost
	}
	if l := find(); l == nil || !slices.Equal(l.To, []string{w.manager}) || l.Why != refuse.Text || !slices.Equal(lost, l.To) {
		t.Fatalf("lost %+v, of members %v", l, lost)
	}
	if len(w.told) != 2 || w.told[0].MemberID != w.Owner.MemberID || w.told[1].MemberID != w.Owner.MemberID || !strings.Contains(w.told[1].Subject, "was not told that little is left") || !strings.Contains(w.told[1].Paragraphs[0], refuse.Text) {
		t.Fatalf("told %+v", w.told)
	}

	w.refused[w.Owner.MemberID] = refuse
	_, err := w.svc.TellLowAgain(w.Ctx, r.ID)
	must(t, err)
	w.Work(t)
	if l := find(); l == nil || !slices.Equal(l.To, []string{w.manager}) || len(w.told) != 2 {
		t.Fatalf("sent again: lost %+v, told %+v", l, w.told)
	}
	w.count(t, w.approved("2026-03-03", 1))
	w.refused = nil
	for range 2 { // a second click sends nothing more
		_, err = w.svc.TellLowAgain(w.Ctx, r.ID)
		must(t, err)
	}
	w.Work(t)
	if l := find(); l != nil || len(w.told) != 3 || w.told[2].MemberID != w.manager || !strings.HasPrefix(w.told[2].Paragraphs[0], "6 h are left") {
		t.Fatalf("arrived: lost %+v, told %+v", l, w.told)
	}

	_, err = w.svc.Adjust(w.Ctx, r.ID, "20", "A favour")
	must(t, err)
	w.refused = map[string]error{w.manager: refuse, w.Owner.MemberID: refuse}
	_, err = w.svc.Adjust(w.Ctx, r.ID, "-20", "None")
	must(t, err)
	w.Work(t)
	if l := find(); l == nil || len(l.To) != 2 {
		t.Fatalf("both: %+v", l)
	}
	_, err = w.svc.Adjust(w.Ctx, r.ID, "20", "A favour after all")
	must(t, err)
	if l := find(); l != nil {
		t.Errorf("it has risen, and still %+v", l)
	}
}

// Who may not read retainers any more gets no letter about them: it is asked when the letter goes out.
func TestALowBalanceIsToldToNobodyWhoMayNotSeeIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.Fee, d.StartsOn = nil, day.New(2026, 3, 1)
	d.Alert.Amount = text("8")
	r := w.create(t, d)
	w.count(t, w.approved("2026-03-02", 33))
	w.blind = true // between the fall and the letter
	w.Work(t)
	now, err := w.svc.Find(w.Ctx, r.ID)
	must(t, err)
	if now.LowSince == nil || len(w.told) != 0 {
		t.Errorf("low since %v, and told %+v", now.LowSince, w.told)
	}
}
