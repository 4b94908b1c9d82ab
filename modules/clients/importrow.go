package clients

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// clientOf reads the client's fields of a row, and checks them.
func (r *importing) clientOf(cells []string) (Change, error) {
	get := func(f string) *string { return r.cell(cells, f) }
	ch := Change{
		Name: get("name"), Code: get("code"), Currency: get("currency"), TaxID: get("tax_id"), BillingEmail: get("billing_email"),
		Website: get("website"), Notes: get("notes"),
	}
	b := blame{fault: ErrBadClient}
	if t := text(get("payment_terms_days")); t != "" {
		days, err := strconv.Atoi(t)
		if err != nil {
			b.at("payment_terms_days", "must be a whole number of days")
		} else {
			p := &days
			ch.PaymentTermsDays = &p
		}
	}
	if t := get("tags"); t != nil {
		tags := strings.FieldsFunc(*t, func(c rune) bool { return c == ',' || c == ';' || c == '|' })
		ch.Tags = &tags
	}
	a := Address{
		Kind: AddressMain, Line1: text(get("line1")), Line2: text(get("line2")), PostalCode: text(get("postal_code")),
		City: text(get("city")), Region: text(get("region")), Country: text(get("country")),
	}
	if !a.empty() {
		ch.Addresses = &[]Address{a}
	}
	trial := ch.apply(Draft{Code: "XX", Currency: r.currency})
	if trial.Code == "" {
		trial.Code = "XX"
	}
	if trial.Currency == "" {
		trial.Currency = r.currency
	}
	_, err := trial.checked()
	return ch, together(b.err(), err)
}

// together is one refusal with the fields of all, so that a row is mended once.
func together(errs ...error) error {
	var out *fault.Error
	for _, err := range errs {
		var f *fault.Error
		switch {
		case err == nil:
		case !errors.As(err, &f):
			return err
		case out == nil:
			out = f
		default:
			for _, field := range f.Fields {
				out = out.At(field.Path, field.Text)
			}
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// contactOf reads the contact's fields of a row, and checks them.
func (r *importing) contactOf(cells []string) (ContactDraft, bool, error) {
	get := func(f string) string { return text(r.cell(cells, f)) }
	d := ContactDraft{Name: get("contact_name"), Email: get("contact_email"), Phone: get("contact_phone"), JobTitle: get("contact_job_title")}
	if d == (ContactDraft{}) {
		return d, false, nil
	}
	if d.Name == "" {
		d.Name, _, _ = strings.Cut(d.Email, "@")
	}
	d, err := d.checked()
	var f *fault.Error
	if errors.As(err, &f) {
		err = renamed(f)
	}
	return d, true, err
}

// renamed calls a contact's fields what the mapping calls them.
func renamed(f *fault.Error) error {
	out := fault.Define(f.Kind, f.Code, f.Text)
	for _, field := range f.Fields {
		out = out.At("body."+fieldsOfContact[strings.TrimPrefix(field.Path, "body.")], field.Text)
	}
	return out
}

// withoutBlanks leaves alone what the file has no value for.
func (ch Change) withoutBlanks() Change {
	for _, p := range []**string{&ch.Name, &ch.Code, &ch.Currency, &ch.TaxID, &ch.BillingEmail, &ch.Website, &ch.Notes} {
		if *p != nil && **p == "" {
			*p = nil
		}
	}
	if ch.Tags != nil && len(*ch.Tags) == 0 {
		ch.Tags = nil
	}
	return ch
}

func (d Draft) equal(o Draft) bool {
	sameTerms := (d.PaymentTermsDays == nil) == (o.PaymentTermsDays == nil) && (d.PaymentTermsDays == nil || *d.PaymentTermsDays == *o.PaymentTermsDays)
	return sameTerms && d.Name == o.Name && d.Code == o.Code && d.Currency == o.Currency && d.TaxID == o.TaxID && d.BillingEmail == o.BillingEmail &&
		d.Website == o.Website && d.Notes == o.Notes && d.OwnerID == o.OwnerID && d.InvoiceFormat == o.InvoiceFormat && d.Language == o.Language && d.LegalEntityID == o.LegalEntityID && slices.Equal(d.Addresses, o.Addresses) && slices.Equal(d.Tags, o.Tags)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
