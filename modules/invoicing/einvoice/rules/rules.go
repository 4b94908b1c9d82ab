// Package rules holds what e-invoices are judged by, as it is published, and runs it inside of the program.
//
//   - EN16931-*.sch: the rules of EN 16931 as CEN/TC 434 has them published, version 1.3.16 of 10 April 2026
//     (github.com/ConnectingEurope/eInvoicing-EN16931, EUPL 1.2, see LICENSE-EUPL-1.2.txt), preprocessed.
//   - cii-d16b.zip: the schemas of the Cross Industry Invoice D16B (SCRDM subset, uncoupled) from the same place.
//   - ubl-2.1.zip: the schemas of UBL 2.1, (c) OASIS Open 2013, of which Invoice and CreditNote with what they import.
package rules

import (
	"bytes"
	_ "embed" // the rules
	"strings"
	"sync"

	"github.com/bureauhq/bureau/modules/invoicing/einvoice/schematron"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xmltree"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice/xsd"
)

// Version is that of the rules of EN 16931.
const Version = "1.3.16"

var (
	//go:embed EN16931-CII-validation-preprocessed.sch
	ciiRules []byte
	//go:embed EN16931-UBL-validation-preprocessed.sch
	ublRules []byte
	//go:embed cii-d16b.zip
	ciiSchema []byte
	//go:embed ubl-2.1.zip
	ublSchema []byte
)

// Syntax is what a document is written in.
type Syntax struct {
	Name string
	load func() (judge, error)
}

// The two syntaxes of EN 16931. Schemas and rules are read when they are first needed.
var (
	CII = Syntax{"CII", sync.OnceValues(func() (judge, error) { return load(ciiSchema, ciiRules) })}
	UBL = Syntax{"UBL", sync.OnceValues(func() (judge, error) { return load(ublSchema, ublRules) })}
)

type judge struct {
	schema *xsd.Schema
	rules  *schematron.Rules
}

func load(schema, rules []byte) (j judge, err error) {
	if j.schema, err = xsd.Read(schema); err != nil {
		return j, err
	}
	j.rules, err = schematron.Compile(bytes.NewReader(rules))
	return j, err
}

// Verdict is a rule that a document breaks. Rule is empty where the schema is broken.
type Verdict struct {
	Rule  string
	Fatal bool
	Text  string
	Path  string
}

// Check judges a document by the schema and, if that holds, by all rules.
func (s Syntax) Check(raw []byte) ([]Verdict, error) {
	j, err := s.load()
	if err != nil {
		return nil, err
	}
	doc, err := xmltree.Parse(raw)
	if err != nil {
		return nil, err
	}
	var all []Verdict
	for _, f := range j.schema.Check(doc) {
		all = append(all, Verdict{Fatal: true, Text: f.Text, Path: f.Path})
	}
	if len(all) > 0 {
		return all, nil
	}
	failures, err := j.rules.Check(doc)
	for _, f := range failures {
		text := f.Text
		if _, after, found := strings.Cut(text, "]-"); found {
			text = after
		}
		all = append(all, Verdict{f.ID, f.Fatal, strings.TrimSpace(text), f.Path})
	}
	return all, err
}
