// Package migrations holds the numbered SQL steps of the platform's schema and
// of an agency's schema. A step is never edited once it is released.
package migrations

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed platform/*.sql tenant/*.sql
var files embed.FS

//go:embed baseline.sql
var made string

// Step is one numbered migration.
type Step struct {
	ID  string // "0005_clients"
	SQL string // may hold {{schema}} and {{role}}
}

// Platform returns the steps of the schema `platform`, in order.
func Platform() []Step { return load("platform") }

// Tenant returns the steps of an agency's schema, in order.
func Tenant() []Step { return load("tenant") }

// Baseline returns the generated script that makes in one go what the first of steps make, and the steps that are not in
// it. It is empty where steps do not begin as those that it was generated from, and all of them are left to be run.
func Baseline(steps []Step) (script string, since []Step) {
	through, _, _ := strings.Cut(strings.TrimPrefix(made, "-- through "), "\n")
	all := Tenant()
	n := 1 + slices.IndexFunc(all, func(s Step) bool { return s.ID == through })
	if n == 0 || len(steps) < n || !slices.Equal(steps[:n], all[:n]) {
		return "", steps
	}
	return made, steps[n:]
}

// Newest is the last of steps, empty for none.
func Newest(steps []Step) string {
	if len(steps) == 0 {
		return ""
	}
	return steps[len(steps)-1].ID
}

func load(dir string) []Step {
	names, err := fs.Glob(files, dir+"/*.sql")
	if err != nil {
		panic(fmt.Sprintf("migrations: %v", err)) // the pattern is a constant
	}
	slices.Sort(names)
	steps := make([]Step, 0, len(names))
	for _, n := range names {
		raw, err := files.ReadFile(n)
		if err != nil {
			panic(fmt.Sprintf("migrations: %v", err)) // embedded files can be read
		}
		steps = append(steps, Step{ID: strings.TrimSuffix(path.Base(n), ".sql"), SQL: string(raw)})
	}
	return steps
}
