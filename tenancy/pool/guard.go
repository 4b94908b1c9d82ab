package pool

import (
	"errors"
	"slices"
	"strings"
)

var (
	// ErrStatement refuses every statement that does not read or change rows:
	// SET, RESET, DO, DECLARE and their like change what the session is, and
	// the session serves others afterwards.
	ErrStatement = errors.New("pool: only statements that read or change rows are allowed here")
	// ErrTenant refuses a statement whose context has another tenant than the session, or none.
	ErrTenant = errors.New("pool: the context's tenant is not the session's")
	errDoors  = errors.New("pool: the session begins and ends its transaction itself")
)

// words that may begin a statement. With one statement a message, and
// set_config and temporary objects revoked, none of them can change the
// session. What is not here is refused, known or not.
var words = []string{"select", "insert", "update", "delete", "merge", "with", "values", "table", "explain"}

// allowed tells whether q may be sent.
func allowed(q string) bool {
	return slices.Contains(words, strings.ToLower(firstWord(q)))
}

// firstWord skips white space and comments, nested ones too.
func firstWord(q string) string {
	for {
		q = strings.TrimLeft(q, " \t\r\n\f\v;(")
		switch {
		case strings.HasPrefix(q, "--"):
			end := strings.IndexAny(q, "\r\n") // the server ends such a comment at either
			if end < 0 {
				return ""
			}
			q = q[end:]
		case strings.HasPrefix(q, "/*"):
			q = afterComment(q)
		default:
			i := strings.IndexFunc(q, func(r rune) bool { return !partOfWord(r) })
			if i < 0 {
				return q
			}
			return q[:i]
		}
	}
}

func partOfWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '$' || r >= 0x80
}

func afterComment(q string) string {
	depth := 0
	for i := 0; i+1 < len(q); i++ {
		switch q[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return q[i+1:]
			}
		}
	}
	return ""
}
