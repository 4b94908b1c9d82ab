package tenancy_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	shelves = migrations.Step{ID: "9000_shelves", SQL: `
		CREATE TABLE shelves (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, made timestamptz NOT NULL DEFAULT now());
		CREATE TABLE books (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shelf_id bigint NOT NULL REFERENCES shelves, title text NOT NULL);`}
	// widen is the next release's: columns that the running one does not know, and one of them where others have been.
	widen = migrations.Step{ID: "9001_widen", SQL: `
		ALTER TABLE shelves ADD COLUMN room text NOT NULL DEFAULT 'hall', ADD COLUMN lit boolean NOT NULL DEFAULT true;
		ALTER TABLE books ADD COLUMN pages integer NOT NULL DEFAULT 1;
		CREATE INDEX books_pages_idx ON books (pages);`}
)

type shelf struct {
	ID    int64 `gorm:"primaryKey"`
	Name  string
	Made  time.Time `gorm:"default:now()"`
	Books []book    `gorm:"foreignKey:ShelfID"`
}

func (shelf) TableName() string { return "shelves" }

type book struct {
	ID      int64 `gorm:"primaryKey"`
	ShelfID int64
	Title   string
}

// Agencies before and after a migration share a connection and its prepared statements; every verb of GORM works on both.
func TestTwoVersionsShareAConnection(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, func(c *tenancy.Config) {
		c.Shards, c.Conns = 1, 4
		c.Steps = append(migrations.Tenant(), shelves)
	})
	stays, moves := claimed(t, p), claimed(t, p)
	occupy(t, p, 3)
	pids := map[int]bool{}
	round := func(n int) {
		t.Helper()
		for _, a := range []tenancy.Agency{stays, moves} {
			err := p.DB.Run(tenancy.With(t.Context(), a), func(_ context.Context, tx *tenancy.Tx) error {
				var pid int
				if err := tx.Gorm().Raw(`SELECT pg_backend_pid()`).Row().Scan(&pid); err != nil {
					return err
				}
				pids[pid] = true
				return everyVerb(tx.Gorm(), fmt.Sprintf("%s %d", a.Slug, n))
			})
			if err != nil {
				t.Errorf("round %d, %s: %v", n, a.Slug, err)
			}
		}
	}
	for n := range 3 { // now all is prepared
		round(n)
	}
	next := p.Another(t, func(c *tenancy.Config) { c.Steps = append(c.Steps, widen) })
	next.Registry.MigrateLate(next.Owner)
	if a, err := next.Registry.BySlug(t.Context(), moves.Slug); err != nil || a.Version != widen.ID {
		t.Fatalf("at %s: %v", a.Version, err)
	}
	for n := range 3 {
		round(3 + n)
	}
	if len(pids) != 1 {
		t.Errorf("the agencies were served by %d backends; the test wants one", len(pids))
	}
}

// occupy holds connections until the test ends.
func occupy(t *testing.T, p *testkit.Platform, n int) {
	t.Helper()
	let := make(chan struct{})
	held, ended := make(chan struct{}), make(chan error)
	a := claimed(t, p)
	for range n {
		go func() {
			ended <- p.DB.Read(tenancy.With(t.Context(), a), func(context.Context, *tenancy.Tx) error {
				held <- struct{}{}
				<-let
				return nil
			})
		}()
		<-held
	}
	t.Cleanup(func() {
		close(let)
		for range n {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
}

func everyVerb(g *gorm.DB, name string) error {
	made := shelf{Name: name, Books: []book{{Title: "A"}, {Title: "B"}}}
	if err := g.Create(&made).Error; err != nil { // RETURNING
		return fmt.Errorf("create: %w", err)
	}
	var one shelf
	if err := g.Preload("Books").First(&one, made.ID).Error; err != nil {
		return fmt.Errorf("first and preload: %w", err)
	}
	if one.Name != name || len(one.Books) != 2 || one.Made.IsZero() || !one.Made.Equal(made.Made) {
		return fmt.Errorf("got %+v", one)
	}
	if err := g.Model(&shelf{ID: one.ID}).Updates(shelf{Name: name + "!"}).Error; err != nil {
		return fmt.Errorf("updates: %w", err)
	}
	if err := g.Save(&one.Books[0]).Error; err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if done := g.Delete(&book{}, one.Books[1].ID); done.Error != nil || done.RowsAffected != 1 {
		return fmt.Errorf("delete: %d, %w", done.RowsAffected, done.Error)
	}
	var all []shelf
	if err := g.Joins("JOIN books ON books.shelf_id = shelves.id").Preload("Books").Find(&all, "shelves.name = ?", name+"!").Error; err != nil {
		return fmt.Errorf("find: %w", err)
	}
	if len(all) != 1 || len(all[0].Books) != 1 {
		return fmt.Errorf("found %+v", all)
	}
	return nil
}
