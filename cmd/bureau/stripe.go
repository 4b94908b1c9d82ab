package main

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingstripe"
	"github.com/bureauhq/bureau/billing/stripestand"
	"github.com/bureauhq/bureau/modules/payments/paymentsstripe"
)

// standPath is where a development stack's stand-in for Stripe is mounted.
const standPath = "/dev/stripe"

// standKey is no secret: the stand-in moves no money and listens on this machine only.
const standKey = "sk_test_standin"

// payments starts the stand-in for Stripe and makes the app use it, by the same way in which it would use Stripe.
func payments(cfg *app.Config, where devstack.Addresses, o devOptions) (*stripestand.Stand, error) {
	local := "http://127.0.0.1:" + strconv.Itoa(o.port)
	stand, err := stripestand.New(stripestand.Config{
		Real: time.Now,
		File: filepath.Join(o.data, "stripe.json"), Key: standKey, BaseURL: cfg.Origin.String() + standPath,
		WebhookURL: local + "/webhooks/stripe", Host: cfg.Origin.Host, WebhookSecret: "whsec_" + where.Secret,
		ConnectURL: local + "/webhooks/stripe-connect", ConnectSecret: "whsec_connect_" + where.Secret, Log: cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	cfg.StripePage = http.StripPrefix(standPath, stand)
	cfg.BillingClock = stand.Now
	cfg.Gateway = devGateway(strconv.Itoa(o.port), where, cfg.Log)
	cfg.Payments = paymentsstripe.New(paymentsstripe.Config{Key: standKey, URL: local + standPath, WebhookSecrets: []string{"whsec_connect_" + where.Secret}, Now: time.Now})
	return stand, nil
}

// devGateway is the way to the stand-in of a `bureau dev` on this port.
func devGateway(port string, where devstack.Addresses, log *slog.Logger) billing.Gateway {
	return billingstripe.New(billingstripe.Config{
		Key: standKey, URL: "http://127.0.0.1:" + port + standPath, WebhookSecrets: []string{"whsec_" + where.Secret}, Now: time.Now, Log: log,
	})
}
