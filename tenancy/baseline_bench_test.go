package tenancy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

// BenchmarkNewAgency makes the tables of an agency by the generated script, and by the steps one after the other; both are taken back:
//
//	make test-go ARGS='-run ^$ -bench NewAgency -benchtime 20x ./tenancy'
func BenchmarkNewAgency(b *testing.B) {
	p := testkit.NewPlatform(b)
	all := migrations.Tenant()
	script, since := migrations.Baseline(all)
	var steps, rest strings.Builder
	for i, s := range all {
		text := fmt.Sprintf("%s;\nINSERT INTO schema_migrations (id) VALUES ('%s');\n", s.SQL, s.ID)
		steps.WriteString(text)
		if i >= len(all)-len(since) {
			rest.WriteString(text)
		}
	}
	conn, err := pgx.Connect(b.Context(), p.Config.OwnerURL)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(b.Context()) }()
	var login string
	if err := conn.QueryRow(b.Context(), `SELECT current_user`).Scan(&login); err != nil {
		b.Fatal(err)
	}
	const schema = "t99998"
	role := p.Config.Prefix + "_" + schema
	for _, way := range []struct{ name, text string }{{"script", script + rest.String()}, {"steps", steps.String()}} {
		b.Run(way.name, func(b *testing.B) {
			text := filled(way.text, schema, role)
			for b.Loop() {
				if _, err := conn.Exec(b.Context(), `BEGIN; CREATE ROLE `+role+`; `+tenancy.Opening(schema, role, login)+`;`+text+`; ROLLBACK`); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
