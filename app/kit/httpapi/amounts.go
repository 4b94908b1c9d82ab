package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/kit/money"
)

// amountFields finds the amounts of a body that are none: the decoder says what is wrong with the first, not where it stands, and
// repeats what was sent. Nil where amounts are not what is wrong.
func amountFields(d *huma.ErrorDetail) []ProblemField {
	body, isText := d.Value.(string)
	var parsed any
	if !isText || d.Location != "body" || json.Unmarshal([]byte(body), &parsed) != nil {
		return nil
	}
	return badAmounts(nil, "body", parsed)
}

func badAmounts(found []ProblemField, path string, value any) []ProblemField {
	switch v := value.(type) {
	case []any:
		for n, item := range v {
			found = badAmounts(found, fmt.Sprintf("%s[%d]", path, n), item)
		}
	case map[string]any:
		amount, isAmount := v["amount"].(string)
		currency, hasCurrency := v["currency"].(string)
		if isAmount && hasCurrency && len(v) == 2 {
			if _, err := money.ParseAmount(amount, currency); err != nil && amount+currency != "" {
				found = append(found, badAmount(path, currency, err))
			}
			return found
		}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.SortFunc(names, strings.Compare)
		for _, name := range names {
			found = badAmounts(found, path+"."+name, v[name])
		}
	}
	return found
}

func badAmount(path, currency string, err error) ProblemField {
	switch {
	case errors.Is(err, money.ErrCurrency):
		return ProblemField{Location: path + ".currency", Message: "is not an ISO 4217 currency code"}
	case errors.Is(err, money.ErrRange):
		return ProblemField{Location: path + ".amount", Message: "is too large"}
	}
	return ProblemField{Location: path + ".amount", Message: fmt.Sprintf("must be an amount with at most %d places", money.Places(currency))}
}
