package expenses_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/expenses"
)

// What is typed in goes before the client's markup, and that before the category's.
func TestMarkupIsTheExpensesThenTheClientsThenTheCategorys(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c := w.category(t, expenses.Category{Billable: true, MarkupPercent: *dec("10"), TaxPercent: *dec("7")})
	spend := func(in expenses.Entry) expenses.Expense {
		t.Helper()
		in.Kind, in.Day, in.Gross = expenses.ByReceipt, day.MustParse("2026-03-02"), "119.00"
		e, err := w.svc.Create(w.ann, in)
		must(t, err)
		e, err = w.svc.Find(w.ann, e.ID)
		must(t, err)
		return e
	}
	const category, client, expense = expenses.OfCategory, expenses.OfClient, expenses.OfExpense
	onProject := expenses.Entry{CategoryID: c.ID, ProjectID: w.project}
	typed := func(s string) expenses.Entry {
		in := onProject
		in.MarkupPercent = dec(s)
		return in
	}
	look := func(when string, in expenses.Entry, percent string, from expenses.MarkupSource, billed string) expenses.Expense {
		t.Helper()
		e := spend(in)
		charges, err := e.Charges()
		must(t, err)
		if e.MarkupPercent.String() != percent || e.MarkupFrom != from || charges[0].Net.Amount() != billed {
			t.Errorf("%s: %s %% from %q, billed %s; want %s %% from %q, %s", when, e.MarkupPercent, e.MarkupFrom, charges[0].Net.Amount(), percent, from, billed)
		}
		return e
	}
	// 119.00 with 7 % in it is 111.21 net.
	look("without one of the client", onProject, "10", category, "122.33")
	m, err := w.svc.AddMarkup(w.boss, w.client, *dec("12.5"))
	must(t, err)
	kept := look("with one", onProject, "12.5", client, "125.11")
	look("typed in", typed("5"), "5", expense, "116.77")
	look("typed in, at cost", typed("0"), "0", expense, "111.21")
	look("on no project", expenses.Entry{CategoryID: c.ID}, "10", category, "122.33")
	look("nothing known yet", expenses.Entry{}, "0", "", "119.00")
	m, err = w.svc.ChangeMarkup(w.boss, m.ID, m.Version, *dec("0"))
	must(t, err)
	look("at cost", onProject, "0", client, "111.21")
	must(t, w.svc.RemoveMarkup(w.boss, m.ID))
	look("taken away", onProject, "10", category, "122.33")

	// What was saved keeps what it had, also when it is handed in and approved; saved anew it is looked up anew.
	e, err := w.svc.Submit(w.ann, kept.ID, kept.Version)
	must(t, err)
	e, err = w.svc.Approve(w.boss, e.ID, e.Version, "")
	must(t, err)
	if e.MarkupPercent.String() != "12.5" || e.MarkupFrom != client {
		t.Errorf("approved with %s %% from %q", e.MarkupPercent, e.MarkupFrom)
	}
	e, err = w.svc.Reject(w.boss, e.ID, e.Version, "Which train?")
	must(t, err)
	e, err = w.svc.Change(w.ann, e.ID, e.Version, expenses.Entry{Kind: expenses.ByReceipt, Day: e.Day, Gross: "119.00", CategoryID: c.ID, ProjectID: w.project})
	must(t, err)
	if e.MarkupPercent.String() != "10" || e.MarkupFrom != category {
		t.Errorf("saved anew with %s %% from %q", e.MarkupPercent, e.MarkupFrom)
	}
}

func TestMarkupsOfClientsAreRefusedAtTheirFields(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, bad := range []string{"-0.01", "999.01", "1.23456"} {
		_, err := w.svc.AddMarkup(w.boss, w.client, *dec(bad))
		wants(t, err, expenses.ErrBadMarkup, "body.markup_percent")
	}
	_, err := w.svc.AddMarkup(w.boss, id.New(), *dec("5"))
	wants(t, err, expenses.ErrBadMarkup, "body.client_id")
	m, err := w.svc.AddMarkup(w.boss, w.client, *dec("999"))
	must(t, err)
	_, err = w.svc.AddMarkup(w.boss, w.client, *dec("5"))
	wants(t, err, expenses.ErrMarkupTaken, "body.client_id")
	_, err = w.svc.ChangeMarkup(w.boss, m.ID, m.Version, *dec("-1"))
	wants(t, err, expenses.ErrBadMarkup, "body.markup_percent")
	_, err = w.svc.ChangeMarkup(w.boss, m.ID, m.Version+1, *dec("1"))
	wants(t, err, expenses.ErrStale)
	all, err := w.svc.Markups(w.boss)
	if err != nil || len(all) != 1 || all[0].ClientName != "Acme" || all[0].Percent.String() != "999" {
		t.Errorf("got %+v, %v", all, err)
	}
}

func TestTheGuideSaysWhatAClientWithAMarkupPays(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guide/expenses.md")
	must(t, err)
	for _, row := range []string{"| the client's | 12.5 % | 125.11 |", "| typed in | 5 % | 116.77 |", "| the category's | 10 % | 122.33 |"} {
		if !bytes.Contains(guide, []byte(row)) {
			t.Errorf("the guide does not say %q", row)
		}
	}
}
