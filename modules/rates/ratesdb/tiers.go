package ratesdb

import (
	"encoding/json"
	"fmt"

	"github.com/bureauhq/bureau/modules/rates"
)

// tiersOf writes the tiers of a rate; without any it has neither.
func tiersOf(r rates.Rate) (per string, steps *string, err error) {
	if r.Tiers == nil {
		return "", nil, nil
	}
	raw, err := json.Marshal(r.Tiers.Steps)
	if err != nil {
		return "", nil, fmt.Errorf("tiers of rate %s as JSON: %w", r.ID, err)
	}
	text := string(raw)
	return string(r.Tiers.Per), &text, nil
}

// withTiers reads what tiersOf wrote.
func withTiers(per string, steps *string) (*rates.Tiers, error) {
	if steps == nil {
		return nil, nil
	}
	t := &rates.Tiers{Per: rates.Per(per)}
	if err := json.Unmarshal([]byte(*steps), &t.Steps); err != nil {
		return nil, fmt.Errorf("tiers of a rate: %w", err)
	}
	return t, nil
}
