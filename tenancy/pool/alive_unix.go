//go:build unix

package pool

import (
	"crypto/tls"
	"net"
	"syscall"
)

// peek looks whether the server has said anything since the last answer, and
// whether it is still there, without waiting and without a round trip.
func peek(conn net.Conn) (news, gone bool) {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	s, ok := conn.(syscall.Conn)
	if !ok {
		return true, false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false, true
	}
	var b [1]byte
	n, again := 0, false
	// Not raw.Read: pgx may still have a read of its own under way, left over
	// from a slow write, and two reads wait for each other.
	readErr := raw.Control(func(fd uintptr) {
		n, _, err = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		again = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK //nolint:errorlint // a number from the kernel
	})
	switch {
	case again:
		return false, false
	case readErr != nil || err != nil || n == 0:
		return false, true
	}
	return true, false
}
