package app

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/modules/identity/identitydb"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// openCustody wires what exports, imports, backs up and restores agencies.
func (a *App) openCustody() {
	a.Custody = custody.New(custody.Deps{
		Owner: a.owner, Control: a.Control, Files: a.cfg.Files, Backups: a.cfg.Backups, Program: Version, Log: a.log, Now: a.cfg.Now,
		People: func(ctx context.Context, tx pgx.Tx, agencyID string, elsewhere bool) (custody.People, error) {
			p, err := identitydb.Adopt(ctx, tx, agencyID, elsewhere)
			return custody.People{Members: p.Members, Unknown: p.Unknown, Invitations: p.Invitations}, err
		},
		// A number that was given to a client is never given again.
		Highest: []custody.Highest{{
			Table: "number_series", Key: []string{"entity_id", "series", "period"}, Columns: []string{"last_number", "last_issued_on"},
			Parent: "legal_entities", Ref: "entity_id",
		}},
	})
}
