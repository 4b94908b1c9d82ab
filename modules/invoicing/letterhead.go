package invoicing

import (
	"context"

	"github.com/bureauhq/bureau/tenancy"
)

// Letterhead is how papers for a client look that are no invoices: those of
// the legal entity that invoices it.
type Letterhead struct {
	Seller   string
	Language Language // the client's, else its legal entity's
	Locale   string
	Colour   string
	LogoKey  string // of Drawing
}

// LetterheadTx is the letterhead of papers for a client.
func (s *Service) LetterheadTx(ctx context.Context, tx *tenancy.Tx, clientID string) (Letterhead, error) {
	d, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return Letterhead{}, err
	}
	c, err := s.d.Clients.ClientTx(ctx, tx, clientID)
	if err != nil {
		return Letterhead{}, err
	}
	e, err := s.entityOf(ctx, tx, c)
	if err != nil {
		return Letterhead{}, err
	}
	l := e.speaks(c)
	if l == "" { // there is no legal entity yet
		l = languageOf(d.Locale)
	}
	return Letterhead{Seller: or(e.Name, d.LegalName), Language: l, Locale: localeFor(l, d.Locale), Colour: or(e.Colour, d.Colour), LogoKey: or(e.LogoKey, d.LogoKey)}, nil
}

// Drawing reads the logo of a letterhead; there may be none. A paper without its logo is still a paper.
func (s *Service) Drawing(ctx context.Context, h Letterhead) []byte {
	if h.LogoKey == "" {
		return nil
	}
	raw, err := s.d.Files.Read(ctx, h.LogoKey)
	if err != nil {
		return nil
	}
	return raw
}
