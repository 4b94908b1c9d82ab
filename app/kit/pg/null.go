package pg

// Null is s as a column keeps it where an empty text is none.
func Null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Text is what such a column holds; NULL is empty.
func Text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
