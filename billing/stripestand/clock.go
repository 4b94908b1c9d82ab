package stripestand

import "time"

// Advance moves the clock forward and lets everything happen that falls due
// meanwhile, each thing at its own time.
func (s *Stand) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance(s.now().Add(d))
	s.kept()
}

func (s *Stand) advance(to time.Time) {
	for {
		at, do := s.nextDue(to)
		if do == nil {
			break
		}
		if at.After(s.now()) {
			s.set(at)
		}
		do()
	}
	if to.After(s.now()) {
		s.set(to)
	}
}

func (s *Stand) set(t time.Time) {
	if s.cfg.Frozen {
		s.st.FrozenAt = t
	} else {
		s.st.Offset = t.Sub(s.cfg.Real())
	}
}

// nextDue is the earliest thing that falls due by limit; ties go by key, so
// that the same history always takes the same course.
func (s *Stand) nextDue(limit time.Time) (at time.Time, do func()) {
	var key string
	offer := func(t time.Time, k string, fn func()) {
		if t.IsZero() || t.After(limit) {
			return
		}
		if do == nil || t.Before(at) || (t.Equal(at) && k < key) {
			at, key, do = t, k, fn
		}
	}
	for id, x := range s.st.Subs {
		t, fn := s.subDue(x)
		offer(t, "s"+id, fn)
	}
	for id, x := range s.st.Invoices {
		t, fn := s.invoiceDue(x)
		offer(t, "i"+id, fn)
	}
	for id, x := range s.st.Sessions {
		if x.Status == "open" {
			offer(x.ExpiresAt, "c"+id, func() { s.expireSession(x) })
		}
	}
	for id, x := range s.st.Takings {
		if x.Status == "open" {
			offer(x.ExpiresAt, "t"+id, func() { s.expireTaking(x) })
		}
	}
	for id, x := range s.st.Intents {
		offer(x.Settles, "p"+id, func() { s.settle(x) })
	}
	for id, x := range s.st.Backs {
		offer(x.Fails, "r"+id, func() { s.failBack(x) })
	}
	return at, do
}

// tickLoop lets things happen while the clock runs with real time.
func (s *Stand) tickLoop() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			s.mu.Lock()
			before := s.st.Seq
			s.advance(s.now())
			if s.st.Seq != before {
				s.kept()
			}
			s.mu.Unlock()
		}
	}
}
