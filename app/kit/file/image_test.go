package file_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/file"
)

func TestLogoRedrawsPictures(t *testing.T) {
	t.Parallel()
	// A picture with a page hidden behind its end: what we keep must not have it.
	smuggled := append(pngOf(t, 300, 100), []byte("<script>x()</script>")...)
	for name, c := range map[string]struct {
		data          []byte
		kind          string
		width, height int
	}{
		"png":             {smuggled, "image/png", 300, 100},
		"jpeg":            {jpegOf(t, 64, 64), "image/jpeg", 64, 64},
		"a large one":     {pngOf(t, 4096, 1024), "image/png", 1024, 256},
		"a thin one":      {pngOf(t, 4096, 1), "image/png", 1024, 1},
		"webp as its png": {webp(t), "image/png", 1, 1},
	} {
		got, err := file.Logo(bytes.NewReader(c.data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.ContentType != c.kind || got.Width != c.width || got.Height != c.height {
			t.Errorf("%s: %s %dx%d", name, got.ContentType, got.Width, got.Height)
		}
		if _, _, err := image.DecodeConfig(bytes.NewReader(got.Data)); err != nil || bytes.Contains(got.Data, []byte("<script>")) {
			t.Errorf("%s: what came out is no clean picture: %v", name, err)
		}
	}
}

func TestLogoRefuses(t *testing.T) {
	t.Parallel()
	bomb := pngOf(t, 1, 1)
	copy(bomb[16:24], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff}) // says 65535 x 65535
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"svg":        {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>`), file.ErrImageSVG},
		"gif":        {[]byte("GIF89a/*<script>"), file.ErrImageType},
		"a page":     {[]byte("<html>"), file.ErrImageType},
		"nothing":    {nil, file.ErrImageType},
		"too wide":   {pngOf(t, 4097, 1), file.ErrImageDimensions},
		"a bomb":     {bomb, file.ErrImageBroken}, // its checksum does not hold
		"half a png": {pngOf(t, 300, 100)[:120], file.ErrImageBroken},
		"too large":  {append(pngOf(t, 1, 1), make([]byte, 2<<20)...), file.ErrImageTooLarge},
	} {
		if _, err := file.Logo(bytes.NewReader(c.data)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func picture(w, h int) image.Image {
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		p.Set(x, 0, color.NRGBA{R: uint8(x), G: 80, B: 200, A: 255})
	}
	return p
}

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webp is the smallest lossless picture there is.
func webp(t *testing.T) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
