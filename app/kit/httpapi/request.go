package httpapi

import "context"

// Host says which of our host names an operation lives on.
type Host string

const (
	HostAgency Host = "agency" // <slug>.<domain>
	HostSite   Host = "site"   // <domain>
	HostAuth   Host = "auth"   // auth.<domain>
	HostOps    Host = "ops"    // ops.<domain>: those who run the platform
)

// Request is what the edge knows of a call before it is dispatched.
type Request struct {
	ID        string // names the call in logs and problems
	Host      Host
	IP        string
	UserAgent string
}

type requestKey struct{}

// WithRequest returns a context that carries r.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestFrom returns the request of ctx, or an empty one.
func RequestFrom(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	return r
}
