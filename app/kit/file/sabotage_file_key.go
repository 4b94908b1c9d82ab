//go:build sabotage_file_key

// Files are named without their agency.

package file

import "path"

func Key(_ string, parts ...string) string { return path.Join(parts...) }
