package testkit

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
)

// placed is a place in a sentence that something is put into.
var placed = regexp.MustCompile(`\{[a-z]+\}`)

// SameWords checks that a language's words, fields of a struct, lack none of English's, nor a place in a sentence of theirs,
// and that no more than most of them are the English ones, but in English ("en") itself.
func SameWords[W any](t testing.TB, language string, words, english W, most int) {
	t.Helper()
	w, e, same := reflect.ValueOf(words), reflect.ValueOf(english), 0
	for n := range w.NumField() {
		name, text, en := w.Type().Field(n).Name, w.Field(n).String(), e.Field(n).String()
		if text == "" {
			t.Errorf("%s has no %s", language, name)
		}
		want, got := placed.FindAllString(en, -1), placed.FindAllString(text, -1)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s: %s has the places %v, English %v", language, name, got, want)
		}
		if text == en {
			same++
		}
	}
	if same > most && language != "en" {
		t.Errorf("%d words of %s are the English ones", same, language)
	}
}
