package mailcatch

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var page embed.FS

// longestWait bounds how long a list may wait for a first mail.
const longestWait = 60 * time.Second

// policy lets the page load nothing from elsewhere, and a mail shown in it run nothing and fetch nothing but the pictures of
// the agencies, whose addresses are below the page's own.
func policy(host string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: *." + host + "; " +
		"connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// Handler is the page and its API below the prefix, as in "/dev/mail":
//
//	GET    {prefix}                                   the page
//	GET    {prefix}/api/messages?to=&q=&wait=5s       {"items": […]}, newest first; wait holds the answer until there is one
//	GET    {prefix}/api/messages/{id}                 one mail
//	GET    {prefix}/api/messages/{id}/raw             as it arrived
//	GET    {prefix}/api/messages/{id}/attachments/{n} one file of it
//	DELETE {prefix}/api/messages                      forget all
func Handler(prefix string, store *Store) http.Handler {
	prefix = strings.TrimRight(prefix, "/")
	mux := http.NewServeMux()
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	index := func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "mail.html") }
	if prefix != "" {
		mux.HandleFunc("GET "+prefix, index)
	}
	mux.HandleFunc("GET "+prefix+"/{$}", index)
	mux.Handle("GET "+prefix+"/assets/", http.StripPrefix(prefix+"/assets/", http.FileServerFS(files)))
	api := prefix + "/api/messages"
	mux.HandleFunc("GET "+api, func(w http.ResponseWriter, r *http.Request) { list(w, r, store) })
	mux.HandleFunc("GET "+api+"/{id}", one(store, func(w http.ResponseWriter, _ *http.Request, m Message) { answer(w, m) }))
	mux.HandleFunc("GET "+api+"/{id}/raw", one(store, func(w http.ResponseWriter, _ *http.Request, m Message) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(m.raw)
	}))
	mux.HandleFunc("GET "+api+"/{id}/attachments/{n}", one(store, attachment))
	mux.HandleFunc("DELETE "+api, func(w http.ResponseWriter, r *http.Request) {
		// A page elsewhere must not be able to empty the mailbox.
		if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
			http.Error(w, "Only this page may delete mails.", http.StatusForbidden)
			return
		}
		store.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy(r.Host))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		mux.ServeHTTP(w, r)
	})
}

func list(w http.ResponseWriter, r *http.Request, store *Store) {
	params := r.URL.Query()
	q := Query{To: params.Get("to"), Text: params.Get("q")}
	ctx := r.Context()
	if wait := params.Get("wait"); wait != "" {
		d, err := time.ParseDuration(wait)
		if err != nil || d < 0 {
			http.Error(w, "wait must be a duration such as 5s.", http.StatusBadRequest)
			return
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, min(d, longestWait))
		defer cancel()
		for waiting := true; waiting; {
			changed := store.changes()
			if len(store.List(q)) > 0 {
				break
			}
			select {
			case <-changed:
			case <-ctx.Done():
				waiting = false
			}
		}
	}
	answer(w, struct {
		Items []Message `json:"items"`
	}{store.List(q)})
}

func one(store *Store, show func(http.ResponseWriter, *http.Request, Message)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, err := store.Get(r.PathValue("id"))
		if err != nil {
			http.Error(w, "There is no such mail.", http.StatusNotFound)
			return
		}
		show(w, r, m)
	}
}

func attachment(w http.ResponseWriter, r *http.Request, m Message) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(m.Attachments) {
		http.Error(w, "There is no such attachment.", http.StatusNotFound)
		return
	}
	a := m.Attachments[n]
	// Never shown in place: an attachment is a stranger's file on the app's own origin.
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	_, _ = w.Write(a.content)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
