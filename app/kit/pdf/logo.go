package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // logos
	"image/png"

	"codeberg.org/go-pdf/fpdf"
)

// Logo draws the picture flat on white, since alpha channels make readers
// differ. What is no picture is left out.
func (s *Sheet) Logo(raw []byte, x, y float64) bool {
	if len(raw) == 0 {
		return false
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil || img.Bounds().Empty() {
		return false
	}
	flat := image.NewRGBA(img.Bounds())
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Over)
	var buf bytes.Buffer
	if err := png.Encode(&buf, opaque{flat}); err != nil {
		return false
	}
	s.RegisterImageOptionsReader("logo", fpdf.ImageOptions{ImageType: "PNG"}, &buf)
	w, h := 50.0, 18.0
	if ratio := float64(flat.Bounds().Dx()) / float64(flat.Bounds().Dy()); ratio*h < w {
		w = ratio * h
	} else {
		h = w / ratio
	}
	s.ImageOptions("logo", x, y, w, h, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	return true
}

// opaque tells the encoder that there is no alpha channel to write.
type opaque struct{ *image.RGBA }

func (opaque) Opaque() bool { return true }
