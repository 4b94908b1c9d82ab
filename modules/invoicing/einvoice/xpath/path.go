package xpath

import (
	"encoding/xml"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xmltree"
)

// path is an absolute or relative path, or what stands in the place of one.
func (p *parser) path() eval {
	if _, all := p.symbol("//"); all {
		return p.steps(p.fromAll())
	}
	if _, root := p.symbol("/"); root {
		top := func(c ctx) Seq { return Seq{c.node().Top()} }
		if !p.beginsStep() {
			return top
		}
		return p.steps(then(top, p.step()))
	}
	return p.steps(p.step())
}

// fromAll is the step after // at the beginning of a path. Elements of one name are looked up, not searched for.
func (p *parser) fromAll() eval {
	t, next := p.peek(), p.ahead(1)
	named := t.kind == tName && !strings.HasSuffix(t.text, "*") && next.text != "(" && next.text != "::"
	if !named {
		return then(func(c ctx) Seq { return descendants(c.node().Top()) }, p.step())
	}
	p.at++
	name := p.name(t.text)
	found := func(c ctx) Seq { return nodes(c.node().Named(name.Space, name.Local)) }
	if p.peek().text != "[" {
		return found
	}
	predicates := p.predicates()
	return func(c ctx) Seq { // positions count among siblings
		var out Seq
		var group Seq
		var parent *xmltree.Node
		all := slices.Clone(found(c))
		slices.SortStableFunc(all, func(a, b any) int { return a.(*xmltree.Node).Parent.Order - b.(*xmltree.Node).Parent.Order })
		for _, x := range all {
			if n := x.(*xmltree.Node); n.Parent != parent {
				out, group, parent = append(out, filter(c, group, predicates)...), nil, n.Parent
			}
			group = append(group, x)
		}
		return ordered(append(out, filter(c, group, predicates)...))
	}
}

func (p *parser) steps(from eval) eval {
	for {
		if _, all := p.symbol("//"); all {
			deep := then(from, func(c ctx) Seq { return descendants(c.node()) })
			from = then(deep, p.step())
			continue
		}
		if _, more := p.symbol("/"); !more {
			return from
		}
		from = then(from, p.step())
	}
}

// then evaluates a step for every item of what comes before it.
func then(from, step eval) eval {
	return func(c ctx) Seq {
		before := from(c)
		if len(before) == 1 {
			return step(c.at(before[0], 1, 1))
		}
		var out Seq
		for n, item := range before {
			out = append(out, step(c.at(item, n+1, len(before)))...)
		}
		return ordered(out)
	}
}

func (p *parser) beginsStep() bool {
	t := p.peek()
	return t.kind == tName || t.text == "*" || t.text == "@" || t.text == "." || t.text == ".." || t.text == "("
}

func (p *parser) step() eval {
	if _, up := p.symbol(".."); up {
		return p.filtered(func(c ctx) Seq {
			if up := c.node().Parent; up != nil {
				return Seq{up}
			}
			return nil
		})
	}
	if _, at := p.symbol("@"); at {
		return p.filtered(p.attribute())
	}
	t, next := p.peek(), p.ahead(1)
	switch {
	case t.kind == tName && next.text == "::":
		p.at += 2
		return p.axis(t.text)
	case t.text == "*" && t.kind == tSymbol:
		return p.axis("child")
	case t.kind == tName && next.text != "(":
		return p.axis("child")
	}
	return p.filtered(p.primary())
}

// test is what a step's name asks of a node.
func (p *parser) test() func(*xmltree.Node) bool {
	if _, any := p.symbol("*"); any {
		return func(n *xmltree.Node) bool { return n.Kind != xmltree.Root }
	}
	t := p.peek()
	if t.kind != tName {
		p.fail("a name is missing before %q", t.text)
	}
	p.at++
	name := p.name(t.text)
	return func(n *xmltree.Node) bool {
		return n.Kind != xmltree.Root && n.Space == name.Space && (name.Local == "*" || n.Name == name.Local)
	}
}

func (p *parser) name(text string) xml.Name {
	prefix, local, found := strings.Cut(text, ":")
	if !found {
		return xml.Name{Local: text}
	}
	space, known := p.spaces[prefix]
	if !known {
		p.fail("unknown prefix %s", prefix)
	}
	return xml.Name{Space: space, Local: local}
}

func (p *parser) attribute() eval {
	is := p.test()
	return func(c ctx) Seq {
		var out Seq
		for _, a := range c.node().Attributes {
			if is(a) {
				out = append(out, a)
			}
		}
		return out
	}
}

func (p *parser) axis(name string) eval {
	walk, known := axes[name]
	if !known {
		p.fail("unknown axis %s", name)
	}
	is := p.test()
	return p.filtered(func(c ctx) Seq {
		var out Seq
		for _, n := range walk(c.node()) {
			if is(n) {
				out = append(out, n)
			}
		}
		return out
	})
}

// axes list nodes from the context outwards, as predicates count them.
var axes = map[string]func(*xmltree.Node) []*xmltree.Node{
	"child": func(n *xmltree.Node) []*xmltree.Node { return n.Children },
	"self":  func(n *xmltree.Node) []*xmltree.Node { return []*xmltree.Node{n} },
	"parent": func(n *xmltree.Node) []*xmltree.Node {
		if n.Parent == nil {
			return nil
		}
		return []*xmltree.Node{n.Parent}
	},
	"ancestor": func(n *xmltree.Node) (all []*xmltree.Node) {
		for n = n.Parent; n != nil; n = n.Parent {
			all = append(all, n)
		}
		return all
	},
	"preceding": func(n *xmltree.Node) (all []*xmltree.Node) {
		for at := n; at.Parent != nil; at = at.Parent {
			for _, c := range at.Parent.Children {
				if c == at {
					break
				}
				all = append(all, below(c)...)
			}
		}
		return all
	},
}

func below(n *xmltree.Node) []*xmltree.Node {
	all := []*xmltree.Node{n}
	for _, c := range n.Children {
		all = append(all, below(c)...)
	}
	return all
}

func descendants(n *xmltree.Node) Seq { return nodes(below(n)) }

func nodes(all []*xmltree.Node) Seq {
	out := make(Seq, len(all))
	for i, n := range all {
		out[i] = n
	}
	return out
}

func (p *parser) predicates() (all []eval) {
	for {
		if _, more := p.symbol("["); !more {
			return all
		}
		all = append(all, p.expr())
		p.want("]")
	}
}

func (p *parser) filtered(e eval) eval {
	predicates := p.predicates()
	if len(predicates) == 0 {
		return e
	}
	return func(c ctx) Seq { return filter(c, e(c), predicates) }
}

func filter(c ctx, all Seq, predicates []eval) Seq {
	for _, holds := range predicates {
		var kept Seq
		for n, item := range all {
			v := holds(c.at(item, n+1, len(all)))
			if len(v) == 1 {
				if place, isNumber := v[0].(decimal.Decimal); isNumber {
					if place.Equal(decimal.NewFromInt(int64(n + 1))) {
						kept = append(kept, item)
					}
					continue
				}
			}
			if truth(v) {
				kept = append(kept, item)
			}
		}
		all = kept
	}
	return all
}

// primary is a literal, a variable, the context, something in brackets, or a call.
func (p *parser) primary() eval {
	t := p.peek()
	p.at++
	switch t.kind {
	case tString:
		return constant(t.text)
	case tNumber:
		d, err := decimal.NewFromString(t.text)
		if err != nil {
			p.fail("%s is no number", t.text)
		}
		return constant(d)
	case tVariable:
		if !slices.Contains(p.bound, t.text) {
			p.fail("$%s is not bound", t.text)
		}
		return func(c ctx) Seq { return c.variable(t.text) }
	case tName:
		return p.call(t.text)
	case tSymbol:
		switch t.text {
		case ".":
			return func(c ctx) Seq { return Seq{c.item} }
		case "(":
			if _, empty := p.symbol(")"); empty {
				return func(ctx) Seq { return nil }
			}
			e := p.expr()
			p.want(")")
			return e
		}
	}
	p.fail("unexpected %q", t.text)
	return nil
}

func constant(v any) eval {
	s := Seq{v}
	return func(ctx) Seq { return s }
}

func (p *parser) call(name string) eval {
	f, known := functions[name]
	if !known {
		p.fail("unknown function %s", name)
	}
	p.want("(")
	var args []eval
	if _, none := p.symbol(")"); !none {
		for {
			args = append(args, p.single())
			if _, more := p.symbol(","); !more {
				break
			}
		}
		p.want(")")
	}
	if n := arity[name]; len(args) < n[0] || len(args) > n[1] {
		p.fail("%s has %d arguments", name, len(args))
	}
	return func(c ctx) Seq {
		values := make([]Seq, len(args))
		for n, a := range args {
			values[n] = a(c)
		}
		return f(c, values)
	}
}
