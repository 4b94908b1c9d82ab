// Package fault is the one error type that crosses a module's edge.
//
// A fault carries what a machine needs (Kind, Code), what a person may read
// (Text, Fields) and, apart from both, the private cause for the log.
package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says what sort of failure this is. The HTTP edge turns it into a status;
// the job runner turns it into "retry" or "give up".
type Kind uint8

const (
	Internal        Kind = iota // the zero value: anything nobody classified
	Invalid                     // the input is wrong and stays wrong
	Unauthenticated             // nobody is signed in
	PaymentRequired             // the plan does not hold it
	Forbidden                   // signed in, and not allowed
	NotFound                    // not there, or not theirs: never told apart
	Conflict                    // the state of things is against it
	Precondition                // If-Match names a version that is gone
	Required                    // If-Match is missing
	TooMany                     // a limit was reached; see RetryAfter
	Unavailable                 // a part we lean on is away; see RetryAfter
)

// Error is a classified failure. Build values with Define, never by hand.
type Error struct {
	Kind   Kind
	Code   string  // stable and dotted: "projects.name_taken"
	Text   string  // safe to show to the caller
	Fields []Field // which inputs are at fault, if any

	// RetryAfter is how long the caller should wait before the next try; 0 says nothing.
	RetryAfter time.Duration

	// URL is a path on the same host that helps out of this, if there is one.
	URL string

	cause error // for the log only
}

// Field points at one input. Path is in the caller's words: "body.name".
type Field struct {
	Path string
	Text string
}

// Define declares a fault once, as a package variable, so callers can errors.Is it.
func Define(kind Kind, code, text string) *Error {
	return &Error{Kind: kind, Code: code, Text: text}
}

func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.cause)
	}
	return e.Code
}

func (e *Error) Unwrap() error { return e.cause }

// Is makes the copies made by Because and At still match the declared value.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Because returns a copy that remembers the private cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// At returns a copy that blames one more input.
func (e *Error) At(path, text string) *Error {
	c := *e
	c.Fields = append(slices.Clone(e.Fields), Field{Path: path, Text: text})
	return &c
}

// After returns a copy that tells the caller when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// Link returns a copy that says where the caller can help themselves.
func (e *Error) Link(path string) *Error {
	c := *e
	c.URL = path
	return &c
}

// Saying returns a copy with another safe text, for a refusal that can name the particulars.
func (e *Error) Saying(format string, args ...any) *Error {
	c := *e
	c.Text = fmt.Sprintf(format, args...)
	return &c
}

var (
	unexpected = Define(Internal, "internal", "Something went wrong on our side.")
	tooSlow    = Define(Unavailable, "timeout", "This took too long. Please try again.").After(time.Second)
)

// From classifies any error. What nobody classified comes out as Internal.
func From(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.DeadlineExceeded):
		return tooSlow.Because(err)
	}
	return unexpected.Because(err)
}

// Final tells whether the same call would fail again however long one waits:
// it is about what was asked, not about the moment.
func (e *Error) Final() bool {
	switch e.Kind {
	case Invalid, NotFound, Forbidden, Precondition, Conflict:
		return true
	}
	return false
}

// Refusal is the fault of a call that was refused for good; false: there is none, or another try may mend it.
func Refusal(err error) (*Error, bool) {
	var e *Error
	if !errors.As(err, &e) || !e.Final() {
		return nil, false
	}
	return e, true
}

// Said is the text with what is wrong in particular, for a reason that is kept.
func (e *Error) Said() string {
	parts := []string{e.Text}
	for _, field := range e.Fields {
		parts = append(parts, strings.TrimPrefix(field.Path, "body.")+" "+field.Text)
	}
	return strings.Join(parts, " ")
}
