package calendarsfeed_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/calendars/calendarsfeed"
)

func TestFetch(t *testing.T) {
	t.Parallel()
	ics := calendar(vevent("DTSTART:20260302T080000Z"))
	mux := http.NewServeMux()
	mux.HandleFunc("/a.ics", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(ics)
	})
	mux.HandleFunc("/same", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 5<<20+1)) })
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(make([]byte, 50<<20))
		_ = z.Close()
	})
	for path, code := range map[string]int{"/401": 401, "/403": 403, "/404": 404, "/410": 410, "/500": 500, "/204": 204} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusMovedPermanently))
	mux.Handle("/moved", http.RedirectHandler("/a.ics", http.StatusMovedPermanently))
	mux.Handle("/inside", http.RedirectHandler("https://10.0.0.1/", http.StatusFound))
	mux.Handle("/plain", http.RedirectHandler("http://example.com/", http.StatusFound))
	server := httptest.NewServer(mux)
	defer server.Close()
	feeds := calendarsfeed.New(true)
	get := func(address, etag string) (calendars.Answer, error) {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return feeds.Fetch(t.Context(), calendars.Request{Address: u, ETag: etag})
	}
	for path, want := range map[string]error{
		"/a.ics": nil, "/moved": nil, "/401": calendars.ErrDenied, "/403": calendars.ErrDenied, "/404": calendars.ErrGone, "/410": calendars.ErrGone, "/500": calendars.ErrRefused,
		"/204": calendars.ErrRefused, "/same": calendars.ErrRefused, "/large": calendars.ErrTooLarge, "/bomb": calendars.ErrTooLarge, "/loop": calendars.ErrRedirects,
		"/inside": calendars.ErrUnreachable, "/plain": calendars.ErrPlain,
	} {
		if got, err := get(server.URL+path, ""); !errors.Is(err, want) || (err == nil) != bytes.Equal(got.ICS, ics) {
			t.Errorf("%s: %d bytes, %v; want %v", path, len(got.ICS), err, want)
		}
	}
	first, err := get(server.URL+"/a.ics", "")
	if err != nil || first.Same || first.ETag != `"1"` {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := get(server.URL+"/a.ics", first.ETag); err != nil || !again.Same {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if _, err := get("https://127.0.0.1:1/a.ics", ""); !errors.Is(err, calendars.ErrUnreachable) {
		t.Errorf("nobody there: %v", err)
	}
	for address, want := range map[string]error{server.URL + "/a.ics": calendars.ErrPlain, "https://localhost/a.ics": calendars.ErrUnreachable, "https://169.254.169.254/": calendars.ErrUnreachable} {
		u, _ := url.Parse(address)
		if _, err := calendarsfeed.New(false).Fetch(t.Context(), calendars.Request{Address: u}); !errors.Is(err, want) {
			t.Errorf("%s outside of development: %v, want %v", address, err, want)
		}
	}
}

// A server that takes the call and then says nothing, or stops in the middle, must not hold a worker or a person for ever.
func TestFetchGivesUp(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			_, _ = w.Write([]byte("BEGIN:VCALENDAR\r\n"))
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done() // until who asked has hung up
	}))
	defer server.Close() // waits for the calls, so they were hung up
	for _, path := range []string{"/silent", "/half"} {
		u, err := url.Parse(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := calendarsfeed.Impatient(100*time.Millisecond).Fetch(t.Context(), calendars.Request{Address: u})
		if !errors.Is(err, calendars.ErrSlow) || got.ICS != nil {
			t.Errorf("%s: %d bytes, %v; want %v", path, len(got.ICS), err, calendars.ErrSlow)
		}
	}
	if calendarsfeed.Limit != 10*time.Second || !strings.Contains(calendars.ErrSlow.Fields[0].Text, "within 10 seconds") {
		t.Errorf("people are told %q, and the limit is %s", calendars.ErrSlow.Fields[0].Text, calendarsfeed.Limit)
	}
}
