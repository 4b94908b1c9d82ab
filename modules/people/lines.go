package people

import (
	"cmp"
	"context"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadManager refuses a line manager that somebody cannot have.
var ErrBadManager = fault.Define(fault.Invalid, "people.bad_manager", "This person cannot be the line manager.")

// LineStore keeps who reports to whom.
type LineStore interface {
	// Managers returns the line manager of each of the members who has one; of all when none is named.
	Managers(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error)
	Reports(ctx context.Context, tx *tenancy.Tx, managerIDs []string) ([]string, error)
	SetManager(ctx context.Context, tx *tenancy.Tx, memberID, managerID string) error // none: nobody
	// Above lists the line managers above a member, the next one first, and ends where a circle would begin.
	Above(ctx context.Context, tx *tenancy.Tx, memberID string) ([]string, error)
}

// ManagersTx tells a module in its own transaction to whom members report.
func (s *Service) ManagersTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]string, error) {
	return s.d.Store.Managers(ctx, tx, memberIDs)
}

// ReportsTx returns the members who report to any of the managers.
func (s *Service) ReportsTx(ctx context.Context, tx *tenancy.Tx, managerIDs []string) ([]string, error) {
	return s.d.Store.Reports(ctx, tx, managerIDs)
}

// Managers lists to whom everybody reports.
func (s *Service) Managers(ctx context.Context) (out map[string]string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Managers(ctx, tx, nil)
		return err
	})
	return out, err
}

// SetManager says to whom a member reports; to nobody when managerID is empty. A circle is refused.
func (s *Service) SetManager(ctx context.Context, memberID, managerID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if is, err := s.d.Members.IsMemberTx(ctx, tx, memberID); err != nil || !is {
			return cmp.Or(err, error(ErrNoMember))
		}
		if managerID != "" {
			if err := s.mayManage(ctx, tx, memberID, managerID); err != nil {
				return err
			}
		}
		was, err := s.d.Store.Managers(ctx, tx, []string{memberID})
		if err != nil || was[memberID] == managerID {
			return err
		}
		if err := s.d.Store.SetManager(ctx, tx, memberID, managerID); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.manager_set", "line_manager", memberID, "", lineRecord{was[memberID]}, lineRecord{managerID})
	})
}

type lineRecord struct {
	Manager string `json:"manager_id,omitempty"`
}

func (s *Service) mayManage(ctx context.Context, tx *tenancy.Tx, memberID, managerID string) error {
	if memberID == managerID {
		return ErrBadManager.At("body.manager_id", "is the person itself")
	}
	if is, err := s.d.Members.IsMemberTx(ctx, tx, managerID); err != nil || !is {
		return cmp.Or(err, error(ErrBadManager.At("body.manager_id", "is not a member")))
	}
	above, err := s.d.Store.Above(ctx, tx, managerID)
	if err != nil {
		return err
	}
	for _, m := range above {
		if m == memberID {
			return ErrBadManager.At("body.manager_id", "reports to this person, directly or through others")
		}
	}
	return nil
}
