package pdf_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pdf"
)

var texts = regexp.MustCompile(`BT ([\d.]+) ([\d.]+) Td`)

// The numbers of pages end at the right edge, as everything does that stands there, on papers of two digits of pages too.
func TestFeetEndAtTheEdge(t *testing.T) {
	t.Parallel()
	for _, pages := range []int{1, 12} {
		s := pdf.New("A paper", "", "", day.MustParse("2026-03-02"))
		s.SetCompression(false)
		s.Feet("Nordlicht Studio")
		for range pages {
			s.AddPage()
			s.Font("B", 12, 30) // which the feet do not take over
		}
		raw, err := s.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		found := texts.FindAllSubmatch(raw, -1)
		if len(found) != 2*pages {
			t.Fatalf("%d pages have %d texts in their feet, want a name and a number each", pages, len(found))
		}
		point := 72 / 25.4
		for n := 1; n <= pages; n++ {
			x, err := strconv.ParseFloat(string(found[2*n-1][1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			end := x/point + s.GetStringWidth(fmt.Sprintf("%d / %d", n, pages)) + s.GetCellMargin()
			if math.Abs(end-pdf.Right) > 0.1 {
				t.Errorf("page %d of %d: its number ends at %.2f mm, want %.2f", n, pages, end, pdf.Right)
			}
		}
	}
}
