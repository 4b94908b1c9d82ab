package app

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// Config is what the application needs from outside. cmd fills it, from the
// environment or from the development stack.
type Config struct {
	// Origin is where the site is reached: http://bureau.localhost:8080. Agencies
	// live on <slug>.<host>, sign-in on auth.<host>.
	Origin *url.URL
	// Dev shows development pages and allows plain http.
	Dev bool
	// TrustedProxies are the addresses or networks whose X-Forwarded-For counts.
	TrustedProxies []string

	Tenancy tenancy.Config

	KratosPublicURL string
	KratosAdminURL  string
	// KratosCookie is the name of Kratos' own session cookie on the auth host.
	KratosCookie string
	// TokenKeys is the public part (JWKS) of the keys that sign Kratos' session tokens.
	TokenKeys []byte

	// Queue is the job queue of this installation; empty for the usual one. Two
	// applications over one database, as in tests, each need their own.
	Queue string

	// Limits guard the way in; nil takes the figures of production, or of development.
	Limits *identity.Limits
	// DenialLog is how many refused calls of one caller are written down; zero takes 120 a minute.
	DenialLog ratelimit.Rule

	// Gateway is the payment provider that agencies are billed through. Without one nobody is billed, and
	// every agency has everything.
	Gateway billing.Gateway
	// Payments is the provider through which agencies are paid by their clients. Without one nobody pays on line.
	Payments payments.Provider
	// BillingClock is the provider's clock; nil is real time.
	BillingClock func() time.Time
	// StripePage is the stand-in of a development stack, mounted at /dev/stripe.
	StripePage http.Handler

	// Secret encrypts addresses of people's calendars. Without one nobody adds a calendar.
	Secret string
	// Calendars fetches people's calendars; nil takes them from the internet.
	Calendars calendars.Feeds

	Mail     mail.Sender
	MailFrom string
	Files    file.Store
	// Backups says where archives of the agencies are kept; without a store there are none.
	Backups custody.Plan

	// Web is the built front end; nil serves the API alone.
	Web fs.FS
	// MailPage is the caught mail of a development stack, mounted at /dev/mail.
	MailPage http.Handler

	Log *slog.Logger
	Now func() time.Time
}

func (c *Config) check() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New(what))
		}
	}
	need(c.Origin != nil && c.Origin.Host != "", "Origin: want an address such as https://bureau.example")
	need(c.Mail != nil, "Mail: want a sender")
	need(c.Files != nil, "Files: want a store")
	if c.Origin != nil {
		need(c.Dev || c.Origin.Scheme == "https", "Origin: want https outside of development")
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if len(errs) > 0 {
		return fmt.Errorf("configuration: %w", errors.Join(errs...))
	}
	return nil
}

// Dev tells whether this is a development installation.
func (a *App) Dev() bool { return a.cfg.Dev }

// Origin is where the site is reached.
func (a *App) Origin() url.URL { return *a.cfg.Origin }

// KratosAdminURL is where the identity server is looked after; empty where there is none.
func (a *App) KratosAdminURL() string { return a.cfg.KratosAdminURL }

// RolePrefix begins the names of this installation's database roles.
func (a *App) RolePrefix() string { return cmp.Or(a.cfg.Tenancy.Prefix, "bureau") }
