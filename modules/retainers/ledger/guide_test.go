package ledger_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

// The figures of the guide are what the ledger makes of its example.
func TestTheGuidesExampleIsRight(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../docs/guide/retainers.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(raw)
	minus := func(n int64) string { return strings.Replace(fmt.Sprint(n/hour), "-", "−", 1) }
	names := []string{"January", "February", "March"}
	for _, terms := range []ledger.Terms{{}, {Cap: ptr(5 * hour), Deficit: ptr(4 * hour)}} {
		ps := months(3, terms)
		for i, s := range ledger.Replay(ps, append(grants(ps, -1), use(ps[0], "a", 30), use(ps[1], "b", 60))) {
			cells := []string{names[i], minus(s.Opening), minus(s.Granted), minus(s.Used)}
			if terms.Cap != nil {
				cells = append(cells, minus(s.Overage), minus(s.Expired))
			}
			line := "| " + strings.Join(append(cells, minus(s.Closing)), " | ") + " |"
			if !strings.Contains(guide, line) {
				t.Errorf("the guide does not say %s", line)
			}
		}
	}
}
