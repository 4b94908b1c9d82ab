package opshttp

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/modules/ops"
)

// OpsCopies is what a move or a restore has left beside an agency.
type OpsCopies struct {
	Move       *OpsMove    `json:"move,omitempty"`
	Restore    *OpsRestore `json:"restore,omitempty"`
	ParkedJobs int         `json:"parked_jobs" doc:"Jobs that wait since a restore, mail among them"`
}

// OpsMove is an agency's move that is under way, or whose old copy is still there.
type OpsMove struct {
	From      string     `json:"from"`
	To        string     `json:"to"`
	State     string     `json:"state" enum:"copying,fenced,swapped,moved"`
	StartedAt time.Time  `json:"started_at"`
	SwappedAt *time.Time `json:"swapped_at"`
	StopMS    int        `json:"stop_ms" doc:"For how long nobody could write"`
	Rows      int64      `json:"rows"`
}

// OpsRestore is a copy beside the agency: one that was prepared, or what was there before one was swapped in.
type OpsRestore struct {
	State     string     `json:"state" enum:"ready,swapped,rolled_back"`
	AsOf      time.Time  `json:"as_of"`
	MadeAt    time.Time  `json:"made_at"`
	SwappedAt *time.Time `json:"swapped_at"`
}

func (h handlers) copies(ctx context.Context, in *IDIn) (*out[OpsCopies], error) {
	if _, err := h.svc.Agency(ctx, in.ID); err != nil {
		return nil, err
	}
	c, err := h.svc.Copies(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[OpsCopies]{copiesView(c)}, nil
}

func copiesView(c ops.Copies) OpsCopies {
	v := OpsCopies{ParkedJobs: c.Parked}
	if m := c.Move; m != nil {
		v.Move = &OpsMove{m.From, m.To, m.State, m.StartedAt, m.SwappedAt, m.StopMS, m.Rows}
	}
	if r := c.Restore; r != nil {
		v.Restore = &OpsRestore{r.State, r.AsOf, r.MadeAt, r.SwappedAt}
	}
	return v
}

// ParkedJobsDecision says what becomes of parked jobs.
type ParkedJobsDecision struct {
	Run    bool   `json:"run" doc:"false throws them away"`
	Reason string `json:"reason" maxLength:"500"`
}

// ParkedJobsDecided tells how many there were.
type ParkedJobsDecided struct {
	Jobs int64 `json:"jobs"`
}

func (h handlers) decide(ctx context.Context, in *struct {
	IDIn
	Body ParkedJobsDecision
},
) (*out[ParkedJobsDecided], error) {
	n, err := h.svc.Decide(ctx, in.ID, in.Body.Run, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &out[ParkedJobsDecided]{ParkedJobsDecided{n}}, nil
}
