package testkit

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
)

// Line is a TCP line to a real service, which a test can cut and mend: what a
// service that went away looks like to those who use it.
type Line struct {
	Addr   string // where to call instead of the service
	target string

	mu    sync.Mutex
	ln    net.Listener
	conns map[net.Conn]struct{}
	trap  *trap
}

// trap waits for two texts, one after the other on one connection.
type trap struct {
	first, then []byte
	sprung      chan struct{}
}

// NewLine returns a working line to target, host and port.
func NewLine(t testing.TB, target string) *Line {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{Addr: ln.Addr().String(), target: target, ln: ln, conns: map[net.Conn]struct{}{}}
	go l.serve(ln)
	t.Cleanup(l.Cut)
	return l
}

// Cut ends all connections and takes no new ones.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ln != nil {
		_ = l.ln.Close()
		l.ln = nil
	}
	for c := range l.conns {
		_ = c.Close()
	}
	clear(l.conns)
}

// Mend lets connections through again, at the same address.
func (l *Line) Mend(t testing.TB) {
	t.Helper()
	ln, err := net.Listen("tcp4", l.Addr)
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.ln = ln
	l.mu.Unlock()
	go l.serve(ln)
}

// LoseAnswer cuts one connection, once: the one that says first and later
// then. The service gets it and does it; its answer never arrives. The
// channel is closed when that happened.
func (l *Line) LoseAnswer(first, then string) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trap = &trap{[]byte(first), []byte(then), make(chan struct{})}
	return l.trap.sprung
}

func (l *Line) serve(ln net.Listener) {
	for {
		near, err := ln.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp4", l.target)
		if err != nil || !l.keep(ln, near, far) {
			_ = near.Close()
			continue
		}
		pair := &pair{line: l, near: near, far: far}
		go pair.up()
		go pair.down()
	}
}

// keep remembers a connection, unless the line was cut meanwhile.
func (l *Line) keep(ln net.Listener, near, far net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ln != ln {
		_ = far.Close()
		return false
	}
	l.conns[near], l.conns[far] = struct{}{}, struct{}{}
	return true
}

func (l *Line) trapped() *trap {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trap
}

// take springs the trap for one connection.
func (l *Line) take(t *trap) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.trap != t {
		return false
	}
	l.trap = nil
	return true
}

// pair is one connection through the line.
type pair struct {
	line      *Line
	near, far net.Conn
	seen      bool // the trap's first text

	mu   sync.Mutex
	lose *trap
}

func (p *pair) close() {
	_ = p.near.Close()
	_ = p.far.Close()
	p.line.mu.Lock()
	defer p.line.mu.Unlock()
	delete(p.line.conns, p.near)
	delete(p.line.conns, p.far)
}

func (p *pair) up() {
	defer p.close()
	buf := make([]byte, 64<<10)
	for {
		n, err := p.near.Read(buf)
		if n > 0 {
			p.watch(buf[:n])
			if _, err := p.far.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *pair) watch(b []byte) {
	t := p.line.trapped()
	if t == nil {
		return
	}
	if !p.seen {
		i := bytes.Index(b, t.first)
		if i < 0 {
			return
		}
		p.seen, b = true, b[i+len(t.first):]
	}
	if bytes.Contains(b, t.then) && p.line.take(t) {
		p.mu.Lock()
		p.lose = t
		p.mu.Unlock()
	}
}

func (p *pair) down() {
	defer p.close()
	_, _ = io.Copy(answers{p}, p.far)
}

// answers passes on what the service says, until the answer that is to be lost.
type answers struct{ p *pair }

func (a answers) Write(b []byte) (int, error) {
	a.p.mu.Lock()
	lose := a.p.lose
	a.p.mu.Unlock()
	if lose != nil {
		close(lose.sprung)
		return 0, io.ErrClosedPipe
	}
	return a.p.near.Write(b)
}
