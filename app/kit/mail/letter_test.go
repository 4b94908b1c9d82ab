package mail_test

import (
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/mail"
)

var acme = mail.Brand{Name: "Acme & Söhne", Colour: "#0B7A5C", URL: "https://acme.example"}

func TestLettersSayTheSameInBothParts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind    mail.Kind
		subject string
		says    []string
	}{
		"invitation": {
			mail.Invitation{Inviter: "Ben Osei", Role: "manager", URL: "https://acme.example/invite#tok", Expires: "1 December 2026"},
			"Ben Osei invited you to Acme & Söhne",
			[]string{"Ben Osei", "manager", "https://acme.example/invite#tok", "1 December 2026"},
		},
		"invoice": {
			mail.Invoice{
				Number: "2026-0042", Total: "€1,250.00", Issued: "1 March 2026", Due: "31 March 2026",
				URL: "https://acme.example/portal/invoices/1", Greeting: "Dear Anna,", Message: "thank you for your trust.\n\nBest,\nBen",
			},
			"Invoice 2026-0042 from Acme & Söhne",
			[]string{"2026-0042", "€1,250.00", "31 March 2026", "Dear Anna,", "thank you for your trust.", "https://acme.example/portal/invoices/1"},
		},
		"notice": {
			mail.Notice{
				Subject: "Your week was sent back", Paragraphs: []string{"Please name the task."},
				Facts: []mail.Fact{{Label: "Week", Value: "47"}}, Action: &mail.Action{Label: "Open it", URL: "http://acme.bureau.localhost:8080/time"},
			},
			"Your week was sent back",
			[]string{"Please name the task.", "47", "Open it", "http://acme.bureau.localhost:8080/time"},
		},
	} {
		m, err := mail.Compose(acme, c.kind)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if m.Subject != c.subject || m.From.Name != "Acme & Söhne" {
			t.Errorf("%s: subject %q from %q", name, m.Subject, m.From.Name)
		}
		for _, want := range c.says {
			if !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, strings.ReplaceAll(want, "&", "&amp;")) {
				t.Errorf("%s: %q is not in both parts:\n%s", name, want, m.Text)
			}
		}
		if strings.Contains(m.HTML, "ZgotmplZ") || !strings.Contains(m.HTML, "background:#0B7A5C") {
			t.Errorf("%s: the brand's colour is not in the letter", name)
		}
	}
}

func TestLettersCannotBeTurnedIntoPages(t *testing.T) {
	t.Parallel()
	m, err := mail.Compose(mail.Brand{Name: "<script>x()</script>", Colour: "red;background:url(//evil)", LogoURL: "javascript:x()"},
		mail.Invitation{Inviter: `"><img src=x onerror=y()>`, URL: "https://acme.example/invite#a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", "javascript:", "evil"} {
		if strings.Contains(m.HTML, bad) {
			t.Errorf("%q is in the letter", bad)
		}
	}
	for _, link := range []string{"javascript:alert(1)", "/invite", "data:text/html,x", ""} {
		if _, err := mail.Compose(acme, mail.Invitation{URL: link}); err == nil {
			t.Errorf("the link %q was taken", link)
		}
	}
}

// A pale brand colour must not make the button's words unreadable.
func TestTheButtonCanBeRead(t *testing.T) {
	t.Parallel()
	for colour, ink := range map[string]string{"#2855D9": "#FFFFFF", "#F2C94C": "#161B24", "#FFFFFF": "#161B24", "#000000": "#FFFFFF"} {
		m, err := mail.Compose(mail.Brand{Name: "Acme", Colour: colour}, mail.Invitation{URL: "https://a.example/i"})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.HTML, "font-weight:600;color:"+ink+";text-decoration:none") {
			t.Errorf("on %s the words are not %s", colour, ink)
		}
	}
}
