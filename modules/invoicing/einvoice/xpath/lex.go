package xpath

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	tEnd tokenKind = iota
	tName
	tNumber
	tString
	tVariable
	tSymbol
)

type token struct {
	kind tokenKind
	text string
}

// lex cuts an expression into tokens. Longer symbols come before their beginnings.
func lex(src string) (all []token, err error) {
	symbols := []string{"::", "//", "..", "!=", "<=", ">=", "/", ".", "@", "(", ")", "[", "]", ",", "|", "+", "-", "*", "=", "<", ">"}
	for src = strings.TrimSpace(src); src != ""; src = strings.TrimLeftFunc(src, unicode.IsSpace) {
		r, _ := utf8.DecodeRuneInString(src)
		switch {
		case r == '\'' || r == '"':
			end := strings.IndexRune(src[1:], r)
			if end < 0 {
				return nil, fmt.Errorf("xpath: a string does not end: %.40s", src)
			}
			all, src = append(all, token{tString, src[1 : 1+end]}), src[2+end:]
		case r >= '0' && r <= '9':
			n := span(src, func(r rune) bool { return r == '.' || r >= '0' && r <= '9' })
			all, src = append(all, token{tNumber, src[:n]}), src[n:]
		case r == '$':
			n := span(src[1:], inName)
			all, src = append(all, token{tVariable, src[1 : 1+n]}), src[1+n:]
		case unicode.IsLetter(r) || r == '_':
			n := nameEnd(src)
			all, src = append(all, token{tName, src[:n]}), src[n:]
		default:
			found := false
			for _, s := range symbols {
				if rest, ok := strings.CutPrefix(src, s); ok {
					all, src, found = append(all, token{tSymbol, s}), rest, true
					break
				}
			}
			if !found {
				return nil, fmt.Errorf("xpath: unexpected %q", r)
			}
		}
	}
	return all, nil
}

// nameEnd is where a name with its prefix ends: prefix:local, prefix:* or local.
func nameEnd(src string) int {
	n := span(src, inName)
	if !strings.HasPrefix(src[n:], ":") || strings.HasPrefix(src[n:], "::") {
		return n
	}
	if strings.HasPrefix(src[n+1:], "*") {
		return n + 2
	}
	return n + 1 + span(src[n+1:], inName)
}

func inName(r rune) bool {
	return r == '-' || r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func span(s string, in func(rune) bool) int {
	if n := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); n >= 0 {
		return n
	}
	return len(s)
}
