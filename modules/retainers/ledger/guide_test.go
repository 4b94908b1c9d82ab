package ledger_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

func guide(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../../docs/guide/retainers.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// minus writes what is less than nothing as people do.
func minus(n int64) string { return strings.Replace(fmt.Sprint(n), "-", "−", 1) }

// The figures of the guide are what the ledger makes of its example.
func TestTheGuidesExampleIsRight(t *testing.T) {
	t.Parallel()
	in := func(n int64) string { return minus(n / hour) }
	names := []string{"January", "February", "March"}
	for _, terms := range []ledger.Terms{{}, {Cap: ptr(5 * hour), Deficit: ptr(4 * hour)}} {
		ps := months(3, terms)
		for i, s := range ledger.Replay(ps, append(grants(ps, -1), use(ps[0], "a", 30), use(ps[1], "b", 60))) {
			cells := []string{names[i], in(s.Opening), in(s.Granted), in(s.Used)}
			if terms.Cap != nil {
				cells = append(cells, in(s.Overage), in(s.Expired))
			}
			line := "| " + strings.Join(append(cells, in(s.Closing)), " | ") + " |"
			if !strings.Contains(guide(t), line) {
				t.Errorf("the guide does not say %s", line)
			}
		}
	}
}
