// Package frontend carries the built web app inside the program.
package frontend

import "embed"

// Dist holds the directory dist: the built app, or a placeholder alone where it has not been built.
//
//go:embed all:dist
var Dist embed.FS
