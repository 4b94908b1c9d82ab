package identityhttp

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
)

// Kratos tells who registers whether the address has an account. So the proxy
// answers registrations itself, from one piece of code that does not look at
// the difference: "we sent a mail". What Kratos gave for the browser of a new
// account is held until the code from the mail is entered; a known address
// gets a flow in Kratos too, whose code nobody has, so that both take the same steps.

const (
	registrationPath = "/self-service/registration"
	verificationPath = "/self-service/verification"
)

// held is what waits for the right code.
type held struct {
	Flow    string            `json:"flow"`    // of Kratos, that checks the code
	Email   string            `json:"email"`   // where Kratos sends a new code
	Cookies map[string]string `json:"cookies"` // that Kratos knows the browser by
	Give    []string          `json:"give"`    // Set-Cookie lines for the browser
	Known   bool              `json:"known"`
}

// registered answers what has to do with registrations; false leaves the call to others.
func (p *proxy) registered(c *fiber.Ctx, path string) (bool, error) {
	flow := c.Query("flow")
	post := c.Method() == http.MethodPost
	switch {
	case path == registrationPath && post && id.Valid(flow):
		return true, p.register(c, flow)
	case path == registrationPath+"/flows" && id.Valid(c.Query("id")):
		over, err := p.svc.RegistrationSubmitted(c.UserContext(), strings.ToLower(c.Query("id")))
		if over && err == nil {
			return true, gone(c)
		}
		return false, err
	case path == verificationPath && post && id.Valid(flow):
		r, err := p.waiting(c, flow)
		if err != nil {
			return !errors.Is(err, identity.ErrRegistrationGone), unlessGone(err)
		}
		return true, p.confirm(c, r)
	case path == verificationPath+"/flows" && id.Valid(c.Query("id")):
		r, err := p.waiting(c, c.Query("id"))
		if err != nil {
			return !errors.Is(err, identity.ErrRegistrationGone), unlessGone(err)
		}
		return true, p.show(c, r, http.StatusOK)
	}
	return false, nil
}

func (p *proxy) waiting(c *fiber.Ctx, flow string) (identity.Registration, error) {
	return p.svc.RegistrationOf(c.UserContext(), flow, cookies{p.svc.Places().Secure()}.get(c, registrationCookie))
}

// unlessGone is nil for a registration that is over: a flow of Kratos may have this key.
func unlessGone(err error) error {
	if errors.Is(err, identity.ErrRegistrationGone) {
		return nil
	}
	return err
}

// gone is Kratos' answer to a flow that is over.
func gone(c *fiber.Ctx) error {
	return c.Status(http.StatusGone).JSON(fiber.Map{"error": fiber.Map{
		"id": "self_service_flow_expired", "code": http.StatusGone, "status": http.StatusText(http.StatusGone), "message": "This flow is over.",
	}})
}

func (p *proxy) register(c *fiber.Ctx, flow string) error {
	over, err := p.svc.RegistrationSubmitted(c.UserContext(), strings.ToLower(flow))
	if err != nil {
		return err
	}
	if over {
		return gone(c)
	}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	p.passOn(c, registrationPath, req)
	req.Header.Set(fiber.HeaderAccept, fiber.MIMEApplicationJSON)
	if err := p.client.Do(req, resp); err != nil {
		return p.away(c, err)
	}
	h := outcomeOf(resp)
	if h == nil {
		if wantsPage(c) {
			return c.Redirect(p.svc.Places().Auth()+"/registration?flow="+flow, http.StatusSeeOther)
		}
		answer(c, resp)
		return nil
	}
	if h.Known {
		err = p.standIn(c, h)
	} else {
		p.keep(req, resp, h)
	}
	if err != nil {
		return err
	}
	// As it was typed: only for new accounts does Kratos repeat it.
	email := typedAddress(formOf(c))
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	r, token, err := p.svc.HoldRegistration(c.UserContext(), strings.ToLower(flow), email, raw, h.Known)
	if err != nil {
		return err
	}
	set(c, cookies{p.svc.Places().Secure()}.make(registrationCookie, token, time.Until(r.ExpiresAt)))
	next := p.svc.Places().Auth() + "/verification?flow=" + r.ID
	if wantsPage(c) {
		return c.Redirect(next, http.StatusSeeOther)
	}
	return c.JSON(fiber.Map{"continue_with": []fiber.Map{{"action": "show_verification_ui", "flow": fiber.Map{"id": r.ID, "url": next}}}})
}

// duplicate are the numbers of Kratos' messages for an address that has an account.
var duplicate = []int{4000007, 4000027, 4000028}

// kratosAnswer is what we read of Kratos' answers to registrations and codes.
type kratosAnswer struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	ReturnTo string `json:"return_to"`
	Identity struct {
		Traits struct {
			Email string `json:"email"`
		} `json:"traits"`
	} `json:"identity"`
	ContinueWith []struct {
		Action string `json:"action"`
		Flow   struct {
			ID string `json:"id"`
		} `json:"flow"`
	} `json:"continue_with"`
	UI struct {
		Nodes []struct {
			Attributes struct {
				Name  string `json:"name"`
				Value any    `json:"value"`
			} `json:"attributes"`
			Messages []uiText `json:"messages"`
		} `json:"nodes"`
		Messages []uiText `json:"messages"`
	} `json:"ui"`
}

type uiText struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
	Type string `json:"type"`
}

func (a kratosAnswer) value(name string) string {
	for _, n := range a.UI.Nodes {
		if n.Attributes.Name == name {
			s, _ := n.Attributes.Value.(string)
			return s
		}
	}
	return ""
}

func (a kratosAnswer) says(ids []int) bool {
	all := slices.Clone(a.UI.Messages)
	for _, n := range a.UI.Nodes {
		all = append(all, n.Messages...)
	}
	return slices.ContainsFunc(all, func(m uiText) bool { return slices.Contains(ids, m.ID) })
}

// outcomeOf reads whether an account was made or was there; nil for neither,
// as for a password that is too short, which Kratos finds before it looks for the address.
func outcomeOf(resp *fasthttp.Response) *held {
	var a kratosAnswer
	if json.Unmarshal(resp.Body(), &a) != nil {
		return nil
	}
	if resp.StatusCode() == http.StatusBadRequest && a.says(duplicate) {
		return &held{Known: true}
	}
	if resp.StatusCode() != http.StatusOK || a.Identity.Traits.Email == "" {
		return nil
	}
	h := &held{Email: a.Identity.Traits.Email}
	for _, step := range a.ContinueWith {
		if step.Action == "show_verification_ui" {
			h.Flow = step.Flow.ID
		}
	}
	return h
}

// keep notes what a new account's browser gets once its code is entered.
func (p *proxy) keep(req *fasthttp.Request, resp *fasthttp.Response, h *held) {
	h.Cookies = map[string]string{}
	for k, v := range req.Header.Cookies() {
		h.Cookies[string(k)] = string(v)
	}
	h.take(resp)
	for k, v := range resp.Header.All() {
		if string(k) == fiber.HeaderSetCookie {
			h.Give = append(h.Give, string(v))
		}
	}
}

func (h *held) take(resp *fasthttp.Response) {
	for k, line := range resp.Header.Cookies() {
		var one fasthttp.Cookie
		if one.ParseBytes(line) == nil && len(one.Value()) > 0 {
			h.Cookies[string(k)] = string(one.Value())
		}
	}
}

// standIn begins a flow that takes codes for a known address, and knows none.
func (p *proxy) standIn(c *fiber.Ctx, h *held) error {
	h.Cookies, h.Email = map[string]string{}, "nobody-"+id.New()+"@bureau.invalid"
	a, err := p.ask(c, h, http.MethodGet, verificationPath+"/browser", nil)
	if err != nil {
		return err
	}
	h.Flow = a.ID
	return nil
}

// ask sends Kratos a call of our own, with the cookies that are held.
func (p *proxy) ask(c *fiber.Ctx, h *held, method, target string, body any) (a kratosAnswer, err error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	path, query, _ := strings.Cut(target, "?")
	p.aim(c, path, req)
	req.URI().SetQueryString(query)
	req.Header.SetMethod(method)
	req.Header.Set(fiber.HeaderAccept, fiber.MIMEApplicationJSON)
	for k, v := range h.Cookies {
		req.Header.SetCookie(k, v)
	}
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return a, err
		}
		req.Header.SetContentType(fiber.MIMEApplicationJSON)
		req.SetBody(raw)
	}
	if err := p.client.Do(req, resp); err != nil {
		return a, p.away(c, err)
	}
	h.take(resp)
	if resp.StatusCode() >= http.StatusInternalServerError {
		return a, p.away(c, errors.New(string(resp.Header.StatusMessage())))
	}
	_ = json.Unmarshal(resp.Body(), &a) // what cannot be read is not the right code
	return a, nil
}

// What the page says, by the numbers that Kratos uses where it has one.
var (
	mailIsOnItsWay = uiText{1080003, "A mail with a code is on its way.", "info"}
	isConfirmed    = uiText{1080002, "Your e-mail address is confirmed.", "success"}
	wrongCode      = uiText{4070006, "This code is not right or was used before.", "error"}
	tooManyCodes   = uiText{4079001, "These were too many tries. Sign in with your password to get a new code.", "error"}
)

// confirm takes a code, or sends another.
func (p *proxy) confirm(c *fiber.Ctx, r identity.Registration) error {
	if c.Get(fiber.HeaderOrigin) != p.svc.Places().Auth() {
		return ErrCrossSite
	}
	if r.Confirmed() {
		return p.show(c, r, http.StatusOK)
	}
	if !r.Waits(p.svc.Now()) {
		return gone(c)
	}
	var h held
	if err := json.Unmarshal(r.Held, &h); err != nil {
		return err
	}
	f := formOf(c)
	code := strings.TrimSpace(f.first("code"))
	if code == "" {
		return p.resend(c, r, &h)
	}
	may, err := p.svc.TryRegistration(c.UserContext(), r.ID)
	if err != nil {
		return err
	}
	if !may {
		return p.show(c, r, http.StatusBadRequest, tooManyCodes)
	}
	a, err := p.submit(c, &h, fiber.Map{"method": "code", "code": code})
	if err != nil {
		return err
	}
	if a.State != "passed_challenge" || h.Known {
		return p.show(c, r, http.StatusBadRequest, wrongCode)
	}
	if err := p.svc.ConfirmRegistration(c.UserContext(), r.ID); err != nil {
		return err
	}
	for _, line := range h.Give {
		c.Response().Header.Add(fiber.HeaderSetCookie, line)
	}
	r.Held = nil
	return p.show(c, r, http.StatusOK)
}

func (p *proxy) resend(c *fiber.Ctx, r identity.Registration, h *held) error {
	if wait, ok := p.recovery.Allow("registration " + r.Email); !ok {
		return identity.ErrTooManyTries.After(wait)
	}
	if _, err := p.submit(c, h, fiber.Map{"method": "code", "email": h.Email}); err != nil {
		return err
	}
	if h.Known {
		if err := p.svc.RemindOfAccount(c.UserContext(), r); err != nil {
			return err
		}
	}
	return p.show(c, r, http.StatusOK)
}

// submit sends fields to the flow that checks the code.
func (p *proxy) submit(c *fiber.Ctx, h *held, fields fiber.Map) (kratosAnswer, error) {
	a, err := p.ask(c, h, http.MethodGet, verificationPath+"/flows?id="+h.Flow, nil)
	if err != nil {
		return a, err
	}
	fields["csrf_token"] = a.value("csrf_token")
	a, err = p.ask(c, h, http.MethodPost, verificationPath+"?flow="+h.Flow, fields)
	return a, err
}

// show draws the flow as Kratos would, from what is the same for all addresses.
func (p *proxy) show(c *fiber.Ctx, r identity.Registration, status int, says ...uiText) error {
	if !r.Confirmed() && !r.Waits(p.svc.Now()) {
		return gone(c)
	}
	if wantsPage(c) {
		return c.Redirect(p.svc.Places().Auth()+"/verification?flow="+r.ID, http.StatusSeeOther)
	}
	state, nodes := "sent_email", []fiber.Map{
		input("code", "text", nil, uiText{1070011, "Verification code", "info"}),
		input("method", "submit", "code", uiText{1070009, "Continue", "info"}),
		input("email", "submit", r.Email, uiText{1070008, "Resend code", "info"}),
	}
	if r.Confirmed() {
		state, nodes, says = "passed_challenge", []fiber.Map{}, []uiText{isConfirmed}
	}
	if len(says) == 0 {
		says = []uiText{mailIsOnItsWay}
	}
	return c.Status(status).JSON(fiber.Map{
		"id": r.ID, "type": "browser", "state": state, "active": "code",
		"issued_at": r.CreatedAt, "expires_at": r.CreatedAt.Add(30 * time.Minute),
		"ui": fiber.Map{
			"action": p.svc.Places().Auth() + "/.ory" + verificationPath + "?flow=" + r.ID, "method": http.MethodPost, "nodes": nodes, "messages": says,
		},
	})
}

func input(name, kind string, value any, label uiText) fiber.Map {
	attributes := fiber.Map{"node_type": "input", "name": name, "type": kind, "disabled": false}
	if value == nil {
		attributes["required"], attributes["autocomplete"] = true, "one-time-code"
	} else {
		attributes["value"] = value
	}
	return fiber.Map{"type": "input", "group": "code", "attributes": attributes, "messages": []uiText{}, "meta": fiber.Map{"label": label}}
}
