package xpath

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// Expr is a compiled expression. It may be used by many goroutines at once.
type Expr struct{ eval eval }

type parser struct {
	tokens []token
	at     int
	spaces map[string]string // prefix → namespace
	bound  []string          // variables in scope
}

// Compile reads an expression whose names have the prefixes of spaces.
func Compile(src string, spaces map[string]string) (x Expr, err error) {
	p := &parser{spaces: spaces}
	if p.tokens, err = lex(src); err != nil {
		return x, err
	}
	defer func() {
		if r := recover(); r != nil {
			f, ours := r.(failure)
			if !ours {
				panic(r)
			}
			err = fmt.Errorf("%w in %.200s", f, src)
		}
	}()
	x.eval = p.expr()
	if p.at < len(p.tokens) {
		p.fail("unexpected %q", p.tokens[p.at].text)
	}
	return x, nil
}

// failure ends compiling or evaluating.
type failure struct{ text string }

func (f failure) Error() string { return "xpath: " + f.text }

func fail(format string, args ...any) { panic(failure{fmt.Sprintf(format, args...)}) }

func (p *parser) fail(format string, args ...any) { fail(format, args...) }

func (p *parser) ahead(n int) token {
	if p.at+n < len(p.tokens) {
		return p.tokens[p.at+n]
	}
	return token{}
}

func (p *parser) peek() token { return p.ahead(0) }

// symbol takes one of the symbols if it comes next.
func (p *parser) symbol(any ...string) (string, bool) { return p.take(tSymbol, any) }

// word takes one of the words if it comes next.
func (p *parser) word(any ...string) (string, bool) { return p.take(tName, any) }

func (p *parser) take(k tokenKind, any []string) (string, bool) {
	t := p.peek()
	if t.kind != k || !slices.Contains(any, t.text) {
		return "", false
	}
	p.at++
	return t.text, true
}

func (p *parser) want(symbol string) {
	if _, ok := p.symbol(symbol); !ok {
		p.fail("%q is missing before %q", symbol, p.peek().text)
	}
}

func (p *parser) wantWord(word string) {
	if _, ok := p.word(word); !ok {
		p.fail("%q is missing before %q", word, p.peek().text)
	}
}

func (p *parser) expr() eval {
	first := p.single()
	all := []eval{first}
	for {
		if _, more := p.symbol(","); !more {
			break
		}
		all = append(all, p.single())
	}
	if len(all) == 1 {
		return first
	}
	return func(c ctx) Seq {
		var out Seq
		for _, e := range all {
			out = append(out, e(c)...)
		}
		return out
	}
}

func (p *parser) single() eval {
	if t := p.peek(); (t.text == "every" || t.text == "some") && p.ahead(1).kind == tVariable {
		p.at++
		return p.quantified(t.text == "every")
	}
	return p.or()
}

// quantified is: every $x in E satisfies E.
func (p *parser) quantified(every bool) eval {
	name := p.peek().text
	p.at++
	p.wantWord("in")
	in := p.single()
	p.wantWord("satisfies")
	p.bound = append(p.bound, name)
	holds := p.single()
	p.bound = p.bound[:len(p.bound)-1]
	return func(c ctx) Seq {
		for _, item := range in(c) {
			if truth(holds(c.with(name, Seq{item}))) != every {
				return Seq{!every}
			}
		}
		return Seq{every}
	}
}

func (p *parser) or() eval {
	left := p.and()
	for {
		if _, more := p.word("or"); !more {
			return left
		}
		a, b := left, p.and()
		left = func(c ctx) Seq { return Seq{truth(a(c)) || truth(b(c))} }
	}
}

func (p *parser) and() eval {
	left := p.comparison()
	for {
		if _, more := p.word("and"); !more {
			return left
		}
		a, b := left, p.comparison()
		left = func(c ctx) Seq { return Seq{truth(a(c)) && truth(b(c))} }
	}
}

func (p *parser) comparison() eval {
	left := p.sum()
	if op, ok := p.symbol("=", "!=", "<=", ">=", "<", ">"); ok {
		right := p.sum()
		return func(c ctx) Seq { return Seq{compare(op, left(c), right(c))} }
	}
	if op, ok := p.word("eq", "ne", "lt", "le", "gt", "ge"); ok {
		right := p.sum()
		same := map[string]string{"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}[op]
		return func(c ctx) Seq {
			a, b := left(c), right(c)
			switch {
			case len(a) == 0 || len(b) == 0:
				return nil
			case len(a) > 1 || len(b) > 1:
				fail("%s compares single values", op)
			}
			return Seq{compare(same, a, b)}
		}
	}
	return left
}

func (p *parser) sum() eval {
	left := p.product()
	for {
		op, more := p.symbol("+", "-")
		if !more {
			return left
		}
		left = arithmetic(op, left, p.product())
	}
}

func (p *parser) product() eval {
	left := p.union()
	for {
		op, more := p.symbol("*")
		if !more {
			op, more = p.word("div", "mod")
		}
		if !more {
			return left
		}
		left = arithmetic(op, left, p.union())
	}
}

func (p *parser) union() eval {
	left := p.unary()
	for {
		if _, more := p.symbol("|"); !more {
			return left
		}
		a, b := left, p.unary()
		left = func(c ctx) Seq { return ordered(append(append(Seq{}, a(c)...), b(c)...)) }
	}
}

func (p *parser) unary() eval {
	if _, minus := p.symbol("-"); minus {
		return arithmetic("-", func(ctx) Seq { return Seq{decimal.Zero} }, p.unary())
	}
	return p.cast()
}

// cast is: E cast as xs:decimal, for singles.
func (p *parser) cast() eval {
	e := p.path()
	kind, ok := p.word("cast", "castable")
	if !ok {
		return e
	}
	p.wantWord("as")
	to := functions[p.peek().text]
	if !constructors[p.peek().text] {
		p.fail("cannot cast to %s", p.peek().text)
	}
	p.at++
	return func(c ctx) Seq {
		if kind == "cast" {
			return to(c, []Seq{e(c)})
		}
		v := e(c)
		return Seq{len(v) == 1 && try(func() { to(c, []Seq{v}) }) == nil}
	}
}
