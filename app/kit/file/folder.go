package file

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Folder keeps files in a directory. It is what a laptop and a single server use.
type Folder struct {
	root    *os.Root
	baseURL string
	secret  []byte
	now     func() time.Time
}

// FolderConfig says where the files lie and where they are served.
type FolderConfig struct {
	Dir string
	// BaseURL is where Handler answers, without a slash at its end.
	BaseURL string
	// Secret signs addresses; 32 bytes or more.
	Secret []byte
	Now    func() time.Time
}

// NewFolder makes the directory when it is not there.
func NewFolder(c FolderConfig) (*Folder, error) {
	if len(c.Secret) < 32 {
		return nil, errors.New("the secret that signs file addresses needs at least 32 bytes")
	}
	for _, dir := range []string{"data", "meta", "tmp"} {
		if err := os.MkdirAll(path.Join(c.Dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("make the file folder: %w", err)
		}
	}
	// A Root follows no link and no ".." out of the folder, whatever the key says.
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the file folder: %w", err)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Folder{root: root, baseURL: strings.TrimRight(c.BaseURL, "/"), secret: c.Secret, now: c.Now}, nil
}

// Close lets go of the directory.
func (f *Folder) Close() error { return f.root.Close() }

func (f *Folder) Put(_ context.Context, key, contentType string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	s, err := spool(contentType, r, size)
	if err != nil {
		return err
	}
	defer s.close()
	meta, err := json.Marshal(struct {
		ContentType string `json:"content_type"`
	}{s.contentType})
	if err != nil {
		return err
	}
	// The type is written first: a crash between the two leaves an old file with a new
	// type at worst, never bytes that nobody can name.
	if err := f.place(path.Join("meta", key+".json"), strings.NewReader(string(meta))); err != nil {
		return err
	}
	return f.place(path.Join("data", key), s)
}

// place writes beside and renames over, so a reader sees the old file or the new one.
func (f *Folder) place(name string, r io.Reader) (err error) {
	tmp := path.Join("tmp", rand.Text())
	w, err := f.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	defer func() {
		if err != nil {
			_ = f.root.Remove(tmp)
		}
	}()
	_, err = io.Copy(w, r)
	if err == nil {
		err = w.Sync()
	}
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = f.root.MkdirAll(path.Dir(name), 0o700)
	}
	if err == nil {
		err = f.root.Rename(tmp, name)
	}
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	return nil
}

func (f *Folder) Open(_ context.Context, key string) (io.ReadCloser, Info, error) {
	file, info, err := f.open(key)
	if err != nil {
		return nil, Info{}, err
	}
	return file, info, nil
}

func (f *Folder) open(key string) (*os.File, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	file, err := f.root.Open(path.Join("data", key))
	if err != nil {
		return nil, Info{}, f.fault(err)
	}
	stat, err := file.Stat()
	if err == nil && stat.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = file.Close()
		return nil, Info{}, f.fault(err)
	}
	info := Info{Size: stat.Size(), ModifiedAt: stat.ModTime(), ContentType: f.contentType(key)}
	if info.ContentType == "" {
		kind, err := mimetype.DetectReader(file)
		if err == nil {
			_, err = file.Seek(0, io.SeekStart)
		}
		if err != nil {
			_ = file.Close()
			return nil, Info{}, ErrUnavailable.Because(err)
		}
		info.ContentType = kind.String()
	}
	return file, info, nil
}

func (f *Folder) contentType(key string) string {
	raw, err := f.root.ReadFile(path.Join("meta", key+".json"))
	if err != nil {
		return ""
	}
	var meta struct {
		ContentType string `json:"content_type"`
	}
	if json.Unmarshal(raw, &meta) != nil {
		return ""
	}
	return meta.ContentType
}

func (f *Folder) Exists(_ context.Context, key string) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	stat, err := f.root.Stat(path.Join("data", key))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, ErrUnavailable.Because(err)
	}
	return !stat.IsDir(), nil
}

func (f *Folder) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	for _, name := range []string{path.Join("data", key), path.Join("meta", key+".json")} {
		if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return ErrUnavailable.Because(err)
		}
	}
	return nil
}

func (f *Folder) List(ctx context.Context, prefix string, fn func(string, int64) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	type found struct {
		key  string
		size int64
	}
	var all []found
	root := path.Join("data", prefix)
	err := fs.WalkDir(f.root.FS(), root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // removed while we looked, or nothing was ever kept
			}
			return err
		}
		info, err := d.Info()
		if err == nil && d.Type().IsRegular() {
			all = append(all, found{strings.TrimPrefix(name, "data/"), info.Size()})
		}
		return ctx.Err()
	})
	if err != nil {
		return ErrUnavailable.Because(err)
	}
	// A walk goes folder by folder; S3 sorts whole keys.
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.key, b.key) })
	for _, o := range all {
		if err := fn(o.key, o.size); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folder) fault(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return ErrUnavailable.Because(err)
}

func (f *Folder) URL(_ context.Context, key string, ttl time.Duration, filename string) (string, error) {
	if err := errors.Join(checkKey(key), checkTTL(ttl)); err != nil {
		return "", err
	}
	expires := strconv.FormatInt(f.now().Add(ttl).Unix(), 10)
	q := url.Values{"expires": {expires}, "filename": {filename}, "signature": {f.sign(key, expires, filename)}}
	return f.baseURL + "/" + key + "?" + q.Encode(), nil
}

// sign covers each part with its length, so that no two addresses share a signature.
func (f *Folder) sign(parts ...string) string {
	mac := hmac.New(sha256.New, f.secret)
	for _, p := range parts {
		_, _ = fmt.Fprintf(mac, "%d:%s;", len(p), p)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Signed is a file whose address was checked.
type Signed struct {
	*os.File
	Info
	// Disposition is the Content-Disposition to answer with.
	Disposition string
}

// OpenSigned opens what an address of URL points to. A wrong and an old signature look
// the same from outside.
func (f *Folder) OpenSigned(key string, q url.Values) (*Signed, error) {
	expires, filename := q.Get("expires"), q.Get("filename")
	at, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || !hmac.Equal([]byte(q.Get("signature")), []byte(f.sign(key, expires, filename))) || f.now().Unix() >= at {
		return nil, ErrLink
	}
	file, info, err := f.open(key)
	if err != nil {
		return nil, err
	}
	return &Signed{File: file, Info: info, Disposition: disposition(filename)}, nil
}

// Handler serves the addresses that URL makes; mount it with the prefix stripped.
func (f *Folder) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		file, err := f.OpenSigned(strings.TrimPrefix(r.URL.Path, "/"), r.URL.Query())
		if err != nil {
			status := http.StatusServiceUnavailable
			switch e := fault.From(err); e.Kind {
			case fault.NotFound, fault.Invalid:
				status = http.StatusNotFound
			case fault.Forbidden:
				status = http.StatusForbidden
			}
			http.Error(w, fault.From(err).Text, status)
			return
		}
		defer func() { _ = file.Close() }()
		h := w.Header()
		h.Set("Content-Type", file.ContentType)
		h.Set("Content-Disposition", file.Disposition)
		// An upload must never run as a page, whatever it contains.
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Cache-Control", "private, no-store")
		http.ServeContent(w, r, "", file.ModifiedAt, file.File)
	})
}
