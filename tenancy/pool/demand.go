package pool

// demandAge is after how many requests of a desk its demand halves: long enough to tell the busy tenants of a shard apart,
// and short enough to follow a morning that moves from one time zone to the next.
const demandAge = 4096

// demand is how often each tenant was asked for of late. What was asked for earlier counts half as much with every demandAge
// requests, and is forgotten in the end: it holds no more tenants than were asked for in the last few of these.
type demand struct {
	asked map[Tenant]uint32
	since int // requests since it was halved
}

func (d *demand) note(t Tenant) {
	if d.asked == nil {
		d.asked = map[Tenant]uint32{}
	}
	d.asked[t]++
	if d.since++; d.since < demandAge {
		return
	}
	d.since = 0
	for t, n := range d.asked {
		if n /= 2; n == 0 {
			delete(d.asked, t)
		} else {
			d.asked[t] = n
		}
	}
}

// of is zero for a tenant that nobody asks for, and for the session that is nobody's.
func (d *demand) of(t Tenant) uint32 { return d.asked[t] }
