package clients_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/clients/clientsdb"
	"github.com/bureauhq/bureau/tenancy"
)

type onlyMember string

func (m onlyMember) IsMemberTx(_ context.Context, _ *tenancy.Tx, id string) (bool, error) {
	return id == string(m), nil
}

type inEuro struct{}

func (inEuro) SettingsTx(context.Context, *tenancy.Tx) (agency.Settings, error) {
	return agency.Settings{Currency: "EUR"}, nil
}

func setup(t *testing.T) (*testkit.Agency, *clients.Service) {
	t.Helper()
	a := testkit.NewAgency(t)
	return a, clients.New(clients.Deps{
		DB: a.DB, Store: clientsdb.Store{}, Members: onlyMember(a.Owner.MemberID), Settings: inEuro{}, Events: a.Bus, Now: a.Clock.Now,
	})
}

func ptr[T any](v T) *T { return &v }

func make1(t *testing.T, a *testkit.Agency, svc *clients.Service, d clients.Draft) clients.Client {
	t.Helper()
	c, _, err := svc.Create(a.Ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fields(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Path)
	}
	return f.Code + " " + strings.Join(out, ",")
}

func TestCreateFillsInAndNormalises(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{
		Name: "  Northwind Traders GmbH ", BillingEmail: " Bills@Northwind.Example ", Website: "northwind.example", Tags: []string{"VIP", "retail", "vip"},
		OwnerID: a.Owner.MemberID, PaymentTermsDays: ptr(14),
		Addresses: []clients.Address{{Line1: "Hafenstr. 1", PostalCode: "20457", City: "Hamburg", Country: "de"}, {Kind: clients.AddressBilling}},
	})
	got, err := svc.Find(a.Ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Northwind Traders GmbH" || got.Code != "NOR" || got.Currency != "EUR" || got.BillingEmail != "bills@northwind.example" ||
		got.Website != "https://northwind.example" || strings.Join(got.Tags, " ") != "retail vip" || got.Version != 1 || got.OwnerID != a.Owner.MemberID {
		t.Errorf("got %+v", got)
	}
	if len(got.Addresses) != 1 || strings.Join(got.BillingAddress().Lines(), "; ") != "Hafenstr. 1; 20457 Hamburg; DE" {
		t.Errorf("addresses %+v", got.Addresses)
	}
	if next := make1(t, a, svc, clients.Draft{Name: "Nordic Lights"}); next.Code != "NORD" {
		t.Errorf("second code %q, want NORD", next.Code)
	}
	if next := make1(t, a, svc, clients.Draft{Name: "Norden"}); next.Code != "NORD2" {
		t.Errorf("third code %q, want NORD2", next.Code)
	}
}

func TestCreateNamesEveryBadField(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	make1(t, a, svc, clients.Draft{Name: "Taken", Code: "TAK"})
	for name, c := range map[string]struct {
		draft clients.Draft
		want  string
	}{
		"all at once": {clients.Draft{
			Name: " ", Code: "1X", Currency: "XYZ", BillingEmail: "nobody", Website: "javascript://alert.example", PaymentTermsDays: ptr(400),
			Addresses: []clients.Address{{Line1: "x", Country: "ZZZ"}, {Line1: "y"}, {Kind: "moon", Line1: "z"}}, Tags: []string{"a,b"},
		}, "clients.bad_client body.name,body.code,body.currency,body.billing_email,body.website,body.payment_terms_days,body.addresses[0].country,body.addresses[1].kind,body.addresses[2].kind,body.tags[0]"},
		"taken code":      {clients.Draft{Name: "Other", Code: "tak"}, "clients.code_taken body.code"},
		"foreign owner":   {clients.Draft{Name: "Other", OwnerID: id.New()}, "clients.bad_client body.owner_id"},
		"control letters": {clients.Draft{Name: "A\x00B"}, "clients.bad_client body.name"},
		"too long":        {clients.Draft{Name: strings.Repeat("ü", 121)}, "clients.bad_client body.name"},
	} {
		_, _, err := svc.Create(a.Ctx, c.draft)
		if got := fields(err); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestChangeNeedsTheNewestVersion(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme", PaymentTermsDays: ptr(30), Notes: "old"})
	var none *int
	got, err := svc.Change(a.Ctx, c.ID, 1, clients.Change{Name: ptr("Acme Ltd"), PaymentTermsDays: &none, Notes: ptr("")})
	if err != nil || got.Version != 2 || got.Name != "Acme Ltd" || got.PaymentTermsDays != nil || got.Notes != "" || got.Code != "ACM" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if _, err := svc.Change(a.Ctx, c.ID, 1, clients.Change{Name: ptr("Late")}); !errors.Is(err, clients.ErrStale) {
		t.Errorf("stale: got %v", err)
	}
	if _, err := svc.Change(a.Ctx, id.New(), 1, clients.Change{}); !errors.Is(err, clients.ErrNotFound) {
		t.Errorf("unknown: got %v", err)
	}
	if got, err = svc.Find(a.Ctx, c.ID); err != nil || got.Name != "Acme Ltd" || got.PaymentTermsDays != nil {
		t.Errorf("stored %+v, %v", got, err)
	}
}

func TestArchiveAndRestore(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme"})
	for range 2 { // twice is once
		if got, err := svc.Archive(a.Ctx, c.ID); err != nil || !got.Archived() || got.Version != 2 {
			t.Fatalf("archive: %+v, %v", got, err)
		}
	}
	if _, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "X"}); !errors.Is(err, clients.ErrArchived) {
		t.Errorf("contact on an archived client: %v", err)
	}
	if list, _, _ := svc.List(a.Ctx, clients.Filter{}, page.Query{}); len(list) != 0 {
		t.Errorf("active list has %d", len(list))
	}
	if list, _, _ := svc.List(a.Ctx, clients.Filter{State: clients.Archived}, page.Query{}); len(list) != 1 {
		t.Errorf("archived list has %d", len(list))
	}
	if got, err := svc.Restore(a.Ctx, c.ID); err != nil || got.Archived() || got.Version != 3 {
		t.Errorf("restore: %+v, %v", got, err)
	}
}

func TestListPagesInEveryOrder(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	names := []string{"beta", "Alpha", "delta", "Charlie", "echo"}
	for _, n := range names {
		make1(t, a, svc, clients.Draft{Name: n})
		a.Clock.Advance(time.Minute)
	}
	for sort, want := range map[string]string{
		"name": "Alpha beta Charlie delta echo", "-name": "echo delta Charlie beta Alpha",
		"created_at": "beta Alpha delta Charlie echo", "-created_at": "echo Charlie delta Alpha beta", "-updated_at": "echo Charlie delta Alpha beta",
	} {
		var got []string
		q := page.Query{Limit: 2}
		for {
			list, next, err := svc.List(a.Ctx, clients.Filter{Sort: sort}, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				got = append(got, c.Name)
			}
			if next == nil {
				break
			}
			q.Cursor = *next
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v", sort, got)
		}
	}
	_, next, _ := svc.List(a.Ctx, clients.Filter{Sort: "name"}, page.Query{Limit: 1})
	for name, q := range map[string]page.Query{"other order": {Cursor: *next}, "nonsense": {Cursor: "x"}, "no id": {Cursor: page.Encode("-name", "a", "b")}} {
		if _, _, err := svc.List(a.Ctx, clients.Filter{Sort: "-name"}, q); !errors.Is(err, page.ErrBadCursor) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, _, err := svc.List(a.Ctx, clients.Filter{Sort: "notes"}, page.Query{}); fields(err) != "clients.bad_sorting query.sort" {
		t.Errorf("bad order: %v", err)
	}
}

func TestSearchAndFilters(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	north := make1(t, a, svc, clients.Draft{Name: "Northwind", Tags: []string{"vip"}, OwnerID: a.Owner.MemberID})
	make1(t, a, svc, clients.Draft{Name: "50% Off_Ltd", BillingEmail: "x@off.example"})
	if _, err := svc.AddContact(a.Ctx, north.ID, clients.ContactDraft{Name: "Nina Nilsen", Email: "NINA@north.example"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		f    clients.Filter
		want string
	}{
		"name":         {clients.Filter{Search: "WIND"}, "Northwind"},
		"code":         {clients.Filter{Search: "nor"}, "Northwind"},
		"contact":      {clients.Filter{Search: "nilsen"}, "Northwind"},
		"contact mail": {clients.Filter{Search: "nina@"}, "Northwind"},
		"billing":      {clients.Filter{Search: "off.example"}, "50% Off_Ltd"},
		"percent":      {clients.Filter{Search: "50%"}, "50% Off_Ltd"},
		"underscore":   {clients.Filter{Search: "f_l"}, "50% Off_Ltd"},
		"wildcards":    {clients.Filter{Search: "n%d"}, ""},
		"tag":          {clients.Filter{Tag: "VIP"}, "Northwind"},
		"owner":        {clients.Filter{OwnerID: a.Owner.MemberID}, "Northwind"},
		"nobody's":     {clients.Filter{OwnerID: id.New()}, ""},
	} {
		list, _, err := svc.List(a.Ctx, c.f, page.Query{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range list {
			got = append(got, l.Name)
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
	list, _, _ := svc.List(a.Ctx, clients.Filter{Search: "north"}, page.Query{})
	if p := list[0].PrimaryContact; p == nil || p.Email != "nina@north.example" {
		t.Errorf("primary contact %+v", p)
	}
	if tags, err := svc.Tags(a.Ctx); err != nil || strings.Join(tags, " ") != "vip" {
		t.Errorf("tags %v, %v", tags, err)
	}
}

func TestDuplicatesAreToldNotRefused(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	make1(t, a, svc, clients.Draft{Name: "Blue Harbour GmbH", Website: "https://www.blue.example/de", BillingEmail: "us@gmail.com"})
	for name, c := range map[string]struct {
		d    clients.Draft
		want string
	}{
		"same name":   {clients.Draft{Name: "BLUE harbour, Ltd."}, "name"},
		"same domain": {clients.Draft{Name: "Harbour Blue", BillingEmail: "info@blue.example"}, "domain"},
		"mail host":   {clients.Draft{Name: "Somebody", BillingEmail: "me@gmail.com"}, ""},
	} {
		found, err := svc.Similar(a.Ctx, c.d, "")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(found) > 0 {
			got = found[0].Reason
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	_, similar, err := svc.Create(a.Ctx, clients.Draft{Name: "Blue Harbour"})
	if err != nil || len(similar) != 1 {
		t.Errorf("create: %v, %v", similar, err)
	}
}

func TestOnePrimaryContact(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme"})
	first, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "First", Email: " First@Acme.example"})
	if err != nil || !first.Primary || first.Email != "first@acme.example" {
		t.Fatalf("first %+v, %v", first, err)
	}
	second, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "Second", Email: "second@acme.example", Primary: true, Billing: true})
	if err != nil {
		t.Fatal(err)
	}
	if first, err = svc.FindContact(a.Ctx, first.ID); err != nil || first.Primary || first.Version != 2 {
		t.Errorf("first after: %+v, %v", first, err)
	}
	if _, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "Copy", Email: "FIRST@acme.example"}); fields(err) != "clients.contact_email_taken body.email" {
		t.Errorf("same address: %v", err)
	}
	if _, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "", Email: "x", Billing: true}); fields(err) != "clients.bad_contact body.name,body.email" {
		t.Errorf("bad contact: %v", err)
	}
	billing := func() (out []string) {
		err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			cs, err := svc.ContactsForBillingTx(ctx, tx, []string{c.ID})
			for _, c := range cs[c.ID] {
				out = append(out, c.Name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := billing(); len(got) != 1 || got[0] != "Second" {
		t.Errorf("billing %v", got)
	}
	if _, err := svc.ArchiveContact(a.Ctx, second.ID); err != nil {
		t.Fatal(err)
	}
	if got := billing(); len(got) != 0 {
		t.Errorf("billing after archiving %v", got)
	}
	if _, err := svc.ChangeContact(a.Ctx, first.ID, 2, clients.ContactChange{Primary: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	if got := billing(); len(got) != 1 || got[0] != "First" {
		t.Errorf("without a marked one the primary: %v", got)
	}
}

func TestTimelineMergesAndPages(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme"})
	other := make1(t, a, svc, clients.Draft{Name: "Other"})
	a.Clock.Advance(time.Minute)
	p, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "Pia"})
	if err != nil {
		t.Fatal(err)
	}
	a.Clock.Advance(time.Minute)
	log := func(d clients.InteractionDraft) clients.Interaction {
		i, err := svc.LogInteraction(a.Ctx, c.ID, d)
		if err != nil {
			t.Fatal(err)
		}
		a.Clock.Advance(time.Minute)
		return i
	}
	log(clients.InteractionDraft{Kind: clients.Call, Subject: "Kick-off", ContactID: p.ID, Minutes: ptr(20)})
	note := log(clients.InteractionDraft{Kind: clients.Note, Subject: "Last year", HappenedAt: a.Clock.Now().AddDate(-1, 0, 0)})
	if _, err := svc.LogInteraction(a.Ctx, other.ID, clients.InteractionDraft{Kind: clients.Note, Subject: "Elsewhere"}); err != nil {
		t.Fatal(err)
	}
	read := func(ctx context.Context, kinds ...string) string {
		var got []string
		q := page.Query{Limit: 2}
		for {
			ms, next, err := svc.Timeline(ctx, c.ID, kinds, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ms {
				got = append(got, m.Kind+":"+m.Label)
			}
			if next == nil {
				return strings.Join(got, " | ")
			}
			q.Cursor = *next
		}
	}
	if got, want := read(a.Ctx), "call:Kick-off | clients:Pia | clients:Acme | note:Last year"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := read(a.Ctx, "note", "call"); got != "call:Kick-off | note:Last year" {
		t.Errorf("filtered: %s", got)
	}
	nosy := a.As(access.Actor{}, "clients.interactions.write")
	if got := read(nosy); got != "call:Kick-off | note:Last year" {
		t.Errorf("without the right to the events: %s", got)
	}
	if _, err := svc.ChangeInteraction(nosy, note.ID, 1, clients.InteractionChange{Subject: ptr("Mine")}); !errors.Is(err, clients.ErrNotYourEntry) {
		t.Errorf("another's entry: %v", err)
	}
	if _, _, err := svc.Timeline(a.Ctx, c.ID, []string{"secrets"}, page.Query{}); fields(err) != "clients.bad_timeline_kind query.kind" {
		t.Errorf("bad kind: %v", err)
	}
	if _, err := svc.ChangeInteraction(a.Ctx, note.ID, 1, clients.InteractionChange{Body: ptr("More")}); err != nil {
		t.Error(err)
	}
	if err := svc.RemoveInteraction(a.Ctx, note.ID); err != nil {
		t.Error(err)
	}
	if got := read(a.Ctx, "note"); got != "" {
		t.Errorf("after removing: %s", got)
	}
}

func TestInteractionsAreChecked(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme"})
	other := make1(t, a, svc, clients.Draft{Name: "Other"})
	theirs, err := svc.AddContact(a.Ctx, other.ID, clients.ContactDraft{Name: "Theirs"})
	if err != nil {
		t.Fatal(err)
	}
	for want, d := range map[string]clients.InteractionDraft{
		"clients.bad_interaction body.kind,body.subject": {Kind: "fax"},
		"clients.bad_interaction body.minutes":           {Kind: clients.Note, Subject: "x", Minutes: ptr(5)},
		"clients.bad_interaction body.happened_at":       {Kind: clients.Note, Subject: "x", HappenedAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
		"clients.bad_interaction body.contact_id":        {Kind: clients.Call, Subject: "x", ContactID: theirs.ID},
	} {
		if _, err := svc.LogInteraction(a.Ctx, c.ID, d); fields(err) != want {
			t.Errorf("got %s, want %s", fields(err), want)
		}
	}
	if _, err := svc.LogInteraction(a.Ctx, id.New(), clients.InteractionDraft{Kind: clients.Note, Subject: "x"}); !errors.Is(err, clients.ErrNotFound) {
		t.Errorf("unknown client: %v", err)
	}
}

func TestEveryChangeIsAudited(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme"})
	_, _ = svc.Change(a.Ctx, c.ID, 1, clients.Change{Name: ptr("Acme 2")})
	p, _ := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "Pia"})
	_, _ = svc.ArchiveContact(a.Ctx, p.ID)
	_, _ = svc.Archive(a.Ctx, c.ID)
	var got []string
	err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := tx.PGX().Query(ctx, `SELECT action FROM audit_events ORDER BY seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			got = append(got, s)
		}
		return rows.Err()
	})
	want := "clients.client_created clients.client_changed clients.contact_added clients.contact_archived clients.client_archived"
	if err != nil || strings.Join(got, " ") != want {
		t.Errorf("got %v, %v", got, err)
	}
}

const file = "\ufeffCompany;Code;E-Mail;Contact name;Phone;Terms;Tags;Country\n" +
	"Acme;ACM;pia@acme.example;Pia;'+49 40 1;14;vip, retail;DE\n" +
	"Acme;ACM;per@acme.example;Per;;;;\n" +
	";;;;;;;\n" +
	"\n" +
	"Broken;;not-an-address;Bo;;soon;;\n" +
	"Wrong;;bo@wrong.example;Bo;;;;Narnia\n" +
	"Lone;;;;;;;\n"

func TestImportTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	count := func() int {
		list, _, err := svc.List(a.Ctx, clients.Filter{State: clients.Any}, page.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	dry, err := svc.Import(a.Ctx, clients.Import{CSV: file, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if dry.ClientsCreated != 2 || dry.ContactsCreated != 2 || count() != 0 {
		t.Fatalf("dry run: %+v, %d kept", dry, count())
	}
	real, err := svc.Import(a.Ctx, clients.Import{CSV: file})
	if err != nil {
		t.Fatal(err)
	}
	if real.ClientsCreated != 2 || real.ContactsCreated != 2 || count() != 2 {
		t.Errorf("import: %+v", real)
	}
	var told []string
	for _, e := range real.Errors {
		told = append(told, fmt.Sprint(e.Row, " ", e.Column))
	}
	if strings.Join(told, ", ") != "6 Terms, 6 E-Mail, 7 Country" {
		t.Errorf("errors %v", told)
	}
	for _, update := range []bool{false, true} {
		again, err := svc.Import(a.Ctx, clients.Import{CSV: file, Update: update})
		if err != nil || again.ClientsCreated+again.ContactsCreated+again.ClientsUpdated+again.ContactsUpdated != 0 || again.Unchanged != 3 {
			t.Errorf("again, update %v: %+v, %v", update, again, err)
		}
	}
	cs, _, _ := svc.Contacts(a.Ctx, clients.ContactFilter{Search: "pia"}, page.Query{})
	if len(cs) != 1 || cs[0].Phone != "+49 40 1" || !cs[0].Primary {
		t.Errorf("contact %+v", cs)
	}
	changed := strings.Replace(file, "Acme;ACM;pia", "Acme Ltd;ACM;pia", 1)
	changed = strings.Replace(changed, "Acme;ACM;per", "Acme Ltd;ACM;per", 1)
	if r, err := svc.Import(a.Ctx, clients.Import{CSV: changed, Update: true}); err != nil || r.ClientsUpdated != 1 {
		t.Errorf("update: %+v, %v", r, err)
	}
}

func TestImportRefusals(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	for want, in := range map[string]clients.Import{
		"clients.bad_import body.csv":            {CSV: "Company\n"},
		"clients.bad_import body.mapping.name":   {CSV: "What\nAcme\n"},
		"clients.bad_import body.mapping.colour": {CSV: "Company,B\nAcme,b\n", Mapping: map[string]string{"name": "Company", "colour": "B"}},
		"clients.bad_import body.mapping.code":   {CSV: "Company\nAcme\n", Mapping: map[string]string{"name": "Company", "code": "Missing"}},
		"clients.bad_import body.csv ":           {CSV: "Company\n" + strings.Repeat("Acme\n", 5001)},
	} {
		if _, err := svc.Import(a.Ctx, in); fields(err) != strings.TrimSpace(want) {
			t.Errorf("got %s, want %s", fields(err), want)
		}
	}
}

func TestExportIsSafeAndComesBack(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "=HYPERLINK(1)", Code: "HYP", Notes: "two\nlines", Tags: []string{"b", "a"}})
	if _, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "Pia", Phone: "+49 1"}); err != nil {
		t.Fatal(err)
	}
	raw, err := svc.Export(a.Ctx, clients.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if out := string(raw); !strings.Contains(out, "\n'=HYPERLINK(1),HYP,EUR") || !strings.Contains(out, ",'+49 1,") {
		t.Errorf("export:\n%s", out)
	}
	r, err := svc.Import(a.Ctx, clients.Import{CSV: string(raw), Update: true})
	if err != nil || r.Unchanged != 1 || len(r.Errors) != 0 {
		t.Errorf("back in: %+v, %v", r, err)
	}
}
