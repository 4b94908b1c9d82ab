package peoplehttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/people"
)

// Leave is the part of people.Service that is about leave.
type Leave interface {
	LeaveTypes(ctx context.Context, archived bool) ([]people.LeaveType, error)
	AddLeaveType(context.Context, people.LeaveType) (people.LeaveType, error)
	ChangeLeaveType(ctx context.Context, id string, version int, change func(t *people.LeaveType, now time.Time)) (people.LeaveType, error)
	LeaveBalances(ctx context.Context, memberID string) ([]people.LeaveBalance, error)
	LeaveStatement(ctx context.Context, typeID, memberID string) (people.LeaveType, []people.LeaveLine, error)
	AdjustLeave(ctx context.Context, memberID, typeID string, f people.LeaveFact) error
	QuoteLeave(context.Context, people.LeaveAsk) (people.LeaveQuote, error)
	AskLeave(context.Context, people.LeaveAsk) (people.LeaveRequest, error)
	LeaveRequests(context.Context, people.LeaveFilter) ([]people.LeaveRequest, error)
	DecideLeave(ctx context.Context, id string, version int, approve bool, reason, ownReason string) (people.LeaveRequest, error)
	CancelLeave(ctx context.Context, id string, version int, reason string) (people.LeaveRequest, error)
	LeaveCalendar(context.Context, day.Range) (people.Calendar, error)
}

func registerLeave(api *httpapi.API, h handlers) {
	const ask, approve, write = people.AskLeave, people.ApproveLeave, "people.positions.write"
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: id, Tag: "leave", Method: method, Path: "/api/v1" + path, Summary: summary, Need: ask}
	}
	with := func(o httpapi.Op, change func(*httpapi.Op)) httpapi.Op { change(&o); return o }
	creates := func(o *httpapi.Op) { o.Status, o.Idempotent = http.StatusCreated, true }
	httpapi.Handle(api, op("leave-types-list", http.MethodGet, "/leave-types", "Kinds of leave"), h.leaveTypes)
	httpapi.Handle(api, with(op("leave-types-create", http.MethodPost, "/leave-types", "Add a kind of leave"), func(o *httpapi.Op) { creates(o); o.Need = write }), h.addLeaveType)
	httpapi.Handle(api, with(op("leave-types-change", http.MethodPatch, "/leave-types/{id}", "Change, archive or bring back a kind of leave"), func(o *httpapi.Op) { o.Need = write }), h.changeLeaveType)
	httpapi.Handle(api, op("leave-statement", http.MethodGet, "/leave-types/{id}/statement", "What a balance is made of, line by line"), h.leaveStatement)
	httpapi.Handle(api, op("leave-balances", http.MethodGet, "/leave-balances", "What you, or a member, have of each kind"), h.leaveBalances)
	httpapi.Handle(api, with(op("leave-adjust", http.MethodPost, "/leave-adjustments", "Correct a member's balance by hand"), func(o *httpapi.Op) { creates(o); o.Status, o.Need = http.StatusNoContent, write }), h.adjustLeave)
	httpapi.Handle(api, op("leave-calendar", http.MethodGet, "/leave-calendar", "Who of the team is away"), h.leaveCalendar)
	httpapi.Handle(api, op("leave-list", http.MethodGet, "/leave", "Requests for leave, the latest days first"), h.leaveList)
	httpapi.Handle(api, with(op("leave-create", http.MethodPost, "/leave", "Ask for leave"), creates), h.askLeave)
	httpapi.Handle(api, op("leave-quote", http.MethodPost, "/leave/quote", "What leave would cost and leave behind; nothing is kept"), h.quoteLeave)
	httpapi.Handle(api, with(op("leave-approve", http.MethodPost, "/leave/{id}/approve", "Approve leave as it was seen"), func(o *httpapi.Op) { o.Need = approve }), h.approveLeave)
	httpapi.Handle(api, with(op("leave-reject", http.MethodPost, "/leave/{id}/reject", "Refuse leave, with a reason"), func(o *httpapi.Op) { o.Need = approve }), h.rejectLeave)
	httpapi.Handle(api, op("leave-cancel", http.MethodPost, "/leave/{id}/cancel", "Take leave back"), h.cancelLeave)
}

// LeaveTypeView is a kind of leave.
type LeaveTypeView struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Paid        bool     `json:"paid"`
	Unit        string   `json:"unit" enum:"days,hours"`
	Approval    bool     `json:"approval" doc:"Somebody has to agree"`
	Accrual     string   `json:"accrual" enum:"none,year,month" doc:"none: as much as is needed, without a balance"`
	Allowance   float64  `json:"allowance" doc:"Of a whole leave year"`
	YearStart   int      `json:"year_start" doc:"The month in which the leave year begins"`
	StartsOn    day.Date `json:"starts_on" doc:"Nothing is granted before"`
	CarryCap    *float64 `json:"carry_cap" doc:"How much goes over into the next leave year; null for all of it"`
	CarryMonths int      `json:"carry_months" doc:"After so many months what went over lapses; 0 for never"`
	Overdraw    bool     `json:"overdraw" doc:"May go below nothing"`
	Archived    bool     `json:"archived"`
	Version     int      `json:"version"`
}

// LeaveTypeList holds all kinds; there are few.
type LeaveTypeList struct {
	Items []LeaveTypeView `json:"items"`
	Next  *string         `json:"next"`
}

// LeaveTypeInput is a kind of leave to add.
type LeaveTypeInput struct {
	Name        string   `json:"name" minLength:"1" maxLength:"80"`
	Unpaid      bool     `json:"unpaid,omitempty"`
	Unit        string   `json:"unit,omitempty" enum:"days,hours" default:"days"`
	NoApproval  bool     `json:"no_approval,omitempty" doc:"Nobody has to agree, as for sickness"`
	Accrual     string   `json:"accrual" enum:"none,year,month"`
	Allowance   float64  `json:"allowance,omitempty"`
	YearStart   int      `json:"year_start,omitempty" minimum:"1" maximum:"12" default:"1"`
	StartsOn    day.Date `json:"starts_on,omitempty" doc:"The first day of the leave year that runs, when left out"`
	CarryCap    *float64 `json:"carry_cap,omitempty" doc:"All goes over when left out"`
	CarryMonths int      `json:"carry_months,omitempty" minimum:"0" maximum:"12"`
	Overdraw    bool     `json:"overdraw,omitempty"`
}

// LeaveTypeChange names what changes; what is left out stays.
type LeaveTypeChange struct {
	Name        *string   `json:"name,omitempty" minLength:"1" maxLength:"80"`
	Paid        *bool     `json:"paid,omitempty"`
	Approval    *bool     `json:"approval,omitempty"`
	Accrual     *string   `json:"accrual,omitempty" enum:"none,year,month"`
	Allowance   *float64  `json:"allowance,omitempty"`
	StartsOn    *day.Date `json:"starts_on,omitempty"`
	CarryCap    *float64  `json:"carry_cap,omitempty"`
	CarryAll    bool      `json:"carry_all,omitempty" doc:"Takes the cap away"`
	CarryMonths *int      `json:"carry_months,omitempty" minimum:"0" maximum:"12"`
	Overdraw    *bool     `json:"overdraw,omitempty"`
	Archived    *bool     `json:"archived,omitempty"`
}

// LeaveBalanceView is what somebody has of a kind.
type LeaveBalanceView struct {
	Type      LeaveTypeView `json:"type"`
	Balance   float64       `json:"balance" doc:"At the end of today"`
	Planned   float64       `json:"planned" doc:"Approved and still to come"`
	Requested float64       `json:"requested" doc:"Asked for and not decided"`
	AtEnd     float64       `json:"at_end" doc:"At the end of the leave year, with what is planned and asked for"`
	YearEnds  day.Date      `json:"year_ends"`
	Taken     float64       `json:"taken" doc:"In this leave year"`
	Granted   float64       `json:"granted" doc:"In this leave year"`
}

// LeaveBalanceList holds a balance a kind.
type LeaveBalanceList struct {
	Items []LeaveBalanceView `json:"items"`
	Next  *string            `json:"next"`
}

// LeaveLineView is a line of a statement.
type LeaveLineView struct {
	Day       day.Date `json:"day"`
	Kind      string   `json:"kind" enum:"granted,lapsed,adjusted,taken"`
	Change    float64  `json:"change"`
	Balance   float64  `json:"balance" doc:"After it"`
	RequestID *string  `json:"request_id"`
	Note      string   `json:"note"`
}

// LeaveStatementView is what a balance is made of.
type LeaveStatementView struct {
	Type  LeaveTypeView   `json:"type"`
	Lines []LeaveLineView `json:"lines"`
}

// LeaveAdjustment corrects a balance.
type LeaveAdjustment struct {
	MemberID string   `json:"member_id" format:"uuid"`
	TypeID   string   `json:"type_id" format:"uuid"`
	Day      day.Date `json:"day"`
	Change   float64  `json:"amount" doc:"Less than nothing takes away"`
	Note     string   `json:"note" minLength:"1" maxLength:"500"`
}

// LeaveInput asks for leave.
type LeaveInput struct {
	MemberID  string   `json:"member_id,omitempty" format:"uuid" doc:"Yourself when left out"`
	TypeID    string   `json:"type_id" format:"uuid"`
	First     day.Date `json:"first_day"`
	Last      day.Date `json:"last_day"`
	HalfFirst bool     `json:"half_first,omitempty" doc:"Only half of the first day"`
	HalfLast  bool     `json:"half_last,omitempty" doc:"Only half of the last day"`
	Seconds   int      `json:"seconds,omitempty" minimum:"0" maximum:"86400" doc:"Part of a single day, of kinds that are counted in hours"`
	Note      string   `json:"note,omitempty" maxLength:"500"`
}

// LeaveDayView is a day of leave and what it costs.
type LeaveDayView struct {
	Day  day.Date `json:"day"`
	Cost float64  `json:"days_or_hours"`
}

// LeaveView is leave that was asked for.
type LeaveView struct {
	ID              string         `json:"id"`
	MemberID        string         `json:"member_id"`
	TypeID          *string        `json:"type_id" doc:"Null for those who may not know"`
	First           day.Date       `json:"first_day"`
	Last            day.Date       `json:"last_day"`
	HalfFirst       bool           `json:"half_first"`
	HalfLast        bool           `json:"half_last"`
	Seconds         int            `json:"seconds"`
	Note            string         `json:"note"`
	State           string         `json:"state" enum:"requested,approved,rejected,cancelled"`
	Days            []LeaveDayView `json:"days"`
	Takes           float64        `json:"takes" doc:"In days or hours, as its kind is counted"`
	DecidedBy       *string        `json:"decided_by"`
	DecidedAt       *time.Time     `json:"decided_at"`
	Reason          string         `json:"reason"`
	ExceptionReason string         `json:"exception_reason" doc:"Why somebody approved their own leave, where nobody else could"`
	Version         int            `json:"version"`
}

// LeaveList is a page of requests.
type LeaveList struct {
	Items []LeaveView `json:"items"`
	Next  *string     `json:"next"`
}

// LeaveQuoteView is what leave would cost.
type LeaveQuoteView struct {
	Days   []LeaveDayView `json:"days"`
	Takes  float64        `json:"takes"`
	Unit   string         `json:"unit" enum:"days,hours"`
	Counts bool           `json:"counts" doc:"The kind has a balance"`
	Before float64        `json:"before" doc:"The balance on the last day without it"`
	After  float64        `json:"after" doc:"And with it"`
	Short  bool           `json:"short" doc:"More than there is"`
}

// LeaveDecision says why.
type LeaveDecision struct {
	Reason    string `json:"reason,omitempty" maxLength:"500"`
	OwnReason string `json:"own_reason,omitempty" maxLength:"500" doc:"Why you approve your own leave; only where nobody else can"`
}

// LeaveCalendarView is who is away.
type LeaveCalendarView struct {
	Members  []string      `json:"members" doc:"Everybody at the agency"`
	Away     []LeaveView   `json:"away"`
	Holidays []HolidayView `json:"holidays"`
}

type (
	leaveTypesIn struct {
		Archived bool `query:"archived" doc:"With those that were archived"`
	}
	leaveTypesOut  struct{ Body LeaveTypeList }
	addLeaveTypeIn struct{ Body LeaveTypeInput }
	leaveTypeOut   struct {
		ETag string `header:"ETag"`
		Body LeaveTypeView
	}
	changeLeaveTypeIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body LeaveTypeChange
	}
	leaveMemberIn struct {
		MemberID string `query:"member_id" format:"uuid" doc:"Yourself when left out; others for those who approve"`
	}
	leaveStatementIn struct {
		ID       string `path:"id" format:"uuid"`
		MemberID string `query:"member_id" format:"uuid" doc:"Yourself when left out; others for those who approve"`
	}
	leaveStatementOut struct{ Body LeaveStatementView }
	leaveBalancesOut  struct{ Body LeaveBalanceList }
	adjustLeaveIn     struct{ Body LeaveAdjustment }
	leaveIn           struct{ Body LeaveInput }
	leaveQuoteOut     struct{ Body LeaveQuoteView }
	leaveOut          struct {
		ETag string `header:"ETag"`
		Body LeaveView
	}
	leaveListIn struct {
		page.Query
		MemberID string   `query:"member_id" format:"uuid"`
		State    []string `query:"state" enum:"requested,approved,rejected,cancelled" maxItems:"4"`
		From     day.Date `query:"from"`
		To       day.Date `query:"to"`
	}
	leaveListOut  struct{ Body LeaveList }
	decideLeaveIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body *LeaveDecision
	}
	leaveCalendarIn struct {
		From day.Date `query:"from" required:"true"`
		To   day.Date `query:"to" required:"true"`
	}
	leaveCalendarOut struct{ Body LeaveCalendarView }
)
