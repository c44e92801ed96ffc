package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// RecordedWeb is the address of the repository's pages as the founding names host and repository;
// "" if it does not.
func RecordedWeb(l *evidence.Ledger) (string, error) {
	r, err := l.Record(1)
	if err != nil {
		return "", fmt.Errorf("read record 1: %w", err)
	}
	f, _, ok, err := r.Decision()
	if err != nil {
		return "", fmt.Errorf("read record 1: %w", err)
	}
	if !ok {
		return "", nil
	}
	scheme := "https://"
	if host, _, _ := strings.Cut(f.Repository.Host, ":"); host == "127.0.0.1" || host == "localhost" {
		scheme = "http://" // the embedded GitHub
	}
	return scheme + f.Repository.Host + "/" + f.Repository.Name, nil
}
