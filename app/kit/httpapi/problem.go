package httpapi

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Problem is the RFC 9457 body of every failed call.
type Problem struct {
	Type      string         `json:"type" doc:"URI reference of the problem, stable per code"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	Code      string         `json:"code" doc:"Stable dotted code, the one to switch on"`
	RequestID string         `json:"request_id,omitempty" doc:"Names this call in our logs"`
	URL       string         `json:"url,omitempty" doc:"Where the caller can help themselves, on the same host"`
	Errors    []ProblemField `json:"errors,omitempty"`

	retryAfter time.Duration
}

// ProblemField names one input at fault. It never repeats the value sent.
type ProblemField struct {
	Location string `json:"location" doc:"body.name, query.limit, header.If-Match …"`
	Message  string `json:"message"`
}

func (p *Problem) Error() string             { return p.Code }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders gives huma the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", RetryAfter(p.retryAfter))
	}
	return h
}

// RetryAfter is d in the header's whole seconds, at least one.
func RetryAfter(d time.Duration) string {
	return strconv.Itoa(max(1, int((d+time.Second-1)/time.Second)))
}

var statusOf = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.PaymentRequired: http.StatusPaymentRequired,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Precondition:    http.StatusPreconditionFailed,
	fault.Required:        http.StatusPreconditionRequired,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// ProblemFrom is the only place where an error becomes something a client sees.
func ProblemFrom(err error) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	f := fault.From(err)
	p := newProblem(statusOf[f.Kind], f.Code, f.Text)
	p.retryAfter, p.URL = f.RetryAfter, f.URL
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Location: field.Path, Message: field.Text})
	}
	return p
}

func newProblem(status int, code, detail string) *Problem {
	return &Problem{
		Type: "/problems/" + code, Title: http.StatusText(status),
		Status: status, Detail: detail, Code: code,
	}
}

// Huma builds its own failures (bad JSON, failed validation, not acceptable)
// through this package variable, so one assignment gives the whole API one
// shape. Only huma's own field details pass; private text stays in.
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		p := newProblem(status, codeOf(status), msg)
		for _, err := range errs {
			var d huma.ErrorDetailer
			if errors.As(err, &d) {
				det := d.ErrorDetail()
				p.Errors = append(p.Errors, plainFields(det)...)
			}
		}
		return p
	}
}

// goField is how the decoder names a value that does not fit: by our own types, which are nobody's business.
var goField = regexp.MustCompile(`^json: cannot unmarshal \S+(?: \S+)? into Go (?:struct field [^. ]+\.(\S+)|value) of type`)

// plainFields turns what the decoder says into paths of fields and words for people.
func plainFields(d *huma.ErrorDetail) []ProblemField {
	if amounts := amountFields(d); len(amounts) > 0 {
		return amounts
	}
	m := goField.FindStringSubmatch(d.Message)
	if m == nil {
		return []ProblemField{{Location: d.Location, Message: d.Message}}
	}
	f := ProblemField{Location: "body", Message: "is not of the right kind, or too large"}
	if m[1] != "" {
		f.Location += "." + m[1]
	}
	return []ProblemField{f}
}

func codeOf(status int) string {
	switch {
	case status >= 500:
		return "internal"
	case status == http.StatusNotFound:
		return "request.no_such_route"
	case status == http.StatusMethodNotAllowed:
		return "request.method_not_allowed"
	case status == http.StatusRequestEntityTooLarge:
		return "request.too_large"
	case status == http.StatusUnsupportedMediaType, status == http.StatusNotAcceptable:
		return "request.media_type"
	}
	return "request.invalid"
}
