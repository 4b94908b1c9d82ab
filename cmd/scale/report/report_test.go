package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/cmd/scale/report"
)

func TestOnlyGoalsThatDoNotDependOnTimeCountAsMissed(t *testing.T) {
	var s report.Sheet
	s.Ratio("ratio", 1.01, 1, "")
	s.Ratio("ratio", 1, 1, "")
	s.Count("count", 1, 0)
	s.AtMost("count", 3, 3, "")
	s.Memory("memory", 150<<20, 150, "")
	s.Memory("memory", 149<<20, 150, "")
	s.Time("time", 2*time.Second, time.Second, "")
	s.Rate("rate", 10, 10*time.Second, 4, "")
	if n := s.Missed(); n != 3 {
		t.Fatalf("%d missed, want 3:\n%s", n, s.Markdown())
	}
	if late := s.Rows[6]; late.Verdict != report.MissedTime || s.Rows[7].Verdict != report.MissedTime {
		t.Fatalf("a time that was missed is %q", late.Verdict)
	}
}

func TestInsertReplacesWhatIsBetweenTheMarks(t *testing.T) {
	name := filepath.Join(t.TempDir(), "doc.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("before\n<!-- scale -->\nold\n<!-- /scale -->\nafter\n")
	for range 2 { // again, with its own result
		if err := report.Insert(name, "new"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil || string(got) != "before\n<!-- scale -->\nnew\n<!-- /scale -->\nafter\n" {
		t.Fatalf("%q, %v", got, err)
	}
	write("no marks")
	if err := report.Insert(name, "new"); err == nil || !strings.Contains(err.Error(), "no place") {
		t.Fatalf("without marks: %v", err)
	}
}
