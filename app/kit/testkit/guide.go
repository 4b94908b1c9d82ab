package testkit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Guide tells whether a page of docs/guide says what the program comes to.
func Guide(t testing.TB, name string) (says func(text string)) {
	t.Helper()
	raw, err := readGuide(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) {
		t.Helper()
		if !strings.Contains(raw, text) {
			t.Errorf("the guide does not say %q", text)
		}
	}
}

// readGuide finds the page above the package under test.
func readGuide(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		raw, err := os.ReadFile(filepath.Join(dir, "docs", "guide", name))
		if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
			dir = parent
			continue
		}
		return string(raw), err
	}
}
