package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// states gives, for the root and each commit after it up to the tip, the object ids of .vidimus.yml and
// keys/ in one text: commits with the same text have the same configuration and keys.
func (r commitRepository) states(ctx context.Context, root, tip string) (map[string]string, error) {
	list, err := r.stream(ctx, nil, "rev-list", "^"+root, tip)
	if err != nil {
		return nil, err
	}
	ids := append(strings.Fields(string(list)), root)
	var questions bytes.Buffer
	for _, id := range ids {
		fmt.Fprintf(&questions, "%s:%s\n%s:keys\n", id, configurationPath, id)
	}
	answers, err := r.stream(ctx, &questions, "cat-file", "--batch-check=%(objectname)", "--buffer")
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(answers))
	states := make(map[string]string, len(ids))
	for _, id := range ids {
		var parts [2]string
		for i := range parts {
			if !lines.Scan() {
				return nil, fmt.Errorf("read state of %s: git cat-file said nothing", id)
			}
			if parts[i] = lines.Text(); strings.HasSuffix(parts[i], " missing") {
				parts[i] = "-"
			}
		}
		states[id] = parts[0] + " " + parts[1]
	}
	return states, nil
}

// maxStates bounds what git may list of a history: ten million commits.
const maxStates = 1 << 30

// stream runs a git command whose output grows with the history.
func (r commitRepository) stream(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	c := r.command(ctx, args...)
	c.Stdin = stdin
	var talk boundedBuffer
	c.Stderr = &talk
	pipe, err := c.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("connect to git: %w", err)
	}
	if err := c.Start(); err != nil {
		return nil, r.failed(args[0], err, "")
	}
	out, readErr := io.ReadAll(io.LimitReader(pipe, maxStates+1))
	if err := c.Wait(); err != nil {
		return nil, r.failed(args[0], err, talk.String())
	}
	if readErr != nil || len(out) > maxStates {
		return nil, fmt.Errorf("git %s in %s: it says more than %d bytes", args[0], r.dir, maxStates)
	}
	return out, nil
}

// landed gives the commits that the ledger records as landed with signed content, and in no deviation.
// The ledger is that of the evidence branch; keyFile holds the key that must have signed it, "" for that
// of the trust root. Without a branch or a key there are none.
func (r commitRepository) landed(ctx context.Context, branch, root, keyFile string) (map[string]bool, error) {
	tip, err := r.resolve(ctx, "refs/heads/"+branch)
	if err != nil {
		tip, err = r.resolve(ctx, "refs/remotes/origin/"+branch)
	}
	if err != nil {
		return map[string]bool{}, nil // no ledger, so it names nothing
	}
	dir, err := r.output(ctx, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return nil, err
	}
	repository, err := gitstore.OpenRepository(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository for its ledger: %w", err)
	}
	files, err := repository.FS(tip)
	if err != nil {
		return nil, fmt.Errorf("read branch %s: %w", branch, err)
	}
	ledger, err := evidence.Open(files)
	if err != nil {
		return nil, fmt.Errorf("read ledger of branch %s: %w", branch, err)
	}
	key, known, err := ledgerKey(repository, root, keyFile)
	if err != nil || !known {
		return map[string]bool{}, err
	}
	if err := ledger.VerifySignatures(key, 0); err != nil {
		return nil, fmt.Errorf("verify ledger of branch %s: %w", branch, err)
	}
	return landedCommits(ledger)
}

// ledgerKey reads the key that signs the ledger: from a file, or from keys/vidimus.asc of the trust root,
// where it may be missing.
func ledgerKey(repository *gitstore.Mirror, root, keyFile string) (keys evidence.Keys, known bool, err error) {
	var data []byte
	if keyFile != "" {
		data, err = readBounded(keyFile, keyring.MaxFile)
	} else {
		var files fs.FS
		if files, err = repository.FS(root); err == nil {
			keyFile = "keys/" + keyring.BotSlug + ".asc"
			data, err = fs.ReadFile(files, keyFile)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return evidence.Keys{}, false, nil
		}
	}
	if err != nil {
		return evidence.Keys{}, false, fmt.Errorf("read key of the ledger: %w", err)
	}
	if keys, err = evidence.ReadKeys(data); err != nil {
		return evidence.Keys{}, false, fmt.Errorf("read key of the ledger in %s: %w", keyFile, err)
	}
	return keys, true, nil
}

// landedCommits collects the commits of signed landings and takes away those of deviations.
func landedCommits(ledger *evidence.Ledger) (map[string]bool, error) {
	signed, deviating := map[string]bool{}, map[string]bool{}
	for _, entry := range ledger.Entries() {
		record, err := ledger.Record(entry.Number)
		if err != nil {
			return nil, fmt.Errorf("read record %d: %w", entry.Number, err)
		}
		for _, name := range record.Statements() {
			statement, err := record.Statement(name)
			if err != nil {
				return nil, fmt.Errorf("read record %d: %w", entry.Number, err)
			}
			collectLanded(statement, signed, deviating)
		}
	}
	for id := range deviating {
		delete(signed, id)
	}
	return signed, nil
}

// collectLanded notes the commits of one statement about a landing.
func collectLanded(statement evidence.Statement, signed, deviating map[string]bool) {
	into, landed := signed, evidence.Landed{}
	switch predicate := statement.Predicate.(type) {
	case evidence.DocumentVersion:
		landed = predicate.Landed
	case evidence.Deviation:
		into, landed = deviating, predicate.Landed
	default:
		return
	}
	for _, commit := range landed.Commits {
		into[commit.Digest.GitCommit] = true
	}
}
