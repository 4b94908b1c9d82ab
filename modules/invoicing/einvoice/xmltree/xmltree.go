// Package xmltree holds an XML document in memory, for rules that look at all of it.
package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Kind tells nodes apart.
type Kind int

// What a node may be.
const (
	Root Kind = iota
	Element
	Attribute
)

// Node is the document, an element or an attribute.
type Node struct {
	Kind       Kind
	Space      string
	Name       string
	Parent     *Node
	Children   []*Node // elements only
	Attributes []*Node
	Line       int
	Order      int // in the document
	text       string
	index      map[xml.Name][]*Node // of the root: elements by name, in order
}

// MaxDepth and MaxNodes bound what a document may cost.
const (
	MaxDepth = 64
	MaxNodes = 500_000
)

// ErrTooLarge refuses documents that are deeper or larger than any invoice.
var ErrTooLarge = errors.New("xmltree: the document is too large or too deep")

// Parse reads a document. Document types, and with them entities, are refused.
func Parse(raw []byte) (*Node, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	root := &Node{Kind: Root, index: map[xml.Name][]*Node{}}
	at, depth, order := root, 0, 0
	texts := map[*Node]*strings.Builder{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.Directive:
			return nil, errors.New("xmltree: document types are not read")
		case xml.StartElement:
			line, _ := d.InputPos()
			order++
			n := &Node{Kind: Element, Space: x.Name.Space, Name: x.Name.Local, Parent: at, Line: line, Order: order}
			for _, a := range x.Attr {
				if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
					continue
				}
				order++
				n.Attributes = append(n.Attributes, &Node{Kind: Attribute, Space: a.Name.Space, Name: a.Name.Local, Parent: n, Line: line, Order: order, text: a.Value})
			}
			at.Children = append(at.Children, n)
			root.index[x.Name] = append(root.index[x.Name], n)
			if depth++; depth > MaxDepth || order > MaxNodes {
				return nil, ErrTooLarge
			}
			at = n
		case xml.EndElement:
			if b := texts[at]; b != nil {
				at.text = b.String()
				delete(texts, at)
			}
			at, depth = at.Parent, depth-1
		case xml.CharData:
			if at.Kind != Element {
				continue
			}
			if texts[at] == nil {
				texts[at] = &strings.Builder{}
			}
			_, _ = texts[at].Write(x)
		}
	}
	if len(root.Children) != 1 {
		return nil, fmt.Errorf("xmltree: %d root elements", len(root.Children))
	}
	return root, nil
}

// Text is what stands directly in an element, or an attribute's value.
func (n *Node) Text() string { return n.text }

// String is the text of the node and all below it.
func (n *Node) String() string {
	if n.Kind == Attribute || len(n.Children) == 0 {
		return n.text
	}
	var b strings.Builder
	b.WriteString(n.text)
	for _, c := range n.Children {
		b.WriteString(c.String())
	}
	return b.String()
}

// Top is the document that the node is in.
func (n *Node) Top() *Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

// Named lists all elements of a name in the document, in their order.
func (n *Node) Named(space, name string) []*Node {
	return n.Top().index[xml.Name{Space: space, Local: name}]
}

// Path says where the node is: /Invoice/InvoiceLine[2]/ID.
func (n *Node) Path() string {
	if n.Parent == nil {
		return ""
	}
	if n.Kind == Attribute {
		return n.Parent.Path() + "/@" + n.Name
	}
	place, same := 0, 0
	for _, c := range n.Parent.Children {
		if c.Name == n.Name && c.Space == n.Space {
			if same++; c == n {
				place = same
			}
		}
	}
	path := n.Parent.Path() + "/" + n.Name
	if same > 1 {
		path += fmt.Sprintf("[%d]", place)
	}
	return path
}
