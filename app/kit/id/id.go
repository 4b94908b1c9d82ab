// Package id makes the keys of records.
package id

import "github.com/google/uuid"

// New returns a UUIDv7 in its usual form: unique, and in the order of making.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Valid tells whether s is a UUID in its usual form of 36 characters.
func Valid(s string) bool {
	_, err := uuid.Parse(s)
	return err == nil && len(s) == 36
}
