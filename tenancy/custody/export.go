package custody

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/tenancy"
)

// Exports is where an agency's own archives lie among its files. They are not
// part of an archive: each would hold all that came before it.
const Exports = "exports"

// Export writes an archive of the agency to w. What it holds is the agency at
// one moment, whatever is written meanwhile.
func (s *Service) Export(ctx context.Context, a tenancy.Agency, w io.Writer, lock Lock, say Progress) (Header, Manifest, error) {
	return s.export(ctx, a, tenancy.CopyOf(a), w, lock, say)
}

func (s *Service) export(ctx context.Context, a tenancy.Agency, c tenancy.Copy, w io.Writer, lock Lock, say Progress) (h Header, m Manifest, err error) {
	h = Header{Format: formatName, Version: formatVersion, Program: s.d.Program, Agency: Agency{ID: a.ID, Slug: a.Slug, Name: a.Name}}
	if h.Installation, err = s.installation(ctx); err != nil {
		return h, m, err
	}
	err = s.d.Owner.Snapshot(ctx, c, func(ctx context.Context, tx pgx.Tx) error {
		return s.write(ctx, tx, w, lock, &h, &m, say)
	})
	return h, m, err
}

// installation tells which one this is.
func (s *Service) installation(ctx context.Context) (key string, err error) {
	err = s.d.Control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT id::text FROM installation WHERE one`).Scan(&key)
	})
	return key, err
}

func (s *Service) write(ctx context.Context, tx pgx.Tx, w io.Writer, lock Lock, h *Header, m *Manifest, say Progress) error {
	// The first statement fixes the snapshot; the files are listed after it, so that none it names is missing.
	if err := tx.QueryRow(ctx, `SELECT now()`).Scan(&h.TakenAt); err != nil {
		return fmt.Errorf("take the snapshot: %w", err)
	}
	var err error
	if h.Steps, err = stepsOf(ctx, tx); err != nil {
		return err
	}
	known, err := tenancy.Steps(h.Steps)
	if err != nil {
		return err // the schema is newer than this program
	}
	h.Fingerprint = fingerprint(known)
	tables, err := shapes(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		h.Tables = append(h.Tables, t.name)
	}
	files, err := s.filesOf(ctx, h.Agency.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		h.Files, h.FileBytes = h.Files+1, h.FileBytes+f.Size
	}
	out, err := newWriter(w, lock, h.TakenAt)
	if err != nil {
		return err
	}
	raw, err := out.json(headerName, h)
	if err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	m.Header = sum(raw)
	for i, t := range tables {
		say.say("tables", t.name, i, len(tables))
		written, err := writeTable(ctx, tx, out, t)
		if err != nil {
			return fmt.Errorf("export table %s: %w", t.name, err)
		}
		m.Tables = append(m.Tables, written)
	}
	if m.Sequences, err = sequences(ctx, tx); err != nil {
		return err
	}
	var head []byte
	if err := tx.QueryRow(ctx, `SELECT seq, hash FROM audit_heads WHERE one`).Scan(&m.AuditSeq, &head); err != nil {
		return fmt.Errorf("read the audit chain's head: %w", err)
	}
	m.AuditHash = hex.EncodeToString(head)
	m.Files = []File{}
	for i, f := range files {
		say.say("files", f.Key, i, len(files))
		if err := s.writeFile(ctx, out, h.Agency.ID, &f); err != nil {
			return fmt.Errorf("export file %s: %w", f.Key, err)
		}
		m.Files = append(m.Files, f)
	}
	if _, err := out.json(manifestName, m); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := out.close(); err != nil {
		return fmt.Errorf("end the archive: %w", err)
	}
	return nil
}

func (s *Service) filesOf(ctx context.Context, agencyID string) ([]File, error) {
	var out []File
	err := s.d.Files.List(ctx, agencyID, func(key string, size int64) error {
		rest := strings.TrimPrefix(key, agencyID+"/")
		if !strings.HasPrefix(rest, Exports+"/") {
			out = append(out, File{Key: rest, Size: size})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files: %w", err)
	}
	return out, nil
}

// table cuts what COPY writes into parts. One row comes with each Write.
type tableWriter struct {
	out  *writer
	name string
	buf  bytes.Buffer
	n    int
	hash hash.Hash
	size int64
}

func (t *tableWriter) Write(p []byte) (int, error) {
	if t.buf.Len() > 0 && t.buf.Len()+len(p) > chunk {
		if err := t.flush(); err != nil {
			return 0, err
		}
	}
	t.hash.Write(p)
	t.size += int64(len(p))
	return t.buf.Write(p)
}

func (t *tableWriter) flush() error {
	t.n++
	if err := t.out.part(partName(t.name, t.n), int64(t.buf.Len()), nil); err != nil {
		return err
	}
	_, err := t.buf.WriteTo(t.out.tar)
	return err
}

// partName is the name of the n-th part of a table.
func partName(table string, n int) string {
	if n == 1 {
		return tablesDir + table + ".csv"
	}
	return fmt.Sprintf("%s%s.%d.csv", tablesDir, table, n)
}

func writeTable(ctx context.Context, tx pgx.Tx, out *writer, s shape) (Table, error) {
	t := &tableWriter{out: out, name: s.name, hash: sha256.New()}
	tag, err := tx.Conn().PgConn().CopyTo(ctx, t, s.selects())
	if err != nil {
		return Table{}, err
	}
	if err := t.flush(); err != nil {
		return Table{}, err
	}
	return Table{Name: s.name, Columns: s.columns, Rows: tag.RowsAffected(), Size: t.size, SHA256: hex.EncodeToString(t.hash.Sum(nil))}, nil
}

func (s *Service) writeFile(ctx context.Context, out *writer, agencyID string, f *File) error {
	r, info, err := s.d.Files.Open(ctx, file.Key(agencyID, f.Key))
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	f.Size, f.ContentType = info.Size, info.ContentType
	if err := out.part(filesDir+f.Key, f.Size, map[string]string{contentType: f.ContentType}); err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(out.tar, io.TeeReader(io.LimitReader(r, f.Size), h))
	if err == nil && n != f.Size {
		err = errors.New("it is shorter than announced")
	}
	f.SHA256 = hex.EncodeToString(h.Sum(nil))
	return err
}
