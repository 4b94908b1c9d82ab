package invoicing_test

import (
	"testing"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// No language lacks a word, or a place in a sentence that another has.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	t.Parallel()
	for _, l := range invoicing.Languages {
		testkit.SameWords(t, string(l), invoicing.WordsIn(l), invoicing.WordsIn(invoicing.English), 5)
		testkit.SameWords(t, string(l), invoicing.StatementWordsIn(l), invoicing.StatementWordsIn(invoicing.English), 5)
	}
}
