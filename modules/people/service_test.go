package people_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/people/peoplecal"
	"github.com/bureauhq/bureau/modules/people/peopledb"
	"github.com/bureauhq/bureau/tenancy"
)

type everybody struct{ roster []people.Person }

func (everybody) IsMemberTx(context.Context, *tenancy.Tx, string) (bool, error) { return true, nil }

func (everybody) OthersTx(context.Context, *tenancy.Tx, string, access.Permission) ([]string, error) {
	return []string{"somebody"}, nil
}
func (everybody) StaffTx(context.Context, *tenancy.Tx) ([]string, error) { return nil, nil }
func (e everybody) RosterTx(context.Context, *tenancy.Tx) ([]people.Person, error) {
	return e.roster, nil
}
func (everybody) TodayTx(context.Context, *tenancy.Tx) (day.Date, error) { return today, nil }

var today = day.MustParse("2026-03-04")

func setup(t *testing.T) (*testkit.Agency, *people.Service) {
	t.Helper()
	a := testkit.NewAgency(t)
	return a, people.New(people.Deps{
		DB: a.DB, Store: peopledb.Store{}, Members: everybody{}, Regions: peoplecal.Regions{}, Events: a.Bus, Now: a.Clock.Now, NewID: id.New,
	})
}

func expected(t *testing.T, a *testkit.Agency, svc *people.Service, member, from, to string) (map[day.Date]time.Duration, time.Duration) {
	t.Helper()
	var found map[string]map[day.Date]people.Target
	err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		found, err = svc.TargetsTx(ctx, tx, []string{member}, day.MustParse(from), day.MustParse(to))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var sum time.Duration
	got := map[day.Date]time.Duration{}
	for d, t := range found[member] {
		got[d] = t.Work
		sum += t.Work
	}
	return got, sum
}

// Rules 41 and 69: capacity of a day comes from the schedule valid that day, less the
// holidays of the person's own calendar; several on one day do not add up.
func TestRule69_HolidaysOfTheRegionThatIsValidThatDay(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	bavaria, err := svc.AddHolidaySet(a.Ctx, "Munich", "DE-BY", []int{2026})
	if err != nil || !bavaria.Default || len(bavaria.Days) < 12 {
		t.Fatalf("%+v, %v", bavaria, err)
	}
	berlin, err := svc.AddHolidaySet(a.Ctx, "Berlin", "DE-BE", []int{2026})
	if err != nil || berlin.Default {
		t.Fatalf("%+v, %v", berlin, err)
	}
	member, other := id.New(), id.New()
	week := [7]int{0, 28800, 28800, 28800, 28800, 28800, 0}
	for _, sc := range []people.Schedule{
		{MemberID: member, StartsOn: day.New(2026, 1, 1), Seconds: week},
		{MemberID: member, StartsOn: day.New(2026, 6, 1), Seconds: week, HolidaySetID: berlin.ID},
	} {
		if err := svc.PutSchedule(a.Ctx, sc); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		member, from, to string
		want             time.Duration
	}{
		"Epiphany, in Bavaria":                   {member, "2026-01-05", "2026-01-11", 32 * time.Hour},
		"Good Friday, everywhere":                {member, "2026-03-30", "2026-04-05", 32 * time.Hour},
		"Corpus Christi, moved to Berlin":        {member, "2026-06-01", "2026-06-07", 40 * time.Hour},
		"Corpus Christi, of who has no schedule": {other, "2026-06-01", "2026-06-07", 32 * time.Hour},
	} {
		if _, got := expected(t, a, svc, tt.member, tt.from, tt.to); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}

	// Half leave on a half holiday leaves nothing; a half holiday alone leaves half.
	days := slices.Concat(bavaria.Days, []people.Holiday{{Day: day.New(2026, 12, 24), Name: "Christmas Eve", Half: true}})
	if bavaria, err = svc.ChangeHolidaySet(a.Ctx, bavaria.ID, bavaria.Version, people.HolidaySetChange{Days: &days}); err != nil {
		t.Fatal(err)
	}
	if per, _ := expected(t, a, svc, other, "2026-12-24", "2026-12-24"); per[day.New(2026, 12, 24)] != 4*time.Hour {
		t.Errorf("a half holiday: %v", per)
	}
	err = a.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO leaves (id, member_id, first_day, last_day, share, created_at) VALUES ($1, $2, '2026-12-24', '2026-12-24', 0.5, now())`, id.New(), other)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if per, _ := expected(t, a, svc, other, "2026-12-24", "2026-12-24"); per[day.New(2026, 12, 24)] != 0 {
		t.Errorf("half leave on a half holiday: %v", per)
	}
}

func TestSetsOfHolidaysAreKept(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	_, err := svc.AddHolidaySet(a.Ctx, "Nowhere", "XX", []int{2026})
	want(t, "an unknown region", err, people.ErrNoRegion)
	first, err := svc.AddHolidaySet(a.Ctx, "Everybody", "DE-BE", []int{2026})
	if err != nil {
		t.Fatal(err)
	}
	_, err = svc.AddHolidaySet(a.Ctx, "everybody", "", nil)
	want(t, "the same name", err, people.ErrSetTaken)
	second, err := svc.AddHolidaySet(a.Ctx, "By hand", "", nil)
	if err != nil {
		t.Fatal(err)
	}

	year := 2026
	_, err = svc.ChangeHolidaySet(a.Ctx, second.ID, second.Version, people.HolidaySetChange{FillYear: &year})
	want(t, "no region to fill from", err, people.ErrNoRegion)
	renamed := []people.Holiday{{Day: day.New(2026, 12, 25), Name: "Our Christmas"}}
	if first, err = svc.ChangeHolidaySet(a.Ctx, first.ID, first.Version, people.HolidaySetChange{Days: &renamed}); err != nil {
		t.Fatal(err)
	}
	if first, err = svc.ChangeHolidaySet(a.Ctx, first.ID, first.Version, people.HolidaySetChange{FillYear: &year}); err != nil || len(first.Days) < 8 {
		t.Fatalf("%+v, %v", first, err)
	}
	for _, d := range first.Days {
		if d.Day == day.New(2026, 12, 25) && d.Name != "Our Christmas" {
			t.Errorf("filling renamed a day: %+v", d)
		}
	}
	twice := []people.Holiday{{Day: day.New(2026, 1, 1), Name: "New Year"}, {Day: day.New(2026, 1, 1), Name: "Again"}}
	_, err = svc.ChangeHolidaySet(a.Ctx, first.ID, first.Version, people.HolidaySetChange{Days: &twice})
	if f := fault.From(err); !errors.Is(err, people.ErrBadDays) || f.Fields[0].Path != "body.days[1].day" {
		t.Errorf("one day twice: %+v", f)
	}
	_, err = svc.ChangeHolidaySet(a.Ctx, first.ID, first.Version-1, people.HolidaySetChange{})
	want(t, "an old version", err, httpapi.ErrStale)

	if second, err = svc.ChangeHolidaySet(a.Ctx, second.ID, second.Version, people.HolidaySetChange{Default: true}); err != nil {
		t.Fatal(err)
	}
	all, err := svc.HolidaySets(a.Ctx)
	if err != nil || len(all) != 2 || all[0].ID != second.ID || all[1].Default {
		t.Errorf("%+v, %v; want the new default first, and only one", all, err)
	}
	want(t, "remove the default", svc.RemoveHolidaySet(a.Ctx, second.ID), people.ErrSetInUse)
	sc := people.Schedule{MemberID: id.New(), StartsOn: day.New(2026, 1, 1), HolidaySetID: first.ID}
	if err := svc.PutSchedule(a.Ctx, sc); err != nil {
		t.Fatal(err)
	}
	want(t, "remove one that a schedule names", svc.RemoveHolidaySet(a.Ctx, first.ID), people.ErrSetInUse)
	sc.HolidaySetID = ""
	if err := svc.PutSchedule(a.Ctx, sc); err != nil {
		t.Fatal(err)
	}
	if err := svc.RemoveHolidaySet(a.Ctx, first.ID); err != nil {
		t.Error(err)
	}
	sc.HolidaySetID = first.ID
	want(t, "a schedule of a set that is gone", svc.PutSchedule(a.Ctx, sc), people.ErrNoSet)
}

func want(t *testing.T, what string, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("%s: %v, want %v", what, err, target)
	}
}

// Rules 41 and 66: nothing is expected before the first day of work and after the last; what a salary is spread over stays (rule 46).
func TestRule66_ExpectedHoursOfDaysEmployed(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	member := id.New()
	if err := svc.SetEmployment(a.Ctx, member, people.Employment{First: day.MustParse("2026-03-04"), Last: day.MustParse("2026-03-10")}); err != nil {
		t.Fatal(err)
	}
	got, sum := expected(t, a, svc, member, "2026-03-02", "2026-03-15")
	if sum != 40*time.Hour || got[day.MustParse("2026-03-03")] != 0 || got[day.MustParse("2026-03-04")] != 8*time.Hour || got[day.MustParse("2026-03-11")] != 0 {
		t.Errorf("%v: %v", sum, got)
	}
	err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		capacity, err := svc.CapacityTx(ctx, tx, member, day.MustParse("2026-03-02"), day.MustParse("2026-03-15"))
		if capacity != 80*time.Hour {
			t.Errorf("capacity: %v", capacity)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = svc.SetEmployment(a.Ctx, member, people.Employment{First: day.MustParse("2026-03-04"), Last: day.MustParse("2026-03-03")})
	if f := fault.From(err); !errors.Is(err, people.ErrInvalid) || f.Fields[0].Path != "body.last_day" {
		t.Errorf("a last day before the first: %v", err)
	}
}

func TestEmploymentFollowsWhatIsKnownUntilSomebodySaysOtherwise(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	added, left, moved, said := id.New(), id.New(), id.New(), id.New()
	on, off := day.MustParse("2026-02-01"), day.MustParse("2026-02-20")
	svc := people.New(people.Deps{
		DB: a.DB, Store: peopledb.Store{}, Regions: peoplecal.Regions{}, Events: a.Bus, Now: a.Clock.Now, NewID: id.New,
		Members: everybody{[]people.Person{{ID: added, AddedOn: on}, {ID: left, AddedOn: on, LeftOn: off}, {ID: moved, AddedOn: on}, {ID: said, AddedOn: on, LeftOn: off}}},
	})
	for member, starts := range map[string]string{added: "2026-03-01", moved: "2025-01-01"} {
		if err := svc.PutSchedule(a.Ctx, people.Schedule{MemberID: member, StartsOn: day.MustParse(starts), Seconds: people.FullTime}); err != nil {
			t.Fatal(err)
		}
	}
	first, last := day.MustParse("2026-02-10"), day.MustParse("2026-02-15")
	if err := svc.SetEmployment(a.Ctx, said, people.Employment{First: first, Last: last}); err != nil {
		t.Fatal(err)
	}
	err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		got, err := svc.EmployedTx(ctx, tx)
		for i, want := range []people.Employed{
			{ID: added, From: on, Active: true}, {ID: left, From: on, To: off}, {ID: moved, From: day.MustParse("2025-01-01"), Active: true}, {ID: said, From: first, To: last},
		} {
			if got[i] != want {
				t.Errorf("got %+v, want %+v", got[i], want)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
