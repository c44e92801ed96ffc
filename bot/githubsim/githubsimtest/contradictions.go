package githubsimtest

import "time"

// contradicted takes out of a payload what GitHub really sends and its newer description forbids: the times of an
// installation are numbers in webhooks, and strings in that description. Source: GitHub's own payload examples.
func contradicted(payload any) any {
	return rewrite(payload, func(name string, value any) any {
		installation, is := value.(map[string]any)
		if name != "installation" || !is || installation["created_at"] == nil {
			return value
		}
		for _, field := range []string{"created_at", "updated_at"} {
			installation[field] = time.Unix(0, 0).UTC().Format(time.RFC3339)
		}
		return installation
	})
}

// sinceThen takes out of a payload the fields that GitHub has added since its older, closed schema was written in
// December 2024; the newer description knows them.
func sinceThen(payload any) any {
	added := map[string]bool{
		"user_view_type": true, "notification_setting": true, "organization_id": true, "client_id": true,
		"rerequestable": true, "runs_rerequestable": true,
	}
	return rewrite(payload, func(name string, value any) any {
		if added[name] {
			return dropped{}
		}
		if team, is := value.(map[string]any); is && name == "requested_team" {
			delete(team, "type")
		}
		if teams, is := value.([]any); is && name == "requested_teams" {
			for _, team := range teams {
				delete(team.(map[string]any), "type")
			}
		}
		if review, is := value.(map[string]any); is && name == "review" {
			delete(review, "updated_at")
		}
		return value
	})
}

// dropped marks a field that is left out.
type dropped struct{}

// rewrite copies a JSON value with every field of every object run through change.
func rewrite(value any, change func(name string, value any) any) any {
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, field := range v {
			changed := change(name, rewrite(field, change))
			if _, out := changed.(dropped); !out {
				object[name] = changed
			}
		}
		return object
	case []any:
		list := make([]any, 0, len(v))
		for _, element := range v {
			list = append(list, rewrite(element, change))
		}
		return list
	}
	return value
}
