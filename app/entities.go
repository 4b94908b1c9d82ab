package app

import (
	"context"

	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// entities answers clients.Entities and timesheets.Invoicers. Invoicing is looked up when asked, since it is built after both.
type entities struct{ s *Services }

func (e entities) InvoicedTx(ctx context.Context, tx *tenancy.Tx) (timesheets.Invoiced, error) {
	all, err := e.s.Invoicing.EntitiesTx(ctx, tx)
	if err != nil {
		return timesheets.Invoiced{}, err
	}
	out := timesheets.Invoiced{Names: map[string]string{}}
	for _, one := range all {
		if out.Names[one.ID] = one.Name; one.Default {
			out.Default = one.ID
		}
	}
	out.By, err = e.s.Clients.InvoicedByTx(ctx, tx)
	return out, err
}

// MayInvoiceTx refuses a legal entity that is not in use, and one under which closed time would be open again.
func (e entities) MayInvoiceTx(ctx context.Context, tx *tenancy.Tx, clientID, from, to string) error {
	if to != "" {
		all, err := e.s.Invoicing.EntitiesTx(ctx, tx)
		if err != nil {
			return err
		}
		there := false
		for _, one := range all {
			there = there || (one.ID == to && one.ArchivedAt == nil)
		}
		if !there {
			return clients.ErrNoEntity
		}
	}
	if clientID == "" { // a new client has no time
		return nil
	}
	return e.s.Timesheets.MovesTx(ctx, tx, from, to, "body.legal_entity_id")
}
