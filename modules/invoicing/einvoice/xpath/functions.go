package xpath

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xmltree"
)

type function func(c ctx, args []Seq) Seq

// arity is how many arguments a function takes, at least and at most.
var arity = map[string][2]int{
	"true": {0, 0}, "false": {0, 0}, "not": {1, 1}, "exists": {1, 1}, "count": {1, 1}, "sum": {1, 1}, "round": {1, 1}, "abs": {1, 1},
	"distinct-values": {1, 1}, "string": {0, 1}, "string-length": {0, 1}, "normalize-space": {0, 1}, "upper-case": {1, 1},
	"concat": {2, 99}, "contains": {2, 2}, "starts-with": {2, 2}, "ends-with": {2, 2}, "substring": {2, 3}, "substring-before": {2, 2},
	"substring-after": {2, 2}, "matches": {2, 2}, "name": {0, 1}, "local-name": {0, 1}, "xs:decimal": {1, 1}, "xs:date": {1, 1}, "xs:integer": {1, 1}, "xs:boolean": {1, 1},
}

// constructors are the types that a value may be cast to.
var constructors = map[string]bool{"xs:decimal": true, "xs:date": true, "xs:integer": true, "xs:boolean": true}

var functions = map[string]function{
	"true":   func(ctx, []Seq) Seq { return Seq{true} },
	"false":  func(ctx, []Seq) Seq { return Seq{false} },
	"not":    func(_ ctx, a []Seq) Seq { return Seq{!truth(a[0])} },
	"exists": func(_ ctx, a []Seq) Seq { return Seq{len(a[0]) > 0} },
	"count":  func(_ ctx, a []Seq) Seq { return Seq{decimal.NewFromInt(int64(len(a[0])))} },
	"sum": func(_ ctx, a []Seq) Seq {
		sum := decimal.Zero
		for _, v := range atoms(a[0]) {
			sum = sum.Add(toDecimal(v))
		}
		return Seq{sum}
	},
	// Halves go up, also below zero.
	"round": number(func(d decimal.Decimal) decimal.Decimal { return d.Add(decimal.New(5, -1)).Floor() }),
	"abs":   number(decimal.Decimal.Abs),
	"distinct-values": func(_ ctx, a []Seq) Seq {
		var out Seq
		for _, v := range atoms(a[0]) {
			if !slices.ContainsFunc(out, func(o any) bool { return order(o, v) == 0 }) {
				out = append(out, v)
			}
		}
		return out
	},
	"string":          text(func(s string) any { return s }),
	"string-length":   text(func(s string) any { return decimal.NewFromInt(int64(len([]rune(s)))) }),
	"normalize-space": text(func(s string) any { return strings.Join(strings.Fields(s), " ") }),
	"upper-case":      text(func(s string) any { return strings.ToUpper(s) }),
	"concat": func(_ ctx, a []Seq) Seq {
		var b strings.Builder
		for _, v := range a {
			b.WriteString(toString(atom(v)))
		}
		return Seq{b.String()}
	},
	"contains":    both(func(s, t string) any { return strings.Contains(s, t) }),
	"starts-with": both(func(s, t string) any { return strings.HasPrefix(s, t) }),
	"ends-with":   both(func(s, t string) any { return strings.HasSuffix(s, t) }),
	"substring-before": both(func(s, t string) any {
		before, _, found := strings.Cut(s, t)
		if !found {
			return ""
		}
		return before
	}),
	"substring-after": both(func(s, t string) any {
		_, after, _ := strings.Cut(s, t)
		return after
	}),
	"substring":  substring,
	"matches":    both(func(s, t string) any { return pattern(t).MatchString(s) }),
	"name":       nameOf,
	"local-name": nameOf,
	"xs:decimal": number(func(d decimal.Decimal) decimal.Decimal { return d }),
	"xs:integer": number(func(d decimal.Decimal) decimal.Decimal {
		if !d.Equal(d.Truncate(0)) {
			fail("%s is no integer", d)
		}
		return d
	}),
	"xs:boolean": func(_ ctx, a []Seq) Seq {
		v := atom(a[0])
		if d, isNumber := v.(decimal.Decimal); isNumber {
			return Seq{!d.IsZero()}
		}
		if v == nil {
			return nil
		}
		return Seq{toBool(v)}
	},
	"xs:date": func(_ ctx, a []Seq) Seq {
		v := atom(a[0])
		if v == nil {
			return nil
		}
		s := strings.TrimSpace(toString(v))
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			fail("%q is no date", s)
		}
		return Seq{date(s)}
	},
}

// number is a function of one number; of nothing it is nothing.
func number(f func(decimal.Decimal) decimal.Decimal) function {
	return func(_ ctx, a []Seq) Seq {
		v := atom(a[0])
		if v == nil {
			return nil
		}
		return Seq{f(toDecimal(v))}
	}
}

// text is a function of one text, by default that of the context.
func text(f func(string) any) function {
	return func(c ctx, a []Seq) Seq {
		s := Seq{c.item}
		if len(a) > 0 {
			s = a[0]
		}
		return Seq{f(toString(atom(s)))}
	}
}

func both(f func(s, t string) any) function {
	return func(_ ctx, a []Seq) Seq { return Seq{f(toString(atom(a[0])), toString(atom(a[1])))} }
}

func substring(_ ctx, a []Seq) Seq {
	all := []rune(toString(atom(a[0])))
	from := int(toDecimal(atom(a[1])).Round(0).IntPart())
	to := len(all) + 1
	if len(a) > 2 {
		to = min(to, from+int(toDecimal(atom(a[2])).Round(0).IntPart()))
	}
	from = max(from, 1)
	if from >= to {
		return Seq{""}
	}
	return Seq{string(all[from-1 : to-1])}
}

func nameOf(c ctx, a []Seq) Seq {
	n := c.item
	if len(a) > 0 {
		if len(a[0]) == 0 {
			return Seq{""}
		}
		n = a[0][0]
	}
	node, ok := n.(*xmltree.Node)
	if !ok {
		fail("%v has no name", n)
	}
	return Seq{node.Name}
}

var patterns sync.Map

func pattern(src string) *regexp.Regexp {
	if p, known := patterns.Load(src); known {
		return p.(*regexp.Regexp)
	}
	p, err := regexp.Compile(src)
	if err != nil {
		fail("%q is no pattern", src)
	}
	patterns.Store(src, p)
	return p
}
