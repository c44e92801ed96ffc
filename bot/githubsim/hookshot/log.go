package hookshot

// Page is a part of a hook's log, newest first.
type Page struct {
	Deliveries []Delivery
	// Older and Newer are the ids at which the neighbouring pages begin, 0 where there is none.
	Older int64
	Newer int64
}

// Delivery finds the log entry id, unless it is older than Retention.
func (h *Hook) Delivery(id int64) (Delivery, bool) {
	for _, d := range h.Log() {
		if d.ID == id {
			return d, true
		}
	}
	return Delivery{}, false
}

// Log is the whole log within Retention, oldest first.
func (h *Hook) Log() []Delivery {
	now := h.around.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	from := 0
	for from < len(h.log) && now.Sub(h.log[from].DeliveredAt) > Retention {
		from++
	}
	return append([]Delivery(nil), h.log[from:]...)
}

// Page cuts size entries out of the log, newest first, beginning at the entry with the id cursor; cursor 0 begins at
// the newest.
func (h *Hook) Page(cursor int64, size int) Page {
	log := h.Log()
	newestFirst := make([]Delivery, 0, len(log))
	for i := len(log) - 1; i >= 0; i-- {
		newestFirst = append(newestFirst, log[i])
	}
	start := 0
	for cursor != 0 && start < len(newestFirst) && newestFirst[start].ID > cursor {
		start++
	}
	end := min(start+size, len(newestFirst))
	page := Page{Deliveries: newestFirst[start:end]}
	if end < len(newestFirst) {
		page.Older = newestFirst[end].ID
	}
	if start > 0 {
		page.Newer = newestFirst[max(0, start-size)].ID
	}
	return page
}
