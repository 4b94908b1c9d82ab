package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// breach is one planted fault: the files with its tag.
type breach struct {
	name, doc string
	files     []string
}

func (b breach) tag() string { return "sabotage_" + b.name }

var constraint = regexp.MustCompile(`(?m)^//go:build sabotage_([a-z_]+)\n\n((?://.*\n)+)`)

// breaches finds the faults below root.
func breaches(root string) ([]breach, error) {
	found := map[string]*breach{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "frontend" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case !strings.HasPrefix(d.Name(), "sabotage_") || !strings.HasSuffix(name, ".go"):
			return nil
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		m := constraint.FindSubmatch(raw)
		if m == nil {
			return fmt.Errorf("%s has no line //go:build sabotage_… with a comment below that says what it breaks", name)
		}
		b := found[string(m[1])]
		if b == nil {
			b = &breach{name: string(m[1])}
			found[b.name] = b
		}
		b.doc = strings.TrimSpace(b.doc + " " + strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(string(m[2])), "// "), "\n// ", " "))
		b.files = append(b.files, name)
		return nil
	})
	all := make([]breach, 0, len(found))
	for _, b := range found {
		all = append(all, *b)
	}
	slices.SortFunc(all, func(a, b breach) int { return strings.Compare(a.name, b.name) })
	return all, err
}

// overlay writes copies of the sources without the functions that the breach
// declares again, and the list that tells the compiler to take them.
func (b breach) overlay(dir string) (string, error) {
	replace := map[string]string{}
	for _, name := range b.files {
		wrong, err := functions(name)
		if err != nil {
			return "", err
		}
		siblings, err := filepath.Glob(filepath.Join(filepath.Dir(name), "*.go"))
		if err != nil {
			return "", err
		}
		for _, sibling := range siblings {
			if strings.HasSuffix(sibling, "_test.go") || strings.HasPrefix(filepath.Base(sibling), "sabotage_") {
				continue
			}
			cut, err := without(sibling, wrong)
			if err != nil {
				return "", err
			}
			if cut == nil {
				continue
			}
			full, err := filepath.Abs(sibling)
			if err != nil {
				return "", err
			}
			to := filepath.Join(dir, fmt.Sprintf("%s-%d-%s", b.name, len(replace), filepath.Base(sibling)))
			if err := os.WriteFile(to, cut, 0o600); err != nil {
				return "", err
			}
			replace[full] = to
		}
		if left := missing(wrong); len(left) > 0 {
			return "", fmt.Errorf("%s: there is no %s any more to be replaced", name, strings.Join(left, ", "))
		}
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	at := filepath.Join(dir, b.name+".json")
	return at, os.WriteFile(at, raw, 0o600)
}

// functions are what a file declares, each with whether its right twin was found.
func functions(name string) (map[string]bool, error) {
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			out[nameOf(fn)] = strings.HasPrefix(fn.Name.Name, "sabotaged") // help of its own has no twin
		}
	}
	if len(out) == 0 {
		return nil, errors.New(name + " declares no function")
	}
	return out, nil
}

func missing(wrong map[string]bool) (out []string) {
	for name, seen := range wrong {
		if !seen {
			out = append(out, name)
		}
	}
	return out
}

func nameOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if generic, ok := t.(*ast.IndexExpr); ok {
		t = generic.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}

// without returns a source whose listed functions are blanked out, nil when it has none of them.
func without(name string, wrong map[string]bool) ([]byte, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	kept, gone := map[string]bool{}, map[string]bool{} // packages that are named
	at := func(p token.Pos) int { return set.Position(p).Offset }
	out := slices.Clone(src)
	cut := false
	for _, d := range f.Decls {
		into := kept
		if fn, ok := d.(*ast.FuncDecl); ok {
			if _, replaced := wrong[nameOf(fn)]; replaced {
				wrong[nameOf(fn)], cut, into = true, true, gone
				for i := at(fn.Pos()); i < at(fn.End()); i++ {
					if out[i] != '\n' {
						out[i] = ' '
					}
				}
			}
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok {
					into[id.Name] = true
				}
			}
			return true
		})
	}
	if !cut {
		return nil, nil
	}
	// Imports that only the cut functions used must go too; from the end, so that places stay right.
	for _, imp := range slices.Backward(f.Imports) {
		if name := packageName(imp.Path.Value); imp.Name == nil && gone[name] && !kept[name] {
			i := at(imp.Path.Pos())
			out = slices.Insert(out, i, []byte("_ ")...)
		}
	}
	return out, nil
}

var version = regexp.MustCompile(`^v[0-9]+$`)

func packageName(quoted string) string {
	p, err := strconv.Unquote(quoted)
	if err != nil {
		return ""
	}
	base := path.Base(p)
	if version.MatchString(base) {
		base = path.Base(path.Dir(p))
	}
	return strings.TrimPrefix(base, "go-")
}
