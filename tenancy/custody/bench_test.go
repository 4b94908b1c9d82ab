package custody_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/bureauhq/bureau/tenancy/custody"
)

// A small agency: some 300 records and four files, one of them of a megabyte.
func BenchmarkSmallAgency(b *testing.B) {
	h := newHouse(b, nil)
	a := h.fresh(b, h.agency(b).Tenancy.ID)
	var raw bytes.Buffer
	_, _, err := h.Export(b.Context(), a, &raw, custody.Lock{}, nil)
	must(b, err)
	b.Run("export", func(b *testing.B) {
		for b.Loop() {
			_, _, err := h.Export(b.Context(), a, io.Discard, custody.Lock{}, nil)
			must(b, err)
		}
	})
	b.Run("import", func(b *testing.B) {
		for b.Loop() {
			_, err := h.Import(b.Context(), bytes.NewReader(raw.Bytes()), custody.Key{}, newSlug(), nil)
			must(b, err)
		}
	})
	b.Run("backup", func(b *testing.B) {
		for b.Loop() {
			_, err := h.Backup(b.Context(), a, custody.Asked, nil)
			must(b, err)
		}
	})
}
