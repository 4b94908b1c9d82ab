// Package facturx puts a Cross Industry Invoice into a PDF, as Factur-X 1.0 (ZUGFeRD 2) asks for: an embedded file
// that is related to the document, and metadata that say so. It writes an incremental update: what was in the file
// stays byte for byte in front of it, and the same input gives the same bytes.
//
// The update also writes what PDF/A-3 asks of such a file beside its embedded fonts: an output intent with a
// profile, identifiers, metadata that agree with the document's information. Whether the file as a whole conforms
// to PDF/A-3 is not proved by anything here, so the metadata do not claim it.
package facturx

import (
	"bytes"
	"compress/zlib"
	"crypto/md5" //nolint:gosec // PDF has identifiers and check sums of MD5
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Name is that of the embedded file.
const Name = "factur-x.xml"

// Meta is what the document's information says. The metadata repeat it.
type Meta struct {
	Title, Author, Producer string
	At                      time.Time // of creation and of the last change
}

// ErrForm refuses a PDF that is not in the form of our renderer.
var ErrForm = errors.New("facturx: the PDF is not in the form that is expected")

var (
	trailerPart = regexp.MustCompile(`(?s)trailer\s*<<(.*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*$`)
	sizePart    = regexp.MustCompile(`/Size (\d+)`)
	rootPart    = regexp.MustCompile(`/Root (\d+) 0 R`)
	infoPart    = regexp.MustCompile(`/Info (\d+) 0 R`)
	namesPart   = regexp.MustCompile(`(?s)/Names <<\s*/EmbeddedFiles << /Names \[\s*\] >>\s*>>`)
	actionPart  = regexp.MustCompile(`/OpenAction \[[^\]]*\]`)
)

// Embed returns the PDF with the invoice in it.
func Embed(pdf, invoice []byte, m Meta) ([]byte, error) {
	u, err := open(pdf)
	if err != nil {
		return nil, err
	}
	data, err := deflated(invoice)
	if err != nil {
		return nil, err
	}
	stamp := m.At.UTC().Format("D:20060102150405Z")
	file := u.stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /text#2Fxml /Filter /FlateDecode /Params <</CreationDate (%s) /ModDate (%s) /Size %d /CheckSum <%x>>>",
		stamp, stamp, len(invoice), md5.Sum(invoice)), data) //nolint:gosec // see above
	spec := u.object(fmt.Sprintf("<</Type /Filespec /F (%s) /UF (%s) /AFRelationship /Alternative /Desc (Invoice data of EN 16931) /EF <</F %d 0 R /UF %d 0 R>>>>", Name, Name, file, file))
	meta := u.stream("/Type /Metadata /Subtype /XML", []byte(xmp(m))) // uncompressed, so that anybody can read it
	profile, err := deflated(sRGB())
	if err != nil {
		return nil, err
	}
	icc := u.stream("/N 3 /Filter /FlateDecode", profile)
	intent := u.object(fmt.Sprintf("<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>", icc))
	catalog := actionPart.ReplaceAll(namesPart.ReplaceAll(u.catalog, nil), nil)
	u.replace(u.root, fmt.Sprintf("<<%s\n/Version /1.7\n/Names <</EmbeddedFiles <</Names [(%s) %d 0 R]>>>>\n/AF [%d 0 R]\n/Metadata %d 0 R\n/OutputIntents [%d 0 R]\n>>",
		bytes.TrimSpace(catalog), Name, spec, spec, meta, intent))
	return u.close(), nil
}

// update is an incremental update that is being written.
type update struct {
	out     bytes.Buffer
	size    int // one more than the highest object number
	root    int
	info    int
	prev    int
	catalog []byte      // between << and >>
	at      map[int]int // object → offset
}

func open(pdf []byte) (*update, error) {
	u := &update{at: map[int]int{}}
	t := trailerPart.FindSubmatch(pdf)
	if t == nil {
		return nil, ErrForm
	}
	var err error
	if u.prev, err = strconv.Atoi(string(t[2])); err != nil {
		return nil, ErrForm
	}
	for part, to := range map[*regexp.Regexp]*int{sizePart: &u.size, rootPart: &u.root, infoPart: &u.info} {
		found := part.FindSubmatch(t[1])
		if found == nil {
			return nil, ErrForm
		}
		if *to, err = strconv.Atoi(string(found[1])); err != nil {
			return nil, ErrForm
		}
	}
	from := bytes.LastIndex(pdf, fmt.Appendf(nil, "\n%d 0 obj", u.root))
	if from < 0 {
		return nil, ErrForm
	}
	body, _, found := bytes.Cut(pdf[from:], []byte("endobj"))
	first, last := bytes.Index(body, []byte("<<")), bytes.LastIndex(body, []byte(">>"))
	if !found || first < 0 || last < first {
		return nil, ErrForm
	}
	u.catalog = bytes.Clone(body[first+2 : last])
	u.out.Write(pdf)
	if pdf[len(pdf)-1] != '\n' {
		u.out.WriteByte('\n')
	}
	return u, nil
}

func (u *update) replace(n int, body string) {
	u.at[n] = u.out.Len()
	fmt.Fprintf(&u.out, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (u *update) object(body string) int {
	n := u.size
	u.size++
	u.replace(n, body)
	return n
}

func (u *update) stream(dict string, data []byte) int {
	return u.object(fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data))
}

// close writes the table of what is new, and the trailer that leads on to what was there.
func (u *update) close() []byte {
	id := md5.Sum(u.out.Bytes()) //nolint:gosec // an identifier
	table := u.out.Len()
	u.out.WriteString("xref\n")
	fmt.Fprintf(&u.out, "%d 1\n%010d 00000 n \n", u.root, u.at[u.root])
	first := u.size - (len(u.at) - 1)
	fmt.Fprintf(&u.out, "%d %d\n", first, len(u.at)-1)
	for n := first; n < u.size; n++ {
		fmt.Fprintf(&u.out, "%010d 00000 n \n", u.at[n])
	}
	fmt.Fprintf(&u.out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/Prev %d\n/ID [<%x> <%x>]\n>>\nstartxref\n%d\n%%%%EOF\n", u.size, u.root, u.info, u.prev, id, id, table)
	return u.out.Bytes()
}

func deflated(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}
