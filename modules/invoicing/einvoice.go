package invoicing

import (
	"math/big"
	"strings"
)

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
