package calendars

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/google/uuid"
)

// keyOf names something of a member without telling what it is.
func keyOf(kind, memberID string, parts ...string) string {
	h := sha256.New()
	for _, p := range append([]string{kind, memberID}, parts...) {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (e Event) subjects() []string {
	out := []string{e.Series}
	if title := titleKey(e.MemberID, e.Title); title != "" {
		out = append(out, title)
	}
	return out
}

func titleKey(memberID, title string) string {
	title = strings.ToLower(strings.Join(strings.Fields(title), " "))
	if title == "" {
		return ""
	}
	return keyOf("title", memberID, title)
}

// keep makes events of occurrences. The id of one is the same after every fetch: what is on a screen stays good.
func keep(f Feed, all []Occurrence) []Event {
	feed := uuid.MustParse(f.ID)
	out := make([]Event, 0, len(all))
	seen := map[string]bool{}
	for _, o := range all {
		e := Event{
			FeedID: f.ID, MemberID: f.MemberID, Key: keyOf("event", f.MemberID, o.UID, o.Instance), Series: keyOf("series", f.MemberID, o.UID),
			Title: shortened(o.Title), From: o.From.UTC(), To: o.To.UTC(),
		}
		if seen[e.Key] {
			continue
		}
		seen[e.Key] = true
		e.ID = uuid.NewSHA1(feed, []byte(e.Key)).String()
		out = append(out, e)
	}
	return out
}

const maxTitle = 300

func shortened(title string) string {
	title = strings.ToValidUTF8(strings.Join(strings.Fields(strings.ReplaceAll(title, "\x00", "")), " "), "")
	if r := []rune(title); len(r) > maxTitle {
		return string(r[:maxTitle-1]) + "…"
	}
	return title
}
