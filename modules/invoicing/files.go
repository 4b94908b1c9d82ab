package invoicing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/bureauhq/bureau/tenancy"
)

// PDF is a document as a file.
type PDF struct {
	Name  string
	Bytes []byte
}

// PDF renders a preview, or returns the kept file of an issued invoice.
func (s *Service) PDF(ctx context.Context, id string) (PDF, error) {
	i, err := s.Find(ctx, id)
	if err != nil {
		return PDF{}, err
	}
	if i.State == Draft {
		p, err := s.Paper(ctx, id)
		if err != nil {
			return PDF{}, err
		}
		raw, err := s.render(ctx, p.Document)
		return PDF{Name: "draft.pdf", Bytes: raw}, err
	}
	return s.kept(ctx, i)
}

// kept returns the PDF of an issued invoice, and keeps it if nobody did yet. Where the client wants Factur-X, it is
// that: one PDF is mailed, downloaded and shown.
func (s *Service) kept(ctx context.Context, i Invoice) (PDF, error) {
	k := keeping{name: fileName(i.Number, ".pdf"), ext: ".pdf", contentType: pdfType, key: i.PDFKey, hash: i.PDFHash}
	k.draw = func() ([]byte, error) {
		if i.Document.Format == FacturX {
			return s.facturX(ctx, i)
		}
		return s.render(ctx, *i.Document)
	}
	k.note = func(ctx context.Context, tx *tenancy.Tx, key, hash string) (string, string, error) {
		return s.d.Store.KeepPDF(ctx, tx, i.ID, key, hash)
	}
	f, err := s.keep(ctx, k)
	return PDF{f.Name, f.Bytes}, err
}

const pdfType = "application/pdf"

// keeping is a file that is made once and then kept.
type keeping struct {
	name, ext, contentType string
	key, hash              string // where it is kept already
	draw                   func() ([]byte, error)
	note                   func(ctx context.Context, tx *tenancy.Tx, key, hash string) (firstKey, firstHash string, err error)
}

// keep returns a kept file, or makes and keeps it. Its key is its hash. Once one file is kept, every reader gets that
// one, also a reader whose own build of the program would draw it differently.
func (s *Service) keep(ctx context.Context, k keeping) (File, error) {
	f := File{Name: k.name, ContentType: k.contentType}
	var err error
	if k.key != "" {
		f.Bytes, err = s.readKept(ctx, k.key, k.hash)
		return f, err
	}
	if f.Bytes, err = k.draw(); err != nil {
		return File{}, err
	}
	hash := hashOf(f.Bytes)
	key, err := keptKey(ctx, "invoices", hash, k.ext)
	if err != nil {
		return File{}, err
	}
	if err := s.put(ctx, key, k.contentType, f.Bytes); err != nil {
		return File{}, err
	}
	var first, firstHash string
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		first, firstHash, err = k.note(ctx, tx, key, hash)
		return err
	})
	if err == nil && first != key { // somebody kept another drawing meanwhile
		f.Bytes, err = s.readKept(ctx, first, firstHash)
	}
	return f, err
}

// keptKey is where a kept file of the agency lies.
func keptKey(ctx context.Context, folder, hash, ext string) (string, error) {
	agency, err := tenancy.From(ctx)
	return agency.ID + "/" + folder + "/" + hash + ext, err
}

func (s *Service) put(ctx context.Context, key, contentType string, raw []byte) error {
	if err := s.d.Files.Put(ctx, key, contentType, bytes.NewReader(raw), int64(len(raw))); err != nil {
		return fmt.Errorf("keep the document %s: %w", key, err)
	}
	return nil
}

// readKept reads a kept file. One that is not what was kept is not handed out as if it were.
func (s *Service) readKept(ctx context.Context, key, hash string) ([]byte, error) {
	raw, err := s.d.Files.Read(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read the kept document %s: %w", key, err)
	}
	if hashOf(raw) != hash {
		return nil, fmt.Errorf("the kept document %s is not the one that was kept: its SHA-256 is %s", key, hashOf(raw))
	}
	return raw, nil
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

func (s *Service) render(ctx context.Context, doc Document) ([]byte, error) {
	var logo []byte
	if doc.LogoKey != "" {
		// A document without its logo is still a document.
		logo, _ = s.d.Files.Read(ctx, doc.LogoKey)
	}
	return s.d.Renderer.Render(doc, logo)
}

// fileName is the number as a file system takes it.
func fileName(number, ext string) string {
	return strings.NewReplacer("/", "-", "\\", "-", " ", "-", "#", "-").Replace(number) + ext
}

// keepPDF is the job that stores the document of an issued invoice.
type keepPDF struct {
	InvoiceID string `json:"invoice_id"`
}

// Kind names the job.
func (keepPDF) Kind() string { return "invoicing.keep_pdf" }

func (s *Service) keepPDF(ctx context.Context, j keepPDF) error {
	i, err := s.Find(ctx, j.InvoiceID)
	if err != nil {
		return err
	}
	_, err = s.kept(ctx, i)
	return err
}
