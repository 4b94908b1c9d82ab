package einvoice

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
)

// element is a part of a document that is being written. Nothing of it that is empty is written.
type element struct {
	name  string
	text  string
	attrs [][2]string
	kids  []*element
}

// group is an element with others in it; without any it is nil.
func group(name string, kids ...*element) *element {
	e := &element{name: name}
	for _, k := range kids {
		if k != nil {
			e.kids = append(e.kids, k)
		}
	}
	if len(e.kids) == 0 {
		return nil
	}
	return e
}

// add appends what is not nil.
func (e *element) add(kids ...*element) *element {
	for _, k := range kids {
		if k != nil {
			e.kids = append(e.kids, k)
		}
	}
	return e
}

// leaf is an element with a text; without one it is nil.
func leaf(name, text string, attrs ...string) *element {
	if text = plainText(text); text == "" {
		return nil
	}
	e := &element{name: name, text: text}
	for n := 0; n+1 < len(attrs); n += 2 {
		e.attrs = append(e.attrs, [2]string{attrs[n], attrs[n+1]})
	}
	return e
}

func number(name string, d decimal.Decimal, attrs ...string) *element {
	return leaf(name, d.String(), attrs...)
}

func amount(name string, m money.Money) *element { return leaf(name, m.Amount()) }

// ublAmount says the currency at every amount, as UBL does.
func ublAmount(name string, m money.Money) *element {
	return leaf(name, m.Amount(), "currencyID", m.Currency)
}

func ublDate(name string, d *day.Date) *element {
	if d == nil || d.IsZero() {
		return nil
	}
	return leaf(name, d.String())
}

// ciiDate is a date in the form that code 102 names.
func ciiDate(name, inner string, d *day.Date) *element {
	if d == nil || d.IsZero() {
		return nil
	}
	return group(name, leaf(inner, d.Format("20060102"), "format", "102"))
}

// plainText drops what may not stand in XML.
func plainText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, s))
}

// document writes the top element with its namespaces. The same elements give the same bytes.
func document(top *element, spaces ...string) []byte {
	for n := 0; n+1 < len(spaces); n += 2 {
		name := "xmlns"
		if spaces[n] != "" {
			name += ":" + spaces[n]
		}
		top.attrs = append(top.attrs, [2]string{name, spaces[n+1]})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	top.write(&b, 0)
	return b.Bytes()
}

func (e *element) write(b *bytes.Buffer, depth int) {
	indent := strings.Repeat("  ", depth)
	b.WriteString(indent + "<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a[0] + `="`)
		_ = xml.EscapeText(b, []byte(a[1]))
		b.WriteString(`"`)
	}
	b.WriteString(">")
	if len(e.kids) == 0 {
		_ = xml.EscapeText(b, []byte(e.text))
	} else {
		b.WriteString("\n")
		for _, k := range e.kids {
			k.write(b, depth+1)
		}
		b.WriteString(indent)
	}
	b.WriteString("</" + e.name + ">\n")
}
