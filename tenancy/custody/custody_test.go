package custody_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/modules/identity/identitydb"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// house is a service over the test database, a folder of files and a folder of backups.
type house struct {
	*custody.Service
	*testkit.Platform
	files   *file.Folder
	backups *file.Folder
	now     *testkit.Clock

	filesDir, backupsDir string
}

func newHouse(t testing.TB, change func(*custody.Deps)) house {
	t.Helper()
	return newHouseOn(t, testkit.NewPlatform(t), change)
}

func newHouseOn(t testing.TB, p *testkit.Platform, change func(*custody.Deps)) house {
	t.Helper()
	h := house{Platform: p, now: &testkit.Clock{}, filesDir: t.TempDir(), backupsDir: t.TempDir()}
	h.files, h.backups = folder(t, h.filesDir), folder(t, h.backupsDir)
	h.now.Set(time.Now())
	d := depsOf(p, h.files, h.backups)
	d.Now = h.now.Now
	if change != nil {
		change(&d)
	}
	h.Service = custody.New(d)
	return h
}

// onEach runs a test with new agencies on the main placement, and with new agencies on a second one.
func onEach(t *testing.T, fn func(*testing.T, house)) {
	t.Helper()
	t.Parallel()
	t.Run("main", func(t *testing.T) {
		t.Parallel()
		fn(t, newHouse(t, nil))
	})
	t.Run("second", func(t *testing.T) {
		t.Parallel()
		fn(t, newHouseOn(t, secondPlatform(t), nil))
	})
}

// secondPlatform is a platform of its own whose new agencies are on the second placement.
func secondPlatform(t testing.TB) *testkit.Platform {
	t.Helper()
	return testkit.Placed(t, "", func(c *tenancy.Config) { c.NewAt = testkit.Second })
}

func depsOf(p *testkit.Platform, files, backups file.Store) custody.Deps {
	return custody.Deps{
		Owner: p.Owner, Control: p.Control, Files: files, Program: "test", Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Backups: custody.Plan{Store: backups, Days: 30, Keep: 2},
		People: func(ctx context.Context, tx, platform pgx.Tx, agencyID string, elsewhere bool) (custody.People, error) {
			a, err := identitydb.Adopt(ctx, tx, platform, agencyID, elsewhere)
			return custody.People{Members: a.Members, Unknown: a.Unknown, Invitations: a.Invitations}, err
		},
		Highest: []custody.Highest{{
			Table: "number_series", Key: []string{"entity_id", "series", "period"}, Columns: []string{"last_number", "last_issued_on"},
			Parent: "legal_entities", Ref: "entity_id",
		}},
	}
}

func folder(t testing.TB, dir string) *file.Folder {
	t.Helper()
	f, err := openFolder(dir)
	must(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func openFolder(dir string) (*file.Folder, error) {
	return file.NewFolder(file.FolderConfig{Dir: dir, BaseURL: "http://files.test", Secret: bytes.Repeat([]byte("s"), 32)})
}

// agency has rows in several tables, an audit log, a member with an account, a token, an open invitation and files.
func (h house) agency(t testing.TB) *testkit.Agency {
	t.Helper()
	a := h.Agency(t)
	member, person := id.New(), id.New()
	h.exec(t, a, `INSERT INTO members (id, person_id, name, email, kind, role, state, created_at, updated_at)
		VALUES ($1, $2, 'Ann "Ä" O''Neil, sen.', $3, 'staff', 'owner', 'active', now(), now())`, member, person, "ann-"+member+"@example.test")
	h.exec(t, a, `INSERT INTO api_tokens (id, member_id, name, token_hash, hint, scopes, created_at) VALUES ($1, $2, 't', '\x01', 'x', '{"*"}', now())`, id.New(), member)
	feed := id.New()
	h.exec(t, a, `INSERT INTO calendar_feeds (id, member_id, host, address_secret, fetched_at, next_at, created_at) VALUES ($1, $2, 'example.test', '\x03', now(), now(), now())`, feed, member)
	h.exec(t, a, `INSERT INTO calendar_events (id, feed_id, member_id, event, series, title, starts_at, ends_at)
		VALUES ($1, $2, $3, 'e', 's', 'Doctor', now(), now() + interval '1 hour')`, id.New(), feed, member)
	h.exec(t, a, `INSERT INTO invitations (id, email, name, kind, role, token_hash, created_at, mailed, expires_at)
		VALUES ($1, 'bob@example.test', 'Bob', 'staff', 'member', '\x02', now(), '{}', now() + interval '7 days')`, id.New())
	h.exec(t, a, `INSERT INTO clients (id, name, code, currency, notes, created_at, updated_at)
		SELECT gen_random_uuid(), 'Client ' || n, 'C' || n, 'EUR', E'line one\nline "two"\t\\.\r\n' || repeat('x', n % 50), now(), now() FROM generate_series(1, 300) n`)
	h.put(t, a.Tenancy.ID, "logo/"+id.New()+".png", "a picture")
	h.put(t, a.Tenancy.ID, "invoices/"+strings.Repeat("a", 64)+".pdf", strings.Repeat("%PDF", 300_000))
	h.put(t, a.Tenancy.ID, "empty", "")
	h.put(t, a.Tenancy.ID, "exports/old.bureau", "an archive of long ago")
	h.exec(t, a, `UPDATE agency_settings SET logo_key = $1`, a.Tenancy.ID+"/logo/x.png")
	for range 3 {
		must(t, h.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return audit.Record(ctx, tx, audit.Change{Action: "test.done", Entity: "test", EntityID: id.New(), Before: "key " + a.Tenancy.ID + "/logo/x.png", After: map[string]any{"ü": 1.5}})
		}))
	}
	return a
}

func (h house) exec(t testing.TB, a *testkit.Agency, q string, args ...any) {
	t.Helper()
	must(t, h.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, q, args...)
		return err
	}))
}

func (h house) value(t testing.TB, key, q string) (out string) {
	t.Helper()
	must(t, h.DB.Read(tenancy.With(t.Context(), h.fresh(t, key)), func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, q).Scan(&out)
	}))
	return out
}

func (h house) put(t testing.TB, agencyID, rest, content string) {
	t.Helper()
	must(t, h.files.Put(t.Context(), file.Key(agencyID, rest), "application/x-test", strings.NewReader(content), int64(len(content))))
}

func (h house) archive(t testing.TB, a *testkit.Agency) ([]byte, custody.Header, custody.Manifest) {
	t.Helper()
	var b bytes.Buffer
	head, m, err := h.Export(t.Context(), h.fresh(t, a.Tenancy.ID), &b, custody.Lock{}, nil)
	must(t, err)
	return b.Bytes(), head, m
}

func (h house) fresh(t testing.TB, key string) tenancy.Agency {
	t.Helper()
	h.Registry.Forget("")
	a, err := h.Registry.ByID(t.Context(), key)
	must(t, err)
	return a
}

func newSlug() string { return "n" + strings.ReplaceAll(id.New(), "-", "") }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnExportComesBackTheSame(t *testing.T) { onEach(t, anExportComesBackTheSame) }

func anExportComesBackTheSame(t *testing.T, h house) {
	t.Helper()
	a := h.agency(t)
	raw, head, before := h.archive(t, a)
	if head.Agency.ID != a.Tenancy.ID || head.SchemaVersion() != a.Tenancy.Version || len(before.Tables) < 20 || before.Rows() < 300 || before.AuditSeq != 3 {
		t.Fatalf("the archive says %+v, %d tables, %d rows", head, len(before.Tables), before.Rows())
	}
	var steps []custody.Step
	slug := newSlug()
	got, err := h.Import(t.Context(), bytes.NewReader(raw), custody.Key{}, slug, func(s custody.Step) { steps = append(steps, s) })
	must(t, err)
	if got.Slug != slug || got.Rows != before.Rows() || got.Files != 3 || got.People.Members != 1 || got.People.Invitations != 1 || len(steps) < 20 {
		t.Errorf("imported %+v in %d steps", got, len(steps))
	}
	made, err := h.Registry.BySlug(t.Context(), slug)
	must(t, err)
	if made.State != tenancy.Active || made.ID == a.Tenancy.ID {
		t.Errorf("registered as %+v", made)
	}
	var again bytes.Buffer
	_, after, err := h.Export(t.Context(), made, &again, custody.Lock{}, nil)
	must(t, err)
	// These two know whose they are: the import itself is in the log, and the logo's key has the agency in it.
	own := map[string]bool{"audit_events": true, "audit_heads": true, "agency_settings": true}
	for i, was := range before.Tables {
		is := after.Tables[i]
		if was.Name != is.Name || !own[was.Name] && (was.SHA256 != is.SHA256 || was.Rows != is.Rows) {
			t.Errorf("table %s: %d rows, then %d", was.Name, was.Rows, is.Rows)
		}
	}
	if fmt.Sprint(before.Files) != fmt.Sprint(after.Files) {
		t.Errorf("files: %v, then %v", before.Files, after.Files)
	}
	if key := h.value(t, made.ID, `SELECT logo_key FROM agency_settings`); key != made.ID+"/logo/x.png" {
		t.Errorf("the logo is at %s", key)
	}
	if n := h.value(t, made.ID, `SELECT count(*)::text FROM api_tokens`); n != "0" {
		t.Errorf("%s tokens came along", n)
	}
	if n := h.value(t, made.ID, `SELECT ((SELECT count(*) FROM calendar_feeds) + (SELECT count(*) FROM calendar_events))::text`); n != "0" {
		t.Errorf("%s rows of people's own calendars came along", n)
	}
	if n := h.value(t, made.ID, `SELECT count(token_hash)::text FROM invitations`); n != "0" {
		t.Errorf("%s invitations with a secret came along", n)
	}
	if bytes.Contains(raw, []byte("archive of long ago")) || strings.Contains(fmt.Sprint(before.Files), custody.Exports) {
		t.Error("an archive of the agency holds older ones")
	}
	must(t, h.DB.Read(tenancy.With(t.Context(), made), func(ctx context.Context, tx *tenancy.Tx) error {
		v, err := audit.Check(ctx, tx.PGX())
		if !v.Intact || v.Entries != 4 {
			t.Errorf("audit chain %+v", v)
		}
		return err
	}))
}

// In the archive's own installation members keep their person, elsewhere they wait for a verified address.
func TestPeopleElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.agency(t)
	raw, _, _ := h.archive(t, a)
	elsewhere := newHouse(t, func(d *custody.Deps) {
		here := d.People
		d.People = func(ctx context.Context, tx, platform pgx.Tx, key string, _ bool) (custody.People, error) {
			return here(ctx, tx, platform, key, true)
		}
	})
	got, err := h.Import(t.Context(), bytes.NewReader(raw), custody.Key{}, newSlug(), nil)
	must(t, err)
	if n := h.value(t, got.AgencyID, `SELECT count(person_id)::text FROM members`); n != "1" {
		t.Errorf("%s members kept their person at home", n)
	}
	if got, err = elsewhere.Import(t.Context(), bytes.NewReader(raw), custody.Key{}, newSlug(), nil); err != nil {
		t.Fatal(err)
	}
	if n := h.value(t, got.AgencyID, `SELECT count(person_id)::text FROM members`); n != "0" || len(got.People.Unknown) != 1 {
		t.Errorf("%s members kept a person of another installation; unknown %v", n, got.People.Unknown)
	}
}

func TestEveryDamageIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.agency(t)
	raw, _, _ := h.archive(t, a)
	flip := func(at int) []byte {
		b := bytes.Clone(raw)
		b[at] ^= 0x10
		return b
	}
	cases := map[string]struct {
		data []byte
		want error
	}{
		"empty":                {nil, custody.ErrNotArchive},
		"a text":               {[]byte("Dear Sir or Madam,"), custody.ErrNotArchive},
		"a picture":            {[]byte("\x89PNG\r\n\x1a\n0000000000"), custody.ErrNotArchive},
		"cut at the start":     {raw[:20], custody.ErrTruncated},
		"cut in the middle":    {raw[:len(raw)/2], custody.ErrTruncated},
		"cut before its end":   {raw[:len(raw)-9], nil},
		"flipped early":        {flip(300), nil},
		"flipped in a table":   {flip(len(raw) / 3), nil},
		"flipped near its end": {flip(len(raw) - 200), nil},
	}
	for _, edit := range []struct {
		name string
		do   func(*parts)
		want error
	}{
		{"of a newer format", func(p *parts) { p.header(t, func(h map[string]any) { h["version"] = 2 }) }, custody.ErrNewer},
		{"of a newer schema", func(p *parts) {
			p.header(t, func(h map[string]any) { h["steps"] = append(h["steps"].([]any), "9999_future") })
		}, custody.ErrNewer},
		{"of another history", func(p *parts) { p.header(t, func(h map[string]any) { h["fingerprint"] = "00" }) }, custody.ErrForeign},
		{"of something else", func(p *parts) { p.header(t, func(h map[string]any) { h["format"] = "zoo" }) }, custody.ErrNotArchive},
		{"a header of elsewhere", func(p *parts) { p.header(t, func(h map[string]any) { h["program"] = "other" }) }, custody.ErrDamaged},
		{"without a table", func(p *parts) { p.drop("tables/clients.csv") }, custody.ErrDamaged},
		{"without a file", func(p *parts) { p.drop("files/empty") }, custody.ErrDamaged},
		{"without its manifest", func(p *parts) { p.drop("manifest.json") }, custody.ErrTruncated},
		{"a row changed", func(p *parts) { p.replace("tables/clients.csv", "Client 7,", "Client 8,") }, custody.ErrDamaged},
		{"a line that is no row", func(p *parts) { p.replace("tables/clients.csv", "\n", "\nx,y\n") }, custody.ErrDamaged},
		{"an amount that is none", func(p *parts) { p.replace("tables/time_settings.csv", "900", "many") }, custody.ErrDamaged},
		{"a file changed", func(p *parts) { p.replace("files/logo", "picture", "Picture") }, custody.ErrDamaged},
		{"a part too many", func(p *parts) { p.add("zzz", "x") }, custody.ErrDamaged},
		{"a part that leads out", func(p *parts) { p.rename("files/empty", "files/../../empty") }, nil},
	} {
		p := unpack(t, raw)
		edit.do(p)
		cases[edit.name] = struct {
			data []byte
			want error
		}{p.pack(t), edit.want}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			slug := newSlug()
			got, err := h.Import(t.Context(), bytes.NewReader(c.data), custody.Key{}, slug, nil)
			if err == nil {
				t.Fatal("taken")
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("refused with %v, want %v", err, c.want)
			}
			h.nothing(t, slug, got.AgencyID)
		})
	}
}

// nothing fails if anything is left of an import that was refused.
func (h house) nothing(t *testing.T, slug, agencyID string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if _, err := h.Registry.BySlug(ctx, slug); !errors.Is(err, tenancy.ErrNoAgency) {
		t.Errorf("there is an agency: %v", err)
	}
	must(t, h.files.List(ctx, agencyID, func(key string, _ int64) error {
		t.Errorf("the file %s is left", key)
		return nil
	}))
	var arrivals int
	must(t, h.Control.Pool().QueryRow(ctx, `SELECT count(*) FROM platform.arrivals WHERE agency_id = $1`, agencyID).Scan(&arrivals))
	if arrivals != 0 {
		t.Error("the arrival is left")
	}
}

func TestLockedArchives(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.agency(t)
	identity, recipient, err := custody.NewIdentity()
	must(t, err)
	other, _, err := custody.NewIdentity()
	must(t, err)
	lock := func(l custody.Lock) []byte {
		t.Helper()
		var b bytes.Buffer
		_, _, err := h.Export(t.Context(), h.fresh(t, a.Tenancy.ID), &b, l, nil)
		must(t, err)
		if bytes.Contains(b.Bytes(), []byte("header.json")) {
			t.Error("it can be read")
		}
		return b.Bytes()
	}
	word, key := lock(custody.Lock{Passphrase: "correct horse"}), lock(custody.Lock{Recipient: recipient})
	for name, c := range map[string]struct {
		data []byte
		key  custody.Key
		want error
	}{
		"the passphrase":     {word, custody.Key{Passphrase: "correct horse"}, nil},
		"another passphrase": {word, custody.Key{Passphrase: "battery staple"}, custody.ErrLocked},
		"no passphrase":      {word, custody.Key{}, custody.ErrLocked},
		"the key":            {key, custody.Key{Identity: identity}, nil},
		"another key":        {key, custody.Key{Identity: other}, custody.ErrLocked},
		"what is no key":     {key, custody.Key{Identity: "secret"}, custody.ErrBadLock},
		"cut":                {key[:len(key)-30], custody.Key{Identity: identity}, custody.ErrDamaged},
		"flipped":            {append(bytes.Clone(key[:len(key)-1]), key[len(key)-1]^1), custody.Key{Identity: identity}, custody.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			slug := newSlug()
			got, err := h.Import(t.Context(), bytes.NewReader(c.data), c.key, slug, nil)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if c.want != nil {
				h.nothing(t, slug, got.AgencyID)
			}
		})
	}
	if err := (custody.Lock{Recipient: "bob"}).Check(); !errors.Is(err, custody.ErrBadLock) {
		t.Errorf("a recipient that is none: %v", err)
	}
}

// Two rows that are always written together are together in the archive, or neither is.
func TestAnExportBesideWritesIsOneMoment(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.agency(t)
	ctx, stop := context.WithCancel(a.Ctx)
	wrote := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	for range 3 {
		wg.Go(func() {
			for ctx.Err() == nil {
				err := h.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
					// "holidays" comes long after "clients" in the archive.
					if _, err := tx.PGX().Exec(ctx, `INSERT INTO clients (id, name, code, currency, created_at, updated_at) VALUES (gen_random_uuid(), 'pair', gen_random_uuid()::text, 'EUR', now(), now())`); err != nil {
						return err
					}
					_, err := tx.PGX().Exec(ctx, `INSERT INTO positions (id, name, created_at) VALUES (gen_random_uuid(), 'pair' || gen_random_uuid(), now())`)
					return err
				})
				if err != nil && ctx.Err() == nil {
					t.Errorf("write: %v", err)
					return
				}
				select {
				case wrote <- struct{}{}:
				default:
				}
			}
		})
	}
	last := int64(0)
	for range 5 {
		<-wrote
		_, _, m := h.archive(t, a)
		rows := map[string]int64{}
		for _, table := range m.Tables {
			rows[table.Name] = table.Rows
		}
		if rows["clients"] != rows["positions"]+300 {
			t.Fatalf("%d clients and %d positions", rows["clients"], rows["positions"])
		}
		if rows["positions"] <= last {
			t.Errorf("%d pairs, and %d before: nothing was written between two exports", rows["positions"], last)
		}
		last = rows["positions"]
	}
}

func TestImportsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	raw, _, m := h.archive(t, h.agency(t))
	same := newSlug()
	slugs := []string{newSlug(), newSlug(), same, same}
	errs := make([]error, len(slugs))
	var wg sync.WaitGroup
	for i, slug := range slugs {
		wg.Go(func() {
			var got custody.Imported
			got, errs[i] = h.Import(t.Context(), bytes.NewReader(raw), custody.Key{}, slug, nil)
			if errs[i] == nil && got.Rows != m.Rows() {
				t.Errorf("%d rows", got.Rows)
			}
		})
	}
	wg.Wait()
	if errs[0] != nil || errs[1] != nil {
		t.Errorf("two with their own slugs: %v, %v", errs[0], errs[1])
	}
	if (errs[2] == nil) == (errs[3] == nil) || !errors.Is(errors.Join(errs[2], errs[3]), tenancy.ErrSlugTaken) {
		t.Errorf("two with one slug: %v, %v", errs[2], errs[3])
	}
}

// The import ends in the middle of a table, as when its process is told to stop.
func TestAnInterruptedImportLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	raw, _, _ := h.archive(t, h.agency(t))
	for _, at := range []string{"tables", "files", "verify"} {
		t.Run(at, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			slug, n := newSlug(), 0
			got, err := h.Import(ctx, bytes.NewReader(raw), custody.Key{}, slug, func(s custody.Step) {
				if n++; s.What == at && (s.Done > 0 || at == "verify") {
					cancel()
				}
			})
			if err == nil {
				t.Fatal("it went on")
			}
			h.nothing(t, slug, got.AgencyID)
		})
	}
}

// broken is a file store that fails at the n-th file.
type brokenStore struct {
	file.Store
	left int
}

func (b *brokenStore) Put(ctx context.Context, key, contentType string, r io.Reader, size int64) error {
	if b.left--; b.left < 0 {
		return file.ErrUnavailable
	}
	return b.Store.Put(ctx, key, contentType, r, size)
}

func TestAStoreThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	raw, _, _ := h.archive(t, h.agency(t))
	failing := newHouse(t, func(d *custody.Deps) { d.Files = &brokenStore{h.files, 2} })
	slug := newSlug()
	got, err := failing.Import(t.Context(), bytes.NewReader(raw), custody.Key{}, slug, nil)
	if !errors.Is(err, file.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	h.nothing(t, slug, got.AgencyID)
}

func TestAnOlderSchemaIsMigrated(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	all := migrations.Tenant()
	key := id.New()
	must(t, h.Owner.Build(t.Context(), tenancy.Main, all[:len(all)-1], "", func(ctx context.Context, b *tenancy.Building) error {
		if _, err := b.Tx().Exec(ctx, `INSERT INTO clients (id, name, code, currency, created_at, updated_at) VALUES (gen_random_uuid(), 'Old', 'OLD', 'EUR', now(), now())`); err != nil {
			return err
		}
		return b.Register(ctx, key, newSlug(), "Old agency", tenancy.Active)
	}))
	var raw bytes.Buffer
	head, _, err := h.Export(t.Context(), h.fresh(t, key), &raw, custody.Lock{}, nil)
	must(t, err)
	if len(head.Steps) != len(all)-1 {
		t.Fatalf("the archive is at %s", head.SchemaVersion())
	}
	got, err := h.Import(t.Context(), &raw, custody.Key{}, newSlug(), nil)
	must(t, err)
	if v := h.fresh(t, got.AgencyID).Version; v != all[len(all)-1].ID {
		t.Errorf("it is at %s", v)
	}
	if n := h.value(t, got.AgencyID, `SELECT count(*)::text FROM schema_migrations`); n != fmt.Sprint(len(all)) {
		t.Errorf("%s steps", n)
	}
	if n := h.value(t, got.AgencyID, `SELECT count(*)::text FROM clients`); n != "1" {
		t.Errorf("%s clients", n)
	}
}
