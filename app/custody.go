package app

import (
	"context"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/identity/identitydb"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// openCustody wires what exports, imports, backs up and restores agencies.
func (a *App) openCustody() {
	a.Custody = custody.New(custody.Deps{
		Owner: a.owner, Control: a.Control, Files: a.cfg.Files, Backups: a.cfg.Backups, Program: Version, Log: a.log, Now: a.cfg.Now,
		People: func(ctx context.Context, tx, platform pgx.Tx, agencyID string, elsewhere bool) (custody.People, error) {
			p, err := identitydb.Adopt(ctx, tx, platform, agencyID, elsewhere)
			return custody.People{Members: p.Members, Unknown: p.Unknown, Invitations: p.Invitations}, err
		},
		// A number that was given to a client is never given again.
		Highest: []custody.Highest{{
			Table: "number_series", Key: []string{"entity_id", "series", "period"}, Columns: []string{"last_number", "last_issued_on"},
			Parent: "legal_entities", Ref: "entity_id",
		}},
	})
}

// archives answers agency.Archives: an archive of the agency, kept among its files.
type archives struct {
	custody *custody.Service
	files   file.Store
}

func (r archives) Check(recipient string) error { return custody.Lock{Recipient: recipient}.Check() }

func (r archives) Make(ctx context.Context, exportID, recipient string, say func(done, total int)) (agency.Archive, error) {
	of, err := tenancy.From(ctx)
	if err != nil {
		return agency.Archive{}, err
	}
	tmp, done, err := custody.Temp()
	if err != nil {
		return agency.Archive{}, err
	}
	defer done()
	tables := 0
	_, m, err := r.custody.Export(ctx, of, tmp, custody.Lock{Recipient: recipient}, func(s custody.Step) {
		if s.What == "tables" {
			tables = s.Total
			say(s.Done, s.Total+1) // the files' number is not known yet; the last step is theirs
			return
		}
		say(tables+s.Done, tables+s.Total)
	})
	if err != nil {
		return agency.Archive{}, err
	}
	out := agency.Archive{Key: file.Key(of.ID, custody.Exports, exportID+".bureau"), Rows: m.Rows(), Files: len(m.Files)}
	if out.Size, err = tmp.Seek(0, io.SeekCurrent); err != nil {
		return out, err
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return out, err
	}
	return out, r.files.Put(ctx, out.Key, "application/octet-stream", tmp, out.Size)
}

func (r archives) URL(ctx context.Context, key string, ttl time.Duration, filename string) (string, error) {
	return r.files.URL(ctx, key, ttl, filename)
}

func (r archives) Remove(ctx context.Context, key string) error { return r.files.Delete(ctx, key) }
