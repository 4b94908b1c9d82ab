package mailcatch_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/devstack/mailcatch"
)

const withParts = "From: Acme <acme@example.test>\r\nTo: kim@example.test\r\nSubject: Invoice 7\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=x\r\n\r\n" +
	"--x\r\nContent-Type: text/plain\r\n\r\nplain words\r\n" +
	"--x\r\nContent-Type: text/html\r\n\r\n<p>rich <img src=\"cid:logo\"></p>\r\n" +
	"--x\r\nContent-Type: image/png\r\nContent-Id: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n" +
	"--x\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"../evil.html\"\r\n\r\n<script>1</script>\r\n" +
	"--x--\r\n"

func serve(t *testing.T) (*mailcatch.Store, string) {
	t.Helper()
	store, err := mailcatch.NewStore(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mailcatch.Handler("/dev/mail", store))
	t.Cleanup(s.Close)
	return store, s.URL + "/dev/mail"
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func items(t *testing.T, url string) []mailcatch.Message {
	t.Helper()
	_, body := get(t, url)
	var list struct{ Items []mailcatch.Message }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return list.Items
}

func TestPageAndItsFilesLoadNothingFromElsewhere(t *testing.T) {
	_, url := serve(t)
	for _, path := range []string{"", "/", "/assets/mail.css", "/assets/mail.js"} {
		resp, body := get(t, url+path)
		if resp.StatusCode != http.StatusOK || strings.Contains(body, "https://") || strings.Contains(body, "//cdn") {
			t.Errorf("%s: %s", path, resp.Status)
		}
		policy := resp.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s has no policy", path)
		}
		if host := resp.Request.URL.Host; !strings.Contains(policy, "img-src 'self' data: *."+host+";") {
			t.Errorf("%s shows no logo of an agency below %s: %s", path, host, policy)
		}
	}
}

func TestMailIsListedFoundAndOpened(t *testing.T) {
	store, url := serve(t)
	if _, err := store.Add([]string{"kim@example.test"}, []byte(withParts)); err != nil {
		t.Fatal(err)
	}
	if got := items(t, url+"/api/messages?to=nobody"); len(got) != 0 {
		t.Fatalf("found %d mails for nobody", len(got))
	}
	list := items(t, url+"/api/messages?to=KIM@&q=invoice")
	if len(list) != 1 {
		t.Fatalf("found %d mails, want 1", len(list))
	}
	m := list[0]
	if strings.TrimSpace(m.Text) != "plain words" || !strings.Contains(m.HTML, "data:image/png;base64,AAEC") || len(m.Attachments) != 2 {
		t.Fatalf("%+v", m)
	}
	resp, body := get(t, url+"/api/messages/"+m.ID+"/attachments/1")
	if resp.Header.Get("Content-Type") != "application/octet-stream" || resp.Header.Get("Content-Disposition") != "attachment; filename=evil.html" || !strings.Contains(body, "<script>") {
		t.Errorf("attachment: %v %q", resp.Header, body)
	}
	for path, want := range map[string]int{"/raw": 200, "/attachments/9": 404, "/attachments/x": 404} {
		if resp, _ := get(t, url+"/api/messages/"+m.ID+path); resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	if resp, _ := get(t, url+"/api/messages/none"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown mail: %d", resp.StatusCode)
	}
}

func TestWaitAnswersWhenAMailComes(t *testing.T) {
	store, url := serve(t)
	got := make(chan []mailcatch.Message)
	go func() { got <- items(t, url+"/api/messages?to=late@&wait=30s") }()
	if _, err := store.Add([]string{"other@example.test"}, []byte("Subject: a\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Add([]string{"late@example.test"}, []byte("Subject: b\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if list := <-got; len(list) != 1 || list[0].Subject != "b" {
		t.Fatalf("%+v", list)
	}
}

func TestOnlyThePageItselfMayDelete(t *testing.T) {
	store, url := serve(t)
	if _, err := store.Add([]string{"kim@example.test"}, []byte(withParts)); err != nil {
		t.Fatal(err)
	}
	for site, left := range map[string]int{"cross-site": 1, "same-site": 1} {
		if n := remove(t, url, site, store); n != left {
			t.Errorf("%s: %d mails left, want %d", site, n, left)
		}
	}
	if n := remove(t, url, "same-origin", store); n != 0 {
		t.Errorf("%d mails left", n)
	}
}

func remove(t *testing.T, url, site string, store *mailcatch.Store) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodDelete, url+"/api/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", site)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return len(store.List(mailcatch.Query{}))
}
