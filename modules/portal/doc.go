// Package portal is what a client's people see of the agency's work. It keeps
// nothing of its own: it asks the modules that own the records, and decides
// for each kind of record, in one function, what a client sees (sees.go).
//
// Staff may look at it "as this contact", read only (preview.go).
package portal
