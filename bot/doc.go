// Package bot leads through Vidimus; it holds no code. Five folders read as the
// product's sentence, and a folder imports only those before it:
//
//	document    Markdown and front matter become typed documents, with findings
//	signature   who stands behind them: keys, commits, approvals
//	decision    facts in, decision out: is this change signed?
//	evidence    the record of it, in bytes that an auditor can verify offline
//	service     how it runs: GitHub, Git, database, network
//
// # One webhook
//
// Somebody approves a pull request. GitHub sends a delivery, and:
//
//  1. bot/service/server checks its HMAC and hands it over (webhook.go);
//  2. bot/service/store writes it into the inbox, with the wish to work on it, in
//     one transaction; only then GitHub gets its 202 (ingest.go);
//  3. bot/service/gate takes the repository's deliveries in order (gate.go). A
//     payload never decides, it testifies: what the review pointed at when it was
//     submitted becomes an observation (hint.go, witness.go);
//  4. it reads the state anew, pull request and reviews from GitHub, documents and
//     commits from a bare mirror (gather.go), into a facts.Snapshot (bot/decision/facts);
//  5. bot/decision evaluates it, without clock, network or disk (evaluate.go); the gate
//     remembers what it said of commits, so that each is verified once (verdicts.go);
//  6. bot/decision/report puts the decision into words (check.go);
//  7. bot/service/gate writes them into one check run, with the signed witnesses,
//     if the verdict is newer and other than the last (post.go).
//
// # One landing
//
// The pull request is merged. bot/service/publish compares what landed with what
// was signed, bot/evidence makes the record and the ledger's entry, and
// bot/service/gitstore commits them to the evidence branch, signed.
//
// # One review page
//
// bot/service/server signs a person in (signin.go) and asks whether they may read
// the repository (review.go); bot/service/gate looks at the case without writing
// (look.go), and bot/service/reviewpage makes the page of the same decision.
//
// # One check on a laptop
//
// cmd/vidimus/check.go reads a folder, bot/document parses each file once,
// bot/document/control judges the set at a date, bot/decision/governance the
// configuration and keys, and the findings are printed at their lines: the same
// findings as in the App, from the same code.
package bot
