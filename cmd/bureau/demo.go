package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/sample"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

const (
	demoSlug  = "fernwood"
	demoOwner = "owner@sample.example"
	// demoPassword opens every account of the sample agency: it exists on this machine only.
	demoPassword = "sample-agency-2026"
)

// loadDemo makes the sample agency, unless it is there, and accounts for the people in it.
func loadDemo(ctx context.Context, a *app.App, admin string, out io.Writer) error {
	found, err := a.Registry.BySlug(ctx, demoSlug)
	if errors.Is(err, tenancy.ErrNoAgency) {
		_, _ = fmt.Fprintln(out, "Loading a year of sample data. This happens once and takes a minute or two.")
		found, err = makeDemo(ctx, a, out)
	}
	if err != nil {
		return err
	}
	staff, err := a.Services.Identity.Members(operator(ctx, found), identity.MemberFilter{Kind: access.Staff, Limit: 100})
	if err != nil {
		return err
	}
	for _, m := range staff {
		if err := addAccount(ctx, admin, m.Name, m.Email); err != nil {
			return fmt.Errorf("account of %s: %w", m.Email, err)
		}
	}
	at := a.Origin()
	at.Host = demoSlug + "." + at.Host
	_, _ = fmt.Fprintf(out, "sample agency %s · sign in as %s with the password %s, or as anybody listed under People\n", at.String(), demoOwner, demoPassword)
	return nil
}

func makeDemo(ctx context.Context, a *app.App, out io.Writer) (tenancy.Agency, error) {
	made, err := createTenant(ctx, a, demoSlug, "Fernwood Digital", demoOwner, "Clara Fernwood")
	if err != nil {
		return made, err
	}
	err = a.LoadSample(operator(ctx, made), sample.Demo, percents(out))
	if err != nil {
		// Half an agency would be taken for a whole one by the next start.
		err = errors.Join(err, a.Provisioner.Delete(context.WithoutCancel(ctx), demoSlug))
	}
	return made, err
}

// percents says every ten percent how far the work has got.
func percents(out io.Writer) sample.Progress {
	said := 0
	return func(done float64, what string) {
		if now := int(done*10) * 10; now > said {
			said = now
			_, _ = fmt.Fprintf(out, "  %d %% (%s)\n", now, what)
		}
	}
}

// addAccount makes a confirmed account, unless there is one.
func addAccount(ctx context.Context, admin, name, email string) error {
	body, err := json.Marshal(map[string]any{
		"schema_id":            "person",
		"traits":               map[string]string{"email": email, "name": name},
		"credentials":          map[string]any{"password": map[string]any{"config": map[string]string{"password": demoPassword}}},
		"verifiable_addresses": []map[string]any{{"value": email, "via": "email", "verified": true, "status": "completed"}},
	})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(admin, "/")+"/admin/identities", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusCreated || resp.StatusCode == http.StatusConflict {
		return nil
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 2000))
	return fmt.Errorf("the identity server answers %s: %s", resp.Status, said)
}
