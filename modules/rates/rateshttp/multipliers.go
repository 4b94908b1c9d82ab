package rateshttp

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/rates"
)

func registerMultipliers(api *httpapi.API, h handlers) {
	const base = "/api/v1/rate-multipliers"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "rates", Method: method, Path: path, Summary: summary, Need: rates.WriteCards}
		if method == http.MethodGet {
			o.Need = rates.ReadCards
		}
		return o
	}
	add := op("rate-multipliers-create", http.MethodPost, base, "Say what after hours, weekends and holidays are multiplied by, from a day on")
	add.Status, add.Idempotent = http.StatusCreated, true
	remove := op("rate-multipliers-remove", http.MethodDelete, base+"/{id}", "Take multipliers away; those before them hold on")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, op("rate-multipliers-list", http.MethodGet, base, "Multipliers of the agency, of clients and of projects"), h.multipliers)
	httpapi.Handle(api, add, h.addMultipliers)
	httpapi.Handle(api, op("rate-multipliers-preview", http.MethodPost, base+"/preview", "What new multipliers would do to time that is not approved"), h.previewMultipliers)
	httpapi.Handle(api, remove, h.removeMultipliers)
	const additions = base + "/additions"
	httpapi.Handle(api, op("rate-multipliers-last-addition", http.MethodGet, additions+"/last", "The latest multipliers that can be undone"), h.lastAddition)
	httpapi.Handle(api, op("rate-multipliers-preview-undo", http.MethodPost, additions+"/{id}/preview-undo", "What undoing multipliers would do to the time that counts by them, and what would refuse it"), h.previewUndoAddition)
	httpapi.Handle(api, op("rate-multipliers-undo", http.MethodPost, additions+"/{id}/undo", "Take multipliers away, and let exactly the time that was counted by them count as before"), h.undoAddition)
}

// RateBusinessDay are the business hours of a weekday.
type RateBusinessDay struct {
	Weekday string `json:"weekday" enum:"monday,tuesday,wednesday,thursday,friday,saturday,sunday"`
	Opens   string `json:"opens" minLength:"5" maxLength:"5" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" patternDescription:"a time such as 08:00" example:"08:00"`
	Closes  string `json:"closes" minLength:"5" maxLength:"5" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" patternDescription:"a time such as 18:00, or 24:00" example:"18:00"`
}

// RateFactors are what hours of a kind are multiplied by: decimals with up to four places.
type RateFactors struct {
	AfterHours string `json:"after_hours" minLength:"1" maxLength:"9" pattern:"^[0-9]+([.][0-9]+)?$" patternDescription:"a factor such as 1.5" example:"1.5"`
	Saturday   string `json:"saturday" minLength:"1" maxLength:"9" pattern:"^[0-9]+([.][0-9]+)?$" patternDescription:"a factor such as 1.5" example:"1.5"`
	Sunday     string `json:"sunday" minLength:"1" maxLength:"9" pattern:"^[0-9]+([.][0-9]+)?$" patternDescription:"a factor such as 1.5" example:"2"`
	Holiday    string `json:"holiday" minLength:"1" maxLength:"9" pattern:"^[0-9]+([.][0-9]+)?$" patternDescription:"a factor such as 1.5" example:"2"`
}

// RateMultipliersView is what a contract says about when work is done.
type RateMultipliersView struct {
	ID        string            `json:"id"`
	Level     string            `json:"level" enum:"agency,client,project"`
	ClientID  *string           `json:"client_id"`
	ProjectID *string           `json:"project_id"`
	Zone      string            `json:"zone" doc:"IANA name: whose clock decides"`
	Week      []RateBusinessDay `json:"week" doc:"Business hours; what is outside them is after hours, or a Saturday or Sunday"`
	RateFactors
	Region    string    `json:"region" doc:"Whose public holidays they are; empty: none"`
	ValidFrom day.Date  `json:"valid_from"`
	ValidTo   *day.Date `json:"valid_to" nullable:"true" doc:"The first day on which they no longer hold; null: open"`
}

// RateMultipliersList holds multipliers by whose they are and by day.
type RateMultipliersList struct {
	Items []RateMultipliersView `json:"items"`
}

// NewRateMultipliers says what is agreed from a day on.
type NewRateMultipliers struct {
	Level     string            `json:"level" enum:"agency,client,project"`
	ClientID  string            `json:"client_id,omitempty" maxLength:"36"`
	ProjectID string            `json:"project_id,omitempty" maxLength:"36"`
	Zone      string            `json:"zone,omitempty" maxLength:"60" doc:"The agency's when missing"`
	Week      []RateBusinessDay `json:"week" maxItems:"7"`
	RateFactors
	Region    string    `json:"region,omitempty" maxLength:"10" doc:"A code of holiday-regions"`
	ValidFrom day.Date  `json:"valid_from"`
	ValidTo   *day.Date `json:"valid_to,omitempty" doc:"The first day on which they no longer hold"`
	Reprice   bool      `json:"reprice,omitempty" doc:"Time of those days that is not approved counts by them too"`
}

// AddedMultipliers are new multipliers with what they did to time that was logged.
type AddedMultipliers struct {
	Multipliers RateMultipliersView `json:"multipliers"`
	Effect      RateEffect          `json:"effect"`
	AdditionID  string              `json:"addition_id" doc:"To undo it by"`
	UndoUntil   time.Time           `json:"undo_until"`
}

// LastRateAddition is how multipliers were added that can be undone; without an id there is none.
type LastRateAddition struct {
	ID            string     `json:"id"`
	MultipliersID string     `json:"multipliers_id"`
	Entries       int        `json:"entries" doc:"That were counted anew"`
	UndoUntil     *time.Time `json:"undo_until"`
}

// UndoOfMultipliers is what undoing does, or would. Where some time stays nothing is undone.
type UndoOfMultipliers struct {
	Effect RateEffect       `json:"effect"`
	Stayed []StayedRevision `json:"stayed" doc:"Time that cannot be changed any more, by why: all or nothing is undone"`
}

type (
	multipliersIn struct {
		Level   string `query:"level" enum:"agency,client,project"`
		Client  string `query:"client_id" format:"uuid"`
		Project string `query:"project_id" format:"uuid"`
	}
	multipliersOut       struct{ Body RateMultipliersList }
	newMultipliersIn     struct{ Body NewRateMultipliers }
	addedMultipliersOut  struct{ Body AddedMultipliers }
	lastAdditionOut      struct{ Body LastRateAddition }
	undoOfMultipliersOut struct{ Body UndoOfMultipliers }
)

func (h handlers) multipliers(ctx context.Context, in *multipliersIn) (*multipliersOut, error) {
	found, err := h.svc.Multipliers(ctx, rates.MultiplierFilter{Level: rates.Level(in.Level), ClientID: in.Client, ProjectID: in.Project})
	if err != nil {
		return nil, err
	}
	out := RateMultipliersList{Items: make([]RateMultipliersView, len(found))}
	for i, m := range found {
		out.Items[i] = toMultipliers(m)
	}
	return &multipliersOut{out}, nil
}

func (h handlers) addMultipliers(ctx context.Context, in *newMultipliersIn) (*addedMultipliersOut, error) {
	d, err := in.Body.draft()
	if err != nil {
		return nil, err
	}
	m, e, a, err := h.svc.AddMultipliers(ctx, d)
	if err != nil {
		return nil, err
	}
	return &addedMultipliersOut{AddedMultipliers{toMultipliers(m), toEffect(e), a.ID, a.UndoUntil()}}, nil
}

func (h handlers) previewMultipliers(ctx context.Context, in *newMultipliersIn) (*effectOut, error) {
	d, err := in.Body.draft()
	if err != nil {
		return nil, err
	}
	e, err := h.svc.PreviewMultipliers(ctx, d)
	return &effectOut{toEffect(e)}, err
}

func (h handlers) removeMultipliers(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveMultipliers(ctx, in.ID)
}

func (h handlers) lastAddition(ctx context.Context, _ *struct{}) (*lastAdditionOut, error) {
	a, err := h.svc.LastAddition(ctx)
	if err != nil || a == nil {
		return &lastAdditionOut{}, err
	}
	until := a.UndoUntil()
	return &lastAdditionOut{LastRateAddition{a.ID, a.MultipliersID, a.Entries, &until}}, nil
}

func (h handlers) previewUndoAddition(ctx context.Context, in *IDIn) (*undoOfMultipliersOut, error) {
	e, stayed, err := h.svc.PreviewUndoAddition(ctx, in.ID)
	return &undoOfMultipliersOut{UndoOfMultipliers{toEffect(e), toStayed(stayed)}}, err
}

func (h handlers) undoAddition(ctx context.Context, in *IDIn) (*undoOfMultipliersOut, error) {
	e, err := h.svc.UndoAddition(ctx, in.ID)
	return &undoOfMultipliersOut{UndoOfMultipliers{toEffect(e), toStayed(nil)}}, err
}

func (b NewRateMultipliers) draft() (rates.MultipliersDraft, error) {
	d := rates.MultipliersDraft{
		Level: rates.Level(b.Level), ClientID: b.ClientID, ProjectID: b.ProjectID, Zone: b.Zone, Region: b.Region, From: b.ValidFrom, To: b.ValidTo, Reprice: b.Reprice,
	}
	if err := ids(map[string]string{"body.client_id": b.ClientID, "body.project_id": b.ProjectID}); err != nil {
		return d, err
	}
	bad := rates.ErrBadMultipliers
	seen := map[time.Weekday]bool{}
	for i, w := range b.Week {
		wd := weekday(w.Weekday)
		open := rates.Business{From: minutes(w.Opens), To: minutes(w.Closes)}
		switch {
		case seen[wd]:
			bad = bad.At(fmt.Sprintf("body.week[%d].weekday", i), "is there twice")
		case open.To <= open.From:
			bad = bad.At(fmt.Sprintf("body.week[%d].closes", i), "must be after the hours begin")
		}
		seen[wd], d.Week[wd] = true, open
	}
	for _, f := range []struct {
		to *decimal.Decimal
		s  string
		at string
	}{{&d.Factors.AfterHours, b.AfterHours, "after_hours"}, {&d.Factors.Saturday, b.Saturday, "saturday"}, {&d.Factors.Sunday, b.Sunday, "sunday"}, {&d.Factors.Holiday, b.Holiday, "holiday"}} {
		v, err := decimal.NewFromString(f.s)
		if err != nil {
			bad = bad.At("body."+f.at, "must be a factor such as 1.5")
		}
		*f.to = v
	}
	if len(bad.Fields) > 0 {
		return d, bad
	}
	return d, nil
}

func weekday(name string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.ToLower(d.String()) == name {
			return d
		}
	}
	return time.Sunday // the schema has checked it
}

// minutes reads "08:30". The schema has checked its form.
func minutes(s string) int {
	var h, m int
	_, _ = fmt.Sscanf(s, "%d:%d", &h, &m)
	return h*60 + m
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func toMultipliers(m rates.Multipliers) RateMultipliersView {
	v := RateMultipliersView{
		ID: m.ID, Level: string(m.Level), ClientID: optional(m.ClientID), ProjectID: optional(m.ProjectID), Zone: m.Zone, Week: []RateBusinessDay{}, Region: m.Region,
		ValidFrom: m.From, ValidTo: m.To,
		RateFactors: RateFactors{m.Factors.AfterHours.String(), m.Factors.Saturday.String(), m.Factors.Sunday.String(), m.Factors.Holiday.String()},
	}
	for n := range 7 { // Monday first
		wd := time.Weekday((n + 1) % 7)
		if open := m.Week[wd]; open != (rates.Business{}) {
			v.Week = append(v.Week, RateBusinessDay{strings.ToLower(wd.String()), clock(open.From), clock(open.To)})
		}
	}
	return v
}
