package billingstripe

import (
	"context"
	"errors"

	"github.com/stripe/stripe-go/v76"
)

// portalKey marks our configuration among those of the account, by its version.
const portalKey, portalVersion = "bureau_portal", "1"

var errNoPortal = errors.New("stripe: the customer portal is not configured: run bureau billing bootstrap")

// EnsurePortal makes the configuration of the customer portal. Plan and seats are not changed there: this version of
// the API cannot bound a quantity, and the portal knows neither how many people there are nor what a plan holds. The address for
// the bill's letters is the owner's in the app.
func (g *Gateway) EnsurePortal(ctx context.Context, key string) (made bool, err error) {
	if _, err := g.portalID(ctx); !errors.Is(err, errNoPortal) {
		return false, err
	}
	on := stripe.Bool
	x, err := g.api.BillingPortalConfigurations.New(&stripe.BillingPortalConfigurationParams{
		Params: params(ctx, key), Metadata: map[string]string{portalKey: portalVersion},
		BusinessProfile: &stripe.BillingPortalConfigurationBusinessProfileParams{Headline: stripe.String("Bureau")},
		Features: &stripe.BillingPortalConfigurationFeaturesParams{
			InvoiceHistory:      &stripe.BillingPortalConfigurationFeaturesInvoiceHistoryParams{Enabled: on(true)},
			PaymentMethodUpdate: &stripe.BillingPortalConfigurationFeaturesPaymentMethodUpdateParams{Enabled: on(true)},
			CustomerUpdate: &stripe.BillingPortalConfigurationFeaturesCustomerUpdateParams{
				Enabled: on(true), AllowedUpdates: stripe.StringSlice([]string{"address", "tax_id", "name"}),
			},
			SubscriptionCancel: &stripe.BillingPortalConfigurationFeaturesSubscriptionCancelParams{
				Enabled: on(true), Mode: stripe.String("at_period_end"),
				CancellationReason: &stripe.BillingPortalConfigurationFeaturesSubscriptionCancelCancellationReasonParams{
					Enabled: on(true), Options: stripe.StringSlice([]string{"too_expensive", "missing_features", "switched_service", "unused", "customer_service", "too_complex", "low_quality", "other"}),
				},
			},
		},
	})
	if err != nil {
		return false, failure(err)
	}
	g.mu.Lock()
	g.portal = x.ID
	g.mu.Unlock()
	return true, nil
}

// portalID finds our configuration.
func (g *Gateway) portalID(ctx context.Context) (string, error) {
	g.mu.Lock()
	known := g.portal
	g.mu.Unlock()
	if known != "" {
		return known, nil
	}
	it := g.api.BillingPortalConfigurations.List(&stripe.BillingPortalConfigurationListParams{ListParams: page(ctx, ""), Active: stripe.Bool(true)})
	for it.Next() {
		if x := it.BillingPortalConfiguration(); x.Metadata[portalKey] == portalVersion {
			g.mu.Lock()
			g.portal = x.ID
			g.mu.Unlock()
			return x.ID, nil
		}
	}
	if err := it.Err(); err != nil {
		return "", failure(err)
	}
	return "", errNoPortal
}

// OpenPortal makes a link to a customer's portal.
func (g *Gateway) OpenPortal(ctx context.Context, customerID, returnURL string) (string, error) {
	config, err := g.portalID(ctx)
	if err != nil {
		return "", err
	}
	x, err := g.api.BillingPortalSessions.New(&stripe.BillingPortalSessionParams{
		Params: params(ctx, ""), Customer: stripe.String(customerID), ReturnURL: stripe.String(returnURL), Configuration: stripe.String(config),
	})
	if err != nil {
		return "", failure(err)
	}
	return x.URL, nil
}
