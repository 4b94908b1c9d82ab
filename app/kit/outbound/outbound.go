// Package outbound fetches addresses that people gave us. Wherever a name points to, nothing but public machines is
// reached: the address is looked at when the connection is made, after the name was resolved.
package outbound

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Why an address is not fetched.
var (
	ErrNotPublic = errors.New("outbound: the address leads to a machine that is not public")
	ErrPlain     = errors.New("outbound: the address is not https")
	ErrRedirects = errors.New("outbound: too many redirects")
	ErrAddress   = errors.New("outbound: this is no address")
)

const (
	maxRedirects = 3
	maxHeader    = 64 << 10
)

// Options say what a client may do.
type Options struct {
	// Within is how long a call may take, with its redirects and its body.
	Within time.Duration
	// Local allows this very machine, any port of it, and http there. For development and tests only.
	Local bool
}

// Client returns an HTTP client for addresses that people gave us. It keeps no cookies and no connections, and knows no proxy.
func Client(o Options) *http.Client {
	dialer := &net.Dialer{Timeout: o.Within, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return mayDial(address, o.Local)
	}}
	return &http.Client{
		Timeout: o.Within,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true, TLSHandshakeTimeout: o.Within, ResponseHeaderTimeout: o.Within,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return ErrRedirects
			}
			return Check(req.URL, o)
		},
	}
}

// Check tells whether an address may be fetched at all, as far as it can be seen without asking where its name leads.
func Check(u *url.URL, o Options) error {
	host := u.Hostname()
	if host == "" || u.User != nil || u.Opaque != "" {
		return ErrAddress
	}
	if u.Scheme == "https" {
		return nil
	}
	if u.Scheme != "http" {
		return ErrAddress
	}
	if ip, err := netip.ParseAddr(host); o.Local && (host == "localhost" || err == nil && ip.IsLoopback()) {
		return nil
	}
	return ErrPlain
}

func mayDial(address string, local bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrNotPublic
	}
	if local && at.Addr().Unmap().IsLoopback() {
		return nil
	}
	if at.Port() != 443 || !Public(at.Addr()) {
		return ErrNotPublic
	}
	return nil
}

// notPublic are networks that look like any other and are not: special use (RFC 6890), carriers' own, documentation, ways
// into IPv4 from IPv6, and a cloud's service address that is public in form only.
var notPublic = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "168.63.129.16/32",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var globalSix = netip.MustParsePrefix("2000::/3")

func prefixes(all ...string) (out []netip.Prefix) {
	for _, p := range all {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// Public tells whether an address belongs to a machine that anybody on the internet may reach.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Zone() != "" || ip.Is6() && !globalSix.Contains(ip) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
