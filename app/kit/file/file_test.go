package file_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/file/filetest"
)

const agency = "0197a1b2-0000-7000-8000-000000000001"

func TestFolderKeepsTheContract(t *testing.T) {
	t.Parallel()
	contract(t, newFolder(t, nil).Folder)
}

func TestS3KeepsTheContract(t *testing.T) {
	t.Parallel()
	s, err := file.NewS3(filetest.NewS3(t))
	if err != nil {
		t.Fatal(err)
	}
	contract(t, s)
}

// contract is what every Store does, whatever stands behind it.
func contract(t *testing.T, s file.Store) {
	t.Helper()
	ctx := t.Context()
	put := func(t *testing.T, key, contentType, content string) {
		t.Helper()
		if err := s.Put(ctx, key, contentType, strings.NewReader(content), int64(len(content))); err != nil {
			t.Fatalf("put %s: %v", key, err)
		}
	}
	read := func(t *testing.T, key string) (string, file.Info) {
		t.Helper()
		r, info, err := s.Open(ctx, key)
		if err != nil {
			t.Fatalf("open %s: %v", key, err)
		}
		defer func() { _ = r.Close() }()
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), info
	}

	t.Run("a file comes back as it went in", func(t *testing.T) {
		key := file.Key(agency, "invoices", "2026-0042.pdf")
		put(t, key, "application/pdf", "%PDF-1.7 hello")
		got, info := read(t, key)
		if got != "%PDF-1.7 hello" || info.ContentType != "application/pdf" || info.Size != 14 {
			t.Errorf("%q, %+v", got, info)
		}
		if age := time.Since(info.ModifiedAt); age < -time.Minute || age > time.Hour {
			t.Errorf("modified %v ago", age)
		}
	})
	t.Run("an empty file is a file", func(t *testing.T) {
		key := file.Key(agency, "empty")
		put(t, key, "text/plain", "")
		if got, info := read(t, key); got != "" || info.Size != 0 {
			t.Errorf("%q, %+v", got, info)
		}
	})
	t.Run("a large one too", func(t *testing.T) {
		key, big := file.Key(agency, "big.bin"), make([]byte, 3<<20)
		if _, err := rand.Read(big); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, key, "", bytes.NewReader(big), int64(len(big))); err != nil {
			t.Fatal(err)
		}
		if got, info := read(t, key); got != string(big) || info.ContentType != "application/octet-stream" {
			t.Errorf("%d bytes, %+v", len(got), info)
		}
	})
	t.Run("the type is found in the content", func(t *testing.T) {
		for content, want := range map[string]string{"%PDF-1.7\n": "application/pdf", "<html><body>": "text/html; charset=utf-8"} {
			put(t, file.Key(agency, "sniffed"), "", content)
			if _, info := read(t, file.Key(agency, "sniffed")); info.ContentType != want {
				t.Errorf("%q is %s, want %s", content, info.ContentType, want)
			}
		}
	})
	t.Run("putting again replaces", func(t *testing.T) {
		key := file.Key(agency, "logo.png")
		put(t, key, "image/png", "a longer first one")
		put(t, key, "image/jpeg", "second")
		if got, info := read(t, key); got != "second" || info.ContentType != "image/jpeg" {
			t.Errorf("%q, %+v", got, info)
		}
	})
	t.Run("readers never see half a file", func(t *testing.T) {
		key := file.Key(agency, "swapped")
		a, b := strings.Repeat("a", 200_000), strings.Repeat("b", 200_000)
		put(t, key, "text/plain", a)
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range 20 {
				content := []string{b, a}[i%2]
				if err := s.Put(ctx, key, "text/plain", strings.NewReader(content), int64(len(content))); err != nil {
					t.Error(err)
				}
			}
		})
		for range 20 {
			if got, _ := read(t, key); got != a && got != b {
				t.Fatalf("read a mixture of %d bytes", len(got))
			}
		}
		wg.Wait()
	})
	t.Run("what was announced wrongly is not kept", func(t *testing.T) {
		key := file.Key(agency, "wrong")
		for _, size := range []int64{4, 6, 0} {
			if err := s.Put(ctx, key, "", strings.NewReader("12345"), size); !errors.Is(err, file.ErrSize) {
				t.Errorf("5 bytes announced as %d: %v", size, err)
			}
		}
		broken := io.MultiReader(strings.NewReader("123"), failing{})
		if err := s.Put(ctx, key, "", broken, 5); err == nil {
			t.Error("an upload that broke off was taken")
		}
		if ok, err := s.Exists(ctx, key); ok || err != nil {
			t.Errorf("exists: %v, %v", ok, err)
		}
	})
	t.Run("deleting twice is no mistake", func(t *testing.T) {
		key := file.Key(agency, "gone")
		put(t, key, "", "x")
		for range 2 {
			if err := s.Delete(ctx, key); err != nil {
				t.Error(err)
			}
		}
		if _, _, err := s.Open(ctx, key); !errors.Is(err, file.ErrNotFound) {
			t.Errorf("open: %v", err)
		}
		if ok, err := s.Exists(ctx, key); ok || err != nil {
			t.Errorf("exists: %v, %v", ok, err)
		}
	})
	t.Run("a folder is not a file", func(t *testing.T) {
		put(t, file.Key(agency, "folder", "inside"), "", "x")
		if _, _, err := s.Open(ctx, file.Key(agency, "folder")); !errors.Is(err, file.ErrNotFound) {
			t.Errorf("open: %v", err)
		}
		if ok, _ := s.Exists(ctx, file.Key(agency, "folder")); ok {
			t.Error("it exists")
		}
	})
	t.Run("what lies below a prefix is listed", func(t *testing.T) {
		const other = "0197a1b2-0000-7000-8000-000000000002"
		for _, key := range []string{file.Key(other, "b"), file.Key(other, "logo", "2"), file.Key(other, "logo", "1"), file.Key(other, "logo-old"), file.Key(other+"3", "x")} {
			put(t, key, "text/plain", key[len(other):])
		}
		list := func(prefix string) (got []string) {
			t.Helper()
			err := s.List(ctx, prefix, func(key string, size int64) error {
				if size != int64(len(key)-len(other)) {
					t.Errorf("%s has %d bytes", key, size)
				}
				got = append(got, strings.TrimPrefix(key, other))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := list(other); !slices.Equal(got, []string{"/b", "/logo-old", "/logo/1", "/logo/2"}) {
			t.Errorf("all: %q", got)
		}
		if got := list(other + "/logo"); !slices.Equal(got, []string{"/logo/1", "/logo/2"}) {
			t.Errorf("logos: %q", got)
		}
		if got := list("0197a1b2-0000-7000-8000-00000000000f"); got != nil {
			t.Errorf("nobody's: %q", got)
		}
		stop := errors.New("enough")
		if err := s.List(ctx, other, func(string, int64) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("stopped: %v", err)
		}
		for _, prefix := range []string{"", "..", other + "/", "/" + other} {
			if err := s.List(ctx, prefix, nil); !errors.Is(err, file.ErrKey) {
				t.Errorf("prefix %q: %v", prefix, err)
			}
		}
	})
	t.Run("no key leads out", func(t *testing.T) {
		for _, key := range []string{
			"", "alone", "/etc/passwd", agency + "/../other/secret", agency + "/..", agency + "//x", agency + "/./x",
			agency + `/a\..\b`, agency + "/a\x00b", agency + "/a b", agency + "/ü", agency + "/.hidden", agency + "/x?y", agency + "/x%2e",
			agency + "/" + strings.Repeat("a", 600),
		} {
			_, _, openErr := s.Open(ctx, key)
			_, existsErr := s.Exists(ctx, key)
			_, urlErr := s.URL(ctx, key, time.Minute, "x")
			for what, err := range map[string]error{
				"put": s.Put(ctx, key, "", strings.NewReader("x"), 1), "open": openErr,
				"exists": existsErr, "delete": s.Delete(ctx, key), "url": urlErr,
			} {
				if !errors.Is(err, file.ErrKey) {
					t.Errorf("%s %q: %v", what, key, err)
				}
			}
		}
	})
	t.Run("an address opens for anybody and saves", func(t *testing.T) {
		key := file.Key(agency, "page.html")
		put(t, key, "text/html", "<script>x()</script>")
		address, err := s.URL(ctx, key, time.Minute, "Rechnung \"März\".html")
		if err != nil {
			t.Fatal(err)
		}
		status, header, body := get(t, address)
		if status != http.StatusOK || body != "<script>x()</script>" {
			t.Fatalf("%d %q", status, body)
		}
		if d := header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || !strings.Contains(d, "M%C3%A4rz") {
			t.Errorf("Content-Disposition %q", d)
		}
		for what, wrong := range map[string]string{
			"without its signature": strings.Split(address, "?")[0],
			"for another file":      strings.Replace(address, "page.html", "logo.png", 1),
			"with another name":     strings.Replace(address, "Rechnung", "Einladung", 1),
		} {
			if status, _, _ := get(t, wrong); status != http.StatusForbidden {
				t.Errorf("%s: %d, want 403", what, status)
			}
		}
		for _, ttl := range []time.Duration{0, -time.Second, 48 * time.Hour} {
			if _, err := s.URL(ctx, key, ttl, "x"); err == nil {
				t.Errorf("an address for %v was made", ttl)
			}
		}
	})
}

func TestFolderAddressesGrowOld(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := newFolder(t, func() time.Time { return now })
	key := file.Key(agency, "a")
	if err := f.Put(t.Context(), key, "", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	address, err := f.URL(t.Context(), key, time.Minute, "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(59 * time.Second)
	if status, header, _ := get(t, address); status != http.StatusOK ||
		header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("after 59 s: %d %v", status, header)
	}
	longer := strings.Replace(address, "expires=", "expires=9", 1)
	if status, _, _ := get(t, longer); status != http.StatusForbidden {
		t.Errorf("prolonged by hand: %d", status)
	}
	now = now.Add(time.Second)
	if status, _, _ := get(t, address); status != http.StatusForbidden {
		t.Errorf("after 60 s: %d", status)
	}
}

// A link planted in the folder must not lead a reader to the machine's own files.
func TestFolderFollowsNoLinkOut(t *testing.T) {
	t.Parallel()
	f := newFolder(t, nil)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("root"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(f.dir, "data", agency), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(f.dir, "data", agency, "link")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Open(t.Context(), file.Key(agency, "link")); err == nil {
		t.Error("the link was followed")
	}
}

func TestS3SaysWhenItIsAway(t *testing.T) {
	t.Parallel()
	s, err := file.NewS3(file.S3Config{Endpoint: "http://127.0.0.1:1", Bucket: "b", AccessKey: "a", SecretKey: "s", PathStyle: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, _, err := s.Open(ctx, file.Key(agency, "a")); !errors.Is(err, file.ErrUnavailable) {
		t.Errorf("open: %v", err)
	}
	for _, c := range []file.S3Config{{}, {Bucket: "b", AccessKey: "a", SecretKey: "s", Endpoint: "s3.example"}} {
		if _, err := file.NewS3(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

type folder struct {
	*file.Folder
	dir string
}

// newFolder is a folder that a server answers for, as in the app.
func newFolder(t *testing.T, now func() time.Time) folder {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	f, err := file.NewFolder(file.FolderConfig{
		Dir: dir, BaseURL: server.URL + "/files", Secret: bytes.Repeat([]byte("s"), 32), Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	mux.Handle("/files/", http.StripPrefix("/files", f.Handler()))
	return folder{f, dir}
}

func get(t *testing.T, address string) (int, http.Header, string) {
	t.Helper()
	if _, err := url.Parse(address); err != nil {
		t.Fatal(err)
	}
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header, string(b)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line broke") }
