// Package xsd checks documents against the part of XML Schema 1.0 that the schemas of UBL and CII are written in:
// sequences and choices of elements, simple content with attributes, lists of values. A document that
// needs anything beyond is refused.
package xsd

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const schemaSpace = "http://www.w3.org/2001/XMLSchema"

// Schema is a set of schema files.
type Schema struct {
	elements map[xml.Name]*declared
	types    map[xml.Name]*declared
}

// declared is an element or a type with the prefixes that hold where it is declared.
type declared struct {
	*node
	file *schemaFile
}

type schemaFile struct {
	target   string
	prefixes map[string]string
}

// node is a part of a schema file.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Kids    []*node    `xml:",any"`
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *node) is(name string) bool { return n.XMLName.Space == schemaSpace && n.XMLName.Local == name }

func (n *node) child(names ...string) *node {
	for _, k := range n.Kids {
		if k.XMLName.Space == schemaSpace && slices.Contains(names, k.XMLName.Local) {
			return k
		}
	}
	return nil
}

// occurs is how often a particle stands: at least and at most.
func (n *node) occurs() (least, most int) {
	least, most = 1, 1
	if v := n.attr("minOccurs"); v != "" {
		least, _ = strconv.Atoi(v)
	}
	switch v := n.attr("maxOccurs"); v {
	case "":
	case "unbounded":
		most = 1 << 30
	default:
		most, _ = strconv.Atoi(v)
	}
	return least, most
}

// Read takes all schema files out of an archive. Namespaces tell what belongs together, not places of files.
func Read(archive []byte) (*Schema, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("xsd: %w", err)
	}
	s := &Schema{elements: map[xml.Name]*declared{}, types: map[xml.Name]*declared{}}
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".xsd") {
			continue
		}
		if err := s.read(f); err != nil {
			return nil, fmt.Errorf("xsd: %s: %w", f.Name, err)
		}
	}
	return s, nil
}

func (s *Schema) read(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	var top node
	if err := xml.NewDecoder(r).Decode(&top); err != nil {
		return err
	}
	file := &schemaFile{target: top.attr("targetNamespace"), prefixes: map[string]string{}}
	for _, a := range top.Attrs {
		switch {
		case a.Name.Space == "xmlns":
			file.prefixes[a.Name.Local] = a.Value
		case a.Name.Local == "xmlns":
			file.prefixes[""] = a.Value
		}
	}
	for _, k := range top.Kids {
		name := xml.Name{Space: file.target, Local: k.attr("name")}
		switch {
		case k.is("element"):
			simplify(k)
			s.elements[name] = &declared{k, file}
		case k.is("complexType"), k.is("simpleType"):
			simplify(k)
			s.types[name] = &declared{k, file}
		}
	}
	return nil
}

var understood = []string{
	"complexType", "simpleType", "sequence", "choice", "element", "any", "simpleContent", "extension", "restriction", "attribute", "enumeration",
	"minLength", "maxLength", "annotation",
}

// simplify drops what only people read, and marks what this package does not understand: signatures and their
// certificates are in the files, and in no invoice. A document that comes to a marked part is refused.
func simplify(n *node) {
	if n.is("annotation") {
		n.Kids = nil
		return
	}
	if n.XMLName.Space == schemaSpace && !slices.Contains(understood, n.XMLName.Local) {
		n.Kids, n.XMLName.Local = nil, unknown
		return
	}
	for _, k := range n.Kids {
		simplify(k)
	}
}

const unknown = "unknown"

// qname reads a name with its prefix.
func (f *schemaFile) qname(text string) xml.Name {
	prefix, local, found := strings.Cut(text, ":")
	if !found {
		prefix, local = "", text
	}
	return xml.Name{Space: f.prefixes[prefix], Local: local}
}
