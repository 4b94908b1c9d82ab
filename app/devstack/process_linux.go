package devstack

import "syscall"

// attributes put a child in a group of its own, so that Ctrl-C reaches it only through us, and have the kernel end it
// with us, however we end.
func attributes(last syscall.Signal, as *account) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: last}
	if as != nil {
		a.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return a
}
