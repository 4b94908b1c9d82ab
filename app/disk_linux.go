package app

import (
	"os"
	"syscall"
)

// disk looks at the file system that temporary files, and a folder of files beside the program, are on.
func disk() (free, total int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(os.TempDir(), &s); err != nil {
		return 0, 0, false
	}
	return int64(s.Bavail) * s.Bsize, int64(s.Blocks) * s.Bsize, true //nolint:gosec // no disk is that large
}
