package file

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Image is a picture that is safe to show: decoded, scaled and written anew by us.
type Image struct {
	Data          []byte
	ContentType   string
	Extension     string // ".png"
	Width, Height int
}

const (
	MaxLogoBytes = 2 << 20
	MaxLogoSide  = 4096
	// logoSide is the largest side we keep: three times what any page shows.
	logoSide = 1024
)

var (
	ErrImageTooLarge   = fault.Define(fault.Invalid, "file.image_too_large", "The picture is larger than 2 MB.")
	ErrImageSVG        = fault.Define(fault.Invalid, "file.image_svg", "SVG pictures cannot be used, because they can hold programs. Save it as PNG, best 1,000 pixels wide.")
	ErrImageType       = fault.Define(fault.Invalid, "file.image_type", "Only PNG, JPEG and WebP pictures can be used.")
	ErrImageDimensions = fault.Define(fault.Invalid, "file.image_dimensions", "The picture is wider or higher than 4096 pixels.")
	ErrImageBroken     = fault.Define(fault.Invalid, "file.image_broken", "The picture cannot be read.")
)

// Logo reads an uploaded picture. What comes out was drawn by us: no metadata, no script,
// no second file hidden behind the first survives it. SVG is refused, being a program.
func Logo(r io.Reader) (Image, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxLogoBytes+1))
	if err != nil {
		return Image{}, ErrImageBroken.Because(err)
	}
	if len(data) > MaxLogoBytes {
		return Image{}, ErrImageTooLarge
	}
	var config func(io.Reader) (image.Config, error)
	var decode func(io.Reader) (image.Image, error)
	out := Image{ContentType: "image/png", Extension: ".png"}
	switch kind := mimetype.Detect(data); {
	case kind.Is("image/png"):
		config, decode = png.DecodeConfig, png.Decode
	case kind.Is("image/jpeg"):
		config, decode = jpeg.DecodeConfig, jpeg.Decode
		out.ContentType, out.Extension = "image/jpeg", ".jpg"
	case kind.Is("image/webp"):
		config, decode = webp.DecodeConfig, webp.Decode
	case kind.Is("image/svg+xml"):
		return Image{}, ErrImageSVG
	default:
		return Image{}, ErrImageType
	}
	// The size is read before the pixels: a few kilobytes can unfold into gigabytes.
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return Image{}, ErrImageBroken.Because(err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > MaxLogoSide || c.Height > MaxLogoSide {
		return Image{}, ErrImageDimensions
	}
	picture, err := decode(bytes.NewReader(data))
	if err != nil {
		return Image{}, ErrImageBroken.Because(err)
	}
	picture = fit(picture)
	out.Width, out.Height = picture.Bounds().Dx(), picture.Bounds().Dy()
	var written bytes.Buffer
	if out.ContentType == "image/jpeg" {
		err = jpeg.Encode(&written, picture, &jpeg.Options{Quality: 90})
	} else {
		err = png.Encode(&written, picture)
	}
	if err != nil {
		return Image{}, ErrImageBroken.Because(err)
	}
	out.Data = written.Bytes()
	return out, nil
}

// fit scales a picture down to logoSide, keeping its shape.
func fit(p image.Image) image.Image {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	longest := max(w, h)
	if longest <= logoSide {
		return p
	}
	small := image.NewNRGBA(image.Rect(0, 0, max(1, w*logoSide/longest), max(1, h*logoSide/longest)))
	draw.CatmullRom.Scale(small, small.Bounds(), p, p.Bounds(), draw.Src, nil)
	return small
}
