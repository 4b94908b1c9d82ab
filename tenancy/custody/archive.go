package custody

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/bureauhq/bureau/app/kit/fault"
)

const (
	formatName    = "bureau agency"
	formatVersion = 1

	headerName   = "header.json"
	manifestName = "manifest.json"
	tablesDir    = "tables/"
	filesDir     = "files/"

	// maxMeta bounds what is read into memory of a file that anybody may have made.
	maxMeta = 64 << 20
	// maxWindow bounds what the decompression may ask for.
	maxWindow = 128 << 20
	// chunk is how much of a table is held in memory: a tar wants sizes ahead.
	chunk = 4 << 20
	// contentType is the tar record of a file's type.
	contentType = "BUREAU.content-type"
)

var (
	ErrNotArchive = fault.Define(fault.Invalid, "custody.not_an_archive", "This is not an archive of an agency.")
	ErrDamaged    = fault.Define(fault.Invalid, "custody.damaged", "The archive is damaged.")
	ErrTruncated  = fault.Define(fault.Invalid, "custody.truncated", "The archive is not complete: its end is missing.")
	ErrNewer      = fault.Define(fault.Invalid, "custody.newer", "The archive was made by a newer Bureau than this one. Upgrade first.")
	ErrForeign    = fault.Define(fault.Invalid, "custody.foreign", "The archive's tables are not those that Bureau had at that version.")
	ErrLocked     = fault.Define(fault.Invalid, "custody.locked", "The archive is encrypted, and this passphrase or key does not open it.")
)

// Header begins an archive.
type Header struct {
	Format       string    `json:"format"`
	Version      int       `json:"version"`
	Program      string    `json:"program"` // version of the Bureau that made it
	Installation string    `json:"installation"`
	TakenAt      time.Time `json:"taken_at"` // the moment of the snapshot
	Agency       Agency    `json:"agency"`
	Steps        []string  `json:"steps"` // migrations that the schema had
	Fingerprint  string    `json:"fingerprint"`
	Tables       []string  `json:"tables"`
	Files        int       `json:"files"`
	FileBytes    int64     `json:"file_bytes"`
}

// Agency is what the registry knows of it.
type Agency struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// SchemaVersion is the newest step.
func (h Header) SchemaVersion() string {
	if len(h.Steps) == 0 {
		return ""
	}
	return h.Steps[len(h.Steps)-1]
}

// Manifest ends an archive.
type Manifest struct {
	Header    string     `json:"header_sha256"`
	Tables    []Table    `json:"tables"`
	Sequences []Sequence `json:"sequences,omitempty"`
	Files     []File     `json:"files"`
	AuditSeq  int64      `json:"audit_entries"`
	AuditHash string     `json:"audit_hash"`
}

// Table is one table as it was written.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Size    int64    `json:"size"`
	SHA256  string   `json:"sha256"`
}

// File is one file of the agency; Key has no agency before it.
type File struct {
	Key         string `json:"key"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
}

// Sequence is where a counter of the schema stands.
type Sequence struct {
	Name   string `json:"name"`
	Value  int64  `json:"value"`
	Called bool   `json:"called"`
}

// Rows is how many rows all tables have.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// writer writes the parts of an archive.
type writer struct {
	tar  *tar.Writer
	zstd *zstd.Encoder
	age  io.WriteCloser // nil for an open archive
	at   time.Time
}

func newWriter(w io.Writer, lock Lock, at time.Time) (*writer, error) {
	out := &writer{at: at}
	sealed, err := lock.seal(w)
	if err != nil {
		return nil, err
	}
	if sealed != nil {
		out.age, w = sealed, sealed
	}
	if out.zstd, err = zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	out.tar = tar.NewWriter(out.zstd)
	return out, nil
}

func (w *writer) part(name string, size int64, records map[string]string) error {
	return w.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.at, PAXRecords: records, Format: tar.FormatPAX,
	})
}

func (w *writer) json(name string, v any) ([]byte, error) {
	raw, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, err
	}
	if err := w.part(name, int64(len(raw)), nil); err != nil {
		return nil, err
	}
	_, err = w.tar.Write(raw)
	return raw, err
}

// close writes the end of each layer.
func (w *writer) close() error {
	err := errors.Join(w.tar.Close(), w.zstd.Close())
	if w.age != nil {
		err = errors.Join(err, w.age.Close())
	}
	return err
}

// reader reads the parts of an archive. A part may be put back: whether a
// table goes on shows only in the next one's name.
type reader struct {
	tar  *tar.Reader
	zstd *zstd.Decoder
	next *tar.Header
}

func newReader(r io.Reader, key Key) (*reader, error) {
	plain, err := key.open(r)
	if err != nil {
		return nil, err
	}
	var magic [4]byte
	if _, err := io.ReadFull(plain, magic[:]); err != nil || !bytes.Equal(magic[:], []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrDamaged.Because(err)
		}
		return nil, ErrNotArchive
	}
	dec, err := zstd.NewReader(io.MultiReader(bytes.NewReader(magic[:]), plain), zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
	if err != nil {
		return nil, ErrNotArchive.Because(err)
	}
	return &reader{tar: tar.NewReader(dec), zstd: dec}, nil
}

func (r *reader) close() { r.zstd.Close() }

// peek is the next part, which stays the next one. At the end it answers ErrTruncated.
func (r *reader) peek() (*tar.Header, error) {
	if r.next != nil {
		return r.next, nil
	}
	h, err := r.tar.Next()
	if err != nil {
		return nil, broken(err)
	}
	if h.Typeflag != tar.TypeReg {
		return nil, ErrDamaged.Because(fmt.Errorf("%q is no plain part", h.Name))
	}
	r.next = h
	return h, nil
}

func (r *reader) take() (*tar.Header, error) {
	h, err := r.peek()
	r.next = nil
	return h, err
}

func (r *reader) json(name string, v any) ([]byte, error) {
	h, err := r.take()
	if err != nil {
		return nil, err
	}
	if h.Name != name || h.Size > maxMeta {
		return nil, ErrDamaged.Because(fmt.Errorf("%q stands where %s should", h.Name, name))
	}
	raw, err := io.ReadAll(r.tar)
	if err != nil {
		return nil, broken(err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, ErrDamaged.Because(fmt.Errorf("%s: %w", name, err))
	}
	return raw, nil
}

// end makes sure that nothing follows, so that every layer's own checksum was read.
func (r *reader) end() error {
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return ErrDamaged.Because(fmt.Errorf("after the manifest: %w", err))
	}
	if _, err := io.Copy(io.Discard, r.zstd); err != nil {
		return broken(err)
	}
	return nil
}

// broken says what a failure while reading means.
func broken(err error) error {
	var known *fault.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrTruncated.Because(err)
	}
	return ErrDamaged.Because(err)
}
