package invoicing

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNoLogo tells that a legal entity has no logo of its own.
var ErrNoLogo = fault.Define(fault.NotFound, "invoicing.no_logo", "This legal entity has no logo of its own.")

// SetLogo gives a legal entity a logo of its own; nothing to read takes it away. Documents keep the one that they were
// issued with.
func (s *Service) SetLogo(ctx context.Context, id string, r io.Reader) (LegalEntity, error) {
	before, err := s.Entity(ctx, id)
	if err != nil {
		return LegalEntity{}, err
	}
	key, picture := "", bufio.NewReader(r)
	if _, err := picture.Peek(1); err == nil {
		agency, err := tenancy.From(ctx)
		if err != nil {
			return LegalEntity{}, err
		}
		if key, err = s.d.Images.PutLogo(ctx, agency.ID, picture); err != nil {
			return LegalEntity{}, err
		}
	} else if !errors.Is(err, io.EOF) {
		return LegalEntity{}, err
	}
	return s.ChangeEntity(ctx, id, before.Version, func(e *LegalEntity) { e.LogoKey = key })
}

// Logo reads the logo of a legal entity.
func (s *Service) Logo(ctx context.Context, id string) ([]byte, error) {
	e, err := s.Entity(ctx, id)
	if err != nil {
		return nil, err
	}
	if e.LogoKey == "" {
		return nil, ErrNoLogo
	}
	return s.d.Files.Read(ctx, e.LogoKey)
}
