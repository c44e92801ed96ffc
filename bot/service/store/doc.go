// Package store is the only place that knows SQL and River: the inbox of
// webhook deliveries, the two jobs of each repository, and a cache of what
// GitHub and the ledger hold. Deliveries, wishes and small plain structs go in
// and come out; no SQL and no River type leaves the package.
//
// # Nothing acknowledged is lost
//
// Ingest writes the delivery and the wish to work on it in one transaction and
// returns after the commit; only then may the caller answer GitHub. Two jobs per
// repository, drain and publish, are unique by its numeric id: each runs at most
// once at a time, so deliveries of one repository are worked in the order in
// which they came, while repositories run side by side, and a long publication
// never holds a verdict back.
//
// Uniqueness alone loses wake-ups: a delivery that comes while the job is about
// to end finds a job and inserts none. So the row of the table subject is locked
// by both sides, and the job ends only in a transaction that has looked again
// (settle). A sweep every minute is the second net.
//
// # What fails
//
// The worker's outside effects happen at least once: each needs an idempotency
// key. What it writes here (Commit) happens in one transaction with the mark
// that its deliveries are done. A delivery that fails waits on its own, alone,
// longer each time, and is set aside as dead after Retry.Attempts; the rest of
// the repository goes on. Dead deliveries stay until somebody revives them.
//
// # A cache
//
// Deleting the database is harmless: witnesses and verdict numbers stand in
// check runs and in the ledger, deliveries in GitHub's log. The package never
// decides anything from a payload, and never talks to GitHub.
package store
