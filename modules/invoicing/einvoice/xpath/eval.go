package xpath

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xmltree"
)

// Seq is a value: nodes, strings, decimals, booleans and dates in a row.
type Seq []any

type (
	eval    func(ctx) Seq
	untyped string // what a node says, before anything else decides its type
	date    string // 2026-03-02
)

// ctx is where an expression is evaluated.
type ctx struct {
	item      any
	pos, size int
	vars      *binding
}

type binding struct {
	name  string
	value Seq
	outer *binding
}

func (c ctx) at(item any, pos, size int) ctx {
	c.item, c.pos, c.size = item, pos, size
	return c
}

func (c ctx) with(name string, v Seq) ctx {
	c.vars = &binding{name, v, c.vars}
	return c
}

func (c ctx) variable(name string) Seq {
	for b := c.vars; b != nil; b = b.outer {
		if b.name == name {
			return b.value
		}
	}
	return nil
}

func (c ctx) node() *xmltree.Node {
	n, ok := c.item.(*xmltree.Node)
	if !ok {
		fail("a step leads on from what is no node")
	}
	return n
}

// try runs what may fail.
func try(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			x, ours := r.(failure)
			if !ours {
				panic(r)
			}
			err = x
		}
	}()
	f()
	return nil
}

// Holds evaluates the expression at a node as a condition.
func (x Expr) Holds(at *xmltree.Node) (holds bool, err error) {
	err = try(func() { holds = truth(x.eval(ctx{item: at, pos: 1, size: 1})) })
	return holds, err
}

// Nodes evaluates the expression at a node to nodes.
func (x Expr) Nodes(at *xmltree.Node) (all []*xmltree.Node, err error) {
	err = try(func() {
		for _, item := range x.eval(ctx{item: at, pos: 1, size: 1}) {
			n, ok := item.(*xmltree.Node)
			if !ok {
				fail("%v is no node", item)
			}
			all = append(all, n)
		}
	})
	return all, err
}

// Text evaluates the expression at a node and writes the values it comes to.
func (x Expr) Text(at *xmltree.Node) (text string, err error) {
	err = try(func() {
		var all []string
		for _, item := range atoms(x.eval(ctx{item: at, pos: 1, size: 1})) {
			all = append(all, toString(item))
		}
		text = strings.Join(all, " ")
	})
	return text, err
}

// truth is the effective boolean value.
func truth(s Seq) bool {
	if len(s) == 0 {
		return false
	}
	if _, node := s[0].(*xmltree.Node); node {
		return true
	}
	if len(s) > 1 {
		fail("several values are no condition")
	}
	switch v := s[0].(type) {
	case bool:
		return v
	case string:
		return v != ""
	case untyped:
		return v != ""
	case decimal.Decimal:
		return !v.IsZero()
	}
	fail("%v is no condition", s[0])
	return false
}

// ordered puts nodes into the document's order, each once. Other values stay as they are.
func ordered(s Seq) Seq {
	if len(s) < 2 {
		return s
	}
	for _, item := range s {
		if _, node := item.(*xmltree.Node); !node {
			return s
		}
	}
	order := func(a, b any) int { return cmp.Compare(a.(*xmltree.Node).Order, b.(*xmltree.Node).Order) }
	if !slices.IsSortedFunc(s, order) {
		s = slices.Clone(s)
		slices.SortStableFunc(s, order)
	}
	return slices.CompactFunc(s, func(a, b any) bool { return a == b })
}

// atoms are the values of a sequence without their nodes.
func atoms(s Seq) Seq {
	out := make(Seq, len(s))
	for i, item := range s {
		if n, node := item.(*xmltree.Node); node {
			item = untyped(n.String())
		}
		out[i] = item
	}
	return out
}

// atom is the one value of a sequence, or nothing.
func atom(s Seq) any {
	if len(s) == 0 {
		return nil
	}
	if len(s) > 1 {
		fail("one value is wanted, there are %d", len(s))
	}
	return atoms(s)[0]
}

func toString(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case untyped:
		return string(x)
	case date:
		return string(x)
	case decimal.Decimal:
		return x.String()
	case bool:
		if x {
			return "true"
		}
		return "false"
	}
	fail("%v is no text", v)
	return ""
}

var errNotDecimal = errors.New("no decimal")

func toDecimal(v any) decimal.Decimal {
	switch x := v.(type) {
	case decimal.Decimal:
		return x
	case string, untyped:
		d, err := parseDecimal(toString(x))
		if err != nil {
			fail("%q is no number", toString(x))
		}
		return d
	}
	fail("%v is no number", v)
	return decimal.Zero
}

// parseDecimal reads an xs:decimal: no exponent.
func parseDecimal(s string) (decimal.Decimal, error) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 60 || strings.ContainsAny(s, "eE") {
		return decimal.Zero, errNotDecimal
	}
	return decimal.NewFromString(s)
}

func arithmetic(op string, left, right eval) eval {
	return func(c ctx) Seq {
		a, b := atom(left(c)), atom(right(c))
		if a == nil || b == nil {
			return nil
		}
		x, y := toDecimal(a), toDecimal(b)
		switch op {
		case "+":
			return Seq{x.Add(y)}
		case "-":
			return Seq{x.Sub(y)}
		case "*":
			return Seq{x.Mul(y)}
		}
		if y.IsZero() {
			fail("division by zero")
		}
		if op == "mod" {
			return Seq{x.Mod(y)}
		}
		return Seq{x.DivRound(y, 24)}
	}
}

// compare holds if any pair of values does: the general comparison.
func compare(op string, a, b Seq) bool {
	left, right := atoms(a), atoms(b)
	for _, x := range left {
		for _, y := range right {
			c := order(x, y)
			switch op {
			case "=":
				if c == 0 {
					return true
				}
			case "!=":
				if c != 0 {
					return true
				}
			case "<":
				if c < 0 {
					return true
				}
			case "<=":
				if c <= 0 {
					return true
				}
			case ">":
				if c > 0 {
					return true
				}
			case ">=":
				if c >= 0 {
					return true
				}
			}
		}
	}
	return false
}

// order compares two values. What is untyped takes the type of the other.
func order(x, y any) int {
	_, dx := x.(decimal.Decimal)
	_, dy := y.(decimal.Decimal)
	_, bx := x.(bool)
	_, by := y.(bool)
	switch {
	case dx || dy:
		return toDecimal(x).Cmp(toDecimal(y))
	case bx || by:
		return cmp.Compare(toString(toBool(x)), toString(toBool(y)))
	}
	return strings.Compare(toString(x), toString(y))
}

func toBool(v any) bool {
	switch toString(v) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	fail("%q is no boolean", toString(v))
	return false
}
