package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// createTenant opens an agency as a sign-up would, without waiting for its owner's password: the owner becomes the member
// by signing up or in with the e-mail.
func createTenant(ctx context.Context, a *app.App, slug, name, email, ownerName string) (tenancy.Agency, error) {
	if name = strings.TrimSpace(name); name == "" {
		return tenancy.Agency{}, errors.New("--name must not be empty")
	}
	// Checked before anything is made, so that a slip leaves no agency without an owner.
	if _, err := identity.NormaliseEmail(email); err != nil {
		return tenancy.Agency{}, plain("--owner-email", err)
	}
	made, err := a.OpenAgency(ctx, slug, name, email, ownerName)
	if err != nil {
		return tenancy.Agency{}, plain("--slug", err)
	}
	return made, everything(ctx, a, made)
}

// everything gives an agency on a development machine all functions for a year instead of a trial: what is made at the
// command line there is made to be worked with.
func everything(ctx context.Context, a *app.App, made tenancy.Agency) error {
	if !a.Dev() {
		return nil
	}
	_, err := a.Services.Billing.Grant(ctx, billing.Override{
		AgencyID: made.ID, Plan: billing.Enterprise, Level: billing.Full, Reason: "made at the command line", By: "command line", ExpiresAt: time.Now().AddDate(1, 0, 0),
	})
	return err
}

// createToken makes a token for a member. Without scopes it may do all that the member may.
func createToken(ctx context.Context, a *app.App, slug, email, name string, scopes []string) (string, error) {
	found, err := a.Registry.BySlug(ctx, slug)
	if err != nil {
		return "", plain("--tenant", err)
	}
	ctx = operator(ctx, found)
	m, err := a.Services.Identity.MemberByEmail(ctx, email)
	if err != nil {
		return "", plain("--email", err)
	}
	if len(scopes) == 0 {
		scopes = identity.Scopes()
	}
	_, token, err := a.Services.Identity.TokenCreateFor(ctx, m.ID, identity.NewToken{Name: name, Scopes: scopes})
	if err != nil {
		return "", plain("token", err)
	}
	return token, nil
}

// plain says which flag a fault is about, with the reasons it gives for its fields.
func plain(flag string, err error) error {
	f := fault.From(err)
	reasons := make([]string, 0, len(f.Fields))
	for _, field := range f.Fields {
		reasons = append(reasons, field.Text)
	}
	if len(reasons) == 0 {
		return fmt.Errorf("%s: %s", flag, f.Text)
	}
	return fmt.Errorf("%s: %s (%s)", flag, f.Text, strings.Join(reasons, "; "))
}
