package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerReminders(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "reminders-" + id, Tag: "invoices", Method: method, Path: "/api/v1" + path, Summary: summary, Need: invoicing.CanWriteSettings}
	}
	read := op("policy", http.MethodGet, "/reminders/policy", "When clients are reminded of what is open")
	read.Need = invoicing.CanReadSettings
	httpapi.Handle(api, read, h.policy)
	httpapi.Handle(api, op("save", http.MethodPut, "/reminders/policy", "Say when clients, or one of them, are reminded"), h.savePolicy)
	drop := op("drop", http.MethodDelete, "/reminders/policy", "Give a client the agency's reminders back")
	drop.Status = http.StatusNoContent
	httpapi.Handle(api, drop, h.dropPolicy)
	preview := op("preview", http.MethodPost, "/reminders/preview", "Write a reminder with figures of an example")
	preview.Need = invoicing.CanReadSettings
	httpapi.Handle(api, preview, h.previewReminder)
	of := op("of-invoice", http.MethodGet, "/invoices/{id}/reminders", "The reminders of an invoice: taken, next, and whether they stand still")
	of.Need = invoicing.CanRead
	httpapi.Handle(api, of, h.reminding)
	pause := op("pause", http.MethodPost, "/invoices/{id}/reminders/pause", "Stop the reminders of an invoice, for a reason")
	pause.Need = invoicing.CanIssue
	httpapi.Handle(api, pause, h.pauseReminders)
	resume := op("resume", http.MethodPost, "/invoices/{id}/reminders/resume", "Let the reminders of an invoice go on")
	resume.Need = invoicing.CanIssue
	httpapi.Handle(api, resume, h.resumeReminders)
	registerLateFees(api, h)
}

// ReminderStep is one letter of the ladder.
type ReminderStep struct {
	Days  int                     `json:"days" minimum:"-365" maximum:"365" doc:"After the due date; before it less than zero"`
	Texts map[string]ReminderText `json:"texts,omitempty" doc:"By language (en, de, fr, es); a language without one gets the usual words"`
	Fee   string                  `json:"fee,omitempty" maxLength:"20" doc:"That the letter costs, in the currency of the late fees"`
}

// ReminderText is what a letter says.
type ReminderText struct {
	Subject string `json:"subject,omitempty" maxLength:"200" doc:"Empty: the usual one"`
	Message string `json:"message,omitempty" maxLength:"10000" doc:"With {buyer}, {number}, {total}, {open}, {due}, {days} and {seller}; empty: the usual one"`
}

// ReminderPolicy says when clients are reminded.
type ReminderPolicy struct {
	Enabled   bool           `json:"enabled"`
	EnabledOn *day.Date      `json:"enabled_on" doc:"Steps of earlier days are never sent"`
	Own       bool           `json:"own" doc:"Whether it is of whom was asked for: a client without its own has the agency's"`
	Steps     []ReminderStep `json:"steps"`
	Late      LateFeePolicy  `json:"late"`
	Version   int            `json:"version" doc:"0 where none is kept yet"`
}

func policyView(p invoicing.ReminderPolicy, own bool) ReminderPolicy {
	v := ReminderPolicy{Late: lateView(p.Late), Enabled: p.Enabled, EnabledOn: opt(p.EnabledOn), Own: own, Steps: make([]ReminderStep, len(p.Steps)), Version: p.Version}
	for n, st := range p.Steps {
		v.Steps[n] = ReminderStep{Days: st.Days, Texts: map[string]ReminderText{}}
		if st.Fee != nil {
			v.Steps[n].Fee = st.Fee.String()
		}
		for lang, text := range st.Texts {
			v.Steps[n].Texts[string(lang)] = ReminderText(text)
		}
	}
	return v
}

func (st ReminderStep) step(at string) (invoicing.ReminderStep, error) {
	out := invoicing.ReminderStep{Days: st.Days}
	fee, err := optionalAmount(st.Fee, at+".fee")
	if err != nil {
		return out, err
	}
	out.Fee = fee
	for lang, text := range st.Texts {
		if text != (ReminderText{}) {
			if out.Texts == nil {
				out.Texts = map[invoicing.Language]invoicing.ReminderText{}
			}
			out.Texts[invoicing.Language(lang)] = invoicing.ReminderText(text)
		}
	}
	return out, nil
}

type policyIn struct {
	ClientID string `query:"client_id" format:"uuid" doc:"The agency's when left out"`
}

func (h handlers) policy(ctx context.Context, in *policyIn) (*struct{ Body ReminderPolicy }, error) {
	p, own, err := h.svc.ReminderPolicy(ctx, in.ClientID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ReminderPolicy }{policyView(p, own)}, nil
}

// ReminderPolicyInput is a policy as it is to be.
type ReminderPolicyInput struct {
	ClientID string         `json:"client_id,omitempty" format:"uuid" doc:"The agency's when left out"`
	Enabled  bool           `json:"enabled"`
	Steps    []ReminderStep `json:"steps" maxItems:"10"`
	Late     *LateFeePolicy `json:"late,omitempty" doc:"What late payment costs; left out: as it was"`
	Version  int            `json:"version,omitempty" minimum:"0" doc:"That it was changed from; 0 where none was kept" example:"0"`
}

func (h handlers) savePolicy(ctx context.Context, in *struct{ Body ReminderPolicyInput }) (*struct{ Body ReminderPolicy }, error) {
	p := invoicing.ReminderPolicy{ClientID: in.Body.ClientID, Enabled: in.Body.Enabled, Version: in.Body.Version, Steps: make([]invoicing.ReminderStep, len(in.Body.Steps))}
	for n, st := range in.Body.Steps {
		step, err := st.step("body.steps[" + itoa(n) + "]")
		if err != nil {
			return nil, err
		}
		p.Steps[n] = step
	}
	late, err := in.Body.Late.read()
	if err != nil {
		return nil, err
	}
	p.Late = late
	p, err = h.svc.SaveReminderPolicy(ctx, p)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ReminderPolicy }{policyView(p, true)}, nil
}

func (h handlers) dropPolicy(ctx context.Context, in *struct {
	ClientID string `query:"client_id" format:"uuid" required:"true"`
},
) (*struct{}, error) {
	return nil, h.svc.DropReminderPolicy(ctx, in.ClientID)
}

// ReminderPreview asks how a letter reads.
type ReminderPreview struct {
	Step     ReminderStep `json:"step"`
	Language string       `json:"language,omitempty" enum:"en,de,fr,es" default:"en"`
}

func (h handlers) previewReminder(ctx context.Context, in *struct{ Body ReminderPreview }) (*struct{ Body ReminderText }, error) {
	step, err := in.Body.Step.step("body.step")
	if err != nil {
		return nil, err
	}
	subject, message, err := h.svc.PreviewReminder(ctx, step, invoicing.Language(in.Body.Language))
	if err != nil {
		return nil, err
	}
	return &struct{ Body ReminderText }{ReminderText{subject, message}}, nil
}

// InvoiceReminders are where an invoice stands on its ladder.
type InvoiceReminders struct {
	PausedAt *time.Time        `json:"paused_at"`
	Reason   string            `json:"reason"`
	Items    []InvoiceReminder `json:"items"`
	NextOn   *day.Date         `json:"next_on" doc:"If nothing is paid before"`
	NextDays int               `json:"next_days" doc:"After the due date; before it less than zero"`
}

// InvoiceReminder is a step that was taken.
type InvoiceReminder struct {
	Days    int       `json:"days"`
	Outcome string    `json:"outcome" enum:"sent,no_address,settled"`
	At      time.Time `json:"at"`
}

func (h handlers) reminding(ctx context.Context, in *IDIn) (*struct{ Body InvoiceReminders }, error) {
	r, err := h.svc.Reminding(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := InvoiceReminders{PausedAt: r.PausedAt, Reason: r.Reason, Items: make([]InvoiceReminder, len(r.Taken))}
	for n, t := range r.Taken {
		v.Items[n] = InvoiceReminder{t.Days, string(t.Outcome), t.At}
	}
	if r.Next != nil {
		v.NextOn, v.NextDays = &r.Next.On, r.Next.Days
	}
	return &struct{ Body InvoiceReminders }{v}, nil
}

// ReminderPause says why.
type ReminderPause struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

func (h handlers) pauseReminders(ctx context.Context, in *struct {
	IDIn
	Body ReminderPause
},
) (*struct{ Body InvoiceReminders }, error) {
	if err := h.svc.PauseReminders(ctx, in.ID, in.Body.Reason); err != nil {
		return nil, err
	}
	return h.reminding(ctx, &in.IDIn)
}

func (h handlers) resumeReminders(ctx context.Context, in *IDIn) (*struct{ Body InvoiceReminders }, error) {
	if err := h.svc.ResumeReminders(ctx, in.ID); err != nil {
		return nil, err
	}
	return h.reminding(ctx, in)
}
