package main

import (
	"context"
	"fmt"

	"github.com/bureauhq/bureau/app"
)

// examineSums compares what each agency's time is kept to add up to with its entries, and mends it where that is
// wanted. Nothing but a program of before the sums, beside one that keeps them, leaves them off.
func examineSums(ctx context.Context, where *place, repair bool) []finding {
	const check = "sums of time"
	a, shut, err := where.open(ctx)
	if err != nil {
		return []finding{{check, false, err.Error()}}
	}
	defer shut()
	all, err := allTenants(ctx, a)
	if err != nil {
		return []finding{{check, false, err.Error()}}
	}
	var out []finding
	off, skipped := 0, 0
	for _, v := range all {
		if v.State != "active" {
			skipped++
			continue
		}
		n, err := sumsOf(ctx, a, v.Slug, repair)
		switch {
		case err != nil:
			off++
			out = append(out, finding{check + ", " + v.Slug, false, err.Error()})
		case n > 0 && repair:
			out = append(out, finding{check + ", " + v.Slug, true, fmt.Sprintf("%d were off and are mended", n)})
		case n > 0:
			off++
			out = append(out, finding{check + ", " + v.Slug, false, fmt.Sprintf("%d are not what the entries add up to: run `bureau doctor --repair-sums`", n)})
		}
	}
	return append(out, finding{check, off == 0, fmt.Sprintf("of %d agencies, %d of them not looked at because they are closed, %d are off or could not be read", len(all), skipped, off)})
}

func sumsOf(ctx context.Context, a *app.App, slug string, repair bool) (int, error) {
	t, err := a.Provisioner.Find(ctx, slug)
	if err != nil {
		return 0, err
	}
	look := a.Services.Timesheets.SumsOff
	if repair {
		look = a.Services.Timesheets.RepairSums
	}
	return look(operator(ctx, t))
}
