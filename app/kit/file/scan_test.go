package file_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/file"
)

// photo is 60 by 40, red on its left third, with an EXIF orientation.
func photo(t *testing.T, orientation byte) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for x := range 60 {
		for y := range 40 {
			c := color.RGBA{255, 255, 255, 255}
			if x < 20 {
				c = color.RGBA{255, 0, 0, 255}
			}
			p.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00"
	head := []byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}
	return append(append(head, exif...), b.Bytes()[2:]...)
}

func TestScanTurnsThumbnailsAsTheCameraMeant(t *testing.T) {
	t.Parallel()
	for orientation, want := range map[byte]struct{ w, h, x, y int }{
		1: {60, 40, 5, 20}, 2: {60, 40, 55, 20}, 3: {60, 40, 55, 20}, 6: {40, 60, 20, 5}, 8: {40, 60, 20, 55},
	} {
		raw := photo(t, orientation)
		got, err := file.Scan(bytes.NewReader(raw))
		if err != nil || !bytes.Equal(got.Data, raw) || got.ContentType != "image/jpeg" || got.Extension != ".jpg" {
			t.Fatalf("orientation %d: %v %s", orientation, err, got.ContentType)
		}
		small, err := jpeg.Decode(bytes.NewReader(got.Thumbnail))
		if err != nil || small.Bounds().Dx() != want.w || small.Bounds().Dy() != want.h {
			t.Fatalf("orientation %d: %v, %v", orientation, small.Bounds(), err)
		}
		if r, g, _, _ := small.At(want.x, want.y).RGBA(); r>>8 < 200 || g>>8 > 80 {
			t.Errorf("orientation %d: no red at %d,%d", orientation, want.x, want.y)
		}
	}
}

func TestScanGoesByTheBytes(t *testing.T) {
	t.Parallel()
	if got, err := file.Scan(strings.NewReader("%PDF-1.7\n")); err != nil || got.ContentType != "application/pdf" || got.Thumbnail != nil {
		t.Errorf("a PDF: %v %q", err, got.ContentType)
	}
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"a web page": {"<!doctype html><script>alert(1)</script>", file.ErrScanType}, "SVG": {`<svg xmlns="http://www.w3.org/2000/svg"/>`, file.ErrScanType},
		"nothing": {"", file.ErrScanType}, "a cut off photo": {string(photo(t, 1)[:120]), file.ErrScanBroken}, "too much": {strings.Repeat("x", file.MaxScanBytes+1), file.ErrScanTooLarge},
	} {
		if _, err := file.Scan(strings.NewReader(c.body)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}
