package pg

import "strings"

var plain = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Contains is the pattern for LIKE and ILIKE that finds s anywhere, taken letter by letter.
func Contains(s string) string { return "%" + plain.Replace(s) + "%" }
