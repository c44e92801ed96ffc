package store_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/service/store"
	"github.com/vidimus-bot/vidimus/bot/service/store/storetest"
)

func TestSQLite_passesTheSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		dir := t.TempDir()
		return func(config store.Config) (*store.Store, error) {
			config.Dir = dir
			return store.Open(t.Context(), config)
		}
	})
}
