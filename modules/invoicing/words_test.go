package invoicing_test

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/bureauhq/bureau/modules/invoicing"
)

// No language lacks a word, or a place in a sentence that another has.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	t.Parallel()
	place := regexp.MustCompile(`\{[a-z]+\}`)
	for _, l := range invoicing.Languages {
		sameWords(t, place, l, reflect.ValueOf(invoicing.WordsIn(l)), reflect.ValueOf(invoicing.WordsIn(invoicing.English)))
		sameWords(t, place, l, reflect.ValueOf(invoicing.StatementWordsIn(l)), reflect.ValueOf(invoicing.StatementWordsIn(invoicing.English)))
	}
}

func sameWords(t *testing.T, place *regexp.Regexp, l invoicing.Language, w, english reflect.Value) {
	t.Helper()
	same := 0
	for n := range w.NumField() {
		name, text, en := w.Type().Field(n).Name, w.Field(n).String(), english.Field(n).String()
		if text == "" {
			t.Errorf("%s has no %s", l, name)
		}
		want, got := place.FindAllString(en, -1), place.FindAllString(text, -1)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s: %s has the places %v, English %v", l, name, got, want)
		}
		if text == en {
			same++
		}
	}
	if l != invoicing.English && same > 5 {
		t.Errorf("%d words of %s are the English ones", same, l)
	}
}
