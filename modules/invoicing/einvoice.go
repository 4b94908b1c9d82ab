package invoicing

import (
	"context"
	"math/big"
	"strings"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNotEInvoice refuses what cannot be said as an e-invoice; its fields say why.
var ErrNotEInvoice = fault.Define(fault.Invalid, "invoicing.not_e_invoice", "Something is missing for an e-invoice. It is named below; a client who does not need one can get plain PDFs.")

// Mend is where something that an e-invoice lacks is put right.
type Mend string

// Places where people put it right.
const (
	MendClient  Mend = "client"
	MendEntity  Mend = "legal_entity"
	MendInvoice Mend = "invoice"
)

// Lack is something that keeps a document from being a structured invoice of EN 16931.
type Lack struct {
	Rule   string // of EN 16931, such as BR-CO-26; empty where the document cannot even be expressed
	Term   string // the business term, such as BT-48
	Field  string // of what is to be mended
	Text   string
	Mend   Mend
	MendID string
}

// IsIBAN reports whether an account is an IBAN whose check digits are right.
func IsIBAN(account string) bool {
	s := strings.ToUpper(strings.NewReplacer(" ", "", "\u00a0", "").Replace(account))
	if len(s) < 15 || len(s) > 34 || !looksLikeIBAN(s) {
		return false
	}
	var digits strings.Builder
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			digits.WriteString(big.NewInt(int64(r-'A') + 10).String())
		default:
			return false
		}
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

// looksLikeIBAN reports whether somebody meant to write an IBAN: a country and two check digits.
func looksLikeIBAN(s string) bool {
	letter := func(b byte) bool { return b >= 'A' && b <= 'Z' }
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	return len(s) > 4 && letter(s[0]) && letter(s[1]) && digit(s[2]) && digit(s[3])
}

// Format is the form in which a client wants its documents.
type Format string

// Forms of documents.
const (
	PlainPDF Format = "pdf"
	FacturX  Format = "facturx" // a PDF with the data in it
	UBL      Format = "ubl"     // a PDF, and the data beside it
	CII      Format = "cii"
)

// Formats are all of them.
var Formats = []Format{PlainPDF, FacturX, UBL, CII}

// EInvoices writes documents as structured invoices of EN 16931.
type EInvoices interface {
	// Write writes the data of a document that is issued, or composed as if it were. It tells what is lacking, or
	// else gives data that have passed the official schema and rules. The same document gives the same bytes.
	Write(i Invoice, f Format) (data []byte, lacks []Lack, err error)
}

// refusal says at which fields the lacks are. What is not a field of the invoice itself is named by its record.
func refusal(lacks []Lack) error {
	bad := ErrNotEInvoice
	for _, l := range lacks {
		field := l.Field
		if l.Mend != MendInvoice {
			field = string(l.Mend) + "." + field
		}
		text := l.Text
		if l.Term != "" && !strings.Contains(text, l.Term) {
			text += " (" + l.Term + ")"
		}
		bad = bad.At(field, text)
	}
	return bad
}

// fitForData refuses to issue what the client wants as an e-invoice and what is none, before a number is taken.
func (s *Service) fitForData(i Invoice, e LegalEntity, c Client, d Defaults) error {
	if c.Format == "" || c.Format == PlainPDF {
		return nil
	}
	i.DueOn = i.dueFrom(i.IssueOn)
	doc := compose(i, "", i.IssueOn, e, c, d)
	i.Document = &doc
	_, lacks, err := s.d.EInvoices.Write(i, c.Format)
	if err == nil && len(lacks) > 0 {
		err = refusal(lacks)
	}
	return err
}

// EInvoice tells in which form a document is wanted, and what it lacks as an e-invoice.
type EInvoice struct {
	Format Format
	Lacks  []Lack
}

// EInvoice judges a document as it is issued, or as it would be if it were issued now.
func (s *Service) EInvoice(ctx context.Context, id string) (out EInvoice, err error) {
	var i Invoice
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if i, err = s.d.Store.Invoice(ctx, tx, id); err != nil || i.Document != nil {
			return err
		}
		if i, err = s.asIssued(ctx, tx, i); err != nil {
			return err
		}
		p, err := s.paper(ctx, tx, i)
		i.Document = &p.Document
		return err
	})
	if err != nil {
		return out, err
	}
	out.Format = i.Document.Format
	_, out.Lacks, err = s.d.EInvoices.Write(i, out.Format)
	return out, err
}

// asIssued is a draft with the figures that it would be issued with.
func (s *Service) asIssued(ctx context.Context, tx *tenancy.Tx, i Invoice) (Invoice, error) {
	if i.State != Draft {
		return i, nil
	}
	return i, s.ready(ctx, tx, &i)
}

// facturX is the PDF of an issued document with its data in it.
func (s *Service) facturX(ctx context.Context, i Invoice) ([]byte, error) {
	data, err := s.data(i, FacturX)
	if err != nil {
		return nil, err
	}
	pdf, err := s.render(ctx, *i.Document)
	if err != nil {
		return nil, err
	}
	return s.d.Renderer.Embed(*i.Document, pdf, data)
}

// data are those of an issued document.
func (s *Service) data(i Invoice, f Format) ([]byte, error) {
	data, lacks, err := s.d.EInvoices.Write(i, f)
	if err == nil && len(lacks) > 0 {
		err = refusal(lacks)
	}
	return data, err
}

// Form returns an issued document in one of its forms. Each is made once and then kept, byte for byte.
func (s *Service) Form(ctx context.Context, id string, f Format) (File, error) {
	i, err := s.Find(ctx, id)
	if err != nil {
		return File{}, err
	}
	switch {
	case i.Document != nil:
		return s.form(ctx, i, f)
	case f != PlainPDF:
		return File{}, ErrNotIssued
	}
	pdf, err := s.PDF(ctx, id)
	return File{pdf.Name, pdfType, pdf.Bytes}, err
}

func (s *Service) form(ctx context.Context, i Invoice, f Format) (File, error) {
	if f == PlainPDF || f == FacturX && i.Document.Format == FacturX {
		pdf, err := s.kept(ctx, i)
		return File{pdf.Name, pdfType, pdf.Bytes}, err
	}
	k := keeping{name: fileName(i.Number, "-"+string(f)+".xml"), ext: ".xml", contentType: "application/xml"}
	k.draw = func() ([]byte, error) { return s.data(i, f) }
	if f == FacturX {
		k.name, k.ext, k.contentType = fileName(i.Number, "-facturx.pdf"), ".pdf", pdfType
		k.draw = func() ([]byte, error) { return s.facturX(ctx, i) }
	}
	k.note = func(ctx context.Context, tx *tenancy.Tx, key, hash string) (string, string, error) {
		return s.d.Store.KeepFile(ctx, tx, i.ID, f, key, hash)
	}
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		k.key, k.hash, err = s.d.Store.KeptFile(ctx, tx, i.ID, f)
		return err
	})
	if err != nil {
		return File{}, err
	}
	return s.keep(ctx, k)
}

// attached are the files that a mail with the document carries: the PDF, and the data where they are wanted beside it.
func (s *Service) attached(ctx context.Context, i Invoice) ([]File, error) {
	forms := []Format{PlainPDF}
	if f := i.Document.Format; f == UBL || f == CII {
		forms = append(forms, f)
	}
	files := make([]File, len(forms))
	for n, f := range forms {
		var err error
		if files[n], err = s.form(ctx, i, f); err != nil {
			return nil, err
		}
	}
	return files, nil
}
