package pool

import "testing"

// What was asked for long ago counts for little and is forgotten, or a busy tenant of last month would hold its sessions.
func TestDemandFades(t *testing.T) {
	t.Parallel()
	var d demand
	for range demandAge - 1 {
		d.note(tenant(1))
	}
	if got := d.of(tenant(1)); got != demandAge-1 {
		t.Fatalf("asked for %d times, want %d", got, demandAge-1)
	}
	for range demandAge {
		d.note(tenant(2))
	}
	if old, now := d.of(tenant(1)), d.of(tenant(2)); old >= now {
		t.Errorf("a tenant nobody asks for any more counts %d, the one all ask for %d", old, now)
	}
	for range 14 * demandAge {
		d.note(tenant(2))
	}
	if _, there := d.asked[tenant(1)]; there {
		t.Errorf("a tenant that was not asked for since 14 halvings counts %d, want forgotten", d.of(tenant(1)))
	}
	if got := d.of(Tenant{}); got != 0 {
		t.Errorf("nobody's session is asked for %d times", got)
	}
}
