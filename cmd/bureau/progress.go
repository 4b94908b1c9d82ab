package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows how far a long command has got: a bar with rate and time left on a terminal, else a line each tenth.
type progress struct {
	what   string
	all    int
	out    io.Writer
	bars   *mpb.Progress
	bar    *mpb.Bar
	began  time.Time
	tenths int
	failed int
}

// newProgress writes to the error stream, so that answers for scripts stay clean.
func newProgress(what string, all int) *progress {
	p := &progress{what: what, all: all, out: os.Stderr, began: time.Now()}
	if st, err := os.Stderr.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 || all == 0 {
		return p
	}
	p.bars = mpb.New(mpb.WithOutput(os.Stderr), mpb.WithRefreshRate(200*time.Millisecond))
	p.bar = p.bars.AddBar(int64(all),
		mpb.PrependDecorators(decor.Name(what+" "), decor.CountersNoUnit("%d of %d")),
		mpb.AppendDecorators(
			decor.Any(func(s decor.Statistics) string { return fmt.Sprintf("%.0f/s  ", p.rate(int(s.Current))) }),
			decor.Any(func(s decor.Statistics) string { return p.left(int(s.Current)) }),
			decor.Any(func(decor.Statistics) string { return complaint(p.failed) }),
		))
	return p
}

func complaint(failed int) string {
	if failed == 0 {
		return ""
	}
	return fmt.Sprintf("  %d failed", failed)
}

func (p *progress) rate(done int) float64 {
	return float64(done) / max(time.Since(p.began).Seconds(), 0.001)
}

func (p *progress) left(done int) string {
	if done == 0 {
		return ""
	}
	left := time.Duration(float64(p.all-done) / p.rate(done) * float64(time.Second))
	return left.Round(time.Second).String() + " left"
}

// tell takes how many are done and how many of them failed.
func (p *progress) tell(done, failed int) {
	p.failed = failed
	if p.bar != nil {
		p.bar.SetCurrent(int64(done))
		return
	}
	if p.all == 0 {
		return
	}
	if tenths := done * 10 / p.all; tenths > p.tenths {
		p.tenths = tenths
		_, _ = fmt.Fprintf(p.out, "%s %d of %d  %.0f/s  %s%s\n", p.what, done, p.all, p.rate(done), p.left(done), complaint(failed))
	}
}

// end leaves the bar as it is and gives the terminal back.
func (p *progress) end() {
	if p.bar == nil {
		return
	}
	p.bar.Abort(false) // no more than a full bar needs, and lets one go that broke off
	p.bars.Wait()
}
