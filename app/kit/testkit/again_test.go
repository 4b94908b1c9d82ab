package testkit

import (
	"bytes"
	"context"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy"
)

func TestAgenciesAreUsedAgain(t *testing.T) {
	p := NewPlatform(t)
	owner := func(t *testing.T, do string) {
		t.Helper()
		err := p.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error { _, err := tx.Exec(ctx, do); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	ids, uses, changed := map[string]bool{}, map[string]int{}, ""
	// One more than there are spares: those come round again then, but for the one that is changed.
	for i := range p.Config.Spares + 2 {
		t.Run("a test with an agency", func(t *testing.T) {
			a := p.Agency(t)
			c := tenancy.CopyOf(a.Tenancy)
			if ids[a.Tenancy.ID] || c.Schema == changed {
				t.Fatalf("agency %s, schema %s came again", a.Tenancy.ID, c.Schema)
			}
			ids[a.Tenancy.ID] = true
			uses[c.Schema]++
			p.holdsWhatIsFresh(t, c.Schema)
			if i == 0 {
				changed = c.Schema
				owner(t, `ALTER TABLE `+c.Schema+`.clients ADD COLUMN of_a_test text`)
			}
			owner(t, `UPDATE `+c.Schema+`.agency_settings SET legal_name = 'Of a test'; INSERT INTO `+c.Schema+`.approval_routes VALUES (gen_random_uuid(), 'anyone')`)
		})
	}
	if len(uses) >= p.Config.Spares+2 {
		t.Errorf("%d agencies for as many tests: none was used again", len(uses))
	}
}

var moments = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.?\d*[+-]\d\d`)

// holdsWhatIsFresh compares the rows of an agency with those of a new one.
func (p *Platform) holdsWhatIsFresh(t *testing.T, schema string) {
	t.Helper()
	err := p.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
		names, err := written(ctx, tx, schema)
		for _, name := range names {
			var b bytes.Buffer
			if _, err := tx.Conn().PgConn().CopyTo(ctx, &b, `COPY `+schema+`.`+name+` TO STDOUT`); err != nil {
				return err
			}
			// The moment when it was made stands in its settings.
			if has, want := moments.ReplaceAll(b.Bytes(), nil), moments.ReplaceAll(p.fresh.rows[name], nil); !bytes.Equal(has, want) {
				t.Errorf("%s has %q; a new agency %q", name, has, want)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
