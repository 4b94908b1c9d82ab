package identityhttp

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/ratelimit"
	"github.com/bureauhq/bureau/modules/identity"
)

// proxy lets browsers reach Kratos' public interface on the sign-in host, and
// guards it: Kratos itself limits nothing.
type proxy struct {
	svc    *identity.Service
	o      Options
	base   *url.URL
	client *fasthttp.HostClient

	person, ip, name, recovery, registration, flow *ratelimit.Limiter

	mu   sync.Mutex
	busy map[string]bool // flows with a submission under way
}

func newProxy(svc *identity.Service, o Options) *proxy {
	l := svc.Limits()
	p := &proxy{
		svc: svc, o: o, busy: map[string]bool{},
		person: ratelimit.New(l.SignInPerPerson, o.Now), ip: ratelimit.New(l.SignInPerIP, o.Now), name: ratelimit.New(l.SignInPerName, o.Now),
		recovery: ratelimit.New(l.Recovery, o.Now), registration: ratelimit.New(l.Registration, o.Now), flow: ratelimit.New(l.Flow, o.Now),
	}
	var err error
	if p.base, err = url.Parse(o.KratosPublicURL); err != nil || p.base.Host == "" {
		p.base = nil
		return p
	}
	p.client = &fasthttp.HostClient{
		Addr: p.base.Host, IsTLS: p.base.Scheme == "https", MaxConns: 256, ReadTimeout: answerTime, WriteTimeout: 5 * time.Second,
		MaxIdleConnDuration: 20 * time.Second, MaxResponseBodySize: 2 << 20, DisablePathNormalizing: true, NoDefaultUserAgentHeader: true,
		// Nothing that changes something is sent twice.
		RetryIfErr: func(r *fasthttp.Request, attempts int, err error) (bool, bool) {
			return false, attempts == 0 && r.Header.IsGet() && errors.Is(err, fasthttp.ErrConnectionClosed)
		},
	}
	return p
}

// answerTime is how long Kratos may take. With the list of breached passwords out of reach it tries five times, for up to
// 20 seconds, and then takes the password: who waits less than that can sign nobody up while somebody else's server is down.
const answerTime = 30 * time.Second

const maxForm = 64 << 10

// open are the paths that browsers need. All else of Kratos stays inside.
func open(path string) bool {
	// No path of theirs needs an escape, and an escaped one may mean another path to Kratos than to us.
	return !strings.Contains(path, "..") && !strings.ContainsAny(path, "%\\") && !strings.Contains(path, "//") && !strings.HasSuffix(path, "/api") &&
		(strings.HasPrefix(path, "/self-service/") || path == "/sessions/whoami" || strings.HasPrefix(path, "/.well-known/ory/"))
}

func (p *proxy) handle(c *fiber.Ctx) error {
	path := strings.TrimPrefix(c.Path(), "/.ory")
	if !open(path) {
		return fiber.ErrNotFound
	}
	if p.base == nil {
		return identity.ErrUnavailable
	}
	if len(c.Body()) > maxForm {
		return fiber.ErrRequestEntityTooLarge
	}
	leave, err := p.admit(c, path)
	if err != nil {
		return err
	}
	defer leave()
	done, err := p.registered(c, path)
	if err == nil && !done {
		err = p.forward(c, path)
	}
	if err == nil {
		p.follow(c, path)
	}
	return err
}

// away is what every failure to reach Kratos becomes.
func (p *proxy) away(c *fiber.Ctx, err error) error {
	p.o.Log.WarnContext(c.UserContext(), "kratos does not answer", "err", err)
	return identity.ErrUnavailable.Because(err)
}

// admit applies the limits. What it returns is called when the answer is there.
func (p *proxy) admit(c *fiber.Ctx, path string) (leave func(), err error) {
	leave = func() {}
	ip := httpapi.RequestFrom(c.UserContext()).IP
	allow := func(l *ratelimit.Limiter, key string) {
		if err != nil {
			return
		}
		if wait, ok := l.Allow(key); !ok {
			err = identity.ErrTooManyTries.After(wait)
		}
	}
	if c.Method() != http.MethodPost {
		if strings.HasSuffix(path, "/browser") {
			allow(p.flow, ip)
		}
		return leave, err
	}
	form := formOf(c)
	who := typedAddress(form)
	switch path {
	case "/self-service/login":
		allow(p.ip, ip)
		if who != "" {
			allow(p.person, who+" "+ip)
			allow(p.name, who)
		}
	case "/self-service/recovery", "/self-service/verification":
		allow(p.ip, ip)
		if who != "" && form.first("code") == "" {
			allow(p.recovery, path+" "+who)
		}
	case "/self-service/registration":
		if m := form.first("method"); m != "profile" {
			allow(p.registration, ip)
		}
	}
	if err != nil {
		return leave, err
	}
	// One submission of a flow at a time: two at once could both use up the same code.
	id := c.Query("flow")
	if id == "" {
		return leave, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[id] {
		return leave, identity.ErrTooManyTries.After(time.Second)
	}
	p.busy[id] = true
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.busy, id)
	}, nil
}

// form is what was submitted, whatever its encoding.
type form map[string]string

func (f form) first(names ...string) string {
	for _, n := range names {
		if f[n] != "" {
			return f[n]
		}
	}
	return ""
}

// typedAddress is written as Kratos writes identifiers.
func typedAddress(f form) string {
	return strings.ToLower(strings.TrimSpace(f.first("identifier", "email", "traits.email")))
}

func formOf(c *fiber.Ctx) form {
	f := form{}
	if strings.Contains(c.Get(fiber.HeaderContentType), "json") {
		var raw map[string]any
		if json.Unmarshal(c.Body(), &raw) == nil {
			f.add("", raw)
		}
		return f
	}
	vals, err := url.ParseQuery(string(c.Body()))
	if err == nil {
		for k := range vals {
			f[k] = vals.Get(k)
		}
	}
	return f
}

func (f form) add(prefix string, raw map[string]any) {
	for k, v := range raw {
		switch v := v.(type) {
		case string:
			f[prefix+k] = v
		case map[string]any:
			if prefix == "" {
				f.add(k+".", v)
			}
		}
	}
}

// private are request headers that are not passed on; forwarding headers are written anew.
var private = []string{
	fiber.HeaderConnection, fiber.HeaderAuthorization, "X-Session-Token", fiber.HeaderForwarded, fiber.HeaderXForwardedFor, fiber.HeaderXForwardedHost,
	fiber.HeaderXForwardedProto, "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-Ip", "True-Client-Ip", fiber.HeaderTE, fiber.HeaderUpgrade, fiber.HeaderAcceptEncoding,
}

func (p *proxy) forward(c *fiber.Ctx, path string) error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	p.passOn(c, path, req)
	if err := p.client.Do(req, resp); err != nil {
		return p.away(c, err)
	}
	answer(c, resp)
	return nil
}

// passOn makes req the browser's own call, for Kratos.
func (p *proxy) passOn(c *fiber.Ctx, path string, req *fasthttp.Request) {
	c.Request().CopyTo(req)
	for _, h := range private {
		req.Header.Del(h)
	}
	for key := range c.Request().Header.Cookies() {
		// Our own cookies are none of Kratos' business.
		if name := string(key); name != p.o.KratosCookie && strings.HasPrefix(strings.TrimPrefix(name, "__Host-"), "bureau_") {
			req.Header.DelCookie(name)
		}
	}
	p.aim(c, path, req)
}

// aim sends req to Kratos, as coming to the sign-in host from this browser.
func (p *proxy) aim(c *fiber.Ctx, path string, req *fasthttp.Request) {
	auth, _ := url.Parse(p.svc.Places().Auth())
	req.URI().SetScheme(p.base.Scheme)
	req.URI().SetHost(p.base.Host)
	req.URI().SetPath(strings.TrimSuffix(p.base.Path, "/") + path)
	req.UseHostHeader = true
	req.Header.SetHost(auth.Host)
	req.Header.Set(fiber.HeaderXForwardedHost, auth.Host)
	req.Header.Set(fiber.HeaderXForwardedProto, auth.Scheme)
	req.Header.Set(fiber.HeaderXForwardedFor, httpapi.RequestFrom(c.UserContext()).IP)
}

// answer gives the browser what Kratos said.
func answer(c *fiber.Ctx, resp *fasthttp.Response) {
	resp.Header.Del(fiber.HeaderConnection)
	resp.Header.Del(fiber.HeaderServer)
	c.Status(resp.StatusCode())
	for key, v := range resp.Header.All() {
		if k := string(key); !slices.Contains([]string{fiber.HeaderContentLength, fiber.HeaderTransferEncoding, "Date"}, k) {
			if k == fiber.HeaderSetCookie {
				c.Response().Header.Add(k, string(v))
				continue
			}
			c.Set(k, string(v))
		}
	}
	// A copy: resp goes back to the pool before this answer is sent, and its next user would write into it.
	c.Response().SetBody(resp.Body())
}

// follow looks at what a submission changed: after a new password the
// sessions that Kratos ended must end on our hosts too, now and not within the minute.
func (p *proxy) follow(c *fiber.Ctx, path string) {
	status := c.Response().StatusCode()
	if c.Method() != http.MethodPost || !slices.Contains([]string{"/self-service/settings", "/self-service/recovery", "/self-service/verification"}, path) || (status >= 400 && status != http.StatusUnprocessableEntity) {
		return
	}
	cookie := c.Cookies(p.o.KratosCookie)
	var fresh fasthttp.Cookie
	fresh.SetKey(p.o.KratosCookie)
	if c.Response().Header.Cookie(&fresh) && len(fresh.Value()) > 0 {
		cookie = string(fresh.Value())
	}
	if cookie == "" {
		return
	}
	err := p.svc.CredentialsChanged(c.UserContext(), cookie)
	if err != nil && !errors.Is(err, identity.ErrSignInRequired) && !errors.Is(err, identity.ErrSecondFactor) {
		p.o.Log.WarnContext(c.UserContext(), "sessions of a changed password end within a minute", "err", err)
	}
}
