package kratos

import (
	"fmt"

	"github.com/bureauhq/bureau/app/kit/mail"
)

// Letter is a mail that Kratos writes itself, in Bureau's words and look: templates of Kratos, in base64.
type Letter struct{ Kind, Subject, Text, HTML string }

// letters lays out what Kratos sends. It fills in the codes: the names in braces are those of its templates.
func letters() ([]Letter, error) {
	const ignore = "If it was not you, you need not do anything: without the code nothing changes."
	out := make([]Letter, 0, 2)
	for _, l := range []struct {
		kind   string
		notice mail.Notice
	}{
		{"verification_code", mail.Notice{
			Subject:    "Verify your e-mail address",
			Paragraphs: []string{"Enter this code where Bureau asks you for it. It works for ten minutes."},
			Code:       "{{ .VerificationCode }}",
			Note:       ignore,
		}},
		{"recovery_code", mail.Notice{
			Subject:    "Recover your account",
			Paragraphs: []string{"Enter this code where Bureau asks you for it, and choose a new password then. It works for ten minutes."},
			Code:       "{{ .RecoveryCode }}",
			Note:       ignore,
		}},
	} {
		m, err := mail.Compose(mail.Brand{Name: "Bureau"}, l.notice)
		if err != nil {
			return nil, fmt.Errorf("kratos: write the letter %s: %w", l.kind, err)
		}
		out = append(out, Letter{l.kind, inBase64(m.Subject), inBase64(m.Text), inBase64(m.HTML)})
	}
	return out, nil
}
