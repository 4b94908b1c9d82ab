// Package planningdb keeps bookings in Postgres.
package planningdb

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/planning"
	"github.com/bureauhq/bureau/modules/planning/spread"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements planning.Store.
type Store struct{}

var _ planning.Store = Store{}

type row struct {
	ID        string `gorm:"primaryKey"`
	MemberID  string
	ProjectID string
	TaskID    *string
	StartsOn  day.Date
	EndsOn    day.Date
	Kind      string
	Seconds   *int64
	Percent   *decimal.Decimal
	State     string
	Note      string
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	CreatedBy *string
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
	RemovedAt *time.Time
	Version   int
}

func (row) TableName() string { return "bookings" }

func toRow(b planning.Booking) row {
	r := row{
		ID: b.ID, MemberID: b.MemberID, ProjectID: b.ProjectID, TaskID: pg.Null(b.TaskID), StartsOn: b.First, EndsOn: b.Last, Kind: string(b.Amount.Kind), State: string(b.State), Note: b.Note,
		CreatedAt: b.CreatedAt, CreatedBy: pg.Null(b.CreatedBy), UpdatedAt: b.UpdatedAt, RemovedAt: b.RemovedAt, Version: b.Version,
	}
	if b.Amount.Kind == spread.Percent {
		r.Percent = &b.Amount.Percent
	} else {
		r.Seconds = &b.Amount.Seconds
	}
	return r
}

func (r row) booking() planning.Booking {
	b := planning.Booking{
		ID: r.ID, CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy), UpdatedAt: r.UpdatedAt.UTC(), RemovedAt: r.RemovedAt, Version: r.Version,
		Wish: planning.Wish{
			MemberID: r.MemberID, ProjectID: r.ProjectID, TaskID: pg.Text(r.TaskID), First: r.StartsOn, Last: r.EndsOn, Amount: spread.Amount{Kind: spread.Kind(r.Kind)},
			State: planning.State(r.State), Note: r.Note,
		},
	}
	if r.Seconds != nil {
		b.Amount.Seconds = *r.Seconds
	}
	if r.Percent != nil {
		b.Amount.Percent = *r.Percent
	}
	return b
}

// Add inserts b.
func (Store) Add(_ context.Context, tx *tenancy.Tx, b planning.Booking) error {
	r := toRow(b)
	return tx.Gorm().Create(&r).Error
}

// Save writes what may change of b. The caller holds its row.
func (Store) Save(_ context.Context, tx *tenancy.Tx, b planning.Booking) error {
	r := toRow(b)
	return tx.Gorm().Select("*").Omit("id", "created_at", "created_by").Where("id = ?", b.ID).Updates(&r).Error
}

// ByID finds one booking, also one that was removed.
func (Store) ByID(_ context.Context, tx *tenancy.Tx, id string, hold bool) (planning.Booking, error) {
	q := tx.Gorm()
	if hold {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	var rows []row
	if err := q.Where("id = ?", id).Find(&rows).Error; err != nil {
		return planning.Booking{}, err
	}
	if len(rows) == 0 {
		return planning.Booking{}, planning.ErrNotFound
	}
	return rows[0].booking(), nil
}

// List returns bookings by first day, those of f's limit behind its cursor.
func (Store) List(_ context.Context, tx *tenancy.Tx, f planning.Filter) ([]planning.Booking, error) {
	q := tx.Gorm().Where("removed_at IS NULL").Order("starts_on, id")
	on := func(apply bool, part string, args ...any) {
		if apply {
			q = q.Where(part, args...)
		}
	}
	on(len(f.MemberIDs) > 0, "member_id IN ?", f.MemberIDs)
	on(f.ProjectID != "", "project_id = ?", f.ProjectID)
	on(f.TaskID != "", "task_id = ?", f.TaskID)
	on(f.State != "", "state = ?", string(f.State))
	// A booking spans a year at most: what began before cannot reach the days.
	on(!f.On.From.IsZero(), "ends_on >= ? AND starts_on > ?", f.On.From, f.On.From.AddDays(-366))
	on(!f.On.To.IsZero(), "starts_on <= ?", f.On.To)
	if f.Seen != nil {
		q = q.Where("(member_id = ? OR project_id IN ?)", f.Seen.MemberID, append([]string{}, f.Seen.ProjectIDs...))
	}
	if f.After != nil {
		q = q.Where("(starts_on, id) > (?::date, ?::uuid)", f.After[0], f.After[1])
	}
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	var rows []row
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list bookings: %w", err)
	}
	out := make([]planning.Booking, len(rows))
	for i, r := range rows {
		out[i] = r.booking()
	}
	return out, nil
}

type markRow struct {
	BookingID string
	Day       day.Date
	MemberID  string
	EntryID   *string
}

func (markRow) TableName() string { return "booking_marks" }

// Marks tell what became of a member's days that were suggested.
func (Store) Marks(_ context.Context, tx *tenancy.Tx, memberID string, on day.Range) (map[planning.Spot]planning.Mark, error) {
	var rows []markRow
	err := tx.Gorm().Raw(`SELECT m.booking_id, m.day, m.member_id, m.entry_id FROM booking_marks m WHERE m.member_id = ? AND m.day BETWEEN ? AND ?`, memberID, on.From, on.To).Scan(&rows).Error
	out := make(map[planning.Spot]planning.Mark, len(rows))
	for _, r := range rows {
		out[planning.Spot{BookingID: r.BookingID, Day: r.Day}] = planning.Mark{EntryID: pg.Text(r.EntryID)}
	}
	return out, err
}

// SaveMarks writes what became of days over what was said before.
func (Store) SaveMarks(_ context.Context, tx *tenancy.Tx, memberID string, marks map[planning.Spot]planning.Mark) error {
	if len(marks) == 0 {
		return nil
	}
	rows := make([]markRow, 0, len(marks))
	for spot, m := range marks {
		rows = append(rows, markRow{spot.BookingID, spot.Day, memberID, pg.Null(m.EntryID)})
	}
	return tx.Gorm().Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "booking_id"}, {Name: "day"}}, DoUpdates: clause.AssignmentColumns([]string{"member_id", "entry_id"}),
	}).Create(rows).Error
}

// RemoveMarks shows hidden days again.
func (Store) RemoveMarks(ctx context.Context, tx *tenancy.Tx, memberID string, spots []planning.Spot) error {
	bookings, days := make([]string, len(spots)), make([]string, len(spots))
	for i, s := range spots {
		bookings[i], days[i] = s.BookingID, s.Day.String()
	}
	_, err := tx.PGX().Exec(ctx, `DELETE FROM booking_marks m USING unnest($1::uuid[], $2::text[]) AS s (booking_id, day)
		WHERE m.booking_id = s.booking_id AND m.day = s.day::date AND m.member_id = $3 AND m.entry_id IS NULL`, bookings, days, memberID)
	return err
}
