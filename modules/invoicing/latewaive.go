package invoicing

import (
	"context"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNoLateDraft refuses to waive what a document does not charge.
var ErrNoLateDraft = fault.Define(fault.NotFound, "invoicing.no_late_draft", "This document charges no late fee of the invoice.")

// WaiveDrafted gives up, for a reason, what a draft would charge for late payment of an invoice: its lines go, and the draft with them if it has no others.
func (s *Service) WaiveDrafted(ctx context.Context, invoiceID, documentID, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrBadWaiver.At("body.reason", "is required")
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		all, err := s.d.Store.LateCharges(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		on := slices.DeleteFunc(all, func(c LateCharge) bool { return c.DocumentID != documentID })
		if len(on) == 0 {
			return ErrNoLateDraft
		}
		d, err := s.draft(ctx, tx, documentID)
		if err != nil {
			return err
		}
		if err := s.takeOff(ctx, tx, d, on); err != nil {
			return err
		}
		for n := range on {
			on[n].ID, on[n].DocumentID, on[n].Reason, on[n].By, on[n].At = s.d.NewID(), "", reason, access.From(ctx).MemberID, s.d.Now()
		}
		return s.waived(ctx, tx, i, on)
	})
}

// takeOff takes the lines of late fees off a draft.
func (s *Service) takeOff(ctx context.Context, tx *tenancy.Tx, d Invoice, charges []LateCharge) error {
	theirs := func(l Line) bool {
		return slices.ContainsFunc(l.Sources, func(src Source) bool {
			return src.Kind == OfLate && slices.ContainsFunc(charges, func(c LateCharge) bool { return c.ID == src.ID })
		})
	}
	left := slices.DeleteFunc(slices.Clone(d.Lines), theirs)
	if len(left) == 0 {
		return s.remove(ctx, tx, d)
	}
	_, err := s.change(ctx, tx, d.ID, d.Version, func(i *Invoice) error {
		i.Lines = left
		return nil
	})
	return err
}
