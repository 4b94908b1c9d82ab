package sealed_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/sealed"
)

func TestBox(t *testing.T) {
	t.Parallel()
	box := func(purpose, secret string) sealed.Box {
		b, err := sealed.New(purpose, secret)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	mine, plain := box("calendars", "a secret"), []byte("https://example.com/private")
	kept := mine.Seal(plain)
	if got, err := mine.Open(kept); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("opened %q, %v", got, err)
	}
	if bytes.Contains(kept, []byte("example")) || bytes.Equal(kept, mine.Seal(plain)) {
		t.Error("what is sealed can be read, or compared")
	}
	changed := bytes.Clone(kept)
	changed[len(changed)-1] ^= 1
	for name, try := range map[string]func() ([]byte, error){
		"another secret":  func() ([]byte, error) { return box("calendars", "another").Open(kept) },
		"another purpose": func() ([]byte, error) { return box("something else", "a secret").Open(kept) },
		"a changed one":   func() ([]byte, error) { return mine.Open(changed) },
		"a short one":     func() ([]byte, error) { return mine.Open(kept[:5]) },
	} {
		if got, err := try(); !errors.Is(err, sealed.ErrSealed) || got != nil {
			t.Errorf("%s opened it: %q, %v", name, got, err)
		}
	}
}
