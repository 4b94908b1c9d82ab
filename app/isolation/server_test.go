package isolation

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/modules/identity"
)

var listening struct {
	sync.Once
	addr string
	err  error
}

// server is the real thing behind a port of this machine.
func server(t *testing.T) string {
	t.Helper()
	listening.Do(func() {
		var ln net.Listener
		if ln, listening.err = net.Listen("tcp", "127.0.0.1:0"); listening.err != nil {
			return
		}
		listening.addr = ln.Addr().String()
		a := apptest.App(t)
		a.StartListening(context.WithoutCancel(t.Context()))
		go func() { _ = a.Fiber.Listener(ln) }()
	})
	must(t, listening.err)
	return listening.addr
}

// raw sends a request as it is written here, and returns the status and the body.
func raw(t *testing.T, addr, request string) (int, string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	must(t, err)
	defer func() { _ = conn.Close() }()
	must(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = conn.Write([]byte(request))
	must(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err.Error() // hung up on
	}
	defer func() { _ = res.Body.Close() }()
	var body strings.Builder
	_, err = bufio.NewReader(res.Body).WriteTo(&body)
	must(t, err)
	return res.StatusCode, body.String()
}

// TestHosts sends what no client library would, with the token of agency a,
// whose name only a's own host may open.
func TestHosts(t *testing.T) {
	t.Parallel()
	addr := server(t)
	a, b := apptest.New(t), apptest.New(t)
	token := a.Fresh(t, identity.Owner, "*").Token
	hostA, hostB := a.Nobody().Host, b.Nobody().Host
	bareA, bareB, site := strings.TrimSuffix(hostA, ":8080"), strings.TrimSuffix(hostB, ":8080"), apptest.Domain
	const path = "/api/v1/settings"
	request := func(target string, headers ...string) string {
		return "GET " + target + " HTTP/1.1\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n" + strings.Join(append(headers, "", ""), "\r\n")
	}
	for name, tt := range map[string]struct {
		request string
		want    []int // 0 where the server may also hang up
	}{
		"its own host":                        {request(path, "Host: "+hostA), []int{200}},
		"another port":                        {request(path, "Host: "+bareA+":1"), []int{200}},
		"no port":                             {request(path, "Host: "+bareA), []int{200}},
		"a dot at the end":                    {request(path, "Host: "+bareA+"."), []int{200}},
		"a dot before the port":               {request(path, "Host: "+bareA+".:8080"), []int{200}},
		"upper case":                          {request(path, "Host: "+strings.ToUpper(bareA)), []int{200}},
		"a forwarded host of another":         {request(path, "Host: "+hostA, "X-Forwarded-Host: "+hostB), []int{200}},
		"another's host":                      {request(path, "Host: "+hostB), []int{401}},
		"another's host, forwarded to a":      {request(path, "Host: "+hostB, "X-Forwarded-Host: "+hostA), []int{401}},
		"another's host, Forwarded to a":      {request(path, "Host: "+hostB, "Forwarded: host="+hostA), []int{401}},
		"another's host, X-Host to a":         {request(path, "Host: "+hostB, "X-Host: "+hostA, "X-Original-Host: "+hostA), []int{401}},
		"another's host, X-Original-URL":      {request(path, "Host: "+hostB, "X-Original-URL: http://"+hostA+path), []int{401}},
		"the site, forwarded to a":            {request(path, "Host: "+site, "X-Forwarded-Host: "+hostA), []int{404}},
		"absolute form of another, Host of a": {request("http://"+hostB+path, "Host: "+hostA), []int{400}},
		"absolute form of a, Host of another": {request("http://"+hostA+path, "Host: "+hostB), []int{400}},
		"absolute form with a user":           {request("http://"+hostA+"@"+hostB+path, "Host: "+hostA), []int{400}},
		"a user before the host":              {request(path, "Host: "+bareB+"@"+hostA), []int{400, 404, 0}},
		"absolute form of its own":            {request("http://"+hostA+path, "Host: "+hostA), []int{200}},
		"a user that looks like the host":     {request(path, "Host: "+hostA+"@"+bareB), []int{400, 404, 0}},
		"an empty host":                       {request(path, "Host: "), []int{400, 404}},
		"no host":                             {request(path), []int{400, 404, 0}},
		"two hosts, another's last":           {request(path, "Host: "+hostA, "Host: "+hostB), []int{400, 0}},
		"two hosts, another's first":          {request(path, "Host: "+hostB, "Host: "+hostA), []int{400, 0}},
		"a list of hosts":                     {request(path, "Host: "+bareA+", "+bareB), []int{400, 404, 0}},
		"a label in front":                    {request(path, "Host: x."+hostA), []int{404}},
		"a domain behind":                     {request(path, "Host: "+bareA+".evil.test"), []int{404}},
		"a name in letters of another script": {request(path, "Host: "+strings.Replace(bareA, "bureau", "bureаu", 1)), []int{400, 404, 0}},
		"the same in punycode":                {request(path, "Host: "+strings.Replace(bareA, "bureau", "xn--bureu-3fg", 1)), []int{404}},
		"a full-width dot":                    {request(path, "Host: "+strings.Replace(bareA, ".", "。", 1)), []int{400, 404, 0}},
		"a space in the host":                 {request(path, "Host: "+bareA+" "+bareB), []int{400, 404, 0}},
		"a null in the host":                  {request(path, "Host: "+bareA+"\x00."+bareB), []int{400, 404, 0}},
		"a slash in the host":                 {request(path, "Host: "+bareA+"/"+bareB), []int{400, 404, 0}},
		"an address":                          {request(path, "Host: 127.0.0.1:8080"), []int{404}},
		"an address of six":                   {request(path, "Host: [::1]:8080"), []int{404}},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := raw(t, addr, tt.request)
			for _, w := range tt.want {
				if status == w {
					return
				}
			}
			t.Errorf("got %d %.200s, want one of %v", status, body, tt.want)
		})
	}
}

// TestSiblingOrigin: a page of another agency's host is another site, also when
// the browser sends our cookie along.
func TestSiblingOrigin(t *testing.T) {
	t.Parallel()
	a, b := apptest.New(t), apptest.New(t)
	boss := person(t, a, identity.Owner)
	for _, origin := range []string{
		"http://" + b.Nobody().Host, "http://" + apptest.Domain, "http://auth." + apptest.Domain, "null", "", "https://" + a.Nobody().Host,
		"http://" + strings.TrimSuffix(a.Nobody().Host, ":8080"), "http://" + a.Nobody().Host + ".evil.test", "http://" + strings.ToUpper(a.Nobody().Host),
	} {
		boss.With("Origin", origin).PATCH(t, "/api/v1/me", `"1"`, map[string]any{"name": "Mallory"}).Refused(t, http.StatusForbidden, "identity.cross_site")
	}
}

// TestStream: an open page hears what happens in its own agency, and of the
// others nothing.
func TestStream(t *testing.T) {
	t.Parallel()
	addr := server(t)
	a, b := apptest.New(t), apptest.New(t)
	listener, there, here := person(t, a, identity.Owner), person(t, b, identity.Owner), person(t, a, identity.Owner)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/api/v1/stream", nil)
	must(t, err)
	req.Host = a.Nobody().Host
	listener.Sign(req)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %d", res.StatusCode)
	}
	lines := bufio.NewScanner(res.Body)
	make1 := func(c *apptest.Client) string {
		var v struct{ ID string }
		c.POST(t, "/api/v1/clients", map[string]any{"name": "Heard " + c.Host[:6]}).Expect(t, http.StatusCreated).JSON(t, &v)
		return v.ID
	}
	foreign, own := "", ""
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "retry:") { // we are subscribed
			foreign, own = make1(there), make1(here)
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var n struct{ T, I string }
		must(t, json.Unmarshal([]byte(data), &n))
		if n.I == foreign {
			t.Fatalf("another agency's note came: %s", data)
		}
		if n.I == own {
			return
		}
	}
	t.Fatal(fmt.Errorf("the own note did not come: %w", lines.Err()))
}

// TestStreamOfWhoIsShutOut: the open page of a contact whose access ends, by
// name or because the contact or the client is put away, hears nothing more
// from that moment on, without a call of its own; a page of somebody else goes on.
func TestStreamOfWhoIsShutOut(t *testing.T) {
	t.Parallel()
	addr := server(t)
	a := apptest.New(t)
	boss := person(t, a, identity.Owner)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	open := func(c *apptest.Client) (*bufio.Scanner, func()) {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/api/v1/stream", nil)
		must(t, err)
		req.Host = c.Host
		c.Sign(req)
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		lines := bufio.NewScanner(res.Body)
		if res.StatusCode != http.StatusOK || !lines.Scan() {
			t.Fatalf("the stream answers %d", res.StatusCode)
		}
		return lines, func() { _ = res.Body.Close() }
	}
	for name, call := range map[string]func(contact, client string) string{
		"by name":                func(contact, _ string) string { return "/api/v1/contacts/" + contact + "/end-access" },
		"the contact is away":    func(contact, _ string) string { return "/api/v1/contacts/" + contact + "/archive" },
		"the client is archived": func(_, client string) string { return "/api/v1/clients/" + client + "/archive" },
	} {
		t.Run(name, func(t *testing.T) {
			client := addClient(t, boss, "Shut "+name)
			elsewhere := addClient(t, boss, "Stays "+name)
			contact, other := addContact(t, boss, client), addContact(t, boss, elsewhere)
			mine, done := open(a.Contact(t, contact, client))
			defer done()
			theirs, close := open(a.Contact(t, other, elsewhere))
			defer close()
			boss.POST(t, call(contact, client), nil).Expect(t, http.StatusOK)
			for mine.Scan() { // ends when the server hangs up, or fails with ctx
				continue
			}
			must(t, mine.Err())
			boss.POST(t, "/api/v1/clients", map[string]any{"name": "Heard after " + name}).Expect(t, http.StatusCreated)
			for theirs.Scan() {
				if strings.HasPrefix(theirs.Text(), "data: ") {
					return
				}
			}
			t.Fatalf("somebody else's page was cut off: %v", theirs.Err())
		})
	}
}

func addClient(t *testing.T, boss *apptest.Client, name string) string {
	t.Helper()
	var v struct{ ID string }
	boss.POST(t, "/api/v1/clients", map[string]any{"name": name}).Expect(t, http.StatusCreated).JSON(t, &v)
	return v.ID
}

func addContact(t *testing.T, boss *apptest.Client, client string) string {
	t.Helper()
	var v struct{ ID string }
	boss.POST(t, "/api/v1/clients/"+client+"/contacts", map[string]any{"name": "Pia"}).Expect(t, http.StatusCreated).JSON(t, &v)
	return v.ID
}
