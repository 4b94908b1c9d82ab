package invoicingdb

import (
	"database/sql/driver"
	"fmt"
	"strings"
)

// uuids is a uuid[] column for GORM. Its elements never need quoting.
type uuids []string

// Value writes {a,b}.
func (u uuids) Value() (driver.Value, error) { return "{" + strings.Join(u, ",") + "}", nil }

// Scan reads the same.
func (u *uuids) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("uuid[]: cannot read %T", src)
	}
	*u = nil
	if s = strings.Trim(s, "{}"); s != "" {
		*u = strings.Split(s, ",")
	}
	return nil
}
