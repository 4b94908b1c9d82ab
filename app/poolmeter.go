package app

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bureauhq/bureau/tenancy"
)

// poolCollector shows how the agencies' pools stand, by placement and shard.
type poolCollector struct{ pools func() []tenancy.PoolStats }

func poolDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("bureau_pool_"+name, help, append([]string{"placement", "shard"}, labels...), nil)
}

var (
	poolCheckouts   = poolDesc("checkouts_total", "Connections handed out, by how they knew the agency: hit (it was theirs), warm (served it before), cold (met it), opened.", "kind")
	poolWaits       = poolDesc("waits_total", "Checkouts that had to wait, by how that ended.", "end")
	poolHopes       = poolDesc("hopes_total", "Checkouts that waited a moment for a busy connection which knew the agency, by how that ended: granted, in_vain.", "end")
	poolWaited      = poolDesc("waited_seconds_total", "Time spent waiting for a connection.")
	poolClosed      = poolDesc("closed_total", "Connections closed, by reason: recycled (met its budget of agencies), aged, tainted (a statement was refused), broken.", "reason")
	poolConnections = poolDesc("connections", "Open connections.", "state")
	poolQueue       = poolDesc("queue", "Checkouts that wait now.")
	poolMet         = poolDesc("met_agencies", "Agencies that the open connections have met, all together.")
	poolMost        = poolDesc("met_agencies_max", "Agencies that one connection has met, the most of all.")
)

// Describe implements prometheus.Collector.
func (poolCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolCheckouts, poolWaits, poolHopes, poolWaited, poolClosed, poolConnections, poolQueue, poolMet, poolMost} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c poolCollector) Collect(out chan<- prometheus.Metric) {
	for _, s := range c.pools() {
		shard := strconv.Itoa(s.Shard)
		total := func(d *prometheus.Desc, v float64, labels ...string) {
			out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, append([]string{s.Placement, shard}, labels...)...)
		}
		now := func(d *prometheus.Desc, v int, labels ...string) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), append([]string{s.Placement, shard}, labels...)...)
		}
		total(poolCheckouts, float64(s.Hits), "hit")
		total(poolCheckouts, float64(s.Warm), "warm")
		total(poolCheckouts, float64(s.Cold), "cold")
		total(poolCheckouts, float64(s.Opened), "opened")
		total(poolWaits, float64(s.Waits-s.TimedOut), "served")
		total(poolWaits, float64(s.TimedOut), "gave_up")
		total(poolHopes, float64(s.Hoped-s.InVain), "granted")
		total(poolHopes, float64(s.InVain), "in_vain")
		total(poolWaited, s.Waited.Seconds())
		total(poolClosed, float64(s.Recycled), "recycled")
		total(poolClosed, float64(s.Aged), "aged")
		total(poolClosed, float64(s.Tainted), "tainted")
		total(poolClosed, float64(s.Broken), "broken")
		now(poolConnections, s.Idle, "idle")
		now(poolConnections, s.Open-s.Idle, "in_use")
		now(poolQueue, s.Queue)
		now(poolMet, s.Tenants)
		now(poolMost, s.MostTenants)
	}
}
