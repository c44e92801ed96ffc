// Package server is what the outside reaches of Vidimus: the webhook, the review page
// with its sign-in, health and metrics.
//
//	POST /webhook   GitHub's deliveries
//	GET  /healthz   200 while the database takes writes, else 503
//	GET  /metrics   counters and the state of the queue, in Prometheus' text format
//	GET  /review/…  the review page, if people can sign in (EnableReview)
//
// A delivery is believed after its HMAC, read into a small struct, and handed to
// the store; it is acknowledged (202) only after it is on disk. Whatever goes
// wrong shows in the App's delivery log at GitHub: 401 forged, 413 too large, 400
// and 415 unreadable, 503 not stored. Nothing is decided here, and no body, key or
// secret is ever logged.
package server
