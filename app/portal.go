package app

import (
	"context"

	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/tenancy"
)

// portalRecords answers the portal's ports out of the modules that own the records.
type portalRecords struct{ s *Services }

func (portalRecords) ProjectsTx(context.Context, *tenancy.Tx, string) ([]portal.Project, error) {
	return nil, nil
}

func (portalRecords) ProjectTx(context.Context, *tenancy.Tx, string, string) (portal.Project, error) {
	return portal.Project{}, portal.ErrNotFound
}

func (portalRecords) CommentsTx(context.Context, *tenancy.Tx, string, string) ([]portal.Comment, error) {
	return nil, nil
}

func (portalRecords) ReplyTx(context.Context, *tenancy.Tx, string, string, string) (portal.Comment, error) {
	return portal.Comment{}, portal.ErrNotFound
}

func (portalRecords) Invoices(context.Context, string) ([]portal.Invoice, error) { return nil, nil }

func (portalRecords) Invoice(context.Context, string) (portal.Invoice, error) {
	return portal.Invoice{}, portal.ErrNotFound
}

func (portalRecords) InvoicePDF(context.Context, string) (portal.File, error) {
	return portal.File{}, portal.ErrNotFound
}

func (portalRecords) ApprovedTx(context.Context, *tenancy.Tx, []string) (map[string]int64, error) {
	return map[string]int64{}, nil
}
