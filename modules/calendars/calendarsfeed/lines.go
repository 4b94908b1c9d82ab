package calendarsfeed

import (
	"bytes"
	"strings"

	"github.com/emersion/go-ical"

	"github.com/bureauhq/bureau/modules/calendars"
)

// needed are the properties that count; the decoder sees no others, nor a line that could stop it: one bad line must not cost
// a person their calendar.
var needed = map[string]bool{
	"UID": true, "DTSTART": true, "DTEND": true, "DURATION": true, "RRULE": true, "RDATE": true, "EXDATE": true, "RECURRENCE-ID": true, "SUMMARY": true, "STATUS": true,
	"TRANSP": true, "ATTENDEE": true, "X-MICROSOFT-CDO-BUSYSTATUS": true, "X-WR-CALNAME": true, "X-WR-TIMEZONE": true, "NAME": true, "TZID": true, "X-LIC-LOCATION": true,
}

const (
	maxLine  = 16 << 10 // EXDATE of a long series are long
	maxDepth = 4
)

// decode reads the calendar and its events. ErrNotCalendar.
func decode(ics []byte) (*ical.Calendar, error) {
	ics = bytes.TrimPrefix(ics, []byte("\xef\xbb\xbf"))
	if head := bytes.TrimSpace(ics[:min(len(ics), 200)]); len(head) < 15 || !strings.EqualFold(string(head[:15]), "BEGIN:VCALENDAR") {
		return nil, calendars.ErrNotCalendar
	}
	cal, err := ical.NewDecoder(strings.NewReader(clean(ics))).Decode()
	if err != nil {
		return nil, calendars.ErrNotCalendar.Because(err)
	}
	return cal, nil
}

// clean unfolds the lines, keeps those that count, and closes what was not closed.
func clean(ics []byte) string {
	text := strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(string(ics))
	var out strings.Builder
	var open []string
	skip := 0 // depth of a part that does not count
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		name, value, ok := nameOf(line)
		switch {
		case !ok:
		case name == "BEGIN":
			part := strings.ToUpper(strings.TrimSpace(value))
			if skip > 0 || len(open) >= maxDepth || !counts(part, len(open)) {
				skip++
				continue
			}
			open = append(open, part)
			out.WriteString("BEGIN:" + part + "\n")
		case name == "END":
			if skip > 0 {
				skip--
				continue
			}
			if n := len(open); n > 0 && open[n-1] == strings.ToUpper(strings.TrimSpace(value)) {
				open = open[:n-1]
				out.WriteString("END:" + strings.ToUpper(strings.TrimSpace(value)) + "\n")
			}
		case skip == 0 && len(open) > 0 && needed[name] && len(line) <= maxLine && wellFormed(line):
			out.WriteString(line + "\n")
		}
		if len(open) == 0 && out.Len() > 0 {
			break // a second calendar in one file is none of ours
		}
	}
	for i := len(open) - 1; i >= 0; i-- {
		out.WriteString("END:" + open[i] + "\n")
	}
	return out.String()
}

func counts(part string, depth int) bool {
	return depth == 0 && part == "VCALENDAR" || depth == 1 && (part == "VEVENT" || part == "VTIMEZONE")
}

func nameOf(line string) (name, value string, ok bool) {
	i := strings.IndexAny(line, ":;")
	if i <= 0 {
		return "", "", false
	}
	return strings.ToUpper(line[:i]), line[i+1:], true
}

// wellFormed tells whether the parameters of a line are ones, in the words of RFC 5545: ;name=value,value or ="value", and a colon.
func wellFormed(line string) bool {
	i := strings.IndexAny(line, ":;")
	for i >= 0 && i < len(line) && line[i] == ';' {
		rest := line[i+1:]
		eq := strings.IndexByte(rest, '=')
		if eq <= 0 || strings.ContainsAny(rest[:eq], ":;\"") {
			return false
		}
		if i = valuesEnd(line, i+1+eq+1); i < 0 {
			return false
		}
	}
	return i >= 0 && i < len(line) && line[i] == ':'
}

// valuesEnd is where the values of a parameter end that begin at i; -1 when they do not.
func valuesEnd(line string, i int) int {
	for {
		if i < len(line) && line[i] == '"' {
			end := strings.IndexByte(line[i+1:], '"')
			if end < 0 {
				return -1
			}
			i += end + 2
		} else {
			for i < len(line) && !strings.ContainsRune(";:,\"", rune(line[i])) {
				i++
			}
		}
		if i >= len(line) || line[i] == '"' {
			return -1
		}
		if line[i] != ',' {
			return i
		}
		i++
	}
}
