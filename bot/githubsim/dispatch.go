package githubsim

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// dispatch queues the webhook of an event for every App that learns of it. The payload is written here, while the
// world's lock is held: it shows the state that the event left. Queueing waits for nobody.
func (s *Sim) dispatch(e world.Event) {
	if e.Repo == nil {
		s.deliver(e.To, e.Installation, e)
		return
	}
	for _, i := range s.world.Installations(e.To) {
		if i.Covers(e.Repo) && learns(i.App, e) {
			s.deliver(i.App, i, e)
		}
	}
}

// learns reports whether the App gets the event: it has subscribed, or it may write checks and the event is about them.
// Source: GitHub docs, "Webhook events and payloads", check_run and check_suite.
func learns(app *world.App, e world.Event) bool {
	if e.Name == "check_run" || e.Name == "check_suite" {
		return world.Grants(app.Permissions, "checks", "write")
	}
	return slices.Contains(app.Events, e.Name) || slices.Contains(app.Events, "*")
}

func (s *Sim) deliver(app *world.App, installation *world.Installation, e world.Event) {
	hook := s.hookOf(app)
	if hook == nil {
		return
	}
	payload, err := s.wire.Payload(e, installation)
	if err != nil {
		s.config.Log.Error("webhook not sent", "event", e.Name, "app", app.Slug, "err", err)
		return
	}
	message := hookshot.Message{Event: e.Name, Action: e.Action, Payload: payload}
	if installation != nil {
		message.InstallationID = installation.ID
	}
	if e.Repo != nil {
		message.RepositoryID = e.Repo.ID
	}
	guid := hook.Enqueue(message)
	if s.config.ObserveHook != nil {
		s.config.ObserveHook(HookEvent{App: app.Slug, GUID: guid, Event: e.Name, Action: e.Action, Payload: payload})
	}
}
