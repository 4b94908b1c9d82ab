package mail

import (
	"bytes"
	_ "embed"
	"errors"
	htmltemplate "html/template"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	texttemplate "text/template"
)

// Brand is whose letter it is: the agency's name and colour, and where its pages are.
type Brand struct {
	Name    string
	Colour  string // #RRGGBB; anything else gives the default
	LogoURL string
	URL     string
}

// Letter is what a letter says, before it is laid out. Every kind of letter becomes one,
// so all of them look alike in both parts.
type Letter struct {
	Language   string // "de"; empty: English
	Subject    string
	Preview    string // what a mail box shows after the subject
	Heading    string
	Paragraphs []string
	Code       string // to be typed in elsewhere: large, on a line of its own
	Facts      []Fact
	Action     *Action
	Note       string // small print under the button
}

// Fact is one line of a letter's table: "Due", "3 March 2026".
type Fact struct{ Label, Value string }

// Action is the letter's one button.
type Action struct{ Label, URL string }

// Kind is anything that can be written as a letter.
type Kind interface{ Letter(b Brand) Letter }

// Invitation asks somebody to join the agency.
type Invitation struct {
	Inviter string
	Role    string // as a person says it: "project manager"
	URL     string
	Expires string // as a person says it: "2 December 2026"
}

func (i Invitation) Letter(b Brand) Letter {
	who := i.Inviter
	if who == "" {
		who = b.Name
	}
	l := Letter{
		Subject:    who + " invited you to " + b.Name,
		Preview:    "Accept the invitation to start working with " + b.Name + ".",
		Heading:    "Join " + b.Name,
		Paragraphs: []string{who + " invited you to work with " + b.Name + " on Bureau."},
		Action:     &Action{Label: "Accept the invitation", URL: i.URL},
		Note:       "If you did not expect this, you can ignore it: nothing happens until you accept.",
	}
	if i.Role != "" {
		l.Facts = append(l.Facts, Fact{"Your role", i.Role})
	}
	if i.Expires != "" {
		l.Facts = append(l.Facts, Fact{"Valid until", i.Expires})
	}
	return l
}

// Invoice tells a client's contact that an invoice is there. The PDF travels as an attachment.
type Invoice struct {
	Number   string
	Total    string // formatted, with its currency
	Issued   string
	Due      string
	URL      string // the invoice in the portal; may be empty
	Message  string // what the sender wants to add, as plain paragraphs
	Greeting string // "Dear Ms Ito,"; may be empty
}

func (i Invoice) Letter(b Brand) Letter {
	l := Letter{
		Subject: "Invoice " + i.Number + " from " + b.Name,
		Preview: i.Total + ", due " + i.Due + ".",
		Heading: "Invoice " + i.Number,
		Facts:   []Fact{{"Amount", i.Total}, {"Date", i.Issued}, {"Due", i.Due}},
		Note:    "The invoice is attached as a PDF. Questions? Just answer this mail.",
	}
	if i.Greeting != "" {
		l.Paragraphs = append(l.Paragraphs, i.Greeting)
	}
	if message := paragraphs(i.Message); len(message) > 0 {
		l.Paragraphs = append(l.Paragraphs, message...)
	} else {
		l.Paragraphs = append(l.Paragraphs, "please find our invoice "+i.Number+" attached.")
		if i.Greeting == "" {
			l.Paragraphs[0] = "Please find our invoice " + i.Number + " attached."
		}
	}
	if i.URL != "" {
		l.Action = &Action{Label: "View the invoice", URL: i.URL}
	}
	return l
}

// Notice is any other letter: something happened, and perhaps there is something to do.
type Notice struct {
	Language   string // "de"; empty: English
	Subject    string
	Heading    string
	Paragraphs []string
	Code       string
	Facts      []Fact
	Action     *Action
	Note       string
}

func (n Notice) Letter(Brand) Letter {
	l := Letter{Language: n.Language, Subject: n.Subject, Heading: n.Heading, Paragraphs: n.Paragraphs, Code: n.Code, Facts: n.Facts, Action: n.Action, Note: n.Note}
	if l.Heading == "" {
		l.Heading = n.Subject
	}
	if len(n.Paragraphs) > 0 {
		l.Preview = n.Paragraphs[0]
	}
	return l
}

//go:embed letter.html.tmpl
var htmlSource string

//go:embed letter.txt.tmpl
var textSource string

var (
	htmlLayout = htmltemplate.Must(htmltemplate.New("letter.html").Parse(htmlSource))
	textLayout = texttemplate.Must(texttemplate.New("letter.txt").Parse(textSource))
)

// orOpen stands before the address of the button, for readers that show none.
var orOpen = map[string]string{
	"en": "Or open this address:", "de": "Oder öffnen Sie diese Adresse:", "fr": "Ou ouvrez cette adresse\u00a0:", "es": "O abra esta dirección:",
}

var errBadLink = errors.New("a letter's link must be an absolute http or https address")

// Compose lays a letter out under the brand and returns its subject and both bodies in a
// Message; the caller adds who gets it.
func Compose(b Brand, k Kind) (Message, error) {
	b.Name = oneLine(b.Name, 80)
	if b.Name == "" {
		b.Name = "Bureau"
	}
	l := k.Letter(b)
	if l.Action != nil && !webLink(l.Action.URL) {
		return Message{}, errBadLink
	}
	// A logo or home page that is no proper link is left out: the letter matters more.
	if !webLink(b.LogoURL) {
		b.LogoURL = ""
	}
	if !webLink(b.URL) {
		b.URL = ""
	}
	if orOpen[l.Language] == "" {
		l.Language = "en"
	}
	colour, ink := colours(b.Colour)
	view := struct {
		Brand       Brand
		Letter      Letter
		Colour, Ink htmltemplate.CSS
		OrOpen      string
	}{b, l, htmltemplate.CSS(colour), htmltemplate.CSS(ink), orOpen[l.Language]} //nolint:gosec // colours has checked their form
	var html, text bytes.Buffer
	if err := htmlLayout.Execute(&html, view); err != nil {
		return Message{}, err
	}
	if err := textLayout.Execute(&text, view); err != nil {
		return Message{}, err
	}
	return Message{
		From:    Address{Name: b.Name},
		Subject: oneLine(l.Subject, 200),
		Text:    strings.TrimSpace(text.String()) + "\n",
		HTML:    html.String(),
	}, nil
}

func webLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func paragraphs(s string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

var hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// colours gives the button's colour and a text colour that can be read on it.
func colours(brand string) (colour, ink string) {
	if !hexColour.MatchString(brand) {
		brand = "#2855D9"
	}
	n, _ := strconv.ParseUint(brand[1:], 16, 32)
	linear := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	luminance := 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
	if 1.05/(luminance+0.05) >= 4.5 {
		return brand, "#FFFFFF"
	}
	return brand, "#161B24"
}
