//go:build sabotage_live_room

// Notes go to the open pages of all agencies.

package live

func (h *Hub) Send(n Note) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, streams := range h.streams {
		for s := range streams {
			select {
			case s.notes <- n:
			default:
			}
		}
	}
}
