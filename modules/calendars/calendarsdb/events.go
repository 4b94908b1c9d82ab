package calendarsdb

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/tenancy"
)

type eventRow struct {
	ID       string `gorm:"primaryKey"`
	FeedID   string
	MemberID string
	Event    string
	Series   string
	Title    string
	StartsAt time.Time
	EndsAt   time.Time
}

func (eventRow) TableName() string { return "calendar_events" }

const eventColumns = `id, feed_id, member_id, event, series, title, starts_at, ends_at`

// ReplaceEvents writes all events of a feed anew.
func (Store) ReplaceEvents(_ context.Context, tx *tenancy.Tx, feedID string, events []calendars.Event) error {
	if err := tx.Gorm().Exec(`DELETE FROM calendar_events WHERE feed_id = ?`, feedID).Error; err != nil || len(events) == 0 {
		return err
	}
	rows := make([]eventRow, len(events))
	for i, e := range events {
		rows[i] = eventRow{e.ID, e.FeedID, e.MemberID, e.Key, e.Series, e.Title, e.From, e.To}
	}
	return tx.Gorm().CreateInBatches(rows, 500).Error
}

func events(tx *tenancy.Tx, query string, args ...any) ([]calendars.Event, error) {
	var rows []eventRow
	if err := tx.Gorm().Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	out := make([]calendars.Event, len(rows))
	for i, r := range rows {
		out[i] = calendars.Event{ID: r.ID, FeedID: r.FeedID, MemberID: r.MemberID, Key: r.Event, Series: r.Series, Title: r.Title, From: r.StartsAt.UTC(), To: r.EndsAt.UTC()}
	}
	return out, nil
}

// Events lists what begins between two moments, in that order.
func (Store) Events(_ context.Context, tx *tenancy.Tx, memberID string, from, to time.Time) ([]calendars.Event, error) {
	return events(tx, `SELECT `+eventColumns+` FROM calendar_events WHERE member_id = ? AND starts_at >= ? AND starts_at < ? ORDER BY starts_at, ends_at, id`, memberID, from, to)
}

// EventsByIDs finds those of a member.
func (Store) EventsByIDs(_ context.Context, tx *tenancy.Tx, memberID string, ids []string) ([]calendars.Event, error) {
	return events(tx, `SELECT `+eventColumns+` FROM calendar_events WHERE member_id = ? AND id IN ?`, memberID, ids)
}

type markRow struct {
	MemberID string
	Event    string
	EntryID  *string
	EndsAt   time.Time
}

func (markRow) TableName() string { return "calendar_marks" }

// Marks tell what became of events.
func (Store) Marks(_ context.Context, tx *tenancy.Tx, memberID string, keys []string) (map[string]calendars.Mark, error) {
	var rows []markRow
	if err := tx.Gorm().Raw(`SELECT member_id, event, entry_id, ends_at FROM calendar_marks WHERE member_id = ? AND event IN ?`, memberID, keys).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list marks: %w", err)
	}
	out := make(map[string]calendars.Mark, len(rows))
	for _, r := range rows {
		out[r.Event] = calendars.Mark{Key: r.Event, EntryID: pg.Text(r.EntryID), EndsAt: r.EndsAt.UTC()}
	}
	return out, nil
}

// SaveMarks writes what became of events over what was said before.
func (Store) SaveMarks(_ context.Context, tx *tenancy.Tx, memberID string, marks []calendars.Mark) error {
	if len(marks) == 0 {
		return nil
	}
	rows := make([]markRow, len(marks))
	for i, m := range marks {
		rows[i] = markRow{memberID, m.Key, pg.Null(m.EntryID), m.EndsAt}
	}
	return tx.Gorm().Clauses(over("event", "entry_id", "ends_at")).Create(rows).Error
}

// RemoveMarks shows hidden events again.
func (Store) RemoveMarks(_ context.Context, tx *tenancy.Tx, memberID string, keys []string) error {
	return tx.Gorm().Exec(`DELETE FROM calendar_marks WHERE member_id = ? AND event IN ? AND entry_id IS NULL`, memberID, keys).Error
}

type choiceRow struct {
	MemberID  string
	Subject   string
	ProjectID string
	TaskID    *string
	ServiceID *string
	ChosenAt  time.Time
}

func (choiceRow) TableName() string { return "calendar_choices" }

// Choices are the works that were chosen for series and titles.
func (Store) Choices(_ context.Context, tx *tenancy.Tx, memberID string, subjects []string) (map[string]calendars.Choice, error) {
	var rows []choiceRow
	if err := tx.Gorm().Raw(`SELECT member_id, subject, project_id, task_id, service_id, chosen_at FROM calendar_choices WHERE member_id = ? AND subject IN ?`, memberID, subjects).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("list choices: %w", err)
	}
	out := make(map[string]calendars.Choice, len(rows))
	for _, r := range rows {
		out[r.Subject] = calendars.Choice{ProjectID: r.ProjectID, TaskID: pg.Text(r.TaskID), ServiceID: pg.Text(r.ServiceID)}
	}
	return out, nil
}

// SaveChoices remembers a work for series and titles.
func (Store) SaveChoices(_ context.Context, tx *tenancy.Tx, memberID string, subjects []string, c calendars.Choice, at time.Time) error {
	rows := make([]choiceRow, len(subjects))
	for i, subject := range subjects {
		rows[i] = choiceRow{memberID, subject, c.ProjectID, pg.Null(c.TaskID), pg.Null(c.ServiceID), at}
	}
	return tx.Gorm().Clauses(over("subject", "project_id", "task_id", "service_id", "chosen_at")).Create(rows).Error
}

// over writes values over those that a member has for a thing already.
func over(thing string, values ...string) clause.OnConflict {
	return clause.OnConflict{Columns: []clause.Column{{Name: "member_id"}, {Name: thing}}, DoUpdates: clause.AssignmentColumns(values)}
}
