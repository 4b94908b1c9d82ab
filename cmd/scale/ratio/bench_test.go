package ratio_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/cmd/bureau/fleet"
	"github.com/bureauhq/bureau/cmd/scale/ratio"
	"github.com/bureauhq/bureau/cmd/scale/report"
)

// The goals are for 2,000 agencies (AGENCIES=2000); a few show that it works and what a small installation sees.
const fewAgencies = 40

// BenchmarkRatiosOfThePool prints what the agencies' pool costs beside its rivals.
func BenchmarkRatiosOfThePool(b *testing.B) {
	n := fewAgencies
	if s := os.Getenv("BUREAU_BENCH_AGENCIES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 2 {
			b.Fatalf("BUREAU_BENCH_AGENCIES is %q", s)
		}
	}
	cfg := testkit.Own(b, nil).Config
	cfg.Shards, cfg.Conns, cfg.ConnAgencies, cfg.ConnLife, cfg.Wait = 10, 4, 100, 45*time.Minute, 30*time.Second
	if s := os.Getenv("BUREAU_BENCH_AT_ONCE"); s != "" {
		var err error
		if cfg.AtOnce, err = strconv.Atoi(s); err != nil || cfg.AtOnce < 1 {
			b.Fatalf("BUREAU_BENCH_AT_ONCE is %q", s)
		}
	}
	files, err := file.NewFolder(file.FolderConfig{Dir: b.TempDir(), BaseURL: "http://" + apptest.Domain + "/files", Secret: []byte("a secret of this test process only")})
	if err != nil {
		b.Fatal(err)
	}
	a, err := app.New(b.Context(), app.Config{
		Origin: &url.URL{Scheme: "http", Host: apptest.Domain}, Dev: true, Tenancy: cfg, Mail: &apptest.Mails{}, Files: files,
		MailFrom: "bureau@example.test", Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	if err := a.Migrate(b.Context()); err != nil { // the logins of the other shards
		b.Fatal(err)
	}
	if _, err := (fleet.Seed{App: a, Agencies: n, Size: "small", Say: func(string) {}, Tell: func(int, int) {}}).Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	all, err := fleet.Existing(b.Context(), a)
	if err != nil {
		b.Fatal(err)
	}
	sheet := &report.Sheet{}
	plan := ratio.Plan{Tenancy: cfg, Agencies: all, Skew: 1.1, Rounds: 5, Requests: 1500, Say: func(string) {}}
	if err := plan.Run(b.Context(), sheet); err != nil {
		b.Fatal(err)
	}
	for _, r := range sheet.Rows {
		fmt.Printf("%s: %s   goal %s   %s\n", r.What, r.Measured, r.Goal, r.Verdict)
	}
}
