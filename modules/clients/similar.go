package clients

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/tenancy"
)

// Likeness is what two records of one company have in common.
type Likeness struct {
	Name   string // folded by FoldName
	Domain string // of the e-mail or the website; empty where it says nothing
	Except string // the client itself
}

// SimilarClient is a client that may be the same company, and why.
type SimilarClient struct {
	ID, Name, Code string
	Archived       bool
	Reason         string // "name" or "domain"
}

// Mail hosts that many companies share say nothing about a company.
var sharedDomains = []string{
	"aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com",
	"me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "web.de", "yahoo.com", "ymail.com",
}

var legalForms = []string{"ag", "bv", "co", "corp", "gmbh", "inc", "kg", "limited", "llc", "llp", "ltd", "nv", "ohg", "oy", "plc", "pty", "sa", "sarl", "se", "sl", "srl"}

// FoldName reduces a company's name to what two spellings of it share.
func FoldName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(".,&+-'’\"()/", r) {
			return ' '
		}
		return r
	}, strings.ToLower(name))
	words := strings.Fields(clean)
	for len(words) > 1 && slices.Contains(legalForms, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

func domainOf(email, website string) string {
	d := ""
	if _, host, ok := strings.Cut(NormalEmail(email), "@"); ok {
		d = host
	} else if u, err := url.Parse(website); err == nil {
		d = strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
	if slices.Contains(sharedDomains, d) {
		return ""
	}
	return d
}

func (d Draft) likeness(except string) Likeness {
	return Likeness{Name: FoldName(d.Name), Domain: domainOf(d.BillingEmail, d.Website), Except: except}
}

// Similar looks for clients that may be the same company as the described one.
func (s *Service) Similar(ctx context.Context, d Draft, except string) (out []SimilarClient, err error) {
	b := blame{fault: ErrBadClient}
	d.Website = b.website("website", d.Website)
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Similar(ctx, tx, d.likeness(except))
		return err
	})
	return out, err
}
