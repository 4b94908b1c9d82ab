package custody

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

// Imported is what became of an archive.
type Imported struct {
	AgencyID string `json:"id"`
	Slug     string `json:"slug"`
	Name     string `json:"name"`
	Header   Header `json:"-"`
	Rows     int64  `json:"rows"`
	Files    int    `json:"files"`
	People   People `json:"people"`
}

// Import loads an archive as a new agency under slug. The agency is there,
// verified and open, when it returns without an error; otherwise nothing is.
// ErrNotArchive, ErrDamaged, ErrTruncated, ErrNewer, ErrForeign, ErrLocked, tenancy.ErrSlugTaken.
func (s *Service) Import(ctx context.Context, r io.Reader, key Key, slug string, say Progress) (Imported, error) {
	out := Imported{AgencyID: id.New(), Slug: strings.ToLower(slug)}
	if err := s.Sweep(ctx); err != nil {
		return out, err
	}
	in, err := s.read(r, key)
	if err != nil {
		return out, err
	}
	defer in.close()
	if err := s.free(ctx, out.Slug); err != nil {
		return out, err
	}
	here, err := s.installation(ctx)
	if err != nil {
		return out, err
	}
	out.Header, out.Name = in.header, in.header.Agency.Name
	in.say, in.files = say, s.newFiles(out.AgencyID)
	err = s.d.Owner.Build(ctx, s.d.Owner.NewAt(), in.steps, out.AgencyID, func(ctx context.Context, b *tenancy.Building) error {
		if err := in.load(ctx, b.Tx()); err != nil {
			return err
		}
		if err := moveKeys(ctx, b.Tx(), in.header.Agency.ID, out.AgencyID); err != nil {
			return err
		}
		if err := b.Upgrade(ctx); err != nil {
			return err
		}
		// Before the people: the platform's index of them refers to the agency.
		if err := b.Register(ctx, out.AgencyID, out.Slug, out.Name, tenancy.Active); err != nil {
			return err
		}
		if out.People, err = s.d.People(ctx, b.Tx(), b.Platform(), out.AgencyID, in.header.Installation != here); err != nil {
			return fmt.Errorf("give the members their places: %w", err)
		}
		say.say("register", "", 0, 1)
		return audit.RecordNow(ctx, b.Tx(), audit.Change{
			Action: "agency.imported", Entity: "agency", EntityID: out.AgencyID,
			After: map[string]any{"from": in.header.Agency.Slug, "taken_at": in.header.TakenAt, "rows": in.manifest.Rows(), "files": len(in.manifest.Files)},
		})
	})
	if err != nil {
		here, known := s.arrived(context.WithoutCancel(ctx), out.AgencyID)
		switch {
		case !known:
			return out, err // the arrival is still written down; Sweep decides about the files
		case !here:
			return out, errors.Join(err, s.removeFiles(context.WithoutCancel(ctx), out.AgencyID))
		}
	}
	out.Rows, out.Files = in.manifest.Rows(), len(in.manifest.Files)
	return out, nil
}

// arrived asks what a connection that broke at the commit did not say.
func (s *Service) arrived(ctx context.Context, agencyID string) (here, known bool) {
	err := s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM agencies WHERE id = $1)`, agencyID).Scan(&here)
	})
	return here, err == nil
}

// Sweep clears away after imports whose process died.
func (s *Service) Sweep(ctx context.Context) error {
	return s.d.Owner.SweepArrivals(ctx, s.removeFiles)
}

// free asks early what the registry's index decides in the end: a long import
// that must fail should not begin.
func (s *Service) free(ctx context.Context, slug string) error {
	var taken bool
	err := s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM agencies WHERE slug = $1)`, slug).Scan(&taken)
	})
	if err == nil && taken {
		err = tenancy.ErrSlugTaken
	}
	return err
}

func (s *Service) removeFiles(ctx context.Context, agencyID string) error {
	var keys []string
	err := s.d.Files.List(ctx, agencyID, func(key string, _ int64) error {
		keys = append(keys, key)
		return nil
	})
	for _, key := range keys {
		err = errors.Join(err, s.d.Files.Delete(ctx, key))
	}
	return err
}

// putFile keeps one file of an archive.
type putFile func(ctx context.Context, f File, r io.Reader) error

func (s *Service) newFiles(agencyID string) putFile {
	return func(ctx context.Context, f File, r io.Reader) error {
		return s.d.Files.Put(ctx, file.Key(agencyID, f.Key), f.ContentType, r, f.Size)
	}
}

// noFiles reads files for their checksums only.
func noFiles(_ context.Context, _ File, r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// incoming is an archive that is being read.
type incoming struct {
	*reader
	header   Header
	manifest Manifest
	steps    []migrations.Step
	sum      string // of the header
	files    putFile
	say      Progress
}

// read opens an archive as far as it takes to decide whether it can be loaded.
func (s *Service) read(r io.Reader, key Key) (*incoming, error) {
	parts, err := newReader(r, key)
	if err != nil {
		return nil, err
	}
	in := &incoming{reader: parts, files: noFiles}
	if err := in.begin(); err != nil {
		parts.close()
		return nil, err
	}
	return in, nil
}

func (in *incoming) begin() error {
	raw, err := in.json(headerName, &in.header)
	if err != nil {
		return err
	}
	in.sum = sum(raw)
	switch h := in.header; {
	case h.Format != formatName || h.Version < 1:
		return ErrNotArchive
	case h.Version > formatVersion:
		return ErrNewer.Because(fmt.Errorf("its format is %d, this program reads %d", h.Version, formatVersion))
	case !id.Valid(h.Agency.ID) || len(h.Steps) == 0:
		return ErrDamaged.Because(errors.New("the header is not complete"))
	}
	if in.steps, err = tenancy.Steps(in.header.Steps); err != nil {
		return ErrNewer.Because(err)
	}
	if fingerprint(in.steps) != in.header.Fingerprint {
		return ErrForeign
	}
	return nil
}

// load fills the current schema from the archive and verifies it.
func (in *incoming) load(ctx context.Context, tx pgx.Tx) error {
	tables, err := shapes(ctx, tx)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(tables, in.header.Tables, func(s shape, name string) bool { return s.name == name }) {
		return ErrForeign
	}
	if err := emptyAll(ctx, tx, tables); err != nil {
		return err
	}
	got := make([]Table, len(tables))
	for i, t := range tables {
		in.say.say("tables", t.name, i, len(tables))
		if got[i], err = in.table(ctx, tx, t); err != nil {
			return fmt.Errorf("load table %s: %w", t.name, err)
		}
	}
	var files []File
	for {
		h, err := in.peek()
		if err != nil {
			return err
		}
		name, ok := strings.CutPrefix(h.Name, filesDir)
		if !ok {
			break
		}
		in.say.say("files", name, len(files), in.header.Files)
		f, err := in.file(ctx, name)
		if err != nil {
			return fmt.Errorf("load file %s: %w", name, err)
		}
		files = append(files, f)
	}
	if _, err := in.json(manifestName, &in.manifest); err != nil {
		return err
	}
	if err := in.end(); err != nil {
		return err
	}
	if err := in.compare(got, files); err != nil {
		return err
	}
	for _, q := range in.manifest.Sequences {
		if _, err := tx.Exec(ctx, `SELECT setval($1::text::regclass, $2, $3)`, quote(q.Name), q.Value, q.Called); err != nil {
			return ErrDamaged.Because(fmt.Errorf("sequence %s: %w", q.Name, err))
		}
	}
	in.say.say("verify", "", 0, 1)
	return in.verify(ctx, tx, tables)
}

func emptyAll(ctx context.Context, tx pgx.Tx, tables []shape) error {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = quote(t.name)
	}
	// The steps write a few rows of their own.
	if _, err := tx.Exec(ctx, `TRUNCATE `+strings.Join(names, ", ")+` CASCADE`); err != nil {
		return fmt.Errorf("empty the new schema: %w", err)
	}
	return nil
}

// tableReader reads all parts of one table as one.
type tableReader struct {
	in   *incoming
	name string
	n    int
	open bool
	hash hash.Hash
	size int64
	err  error
}

func (t *tableReader) Read(p []byte) (int, error) {
	for {
		if !t.open {
			h, err := t.in.peek()
			if err != nil {
				t.err = err
				return 0, err
			}
			if h.Name != partName(t.name, t.n+1) {
				return 0, io.EOF
			}
			t.n, t.open, t.in.next = t.n+1, true, nil
		}
		n, err := t.in.tar.Read(p)
		t.hash.Write(p[:n])
		t.size += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			t.open = false
			if n > 0 {
				return n, nil
			}
		case err != nil:
			t.err = broken(err)
			return n, t.err
		default:
			return n, nil
		}
	}
}

func (in *incoming) table(ctx context.Context, tx pgx.Tx, s shape) (Table, error) {
	t := &tableReader{in: in, name: s.name, hash: sha256.New()}
	h, err := in.peek()
	if err != nil {
		return Table{}, err
	}
	if h.Name != partName(s.name, 1) {
		return Table{}, ErrDamaged.Because(fmt.Errorf("%q stands where table %s should", h.Name, s.name))
	}
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, t, s.inserts())
	if t.err != nil {
		return Table{}, t.err
	}
	if err != nil {
		return Table{}, refusedRow(err)
	}
	return Table{Name: s.name, Columns: s.columns, Rows: tag.RowsAffected(), Size: t.size, SHA256: hex.EncodeToString(t.hash.Sum(nil))}, nil
}

// refusedRow tells what the database says of the archive's content from what
// it says of itself: data (22), constraints (23) and the form of a line.
func refusedRow(err error) error {
	var e *pgconn.PgError
	if errors.As(err, &e) && (strings.HasPrefix(e.Code, "22") || strings.HasPrefix(e.Code, "23")) {
		return ErrDamaged.Because(err)
	}
	return err
}

func (in *incoming) file(ctx context.Context, name string) (File, error) {
	h, err := in.take()
	if err != nil {
		return File{}, err
	}
	f := File{Key: name, ContentType: typeOf(h), Size: h.Size}
	if strings.HasPrefix(name, Exports+"/") {
		return f, ErrDamaged.Because(errors.New("an archive inside of an archive"))
	}
	s := sha256.New()
	src := &source{r: in.tar}
	if err := in.files(ctx, f, io.TeeReader(src, s)); err != nil {
		if src.err != nil {
			return f, broken(src.err)
		}
		return f, err
	}
	f.SHA256 = hex.EncodeToString(s.Sum(nil))
	return f, nil
}

// source remembers that reading failed: the store only says that it could not keep the file.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func typeOf(h *tar.Header) string { return h.PAXRecords[contentType] }

// compare holds what was read against the manifest.
func (in *incoming) compare(tables []Table, files []File) error {
	if in.manifest.Header != in.sum {
		return ErrDamaged.Because(errors.New("the header is not the one that the manifest knows"))
	}
	sameTable := func(a, b Table) bool {
		return a.Name == b.Name && a.Rows == b.Rows && a.Size == b.Size && a.SHA256 == b.SHA256 && slices.Equal(a.Columns, b.Columns)
	}
	if !slices.EqualFunc(tables, in.manifest.Tables, sameTable) {
		return ErrDamaged.Because(errors.New("a table has other rows than the manifest says"))
	}
	if !slices.Equal(files, in.manifest.Files) {
		return ErrDamaged.Because(errors.New("a file is not the one that the manifest knows"))
	}
	return nil
}

// verify reads back what the database holds now. Foreign keys and checks held
// while it was loaded: the database saw to that.
func (in *incoming) verify(ctx context.Context, tx pgx.Tx, tables []shape) error {
	for i, t := range tables {
		h := sha256.New()
		tag, err := tx.Conn().PgConn().CopyTo(ctx, h, t.selects())
		if err != nil {
			return fmt.Errorf("read back table %s: %w", t.name, err)
		}
		want := in.manifest.Tables[i]
		if tag.RowsAffected() != want.Rows || hex.EncodeToString(h.Sum(nil)) != want.SHA256 {
			return ErrDamaged.Because(fmt.Errorf("table %s came back otherwise than it went in", t.name))
		}
	}
	v, err := audit.Check(ctx, tx)
	if err != nil {
		return err
	}
	if !v.Intact {
		return ErrDamaged.Because(fmt.Errorf("the audit chain breaks at entry %d", v.FirstBad))
	}
	if v.Entries != in.manifest.AuditSeq {
		return ErrDamaged.Because(fmt.Errorf("the audit chain has %d entries, the manifest says %d", v.Entries, in.manifest.AuditSeq))
	}
	return nil
}

// moveKeys gives the keys of files that stand in the tables the new agency. By
// the house's convention they stand in columns called …_key and within jsonb.
// The audit log keeps the letters that its hashes cover.
func moveKeys(ctx context.Context, tx pgx.Tx, from, to string) error {
	rows, err := tx.Query(ctx, relations+`
		SELECT m.relname, a.attname, a.atttypid = 'jsonb'::regtype FROM mine m JOIN pg_attribute a ON a.attrelid = m.oid
		WHERE m.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		AND (a.atttypid = 'jsonb'::regtype OR (a.atttypid = 'text'::regtype AND a.attname LIKE '%\_key'))`)
	if err != nil {
		return fmt.Errorf("find the keys of files: %w", err)
	}
	type column struct {
		Table, Name string
		JSON        bool
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		return fmt.Errorf("find the keys of files: %w", err)
	}
	for _, c := range columns {
		cast := ""
		if c.JSON {
			cast = "::jsonb"
		}
		name := quote(c.Name)
		q := fmt.Sprintf(`UPDATE %s SET %s = replace(%s::text, $1, $2)%s WHERE strpos(%s::text, $1) > 0`, quote(c.Table), name, name, cast, name)
		if _, err := tx.Exec(ctx, q, from+"/", to+"/"); err != nil {
			return fmt.Errorf("move the keys in %s.%s: %w", c.Table, c.Name, err)
		}
	}
	return nil
}
