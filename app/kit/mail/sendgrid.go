package mail

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sendgrid/rest"
	"github.com/sendgrid/sendgrid-go"
	sg "github.com/sendgrid/sendgrid-go/helpers/mail"
)

// SendGrid says which SendGrid account takes our letters.
type SendGrid struct {
	Key  string
	From Address
	// BaseURL is https://api.sendgrid.com unless the account lives elsewhere
	// (https://api.eu.sendgrid.com).
	BaseURL string
	Timeout time.Duration // 0 is 30 s
}

type sendGridSender struct {
	request rest.Request
	client  *rest.Client
	from    Address
}

// NewSendGrid checks the configuration; it does not call SendGrid.
func NewSendGrid(c SendGrid) (Sender, error) {
	from, err := c.From.clean("from")
	if err != nil {
		return nil, fmt.Errorf("the sender's address %q: %w", c.From.Email, err)
	}
	if strings.TrimSpace(c.Key) == "" {
		return nil, errors.New("the SendGrid key is missing")
	}
	if c.BaseURL == "" {
		c.BaseURL = "https://api.sendgrid.com"
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("the SendGrid URL %q must look like https://api.sendgrid.com", c.BaseURL)
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	request := sendgrid.GetRequest(c.Key, "/v3/mail/send", strings.TrimRight(c.BaseURL, "/"))
	request.Method = rest.Post
	return &sendGridSender{
		request: request,
		client: &rest.Client{HTTPClient: &http.Client{
			Timeout: c.Timeout,
			// A redirect would carry the letter, and the key, to somebody else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}},
		from: from,
	}, nil
}

func (s *sendGridSender) Send(ctx context.Context, m Message) error {
	m, err := m.prepare(s.from)
	if err != nil {
		return err
	}
	request := s.request
	request.Body = sg.GetRequestBody(m.v3())
	answer, err := s.client.SendWithContext(ctx, request)
	if err != nil {
		return ErrUnavailable.After(time.Minute).Saying("SendGrid could not be reached.").Because(err)
	}
	return sendGridFault(answer, time.Now())
}

func (m Message) v3() *sg.SGMailV3 {
	v := sg.NewV3Mail()
	v.SetFrom(sg.NewEmail(m.From.Name, m.From.Email))
	v.Subject = m.Subject
	if m.ReplyTo.Email != "" {
		v.SetReplyTo(sg.NewEmail(m.ReplyTo.Name, m.ReplyTo.Email))
	}
	p := sg.NewPersonalization()
	for _, a := range m.To {
		p.AddTos(sg.NewEmail(a.Name, a.Email))
	}
	v.AddPersonalizations(p)
	// SendGrid insists on this order: plain before HTML.
	if m.Text != "" {
		v.AddContent(sg.NewContent("text/plain", m.Text))
	}
	if m.HTML != "" {
		v.AddContent(sg.NewContent("text/html", m.HTML))
	}
	for _, a := range m.Attachments {
		v.AddAttachment(&sg.Attachment{
			Content:     base64.StdEncoding.EncodeToString(a.Data),
			Type:        a.ContentType,
			Filename:    a.Name,
			Disposition: "attachment",
		})
	}
	v.SetHeader("Auto-Submitted", "auto-generated")
	if m.Key != "" {
		v.SetHeader("Message-ID", "<"+m.messageID()+">")
		v.SetCustomArg("bureau_key", m.Key)
	}
	// Tracking rewrites links, and ours carry secrets that are nobody else's business.
	off := false
	v.SetTrackingSettings(&sg.TrackingSettings{
		ClickTracking: &sg.ClickTrackingSetting{Enable: &off, EnableText: &off},
		OpenTracking:  &sg.OpenTrackingSetting{Enable: &off},
	})
	return v
}

func sendGridFault(answer *rest.Response, now time.Time) error {
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests || code >= 500:
		return ErrUnavailable.After(retryAfter(answer.Headers, now)).Saying("SendGrid put it off: %s", sendGridSaid(answer)).Because(sendGridError(answer))
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		// The key is wrong, not the letter: it may go out once somebody mends the setting.
		return ErrUnavailable.After(10 * time.Minute).Saying("SendGrid does not take our key.").Because(sendGridError(answer))
	default:
		return ErrRejected.Saying("SendGrid refused it: %s", sendGridSaid(answer)).Because(sendGridError(answer))
	}
}

// sendGridSaid is its status with the first thing that it complains about.
func sendGridSaid(answer *rest.Response) string {
	var body struct {
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	said := strconv.Itoa(answer.StatusCode)
	if err := json.Unmarshal([]byte(answer.Body), &body); err == nil && len(body.Errors) > 0 {
		said += " " + body.Errors[0].Message
	}
	return oneLine(said, 200)
}

func sendGridError(answer *rest.Response) error {
	body := answer.Body
	if len(body) > 500 {
		body = body[:500]
	}
	return fmt.Errorf("sendgrid answered %d: %s", answer.StatusCode, body)
}

// retryAfter reads Retry-After, or SendGrid's own X-RateLimit-Reset, kept between 1 s and 1 h.
func retryAfter(h map[string][]string, now time.Time) time.Duration {
	wait := time.Minute
	header := http.Header(h)
	if v := header.Get("Retry-After"); v != "" {
		if seconds, err := strconv.Atoi(v); err == nil {
			wait = time.Duration(seconds) * time.Second
		} else if at, err := http.ParseTime(v); err == nil {
			wait = at.Sub(now)
		}
	} else if reset, err := strconv.ParseInt(header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
		wait = time.Unix(reset, 0).Sub(now)
	}
	return min(max(wait, time.Second), time.Hour)
}
