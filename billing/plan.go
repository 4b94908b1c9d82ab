// Package billing is what the platform charges its agencies: plans, seats, and
// what an agency may do in the state its subscription is in.
//
// The application decides how many seats there are, Stripe decides what was
// charged (rule 98). Nothing in this package knows Stripe's types: it speaks
// through Gateway.
package billing

import (
	"slices"

	"github.com/bureauhq/bureau/app/kit/money"
)

// PlanID names a plan.
type PlanID string

// The plans on sale.
const (
	Starter      PlanID = "starter"
	Professional PlanID = "professional"
	Enterprise   PlanID = "enterprise"
)

// Feature is a function that not every plan holds.
type Feature string

// The functions that a plan may lack. A screen shows them all the same, with
// the plan that has them and its price.
const (
	FeatureAPITokens     Feature = "api_tokens"     // programs that call the API
	FeatureCustomRates   Feature = "custom_rates"   // rate cards of single clients and projects
	FeatureAuditLog      Feature = "audit_log"      // reading the audit log and checking its chain
	FeatureLegalEntities Feature = "legal_entities" // more than one legal entity
	FeatureTrueUp        Feature = "true_up"        // seats settled by the quarter, by invoice
)

// Plan is one of the plans, as sold today. Plans live here and not in Stripe,
// which holds a price and a quantity only.
type Plan struct {
	ID   PlanID
	Name string
	// Price is for a seat and month.
	Price money.Money
	// LookupKey finds the price in Stripe. Prices never change: a new price is a new key.
	LookupKey string
	// MaxSeats is the most staff there may be; 0 is no limit.
	MaxSeats int
	Features []Feature

	rank int
}

// Currency is what the platform bills in.
const Currency = "USD"

var plans = []Plan{
	{ID: Starter, Name: "Starter", Price: money.Of(2900, Currency), LookupKey: "starter_monthly_usd_v1", MaxSeats: 10, rank: 1},
	{
		ID: Professional, Name: "Professional", Price: money.Of(4900, Currency), LookupKey: "professional_monthly_usd_v1", rank: 2,
		Features: []Feature{FeatureAPITokens, FeatureCustomRates, FeatureAuditLog},
	},
	{
		ID: Enterprise, Name: "Enterprise", Price: money.Of(7900, Currency), LookupKey: "enterprise_monthly_usd_v1", rank: 3,
		Features: []Feature{FeatureAPITokens, FeatureCustomRates, FeatureAuditLog, FeatureLegalEntities, FeatureTrueUp},
	},
}

// Plans lists the plans, the smallest first.
func Plans() []Plan { return slices.Clone(plans) }

// PlanOf finds a plan.
func PlanOf(id PlanID) (Plan, bool) {
	i := slices.IndexFunc(plans, func(p Plan) bool { return p.ID == id })
	if i < 0 {
		return Plan{}, false
	}
	return plans[i], true
}

// PlanOfKey finds the plan that a price belongs to.
func PlanOfKey(lookupKey string) (Plan, bool) {
	i := slices.IndexFunc(plans, func(p Plan) bool { return p.LookupKey == lookupKey })
	if i < 0 {
		return Plan{}, false
	}
	return plans[i], true
}

// Has tells whether the plan holds f.
func (p Plan) Has(f Feature) bool { return slices.Contains(p.Features, f) }

// Above tells whether p is a larger plan than o.
func (p Plan) Above(o Plan) bool { return p.rank > o.rank }

// Lost lists what somebody loses who goes from p to o.
func (p Plan) Lost(o Plan) []Feature {
	var out []Feature
	for _, f := range p.Features {
		if !o.Has(f) {
			out = append(out, f)
		}
	}
	return out
}

// Holding is the smallest plan that holds f.
func Holding(f Feature) (Plan, bool) {
	for _, p := range plans {
		if p.Has(f) {
			return p, true
		}
	}
	return Plan{}, false
}
