package fees_test

import (
	"testing"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/fees"
)

// No language lacks a word, or a place in a sentence that another has.
func TestEveryLanguageHasEveryWordOfAMilestone(t *testing.T) {
	t.Parallel()
	for _, l := range clients.Languages {
		testkit.SameWords(t, l, fees.WordsIn(l), fees.WordsIn("en"), 0)
	}
}
