package identity

import (
	"sync"
	"time"
)

// keepTime is how long an answer about a session, a member or a token is
// believed. Whatever ends one acts everywhere within this time, and at once
// in the process that did it.
const keepTime = 700 * time.Millisecond

// kept remembers answers for a moment, so that the calls of one page ask once.
// It reads the machine's clock: how old a copy is has nothing to do with the
// time that the product works with.
type kept[T any] struct {
	mu  sync.Mutex
	all map[string]keptOne[T]
}

type keptOne[T any] struct {
	v     T
	until time.Time
}

func newKept[T any]() *kept[T] { return &kept[T]{all: map[string]keptOne[T]{}} }

func (k *kept[T]) get(key string) (v T, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	one, ok := k.all[key]
	if !ok || time.Now().After(one.until) {
		return v, false
	}
	return one.v, true
}

func (k *kept[T]) put(key string, v T) {
	now := time.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.all) >= 4096 {
		for old, one := range k.all {
			if now.After(one.until) {
				delete(k.all, old)
			}
		}
		if len(k.all) >= 4096 {
			clear(k.all)
		}
	}
	k.all[key] = keptOne[T]{v, now.Add(keepTime)}
}

func (k *kept[T]) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.all)
}

func (k *kept[T]) drop(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, key)
}
