//go:build unix && !linux

package devstack

import "syscall"

// attributes put a child in a group of its own, so that Ctrl-C reaches it only through us. Children of a parent that was
// killed are found by the next start.
func attributes(_ syscall.Signal, as *account) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if as != nil {
		a.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return a
}
