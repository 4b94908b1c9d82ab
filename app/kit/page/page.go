// Package page is how every list of the API is cut: keyset cursors, never offsets.
package page

import (
	"encoding/base64"
	"encoding/json"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrBadCursor refuses a cursor that this list did not hand out.
var ErrBadCursor = fault.Define(fault.Invalid, "request.bad_cursor", "This cursor does not belong to this list.").
	At("query.cursor", "is not a cursor of this list")

// Query is the part of a list's input that says which page is wanted. Embed it.
type Query struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Rows a page"`
	Cursor string `query:"cursor" maxLength:"1000" doc:"The next of the page before"`
}

// Size returns the wanted number of rows, between 1 and 200.
func (q Query) Size() int {
	switch {
	case q.Limit <= 0:
		return 50
	case q.Limit > 200:
		return 200
	}
	return q.Limit
}

// Encode makes a cursor of the sort values of a page's last row.
func Encode(vals ...string) string {
	raw, _ := json.Marshal(vals) // strings always encode
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Decode returns the n values of a cursor, nil for the first page.
func Decode(cursor string, n int) ([]string, error) {
	if cursor == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, ErrBadCursor.Because(err)
	}
	var vals []string
	if err := json.Unmarshal(raw, &vals); err != nil || len(vals) != n {
		return nil, ErrBadCursor.Because(err)
	}
	return vals, nil
}

// Cut trims rows read with limit+1 to the page and returns the cursor of the
// next page, nil on the last one.
func Cut[T any](rows []T, limit int, key func(T) []string) ([]T, *string) {
	if len(rows) <= limit {
		return rows, nil
	}
	rows = rows[:limit]
	next := Encode(key(rows[limit-1])...)
	return rows, &next
}
