package outbound_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/outbound"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]bool{
		"8.8.8.8": true, "142.250.74.110": true, "2a00:1450:4001:81b::200e": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.255.255.254": false, "::1": false, "::ffff:127.0.0.1": false, "0.0.0.0": false, "::": false, "0.1.2.3": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "fd00::1": false, "fd00:ec2::254": false, "::ffff:10.1.2.3": false,
		"169.254.169.254": false, "169.254.170.2": false, "::ffff:169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false,
		"100.64.0.1": false, "100.100.100.200": false, "192.0.0.192": false, "168.63.129.16": false, "198.18.0.1": false,
		"192.0.2.1": false, "198.51.100.1": false, "203.0.113.1": false, "2001:db8::1": false, "3fff::1": false,
		"224.0.0.1": false, "239.255.255.250": false, "ff02::1": false, "240.0.0.1": false, "255.255.255.255": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "2002:7f00:1::": false, "2001:0:7f00:1::": false, "fec0::1": false, "::127.0.0.1": false,
		"172.15.0.1": true, "172.32.0.1": true, "100.63.255.255": true, "100.128.0.1": true, "11.0.0.1": true,
	} {
		if got := outbound.Public(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s is public: %v", ip, got)
		}
	}
}

// Whatever way an address of the inside is written, the connection is refused, and before anything is sent.
func TestClientReachesNothingInside(t *testing.T) {
	t.Parallel()
	asked := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer inside.Close()
	_, port, _ := strings.Cut(inside.Listener.Addr().String(), ":")
	client := outbound.Client(outbound.Options{Within: 5 * time.Second})
	for _, host := range []string{
		"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port, "[::ffff:127.0.0.1]:" + port, "[::ffff:7f00:1]:" + port, "0.0.0.0:" + port,
		"169.254.169.254", "10.0.0.1", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "100.100.100.200", "8.8.8.8:22", "8.8.8.8:80",
	} {
		_, err := get(t.Context(), client, "https://"+host+"/")
		if !errors.Is(err, outbound.ErrNotPublic) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if asked {
		t.Error("a machine of the inside was asked")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]error{
		"https://calendar.google.com/a.ics": nil, "http://calendar.google.com/a.ics": outbound.ErrPlain, "ftp://example.com/a": outbound.ErrAddress,
		"file:///etc/passwd": outbound.ErrAddress, "https://ann:secret@example.com/a": outbound.ErrAddress, "https:///a": outbound.ErrAddress, "https:a": outbound.ErrAddress,
		"http://127.0.0.1:8080/a": outbound.ErrPlain,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := outbound.Check(u, outbound.Options{}); !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	local := &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}
	if err := outbound.Check(local, outbound.Options{Local: true}); err != nil {
		t.Errorf("this machine in development: %v", err)
	}
}

// Three redirects are followed, each looked at like the address itself; a loop ends.
func TestClientFollowsFewRedirects(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	for path, to := range map[string]string{
		"/a": "/b", "/b": "/c", "/c": "/end", "/loop": "/loop", "/plain": "http://example.com/", "/inside": "https://169.254.169.254/latest/meta-data", "/file": "file:///etc/passwd",
	} {
		mux.Handle(path, http.RedirectHandler(to, http.StatusFound))
	}
	mux.HandleFunc("/end", func(http.ResponseWriter, *http.Request) {})
	s := httptest.NewServer(mux)
	defer s.Close()
	client := outbound.Client(outbound.Options{Within: 5 * time.Second, Local: true})
	for path, want := range map[string]error{
		"/a": nil, "/loop": outbound.ErrRedirects, "/plain": outbound.ErrPlain, "/inside": outbound.ErrNotPublic, "/file": outbound.ErrAddress,
	} {
		if _, err := get(t.Context(), client, s.URL+path); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
}

func get(ctx context.Context, c *http.Client, address string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	r, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	return r.StatusCode, r.Body.Close()
}
