package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// FuzzWebhook sends signed bodies. Laws: what is stored is the body, byte for
// byte, with ids and words within bounds; blanks between JSON's tokens change
// nothing; nothing else than JSON objects is stored.
func FuzzWebhook(f *testing.F) {
	for _, event := range []string{"push", "installation", "check_run", "ping"} {
		f.Add(event, pull)
	}
	f.Add("push", ` { "repository" : { "id" : 1 } , "installation" : null } `)
	f.Add("push", `{"repository":{"id":1},"repository":{"id":2}}`)
	f.Add("check_suite", `{"action":"rerequested","repository":{"ID":3}}`)
	f.Add("installation", `{"action":"deleted","installation":{"id":9223372036854775807}}`)
	f.Add("push", `{"repository":{"id":1e0}}`)
	f.Add("push", "{\"repository\":{\"id\":1},\"x\":\"\xff\u2028\"}")
	f.Fuzz(func(t *testing.T, event, body string) {
		store := &fakeStore{}
		w := serve(newServer(store), webhook(event, body))
		if w.Code != http.StatusAccepted && w.Code != http.StatusBadRequest {
			t.Fatalf("status %d, want 202 or 400", w.Code)
		}
		kept := store.deliveries()
		if len(kept) == 0 {
			return
		}
		d := kept[0]
		if string(d.Payload) != body || d.Event != event {
			t.Errorf("stored %s %q, want %s %q", d.Event, d.Payload, event, body)
		}
		if d.RepositoryID < 0 || d.InstallationID < 0 || d.RepositoryID == 0 && !strings.HasPrefix(event, "installation") {
			t.Errorf("stored for repository %d, installation %d", d.RepositoryID, d.InstallationID)
		}
		if strings.Trim(d.Action, "_abcdefghijklmnopqrstuvwxyz") != "" || len(d.Action) > 64 {
			t.Errorf("stored action %q", d.Action)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(body)); err != nil || !strings.HasPrefix(compact.String(), "{") {
			t.Fatalf("stored what is no JSON object: %q", body)
		}
		again := &fakeStore{}
		serve(newServer(again), webhook(event, compact.String()))
		if k := again.deliveries(); len(k) != 1 || k[0].RepositoryID != d.RepositoryID || k[0].Action != d.Action {
			t.Errorf("without blanks: %+v, want the same as %+v", k, d)
		}
	})
}
