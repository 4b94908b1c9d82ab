package portalhttp

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/retainers"
)

// PortalFigure is an amount of a retainer: hours or money.
type PortalFigure struct {
	Seconds *int64       `json:"seconds"`
	Value   *money.Money `json:"value"`
}

// PortalRetainer is an agreement as its client sees it.
type PortalRetainer struct {
	ID      string                 `json:"id"`
	Name    string                 `json:"name"`
	Unit    string                 `json:"unit" enum:"hours,money"`
	Every   string                 `json:"every" enum:"month,quarter,year"`
	EndsOn  *day.Date              `json:"ends_on" nullable:"true"`
	Current *PortalRetainerPeriod  `json:"current"`
	Periods []PortalRetainerPeriod `json:"periods,omitempty" doc:"The last ones, newest first, where one retainer is looked at"`
}

// PortalRetainerPeriod is a period with its figures. It adds up: closing is
// opening and granted and adjusted, less used, and overage again, less expired.
type PortalRetainerPeriod struct {
	ID       string       `json:"id"`
	FromOn   day.Date     `json:"from_on"`
	ToOn     day.Date     `json:"to_on"`
	State    string       `json:"state" enum:"open,closed"`
	Opening  PortalFigure `json:"opening"`
	Granted  PortalFigure `json:"granted"`
	Adjusted PortalFigure `json:"adjusted"`
	Used     PortalFigure `json:"used"`
	Overage  PortalFigure `json:"overage"`
	Expired  PortalFigure `json:"expired"`
	Closing  PortalFigure `json:"closing"`
	Left     PortalFigure `json:"left" doc:"To use before the period ends"`
}

// PortalRetainerList holds all retainers of the client.
type PortalRetainerList struct {
	Items []PortalRetainer `json:"items"`
	Next  *string          `json:"next"`
}

// PortalStatement is a period with one page of the work behind it.
type PortalStatement struct {
	RetainerID string               `json:"retainer_id"`
	Name       string               `json:"name"`
	Unit       string               `json:"unit" enum:"hours,money"`
	Period     PortalRetainerPeriod `json:"period"`
	Given      []PortalGiven        `json:"given"`
	Items      []PortalWork         `json:"items"`
	Next       *string              `json:"next"`
}

// PortalGiven is what came in, and what of it went back: a grant, a block or an adjustment.
type PortalGiven struct {
	Kind   string       `json:"kind" enum:"grant,block,returned,adjustment"`
	On     day.Date     `json:"on"`
	Until  *day.Date    `json:"until" nullable:"true"`
	Figure PortalFigure `json:"figure"`
}

// PortalWork is approved work behind a statement.
type PortalWork struct {
	Day     day.Date     `json:"day"`
	Project string       `json:"project"`
	Task    string       `json:"task"`
	Late    bool         `json:"late"`
	Figure  PortalFigure `json:"figure"`
	Over    PortalFigure `json:"over"`
}

type (
	statementIn struct {
		ID string `path:"id" format:"uuid"`
		page.Query
	}
	retainersOut struct{ Body PortalRetainerList }
	retainerOut  struct{ Body PortalRetainer }
	statementOut struct{ Body PortalStatement }
)

func (h handlers) retainers(ctx context.Context, _ *struct{}) (*retainersOut, error) {
	rows, err := h.svc.Retainers(ctx)
	return &retainersOut{PortalRetainerList{Items: mapped(rows, toRetainer)}}, err
}

func (h handlers) retainer(ctx context.Context, in *idIn) (*retainerOut, error) {
	r, ps, err := h.svc.Retainer(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := toRetainer(r)
	v.Periods = mapped(ps, func(p retainers.Period) PortalRetainerPeriod { return toRetainerPeriod(r.Retainer, p) })
	return &retainerOut{v}, nil
}

func (h handlers) statement(ctx context.Context, in *statementIn) (*statementOut, error) {
	p, work, next, err := h.svc.Statement(ctx, in.ID, in.Query)
	if err != nil {
		return nil, err
	}
	r := p.Retainer
	return &statementOut{PortalStatement{
		RetainerID: r.ID, Name: r.Name, Unit: string(r.Unit), Period: toRetainerPeriod(r, p.Period), Next: next,
		Given: mapped(p.Given, func(l retainers.Line) PortalGiven {
			return PortalGiven{string(l.Kind), l.Day, date(l.Until), figureOf(r, l.Amount)}
		}),
		Items: mapped(work, func(w retainers.Work) PortalWork {
			return PortalWork{w.Day, w.ProjectName, w.TaskName, w.Late, figureOf(r, w.Amount), figureOf(r, w.Over)}
		}),
	}}, nil
}

func (h handlers) statementPDF(ctx context.Context, in *idIn) (*pdfOut, error) {
	f, err := h.svc.StatementPDF(ctx, in.ID)
	return handed("inline", f, err)
}

func figureOf(r retainers.Retainer, n int64) PortalFigure {
	if r.Unit == retainers.Hours {
		return PortalFigure{Seconds: &n}
	}
	m := money.Of(n, r.Currency)
	return PortalFigure{Value: &m}
}

func toRetainer(row retainers.Row) PortalRetainer {
	r := row.Retainer
	v := PortalRetainer{ID: r.ID, Name: r.Name, Unit: string(r.Unit), Every: string(r.Every), EndsOn: date(r.Ends)}
	if row.Current != nil {
		p := toRetainerPeriod(r, *row.Current)
		v.Current = &p
	}
	return v
}

func toRetainerPeriod(r retainers.Retainer, p retainers.Period) PortalRetainerPeriod {
	f := func(n int64) PortalFigure { return figureOf(r, n) }
	v := PortalRetainerPeriod{
		ID: p.ID, FromOn: p.Days().From, ToOn: p.Days().To, State: "open", Opening: f(p.Opening), Granted: f(p.Granted), Adjusted: f(p.Adjusted),
		Used: f(p.Used), Overage: f(p.Overage), Expired: f(p.Expired), Closing: f(p.Closing), Left: f(p.Left()),
	}
	if p.ClosedAt != nil {
		v.State = "closed"
	}
	return v
}
