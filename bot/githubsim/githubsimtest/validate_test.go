package githubsimtest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// TestDescriptions_failOnWhatDoesNotFit makes sure that the checks of this package can fail: each answer has one fault.
func TestDescriptions_failOnWhatDoesNotFit(t *testing.T) {
	d, err := load()
	if IsAbsent(err) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	json := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	label := `[{"id":1,"node_id":"x","url":"http://h/x","name":"n","color":"ffffff","default":false,"description":null}]`
	for name, test := range map[string]struct {
		exchange githubsim.Exchange
		want     string
	}{
		"good":              {githubsim.Exchange{Operation: "issues/list-labels-on-issue", Status: 200, ResponseHeader: json, ResponseBody: []byte(label)}, ""},
		"field is missing":  {githubsim.Exchange{Operation: "issues/list-labels-on-issue", Status: 200, ResponseHeader: json, ResponseBody: []byte(strings.Replace(label, `"name":"n",`, "", 1))}, "name"},
		"wrong type":        {githubsim.Exchange{Operation: "issues/list-labels-on-issue", Status: 200, ResponseHeader: json, ResponseBody: []byte(strings.Replace(label, `"id":1`, `"id":"1"`, 1))}, "id"},
		"unknown operation": {githubsim.Exchange{Operation: "issues/love", Status: 200, ResponseHeader: json, ResponseBody: []byte(`{}`)}, "no operation"},
		"unknown status":    {githubsim.Exchange{Operation: "issues/list-labels-on-issue", Status: 203, ResponseHeader: json, ResponseBody: []byte(label)}, "no status 203"},
		"unexpected body":   {githubsim.Exchange{Operation: "issues/delete-comment", Status: 204, ResponseHeader: json, ResponseBody: []byte(`{}`)}, "no body"},
		"no JSON":           {githubsim.Exchange{Operation: "issues/list-labels-on-issue", Status: 200, ResponseHeader: json, ResponseBody: []byte(`<`)}, "not JSON"},
		"wrong media":       {githubsim.Exchange{Operation: "issues/list-labels-on-issue", Status: 200, ResponseHeader: http.Header{"Content-Type": {"text/html"}}, ResponseBody: []byte(`x`)}, "media type"},
		"304 with a body":   {githubsim.Exchange{Operation: "issues/list-labels-on-issue", Status: 304, ResponseBody: []byte(`x`)}, "304"},
		"redirect nowhere":  {githubsim.Exchange{Operation: "pulls/create", Status: 307, ResponseHeader: json, ResponseBody: []byte(`{"message":"m","url":"u"}`)}, "same Location"},
		"error of no form":  {githubsim.Exchange{Operation: "issues/get", Status: 418, ResponseHeader: json, ResponseBody: []byte(`{"message":7}`)}, "message"},
		"success of nobody": {githubsim.Exchange{Status: 200, ResponseHeader: json, ResponseBody: []byte(`{}`)}, "no operation"},
	} {
		t.Run(name, func(t *testing.T) {
			err := d.Answer(test.exchange)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("Answer = %v, want %q", err, test.want)
			}
		})
	}
	for name, test := range map[string]struct {
		hook githubsim.HookEvent
		want string
	}{
		"unknown event":    {githubsim.HookEvent{Event: "love", Payload: []byte(`{}`)}, "know no webhook love"},
		"unknown action":   {githubsim.HookEvent{Event: "issues", Action: "loved", Payload: []byte(`{}`)}, "know no webhook issues/loved"},
		"fields missing":   {githubsim.HookEvent{Event: "push", Payload: []byte(`{"ref":"refs/heads/main"}`)}, "missing"},
		"no JSON":          {githubsim.HookEvent{Event: "push", Payload: []byte(`<`)}, "push"},
		"only older knows": {githubsim.HookEvent{Event: "issues", Action: "opened", Payload: []byte(`{"action":"opened"}`)}, "JSON schema"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := d.Hook(test.hook); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Hook = %v, want %q", err, test.want)
			}
		})
	}
}
