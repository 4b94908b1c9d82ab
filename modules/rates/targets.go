package rates

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// checkTarget refuses a rate for what is not there. Ids of another agency are not there either.
func (s *Service) checkTarget(ctx context.Context, tx *tenancy.Tx, c Card, d RateDraft) error {
	why, err := s.missing(ctx, tx, c.ProjectID, d.Target, d.TargetID)
	if err == nil && why != "" {
		err = ErrBadRate.At("body.target_id", why)
	}
	return err
}

// missing says why a target is not one, empty when it is.
func (s *Service) missing(ctx context.Context, tx *tenancy.Tx, projectID string, kind Target, targetID string) (why string, err error) {
	ok := false
	switch kind {
	case Member:
		var known map[string]bool
		known, err = s.d.Targets.MembersTx(ctx, tx, []string{targetID})
		ok, why = known[targetID], "is not a person of this agency"
	case Position:
		ok, err = s.d.Targets.IsPositionTx(ctx, tx, targetID)
		why = "is not a position of this agency"
	case Sale:
		_, err = s.SoldTx(ctx, tx, targetID)
		ok, why = err == nil, "is not a service of this agency"
		if errors.Is(err, ErrServiceNotFound) {
			err = nil
		}
	case Task:
		var of string
		of, err = s.d.Targets.ProjectOfTaskTx(ctx, tx, targetID)
		ok, why = of != "" && (projectID == "" || of == projectID), "is not a task of this project"
	}
	if ok {
		why = ""
	}
	return why, err
}

// answerable refuses a question that names what is not there, by the field that does.
func (s *Service) answerable(ctx context.Context, tx *tenancy.Tx, memberIDs []string, q Question) error {
	known, err := s.d.Targets.MembersTx(ctx, tx, memberIDs)
	if err != nil {
		return err
	}
	for _, m := range memberIDs {
		if !known[m] {
			return ErrBadQuestion.At("query.member_id", "is not a person of this agency")
		}
	}
	if q.ProjectID != "" {
		of, err := s.d.Projects.ClientsOfTx(ctx, tx, []string{q.ProjectID})
		if err != nil {
			return err
		}
		if _, ok := of[q.ProjectID]; !ok {
			return ErrBadQuestion.At("query.project_id", "is not a project of this agency")
		}
	}
	if q.ClientID != "" {
		if _, err := s.d.Clients.ClientTx(ctx, tx, q.ClientID); err != nil {
			return missingAs(err, ErrBadQuestion.At("query.client_id", "is not a client of this agency"))
		}
	}
	for _, of := range []struct {
		kind     Target
		id, path string
	}{{Task, q.TaskID, "query.task_id"}, {Sale, q.ServiceID, "query.service_id"}} {
		if of.id == "" {
			continue
		}
		why, err := s.missing(ctx, tx, q.ProjectID, of.kind, of.id)
		if err != nil {
			return err
		}
		if why != "" {
			return ErrBadQuestion.At(of.path, why)
		}
	}
	return nil
}

// missingAs is what is said about what does not exist; any other error stays what it is.
func missingAs(err error, said *fault.Error) error {
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind == fault.NotFound {
		return said.Because(err)
	}
	return err
}
