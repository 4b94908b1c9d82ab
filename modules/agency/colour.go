package agency

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// leastContrast is WCAG 2.2's figure for text of ordinary size (1.4.3).
const leastContrast = 4.5

var colourForm = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// CheckColour refuses a brand colour on which white text, or which as text on
// white, cannot be read, and names the nearest shade that can.
func CheckColour(hex string) error {
	if !colourForm.MatchString(hex) {
		return fmt.Errorf("is not a colour such as #2855D9")
	}
	if c := Contrast(hex, "#FFFFFF"); c < leastContrast {
		return fmt.Errorf("has a contrast of %.1f to 1 with white; 4.5 are needed. %s is the nearest shade", math.Floor(c*10)/10, Readable(hex))
	}
	return nil
}

// Contrast is the ratio of WCAG 2.2 between two colours, 1 to 21.
func Contrast(a, b string) float64 {
	x, y := luminance(rgb(a)), luminance(rgb(b))
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// Readable returns hex, moved towards black in OKLCH just far enough that white text on it can be read. Pages
// propose the same shade by the same steps (frontend/src/shared/lib/colour.ts).
func Readable(hex string) string {
	if Contrast(hex, "#FFFFFF") >= leastContrast {
		return strings.ToUpper(hex)
	}
	start, a, b := oklab(rgb(hex))
	const steps = 50
	for n := 1; n <= steps; n++ {
		l := start * (1 - float64(n)/steps)
		fade := l / start // chroma must shrink near black
		if out := format(fromOklab(l, a*fade, b*fade)); Contrast(out, "#FFFFFF") >= leastContrast {
			return out
		}
	}
	return "#000000"
}

func rgb(hex string) [3]float64 {
	n, _ := strconv.ParseUint(hex[1:], 16, 32) // the form is checked
	return [3]float64{linear(float64(n>>16&255) / 255), linear(float64(n>>8&255) / 255), linear(float64(n&255) / 255)}
}

func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func gamma(v float64) float64 {
	v = math.Min(1, math.Max(0, v))
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

func luminance(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// The matrices of Björn Ottosson's Oklab.
func oklab(c [3]float64) (l, a, b float64) {
	x := math.Cbrt(0.4122214708*c[0] + 0.5363325363*c[1] + 0.0514459929*c[2])
	y := math.Cbrt(0.2119034982*c[0] + 0.6806995451*c[1] + 0.1073969566*c[2])
	z := math.Cbrt(0.0883024619*c[0] + 0.2817188376*c[1] + 0.6299787005*c[2])
	return 0.2104542553*x + 0.7936177850*y - 0.0040720468*z,
		1.9779984951*x - 2.4285922050*y + 0.4505937099*z,
		0.0259040371*x + 0.7827717662*y - 0.8086757660*z
}

func fromOklab(l, a, b float64) [3]float64 {
	x, y, z := l+0.3963377774*a+0.2158037573*b, l-0.1055613458*a-0.0638541728*b, l-0.0894841775*a-1.2914855480*b
	x, y, z = x*x*x, y*y*y, z*z*z
	return [3]float64{
		4.0767416621*x - 3.3077115913*y + 0.2309699292*z,
		-1.2684380046*x + 2.6097574011*y - 0.3413193965*z,
		-0.0041960863*x - 0.7034186147*y + 1.7076147010*z,
	}
}

func format(c [3]float64) string {
	to := func(v float64) int { return int(math.Round(gamma(v) * 255)) }
	return fmt.Sprintf("#%02X%02X%02X", to(c[0]), to(c[1]), to(c[2]))
}
