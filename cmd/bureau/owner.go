package main

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/tenancy"
)

func createTenant(ctx context.Context, a *app.App, slug, name, email, ownerName string) (tenancy.Agency, error) {
	return a.Provisioner.Claim(ctx, slug, name)
}

func createToken(ctx context.Context, a *app.App, slug, email, name string) (string, error) {
	return "", errors.New("no members yet")
}
