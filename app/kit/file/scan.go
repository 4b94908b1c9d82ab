package file

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Scanned is a photo or a PDF of a paper. It is evidence, so its bytes stay as they came.
type Scanned struct {
	Data        []byte
	ContentType string
	Extension   string // ".pdf"
	Thumbnail   []byte // a JPEG; none of a PDF
}

const (
	MaxScanBytes = 7 << 20
	// maxScanPixels is a 50 megapixel camera; a few kilobytes could unfold into gigabytes.
	maxScanPixels = 50_000_000
	thumbSide     = 360
)

var (
	ErrScanTooLarge = fault.Define(fault.Invalid, "file.scan_too_large", "The file is larger than 7 MB.").At("body.file", "is larger than 7 MB")
	ErrScanType     = fault.Define(fault.Invalid, "file.scan_type", "Only photos (JPEG, PNG, WebP) and PDF files can be used.").
			At("body.file", "is neither a photo (JPEG, PNG, WebP) nor a PDF")
	ErrScanBroken = fault.Define(fault.Invalid, "file.scan_broken", "The picture cannot be read.").At("body.file", "cannot be read")
)

// Scan reads the photo or the PDF of a paper. What it is follows from its bytes, never from its name.
func Scan(r io.Reader) (Scanned, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxScanBytes+1))
	if err != nil {
		return Scanned{}, ErrScanBroken.Because(err)
	}
	if len(data) > MaxScanBytes {
		return Scanned{}, ErrScanTooLarge
	}
	out := Scanned{Data: data}
	var config func(io.Reader) (image.Config, error)
	var decode func(io.Reader) (image.Image, error)
	switch kind := mimetype.Detect(data); {
	case kind.Is("application/pdf"):
		out.ContentType, out.Extension = "application/pdf", ".pdf"
		return out, nil
	case kind.Is("image/jpeg"):
		out.ContentType, out.Extension, config, decode = "image/jpeg", ".jpg", jpeg.DecodeConfig, jpeg.Decode
	case kind.Is("image/png"):
		out.ContentType, out.Extension, config, decode = "image/png", ".png", png.DecodeConfig, png.Decode
	case kind.Is("image/webp"):
		out.ContentType, out.Extension, config, decode = "image/webp", ".webp", webp.DecodeConfig, webp.Decode
	default:
		return Scanned{}, ErrScanType
	}
	c, err := config(bytes.NewReader(data))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > maxScanPixels/c.Height {
		return Scanned{}, ErrScanBroken.Because(err)
	}
	picture, err := decode(bytes.NewReader(data))
	if err != nil {
		return Scanned{}, ErrScanBroken.Because(err)
	}
	out.Thumbnail, err = thumbnail(picture, turn(data))
	return out, err
}

// thumbnail draws a picture small, on white, the way up that the camera meant.
func thumbnail(p image.Image, orientation int) ([]byte, error) {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if longest := max(w, h); longest > thumbSide {
		w, h = max(1, w*thumbSide/longest), max(1, h*thumbSide/longest)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), p, p.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(small, orientation), &jpeg.Options{Quality: 80}); err != nil {
		return nil, ErrScanBroken.Because(err)
	}
	return out.Bytes(), nil
}

// upright turns and mirrors a picture by its EXIF orientation, 1 to 8.
func upright(p *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation > 4 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			to := [...]image.Point{
				2: {X: w - 1 - x, Y: y}, 3: {X: w - 1 - x, Y: h - 1 - y}, 4: {X: x, Y: h - 1 - y},
				5: {X: y, Y: x}, 6: {X: h - 1 - y, Y: x}, 7: {X: h - 1 - y, Y: w - 1 - x}, 8: {X: y, Y: w - 1 - x},
			}[orientation]
			out.SetRGBA(to.X, to.Y, p.RGBAAt(x, y))
		}
	}
	return out
}

// turn reads the EXIF orientation of a JPEG; 1, upright, where there is none.
func turn(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xff && data[at+1] != 0xda; {
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if size < 2 || at+2+size > len(data) {
			return 1
		}
		segment := data[at+4 : at+2+size]
		if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && data[at+1] == 0xe1 {
			return orientation(exif)
		}
		at += 2 + size
	}
	return 1
}

// orientation looks for tag 0x0112 in the first directory of a TIFF header.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	dir := int64(order.Uint32(tiff[4:]))
	if dir+2 > int64(len(tiff)) {
		return 1
	}
	for n := range int64(order.Uint16(tiff[dir:])) {
		entry := dir + 2 + 12*n
		if entry+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 1
}
