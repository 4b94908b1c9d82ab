package projects

import (
	"errors"
	"strings"
)

// A rank says where a card stands. Ranks are compared letter by letter, and
// between any two there is room for another, so a move writes one row.
//
// A rank is a whole number with its length in its first letter (a0 … az, b00 …
// bzz, and downwards Zz … Z0, Yzz …), then a fraction. Adding at an end counts
// the whole number on, which keeps ranks short however many cards are added.

const rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const firstRank = "a0"

var errRank = errors.New("projects: not a rank, or ranks out of order")

// rankBetween returns a rank after a and before b. Empty stands for the end of the list on that side.
func rankBetween(a, b string) (string, error) {
	if a != "" && b != "" && a >= b {
		return "", errRank
	}
	switch {
	case a == "" && b == "":
		return firstRank, nil
	case a == "":
		return rankBefore(b)
	case b == "":
		return rankAfter(a)
	}
	wa, fa, err := splitRank(a)
	if err != nil {
		return "", err
	}
	wb, fb, err := splitRank(b)
	if err != nil {
		return "", err
	}
	if wa == wb {
		return wa + midpoint(fa, fb), nil
	}
	if next, ok := stepWhole(wa, 1); ok && next < b {
		return next, nil
	}
	return wa + midpoint(fa, ""), nil
}

func rankBefore(b string) (string, error) {
	w, f, err := splitRank(b)
	if err != nil {
		return "", err
	}
	if f != "" {
		return w, nil
	}
	if prev, ok := stepWhole(w, -1); ok {
		return prev, nil
	}
	return "", errRank // 62^26 cards were put on top one after the other
}

func rankAfter(a string) (string, error) {
	w, f, err := splitRank(a)
	if err != nil {
		return "", err
	}
	if next, ok := stepWhole(w, 1); ok {
		return next, nil
	}
	return w + midpoint(f, ""), nil
}

func splitRank(r string) (whole, fraction string, err error) {
	if r == "" {
		return "", "", errRank
	}
	n := 0
	switch c := r[0]; {
	case c >= 'a' && c <= 'z':
		n = int(c-'a') + 2
	case c >= 'A' && c <= 'Z':
		n = int('Z'-c) + 2
	default:
		return "", "", errRank
	}
	if len(r) < n || strings.HasSuffix(r[n:], "0") {
		return "", "", errRank
	}
	return r[:n], r[n:], nil
}

// stepWhole counts a whole number one up or down; false at the ends of the range.
func stepWhole(w string, by int) (string, bool) {
	last := rankDigits[len(rankDigits)-1]
	from, to := last, byte('0')
	if by < 0 {
		from, to = '0', last
	}
	digits := []byte(w[1:])
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] != from {
			digits[i] = rankDigits[strings.IndexByte(rankDigits, digits[i])+by]
			return w[:1] + string(digits), true
		}
		digits[i] = to
	}
	return carryHead(w[0], by, digits, to)
}

func carryHead(head byte, by int, digits []byte, to byte) (string, bool) {
	switch {
	case by > 0 && head == 'Z':
		return firstRank, true
	case by < 0 && head == 'a':
		return "Z" + rankDigits[len(rankDigits)-1:], true
	case by > 0 && head == 'z', by < 0 && head == 'A':
		return "", false
	}
	next := head + 1
	if by < 0 {
		next = head - 1
	}
	// a … z grow with the letter, A … Z shrink.
	longer := (by > 0) == (next >= 'a')
	if longer {
		return string(next) + string(digits) + string(to), true
	}
	return string(next) + string(digits[:len(digits)-1]), true
}

// midpoint is a fraction between a and b; empty b stands for one.
func midpoint(a, b string) string {
	n := 0
	for n < len(b) && digitAt(a, n) == b[n] {
		n++
	}
	if n > 0 {
		return b[:n] + midpoint(a[min(n, len(a)):], b[n:])
	}
	low, high := strings.IndexByte(rankDigits, digitAt(a, 0)), len(rankDigits)
	if b != "" {
		high = strings.IndexByte(rankDigits, b[0])
	}
	if high-low > 1 {
		return rankDigits[(low+high)/2 : (low+high)/2+1]
	}
	if len(b) > 1 {
		return b[:1]
	}
	return rankDigits[low:low+1] + midpoint(a[min(1, len(a)):], "")
}

func digitAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return '0'
}
