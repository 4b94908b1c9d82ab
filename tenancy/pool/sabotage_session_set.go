//go:build sabotage_session_set

// A session is used as the agency before has left it.

package pool

func theirs(s *seat, _ Tenant) bool { return s.tenant != Tenant{} }
