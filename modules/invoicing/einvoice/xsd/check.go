package xsd

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xmltree"
)

// Fault is a place at which a document is not as the schema says.
type Fault struct {
	Path string
	Text string
}

func (f Fault) Error() string { return f.Path + ": " + f.Text }

// Check names the faults of a document, at most one for each element.
func (s *Schema) Check(doc *xmltree.Node) []Fault {
	top := doc.Children[0]
	e := s.elements[xml.Name{Space: top.Space, Local: top.Name}]
	if e == nil {
		return []Fault{{top.Path(), "is no document of this schema"}}
	}
	c := checker{s: s}
	c.element(top, e)
	return c.faults
}

type checker struct {
	s      *Schema
	faults []Fault
}

func (c *checker) fault(n *xmltree.Node, format string, args ...any) {
	c.faults = append(c.faults, Fault{n.Path(), fmt.Sprintf(format, args...)})
}

// element checks one against its declaration.
func (c *checker) element(n *xmltree.Node, e *declared) {
	if ref := e.attr("ref"); ref != "" {
		e = c.s.elements[e.file.qname(ref)]
	}
	if e == nil {
		c.fault(n, "is not declared")
		return
	}
	name := e.file.qname(e.attr("type"))
	if e.attr("type") == "" {
		c.of(n, &declared{e.child("complexType", "simpleType", unknown), e.file})
		return
	}
	if name.Space == schemaSpace {
		c.text(n, name.Local, nil)
		return
	}
	t := c.s.types[name]
	if t == nil {
		c.fault(n, "has the unknown type %s", name.Local)
		return
	}
	c.of(n, t)
}

// of checks an element against its type.
func (c *checker) of(n *xmltree.Node, t *declared) {
	switch {
	case t.node == nil || t.is(unknown):
		c.fault(n, "has a type that is not understood")
	case t.is("simpleType"):
		c.simple(n, t)
	default:
		c.complex(n, t)
	}
}

func (c *checker) complex(n *xmltree.Node, t *declared) {
	if content := t.child("simpleContent"); content != nil {
		if len(n.Children) > 0 {
			c.fault(n.Children[0], "has no place in a text")
			return
		}
		c.content(n, n, &declared{content.child("extension", "restriction"), t.file}, nil)
		return
	}
	c.attributes(n, attributesOf(t.node))
	group := t.child("sequence", "choice", unknown)
	if group == nil {
		if len(n.Children) > 0 {
			c.fault(n.Children[0], "has no place in %s", n.Name)
		}
		return
	}
	if strings.TrimSpace(n.Text()) != "" {
		c.fault(n, "has text between its elements")
	}
	rest, ok := c.group(n, n.Children, group, t.file)
	if ok && len(rest) > 0 {
		c.fault(rest[0], "has no place here")
	}
}

// group takes the children that stand for a sequence or a choice.
func (c *checker) group(n *xmltree.Node, kids []*xmltree.Node, g *node, f *schemaFile) (rest []*xmltree.Node, ok bool) {
	if g.is(unknown) {
		c.fault(n, "is of a kind that is not understood")
		return nil, false
	}
	chosen := false
	for _, p := range g.Kids {
		if p.is("annotation") || p.is("attribute") {
			continue
		}
		if g.is("choice") && chosen {
			break
		}
		least, most := p.occurs()
		if g.is("choice") {
			least = 0
		}
		taken := 0
		for taken < most && len(kids) > 0 && c.begins(kids[0], p, f) {
			if p.is("element") {
				c.element(kids[0], &declared{p, f})
				kids = kids[1:]
			} else if kids, ok = c.group(n, kids, p, f); !ok {
				return nil, false
			}
			taken++
		}
		if taken < least && (p.is("element") || !optional(p)) {
			at := n
			if len(kids) > 0 {
				at = kids[0]
			}
			c.fault(at, "%s is missing before it or in it", nameOf(p))
			return nil, false
		}
		chosen = chosen || taken > 0
	}
	if g.is("choice") && !chosen && !optional(g) {
		c.fault(n, "has none of what it is to have one of")
		return nil, false
	}
	return kids, true
}

// begins tells whether an element may be the first of a particle.
func (c *checker) begins(n *xmltree.Node, p *node, f *schemaFile) bool {
	if p.is("element") {
		if ref := p.attr("ref"); ref != "" {
			return f.qname(ref) == xml.Name{Space: n.Space, Local: n.Name}
		}
		return n.Space == f.target && n.Name == p.attr("name")
	}
	for _, k := range p.Kids {
		if c.begins(n, k, f) {
			return true
		}
		if least, _ := k.occurs(); p.is("sequence") && least > 0 && !k.is("annotation") {
			return false
		}
	}
	return false
}

// optional tells whether a group may be empty.
func optional(g *node) bool {
	for _, k := range g.Kids {
		least, _ := k.occurs()
		empty := least == 0 || !k.is("element") && optional(k)
		if g.is("choice") && empty {
			return true
		}
		if g.is("sequence") && !empty && !k.is("annotation") {
			return false
		}
	}
	return g.is("sequence")
}

func nameOf(p *node) string {
	if name := p.attr("ref") + p.attr("name"); name != "" {
		return name
	}
	return "a group"
}

func attributesOf(n *node) (all []*node) {
	for _, k := range n.Kids {
		if k.is("attribute") {
			all = append(all, k)
		}
	}
	return all
}

// content follows simple content down to the type that it is built on.
func (c *checker) content(n, at *xmltree.Node, d *declared, declaredAttrs []*node) {
	declaredAttrs = append(declaredAttrs, attributesOf(d.node)...)
	base := d.file.qname(d.attr("base"))
	if base.Space == schemaSpace {
		c.attributes(n, declaredAttrs)
		c.text(at, base.Local, d.node)
		return
	}
	t := c.s.types[base]
	switch {
	case t == nil:
		c.fault(n, "has the unknown type %s", base.Local)
	case t.is("simpleType"):
		c.attributes(n, declaredAttrs)
		c.simple(at, t)
	default:
		inner := t.child("simpleContent")
		if inner == nil {
			c.fault(n, "has a text that is built on elements")
			return
		}
		c.content(n, at, &declared{inner.child("extension", "restriction"), t.file}, declaredAttrs)
	}
}

func (c *checker) attributes(n *xmltree.Node, all []*node) {
	for _, a := range n.Attributes {
		if a.Space != "" { // such as xsi:schemaLocation
			continue
		}
		if !slices.ContainsFunc(all, func(d *node) bool { return d.attr("name") == a.Name && d.attr("use") != "prohibited" }) {
			c.fault(a, "is not declared")
		}
	}
	seen := map[string]bool{}
	for _, d := range all { // the outermost declaration comes first
		name := d.attr("name")
		if !seen[name] && d.attr("use") == "required" && !slices.ContainsFunc(n.Attributes, func(a *xmltree.Node) bool { return a.Name == name }) {
			c.fault(n, "needs the attribute %s", name)
		}
		seen[name] = true
	}
}

func (c *checker) simple(n *xmltree.Node, t *declared) {
	r := t.child("restriction")
	if r == nil {
		c.fault(n, "is of a kind that is not understood")
		return
	}
	base := t.file.qname(r.attr("base"))
	if base.Space != schemaSpace {
		if inner := c.s.types[base]; inner != nil {
			c.simple(n, inner)
		}
	}
	c.text(n, base.Local, r)
}

// text checks a value against a built-in type and the facets of a restriction.
func (c *checker) text(n *xmltree.Node, kind string, facets *node) {
	v := n.Text()
	if kind != "string" {
		v = strings.Join(strings.Fields(v), " ")
	}
	if !builtIn(kind, v) {
		c.fault(n, "%q is no %s", v, kind)
		return
	}
	if facets == nil {
		return
	}
	var values []string
	for _, f := range facets.Kids {
		bound, _ := strconv.Atoi(f.attr("value"))
		switch {
		case f.is("enumeration"):
			values = append(values, f.attr("value"))
		case f.is("minLength") && len([]rune(v)) < bound, f.is("maxLength") && len([]rune(v)) > bound:
			c.fault(n, "%q is too short or too long", v)
		}
	}
	if len(values) > 0 && !slices.Contains(values, v) {
		c.fault(n, "%q is not in the list of values", v)
	}
}

func builtIn(kind, v string) bool {
	var err error
	switch kind {
	case "decimal":
		if strings.ContainsAny(v, "eE") {
			return false
		}
		_, err = decimal.NewFromString(v)
	case "date":
		_, err = time.Parse(time.DateOnly, v)
	case "dateTime":
		_, err = time.Parse("2006-01-02T15:04:05", v)
	case "time":
		_, err = time.Parse("15:04:05", v)
	case "boolean":
		return slices.Contains([]string{"true", "false", "0", "1"}, v)
	case "base64Binary":
		_, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(v, " ", ""))
	}
	return err == nil
}
