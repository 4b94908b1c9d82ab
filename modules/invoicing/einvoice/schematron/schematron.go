// Package schematron runs rules written in ISO Schematron over a document: the
// official rules of EN 16931 as they are published, without a translation of ours.
package schematron

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xmltree"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xpath"
)

// Rules are a compiled set of rules, safe for many goroutines.
type Rules struct {
	patterns [][]rule
	Count    int // of assertions
}

type rule struct {
	contexts []xpath.Expr
	asserts  []assert
}

type assert struct {
	id, flag, text string
	test           xpath.Expr
}

// Failure is an assertion that does not hold.
type Failure struct {
	ID    string
	Fatal bool
	Text  string // as the rules say it
	Path  string // of the node that it is about
	At    *xmltree.Node
}

type (
	file struct {
		Spaces []struct {
			Prefix string `xml:"prefix,attr"`
			URI    string `xml:"uri,attr"`
		} `xml:"ns"`
		Patterns []struct {
			Rules []fileRule `xml:"rule"`
			Other []other    `xml:",any"`
		} `xml:"pattern"`
		Lets []other `xml:"let"`
	}
	fileRule struct {
		Context string       `xml:"context,attr"`
		Asserts []fileAssert `xml:"assert"`
		Other   []other      `xml:",any"`
	}
	fileAssert struct {
		ID   string `xml:"id,attr"`
		Flag string `xml:"flag,attr"`
		Test string `xml:"test,attr"`
		Text string `xml:",chardata"`
	}
	other struct{ XMLName xml.Name }
)

// Compile reads preprocessed rules: no includes, no abstract patterns, no variables.
func Compile(r io.Reader) (*Rules, error) {
	var f file
	if err := xml.NewDecoder(r).Decode(&f); err != nil {
		return nil, fmt.Errorf("schematron: %w", err)
	}
	if len(f.Lets) > 0 {
		return nil, errors.New("schematron: variables are not known")
	}
	spaces := map[string]string{}
	for _, ns := range f.Spaces {
		spaces[ns.Prefix] = ns.URI
	}
	out := &Rules{}
	for _, p := range f.Patterns {
		if len(p.Other) > 0 {
			return nil, fmt.Errorf("schematron: %s is not known in a pattern", p.Other[0].XMLName.Local)
		}
		var rules []rule
		for _, fr := range p.Rules {
			r, err := compileRule(fr, spaces)
			if err != nil {
				return nil, fmt.Errorf("schematron: rule for %s: %w", fr.Context, err)
			}
			rules, out.Count = append(rules, r), out.Count+len(r.asserts)
		}
		out.patterns = append(out.patterns, rules)
	}
	return out, nil
}

func compileRule(fr fileRule, spaces map[string]string) (r rule, err error) {
	if len(fr.Other) > 0 {
		return r, fmt.Errorf("%s is not known in a rule", fr.Other[0].XMLName.Local)
	}
	for _, c := range alternatives(fr.Context) {
		if !strings.HasPrefix(c, "/") { // a match pattern may match anywhere
			c = "//" + c
		}
		x, err := xpath.Compile(c, spaces)
		if err != nil {
			return r, err
		}
		r.contexts = append(r.contexts, x)
	}
	for _, a := range fr.Asserts {
		test, err := xpath.Compile(a.Test, spaces)
		if err != nil {
			return r, fmt.Errorf("%s: %w", a.ID, err)
		}
		r.asserts = append(r.asserts, assert{a.ID, a.Flag, strings.Join(strings.Fields(a.Text), " "), test})
	}
	return r, nil
}

// alternatives cuts a match pattern at the bars that are outside of brackets and strings.
func alternatives(pattern string) (all []string) {
	depth, from, quote := 0, 0, rune(0)
	for n, r := range pattern {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '[' || r == '(':
			depth++
		case r == ']' || r == ')':
			depth--
		case r == '|' && depth == 0:
			all, from = append(all, strings.TrimSpace(pattern[from:n])), n+1
		}
	}
	return append(all, strings.TrimSpace(pattern[from:]))
}

// Check runs all rules. In a pattern the first rule that matches a node is the one that holds for it. An assertion
// that cannot be evaluated, as when a number is wanted and there is text, does not hold.
func (r *Rules) Check(doc *xmltree.Node) (failures []Failure, err error) {
	for _, p := range r.patterns {
		taken := map[*xmltree.Node]bool{}
		for _, rule := range p {
			for _, c := range rule.contexts {
				found, err := c.Nodes(doc)
				if err != nil {
					return nil, err
				}
				for _, n := range found {
					if taken[n] {
						continue
					}
					taken[n] = true
					failures = append(failures, rule.check(n)...)
				}
			}
		}
	}
	return failures, nil
}

func (r rule) check(n *xmltree.Node) (failures []Failure) {
	for _, a := range r.asserts {
		holds, err := a.test.Holds(n)
		if holds && err == nil {
			continue
		}
		f := Failure{ID: a.id, Fatal: a.flag != "warning", Text: a.text, Path: n.Path(), At: n}
		if err != nil {
			f.Text += " (" + err.Error() + ")"
		}
		failures = append(failures, f)
	}
	return failures
}
