package custody_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// parts is an archive taken apart, to be put together otherwise.
type parts struct{ list []part }

type part struct {
	head tar.Header
	data []byte
}

func unpack(t *testing.T, raw []byte) *parts {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(raw))
	must(t, err)
	defer z.Close()
	p := &parts{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return p
		}
		must(t, err)
		data, err := io.ReadAll(r)
		must(t, err)
		p.list = append(p.list, part{*h, data})
	}
}

func (p *parts) pack(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	must(t, err)
	w := tar.NewWriter(z)
	for _, one := range p.list {
		one.head.Size = int64(len(one.data))
		must(t, w.WriteHeader(&one.head))
		_, err := w.Write(one.data)
		must(t, err)
	}
	must(t, errors.Join(w.Close(), z.Close()))
	return b.Bytes()
}

// find returns the first part whose name begins so.
func (p *parts) find(prefix string) int {
	i := slices.IndexFunc(p.list, func(one part) bool { return strings.HasPrefix(one.head.Name, prefix) })
	if i < 0 {
		panic("no part " + prefix)
	}
	return i
}

func (p *parts) drop(name string) { i := p.find(name); p.list = slices.Delete(p.list, i, i+1) }

func (p *parts) rename(from, to string) { p.list[p.find(from)].head.Name = to }

func (p *parts) add(name, content string) {
	p.list = append(p.list, part{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600}, []byte(content)})
}

func (p *parts) replace(name, from, to string) {
	one := &p.list[p.find(name)]
	if !bytes.Contains(one.data, []byte(from)) {
		panic(from + " is not in " + name)
	}
	one.data = bytes.Replace(one.data, []byte(from), []byte(to), 1)
}

func (p *parts) header(t *testing.T, change func(map[string]any)) {
	t.Helper()
	one := &p.list[p.find("header.json")]
	var h map[string]any
	must(t, json.Unmarshal(one.data, &h))
	change(h)
	raw, err := json.Marshal(h)
	must(t, err)
	one.data = raw
}
