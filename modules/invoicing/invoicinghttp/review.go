package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerReview(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "review-" + id, Tag: "invoices", Method: method, Path: "/api/v1" + path, Summary: summary, Need: invoicing.CanReview}
	}
	settings := op("settings", http.MethodGet, "/review/settings", "Whether drafts are reviewed before they are issued, and the reasons for writing time up or down")
	settings.Need = invoicing.CanRead
	httpapi.Handle(api, settings, h.reviewSettings)
	save := op("save-settings", http.MethodPut, "/review/settings", "Change them")
	save.Need = invoicing.CanWriteSettings
	httpapi.Handle(api, save, h.saveReviewSettings)
	send := op("send", http.MethodPost, "/invoices/{id}/review/send", "Send a draft to review as it is")
	send.Need = invoicing.CanWrite
	httpapi.Handle(api, send, h.sendToReview)
	httpapi.Handle(api, op("approve", http.MethodPost, "/invoices/{id}/review/approve", "Approve a draft as it was seen: any later change cancels that"), h.approve)
	httpapi.Handle(api, op("back", http.MethodPost, "/invoices/{id}/review/back", "Send a draft back with a reason"), h.sendBack)
	httpapi.Handle(api, op("write", http.MethodPut, "/invoices/{id}/billed-time", "Write time on a draft up or down, for a reason"), h.write)
	httpapi.Handle(api, op("unwrite", http.MethodDelete, "/invoices/{id}/billed-time", "Bill time as it was worked again"), h.unwrite)
	entries := op("entries", http.MethodGet, "/invoices/{id}/entries", "The time on an invoice: what it was worth, what is billed of it, and why")
	entries.Need = invoicing.CanRead
	httpapi.Handle(api, entries, h.entries)
}

// InvoiceReviewSettings say whether drafts are reviewed.
type InvoiceReviewSettings struct {
	Required bool     `json:"required" doc:"Nothing is issued that was not reviewed"`
	Reasons  []string `json:"reasons" doc:"For which time is written up or down"`
	Version  int      `json:"version" doc:"0 where none are kept yet"`
}

type reviewSettingsOut struct{ Body InvoiceReviewSettings }

func oneReviewSettings(r invoicing.ReviewSettings, err error) (*reviewSettingsOut, error) {
	if err != nil {
		return nil, err
	}
	return &reviewSettingsOut{InvoiceReviewSettings{r.Required, r.Reasons, r.Version}}, nil
}

func (h handlers) reviewSettings(ctx context.Context, _ *struct{}) (*reviewSettingsOut, error) {
	return oneReviewSettings(h.svc.ReviewSettings(ctx))
}

// InvoiceReviewSettingsInput are settings as they are to be; what is left out stays.
type InvoiceReviewSettingsInput struct {
	Required *bool     `json:"required,omitempty"`
	Reasons  *[]string `json:"reasons,omitempty" maxItems:"50"`
	Version  int       `json:"version,omitempty" minimum:"0" doc:"That they were changed from; 0 where none were kept" example:"0"`
}

func (h handlers) saveReviewSettings(ctx context.Context, in *struct{ Body InvoiceReviewSettingsInput }) (*reviewSettingsOut, error) {
	return oneReviewSettings(h.svc.SaveReviewSettings(ctx, in.Body.Version, func(r *invoicing.ReviewSettings) {
		set(&r.Required, in.Body.Required)
		set(&r.Reasons, in.Body.Reasons)
	}))
}

// InvoiceReview is how far the review of a draft is, or was when it was issued.
type InvoiceReview struct {
	State    string     `json:"state" enum:"none,in_review,ready,back" doc:"Of this version; ready: it is approved"`
	Outdated bool       `json:"outdated" doc:"Changed after it was sent or approved"`
	SentBy   string     `json:"sent_by"`
	SentAt   *time.Time `json:"sent_at"`
	By       string     `json:"by" doc:"Who decided"`
	At       *time.Time `json:"at"`
	Reason   string     `json:"reason" doc:"Why it went back, or why somebody approved their own"`

	SentByName string `json:"sent_by_name"`
	ByName     string `json:"by_name"`
}

func reviewView(i invoicing.Invoice) InvoiceReview {
	v := InvoiceReview{State: string(i.Reviewed()), Outdated: i.Outdated(), SentBy: i.Review.SentBy, SentAt: i.Review.SentAt, By: i.Review.By, At: i.Review.At, Reason: i.Review.Reason}
	if i.State != invoicing.Draft {
		v.State = string(i.Review.State)
	}
	if v.State == "" {
		v.State = "none"
	}
	return v
}

// ReviewIn names the version of a draft.
type ReviewIn struct {
	IDIn
	httpapi.IfMatch
}

func (h handlers) sendToReview(ctx context.Context, in *ReviewIn) (*invoiceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	i, err := h.svc.SendToReview(ctx, in.ID, version)
	return h.one(ctx, i, err)
}

// InvoiceApproval may say why somebody approves their own draft.
type InvoiceApproval struct {
	OwnReason string `json:"own_reason,omitempty" maxLength:"500" doc:"Needed from the only one who could approve, for a draft of their own"`
}

func (h handlers) approve(ctx context.Context, in *struct {
	ReviewIn
	Body InvoiceApproval
},
) (*invoiceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	i, err := h.svc.Approve(ctx, in.ID, version, in.Body.OwnReason)
	return h.one(ctx, i, err)
}

// InvoiceBack says what is to be changed.
type InvoiceBack struct {
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

func (h handlers) sendBack(ctx context.Context, in *struct {
	ReviewIn
	Body InvoiceBack
},
) (*invoiceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	i, err := h.svc.SendBack(ctx, in.ID, version, in.Body.Reason)
	return h.one(ctx, i, err)
}

// InvoiceWrite says what time is written to: hours or an amount.
type InvoiceWrite struct {
	LineID  string       `json:"line_id,omitempty" format:"uuid" doc:"All time on the invoice when left out"`
	EntryID string       `json:"entry_id,omitempty" format:"uuid" doc:"All time of the line when left out"`
	Seconds *int64       `json:"seconds,omitempty" minimum:"0" doc:"To be billed"`
	Amount  *money.Money `json:"amount,omitempty" doc:"To be billed before discounts, as the line prints it"`
	Reason  string       `json:"reason" maxLength:"80" example:"Goodwill" doc:"One of the agency's list"`
	Note    string       `json:"note,omitempty" maxLength:"500"`
}

func (h handlers) write(ctx context.Context, in *struct {
	ReviewIn
	Body InvoiceWrite
},
) (*invoiceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	i, err := h.svc.Write(ctx, in.ID, version, invoicing.Write{LineID: b.LineID, EntryID: b.EntryID, Seconds: b.Seconds, Amount: b.Amount, Reason: b.Reason, Note: b.Note})
	return h.one(ctx, i, err)
}

func (h handlers) unwrite(ctx context.Context, in *struct {
	ReviewIn
	LineID  string `query:"line_id" format:"uuid" doc:"All time on the invoice when left out"`
	EntryID string `query:"entry_id" format:"uuid" doc:"All time of the line when left out"`
},
) (*invoiceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	i, err := h.svc.Unwrite(ctx, in.ID, version, in.LineID, in.EntryID)
	return h.one(ctx, i, err)
}

// InvoiceEntry is a time entry on an invoice. The client sees nothing of it but what its line bills.
type InvoiceEntry struct {
	EntryID       string      `json:"entry_id"`
	LineID        string      `json:"line_id"`
	Part          int         `json:"part" doc:"Of an entry whose hours count by different multipliers: each part has a row"`
	Day           *day.Date   `json:"day"`
	MemberID      string      `json:"member_id"`
	MemberName    string      `json:"member_name"`
	TaskName      string      `json:"task_name"`
	Note          string      `json:"note"`
	RawSeconds    int64       `json:"raw_seconds" doc:"As logged"`
	RuledSeconds  int64       `json:"ruled_seconds" doc:"By the rounding rule"`
	BilledSeconds int64       `json:"billed_seconds"`
	UnitPrice     string      `json:"unit_price" doc:"The standard rate of an hour"`
	Standard      money.Money `json:"standard" doc:"Raw hours at the rate"`
	Value         money.Money `json:"value" doc:"Hours of the rounding rule at the rate"`
	Worth         money.Money `json:"worth" doc:"After it was written up or down"`
	Billed        money.Money `json:"billed" doc:"With discounts taken off"`
	Difference    money.Money `json:"difference" doc:"Billed less standard"`
	Written       bool        `json:"written"`
	Reason        string      `json:"reason"`
	WriteNote     string      `json:"write_note"`
	WrittenBy     string      `json:"written_by"`
}

// InvoiceEntries is a page of them.
type InvoiceEntries struct {
	Items []InvoiceEntry `json:"items"`
	Next  *string        `json:"next"`
}

func (h handlers) entries(ctx context.Context, in *struct {
	IDIn
	LineID string `query:"line_id" format:"uuid" doc:"Those of one line"`
	page.Query
},
) (*struct{ Body InvoiceEntries }, error) {
	after, err := page.Decode(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	all, more, err := h.svc.Entries(ctx, in.ID, in.LineID, append(after, "")[0], in.Size())
	if err != nil {
		return nil, err
	}
	out := InvoiceEntries{Items: make([]InvoiceEntry, len(all))}
	for n, e := range all {
		out.Items[n] = entryLineView(e)
	}
	if more {
		next := page.Encode(all[len(all)-1].Key())
		out.Next = &next
	}
	return &struct{ Body InvoiceEntries }{out}, nil
}

func entryLineView(e invoicing.EntryLine) InvoiceEntry {
	w := e.Worked
	v := InvoiceEntry{
		EntryID: e.ID, LineID: e.LineID, Part: e.Part, Day: opt(w.Day), MemberID: w.MemberID, MemberName: e.MemberName, TaskName: e.TaskName, Note: e.Note, RawSeconds: w.Raw, RuledSeconds: w.Ruled, BilledSeconds: e.Seconds,
		UnitPrice: w.Rate.String(), Standard: w.Standard, Value: w.Value, Worth: w.Worth, Billed: w.Billed, Difference: w.Billed.Sub(w.Standard),
	}
	if t := w.Written; t != nil {
		v.Written, v.Reason, v.WriteNote, v.WrittenBy = true, t.Reason, t.Note, e.WriterName
	}
	return v
}
