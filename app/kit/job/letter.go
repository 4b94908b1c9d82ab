package job

import "context"

// Letter is the arguments of a mail to one member.
type Letter interface {
	Args
	Tried
	Addressee() string // the member
}

// HandleLetter is HandleOr for mails to members: of one that is lost whoever keeps the members is told.
func HandleLetter[T Letter](r *Registry, fn func(context.Context, T) error) {
	HandleOr(r, fn, func(ctx context.Context, l T, why error) error { return r.LetterLost(ctx, l.Addressee(), why) })
}

// LetterLost tells that a mail to a member was given up.
func (r *Registry) LetterLost(ctx context.Context, memberID string, why error) error {
	if r.Undelivered == nil {
		return nil
	}
	return r.Undelivered(ctx, memberID, why)
}
