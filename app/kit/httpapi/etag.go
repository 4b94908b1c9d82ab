package httpapi

import (
	"strconv"
	"strings"

	"github.com/bureauhq/bureau/app/kit/fault"
)

var (
	// ErrStale answers a change that was based on an older version.
	ErrStale = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	// ErrNoVersion answers a change that does not say which version it is based on.
	ErrNoVersion = fault.Define(fault.Required, "request.version_required", "Send If-Match with the ETag of the version that you changed.").
			At("header.If-Match", "is required")
)

// IfMatch is the part of a change's input that names the version it was based on. Embed it.
type IfMatch struct {
	IfMatch string `header:"If-Match" maxLength:"40" doc:"The ETag of the version that is being changed"`
}

// Version returns the version named by If-Match.
func (m IfMatch) Version() (int, error) {
	s := strings.Trim(strings.TrimPrefix(strings.TrimSpace(m.IfMatch), "W/"), `"`)
	if s == "" {
		return 0, ErrNoVersion
	}
	v, err := strconv.Atoi(s)
	if err != nil || v < 0 {
		return 0, ErrStale.At("header.If-Match", "is not an ETag of this record")
	}
	return v, nil
}

// ETag is the header value of a version.
func ETag(version int) string { return `"` + strconv.Itoa(version) + `"` }
