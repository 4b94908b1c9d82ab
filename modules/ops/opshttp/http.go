// Package opshttp puts the running of the platform on the operators' host.
package opshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/ops"
)

// Books are the parts of billing's store that operators read.
type Books interface {
	History(ctx context.Context, agencyID string, limit int) ([]billing.Command, error)
	Account(ctx context.Context, agencyID string, now time.Time) (billing.Account, []billing.Override, error)
	DriftSince(ctx context.Context, from time.Time, limit int) ([]billing.Drift, error)
}

const base = "/api/v1/ops"

// Register declares the operations.
func Register(api *httpapi.API, svc *ops.Service, who *identity.Service, bills *billing.Service, books Books) {
	h := handlers{svc, who, bills, books}
	op := func(id, method, path, summary string, need access.Permission) httpapi.Op {
		return httpapi.Op{ID: "ops-" + id, Tag: "ops", Method: method, Path: base + path, Summary: summary, Need: need, Host: httpapi.HostOps, Kinds: []access.Kind{access.Operator}}
	}
	stepUp := func(o httpapi.Op) httpapi.Op { o.StepUp = true; return o }
	status := func(o httpapi.Op, s int) httpapi.Op { o.Status = s; return o }
	const get, post, one = http.MethodGet, http.MethodPost, "/agencies/{id}"
	const read, write, bill, support = identity.OpsRead, identity.OpsWrite, identity.OpsBilling, identity.OpsSupport

	httpapi.Handle(api, op("me", get, "/me", "Who I am at the operators' host", read), h.me)
	httpapi.Handle(api, op("agencies-list", get, "/agencies", "All agencies, by slug", read), h.agencies)
	httpapi.Handle(api, status(op("agencies-open", post, "/agencies", "Open an agency with its first owner", write), http.StatusCreated), h.open)
	httpapi.Handle(api, op("agencies-get", get, one, "One agency", read), h.agency)
	httpapi.Handle(api, op("agencies-suspend", post, one+"/suspend", "Close an agency for everybody", write), h.suspend)
	httpapi.Handle(api, op("agencies-resume", post, one+"/resume", "Open a suspended or deleted agency again", write), h.resume)
	httpapi.Handle(api, stepUp(op("agencies-delete", post, one+"/delete", "Mark an agency for removal", write)), h.delete)
	httpapi.Handle(api, op("agencies-backups", get, one+"/backups", "An agency's archives", read), h.backups)
	httpapi.Handle(api, op("tasks-list", get, one+"/tasks", "Long work on an agency", read), h.tasks)
	httpapi.Handle(api, stepUp(status(op("tasks-begin", post, one+"/tasks", "Migrate, export, restore or move an agency, or drop what that has left", write), http.StatusAccepted)), h.begin)
	httpapi.Handle(api, op("tasks-get", get, "/tasks/{id}", "How far long work is", read), h.task)
	httpapi.Handle(api, op("copies-get", get, one+"/copies", "What a move or a restore has left beside an agency", read), h.copies)
	httpapi.Handle(api, stepUp(op("parked-jobs-decide", post, one+"/parked-jobs", "Let the jobs run that a restore has parked, or throw them away", write)), h.decide)
	httpapi.Handle(api, op("history", get, "/history", "What operators did, newest first", read), h.history)

	httpapi.Handle(api, op("support-list", get, one+"/support", "Looks into an agency", read), h.grants)
	httpapi.Handle(api, stepUp(status(op("support-open", post, one+"/support", "Look into an agency for half an hour, read only", support), http.StatusCreated)), h.openSupport)
	httpapi.Handle(api, status(op("support-end", post, one+"/support/{grant_id}/end", "End a look into an agency", support), http.StatusNoContent), h.endSupport)

	httpapi.Handle(api, op("health", get, "/health", "How the platform does", read), h.health)
	httpapi.Handle(api, op("placements", get, "/placements", "The databases for agencies, the main one first", read), h.placements)
	httpapi.Handle(api, op("jobs-failed", get, "/failed-jobs", "Background work that failed, newest first", read), h.failedJobs)
	httpapi.Handle(api, status(op("jobs-retry", post, "/failed-jobs/{id}/retry", "Try failed work again", write), http.StatusNoContent), h.retry)
	httpapi.Handle(api, op("growth", get, "/growth", "Active people and agencies, by month", read), h.growth)

	httpapi.Handle(api, op("billing-get", get, one+"/billing", "An agency's account, overrides, orders and history", read), h.billing)
	httpapi.Handle(api, stepUp(status(op("overrides-grant", post, one+"/overrides", "Grant an agency more, or less, than it pays for", bill), http.StatusCreated)), h.grantOverride)
	httpapi.Handle(api, status(op("overrides-revoke", post, one+"/overrides/{override_id}/revoke", "End an override before its time", bill), http.StatusNoContent), h.revokeOverride)
	httpapi.Handle(api, status(op("orders-place", post, one+"/orders", "Sell an implementation service", bill), http.StatusCreated), h.placeOrder)
	httpapi.Handle(api, op("orders-approve", post, one+"/orders/{order_id}/approve", "Agree to another operator's order", bill), h.approveOrder)
	httpapi.Handle(api, op("orders-cancel", post, one+"/orders/{order_id}/cancel", "Take an order back", bill), h.cancelOrder)
	httpapi.Handle(api, stepUp(status(op("paybacks-place", post, one+"/paybacks", "Give money back: a refund of an invoice, or a credit", bill), http.StatusCreated)), h.giveBack)
	httpapi.Handle(api, op("paybacks-approve", post, one+"/paybacks/{payback_id}/approve", "Agree to another operator's refund or credit", bill), h.approvePayback)
	httpapi.Handle(api, op("paybacks-cancel", post, one+"/paybacks/{payback_id}/cancel", "Take a refund or credit back that waits", bill), h.cancelPayback)
	httpapi.Handle(api, stepUp(op("terms-set", post, one+"/terms", "Write down what the contract says of an agency's seats", bill)), h.setTerms)
	httpapi.Handle(api, op("billing-drift", get, "/billing-drift", "What the nightly comparisons with the payment provider found", read), h.drift)
}

type handlers struct {
	svc   *ops.Service
	who   *identity.Service
	bills *billing.Service
	books Books
}

type (
	none struct{}
	// IDIn names the agency, task or job of the path.
	IDIn struct {
		ID string `path:"id" maxLength:"36" format:"uuid"`
	}
	out[T any] struct{ Body T }
	// List is one page of anything.
	list[T any] struct {
		Items []T     `json:"items"`
		Next  *string `json:"next"`
	}
	reasonIn struct {
		IDIn
		Body ReasonBody
	}
)

// ReasonBody says why something is done.
type ReasonBody struct {
	Reason string `json:"reason" maxLength:"500" doc:"Kept in the agency's audit log and in the platform's"`
}

// OperatorMe is who the caller is.
type OperatorMe struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Email       string   `json:"email"`
	Permissions []string `json:"permissions"`
	AuthURL     string   `json:"auth_url"`
	Newest      string   `json:"newest_version" doc:"The migration step that every agency should have"`
}

func (h handlers) me(ctx context.Context, _ *none) (*out[OperatorMe], error) {
	a := access.From(ctx)
	return &out[OperatorMe]{OperatorMe{a.OperatorID, a.Name, a.Email, a.Perms.Names(), h.who.Places().Auth(), h.svc.Newest()}}, nil
}
