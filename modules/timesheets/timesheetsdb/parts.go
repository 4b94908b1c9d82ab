package timesheetsdb

import (
	"encoding/json"

	"github.com/bureauhq/bureau/modules/timesheets"
)

// exact is what an entry is worth, in seconds × price, as Entry.Amount says it; null without a rate.
const exact = `((billed_seconds + premium_seconds) * rate_amount + tier_worth)`

// partsOf writes the parts of an entry; nil where all of it is ordinary.
func partsOf(e timesheets.Entry) *string {
	if e.Split == nil {
		return nil
	}
	raw, err := json.Marshal(e.Split)
	if err != nil {
		return nil // plain numbers and text: there is nothing in it that cannot be written
	}
	s := string(raw)
	return &s
}

// splitOf reads what partsOf wrote.
func splitOf(raw *string) *timesheets.Split {
	if raw == nil {
		return nil
	}
	var s timesheets.Split
	if json.Unmarshal([]byte(*raw), &s) != nil || (len(s.Parts) == 0 && s.Tiers == nil) {
		return nil
	}
	return &s
}
