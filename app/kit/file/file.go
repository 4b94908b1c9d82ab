// Package file keeps what people upload and what we print for them: logos, invoices,
// exports. Store is the one door; a folder and any S3 stand behind it and answer alike,
// which one contract test holds them to.
package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Store keeps files under keys. A file appears whole or not at all, and Put replaces.
type Store interface {
	// Put stores size bytes. An empty contentType is found out from the content.
	Put(ctx context.Context, key, contentType string, r io.Reader, size int64) error
	// Open answers ErrNotFound when there is no such file. The caller closes it.
	Open(ctx context.Context, key string) (io.ReadCloser, Info, error)
	Exists(ctx context.Context, key string) (bool, error)
	// Delete is content when the file is gone already.
	Delete(ctx context.Context, key string) error
	// List calls fn with the key and size of every file below prefix ("<agency>" or
	// "<agency>/logo"), in the order of their keys, until fn fails.
	List(ctx context.Context, prefix string, fn func(key string, size int64) error) error
	// URL is an address that anybody may open for ttl; the browser saves the file under
	// filename and never shows it as a page.
	URL(ctx context.Context, key string, ttl time.Duration, filename string) (string, error)
}

// Info is what is known of a file besides its bytes.
type Info struct {
	ContentType string
	Size        int64
	ModifiedAt  time.Time
}

var (
	ErrNotFound    = fault.Define(fault.NotFound, "file.not_found", "There is no such file.")
	ErrKey         = fault.Define(fault.Invalid, "file.bad_key", "This is not the name of a file.")
	ErrSize        = fault.Define(fault.Invalid, "file.size", "The file is not as long as announced.")
	ErrLink        = fault.Define(fault.Forbidden, "file.bad_link", "This link is not valid any more.")
	ErrUnavailable = fault.Define(fault.Unavailable, "file.unavailable", "Files cannot be reached at the moment.").After(5 * time.Second)
)

// MaxTTL is how long an address may live: longer than any page stays open, shorter than a mail.
const MaxTTL = 24 * time.Hour

// Key names a file of one agency. The agency comes first, so that all its files lie
// together and no key of one agency can name a file of another.
func Key(agencyID string, parts ...string) string {
	return agencyID + "/" + path.Join(parts...)
}

var keyPart = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)

// checkKey refuses whatever is not plain parts between slashes: no "..", no empty part,
// no leading dot, nothing a file system or a URL reads in its own way.
func checkKey(key string) error {
	parts := strings.Split(key, "/")
	if len(parts) < 2 || len(key) > 512 {
		return ErrKey
	}
	for _, p := range parts {
		if len(p) > 200 || !keyPart.MatchString(p) {
			return ErrKey
		}
	}
	return nil
}

// checkPrefix is checkKey for what stands before a slash; it may be one part.
func checkPrefix(prefix string) error { return checkKey(prefix + "/x") }

// spooled is an upload with its length and type known, ready to be read twice.
type spooled struct {
	io.ReadSeeker
	contentType string
	close       func()
}

// inMemory is how much of an upload is held in memory before it goes to a temporary file.
const inMemory = 1 << 20

// spool reads r once, checks its length, and finds its type when none is given.
func spool(contentType string, r io.Reader, size int64) (*spooled, error) {
	s := &spooled{close: func() {}}
	limited := io.LimitReader(r, size+1)
	var n int64
	if size <= inMemory {
		data, err := io.ReadAll(limited)
		if err != nil {
			return nil, fmt.Errorf("read the upload: %w", err)
		}
		s.ReadSeeker, n = bytes.NewReader(data), int64(len(data))
	} else {
		f, err := os.CreateTemp("", "bureau-upload-*")
		if err != nil {
			return nil, ErrUnavailable.Because(err)
		}
		s.ReadSeeker, s.close = f, func() { _ = f.Close(); _ = os.Remove(f.Name()) }
		if n, err = io.Copy(f, limited); err != nil {
			s.close()
			return nil, fmt.Errorf("read the upload: %w", err)
		}
	}
	if n != size {
		s.close()
		return nil, ErrSize
	}
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		s.close()
		return nil, err
	}
	if s.contentType = contentType; contentType == "" {
		kind, err := mimetype.DetectReader(s)
		if err == nil {
			_, err = s.Seek(0, io.SeekStart)
		}
		if err != nil {
			s.close()
			return nil, err
		}
		s.contentType = kind.String()
	}
	if _, _, err := mime.ParseMediaType(s.contentType); err != nil {
		s.close()
		return nil, ErrKey.Because(fmt.Errorf("content type %q: %w", s.contentType, err))
	}
	return s, nil
}

// disposition makes the browser save the file under this name, umlauts included, and
// never open it as a page of ours.
func disposition(filename string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\"`, r) {
			return '-'
		}
		return r
	}, filename)
	if name == "" {
		name = "file"
	}
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}

func checkTTL(ttl time.Duration) error {
	if ttl <= 0 || ttl > MaxTTL {
		return errors.New("an address must live between a moment and a day")
	}
	return nil
}
