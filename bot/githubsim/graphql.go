package githubsim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/graphql"
	"github.com/vidimus-bot/vidimus/bot/githubsim/rest"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxQueryBytes bounds a GraphQL request.
const maxQueryBytes = 256 << 10

// maxNodes bounds what one connection answers. Source: GitHub docs, "Rate limits and node limits for the GraphQL API".
const maxNodes = 100

// serveGraphQL answers what REST does not know: when a review was last edited. Of GraphQL's schema there are node,
// nodes, repository.pullRequest.reviews, rateLimit, viewer, and the two mutations that make a pull request a draft or
// ready; everything else is an error in GraphQL's form.
func (s *Sim) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxQueryBytes+1))
	if err != nil || len(body) > maxQueryBytes {
		http.Error(w, fmt.Sprintf(`{"message":"the query is over %d bytes"}`, maxQueryBytes), http.StatusRequestEntityTooLarge)
		return
	}
	actor, status, answer := s.graphQL(r, body)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header()["X-GitHub-Media-Type"] = []string{"github.v4; format=json"}
	written, err := json.Marshal(answer)
	if err != nil {
		status, written = http.StatusInternalServerError, []byte(`{"message":"the answer could not be written"}`)
	}
	s.record(Exchange{
		Operation: "graphql", Method: r.Method, Path: r.URL.RequestURI(), Actor: actor.Name(), Status: status,
		RequestHeader: r.Header, RequestBody: body, ResponseHeader: w.Header(), ResponseBody: written,
	})
	w.WriteHeader(status)
	_, _ = w.Write(written) // a client that has gone away is no matter
}

// graphQL answers one request under the world's lock.
func (s *Sim) graphQL(r *http.Request, body []byte) (world.Actor, int, wire.Object) {
	s.world.Lock()
	defer s.world.Unlock()
	token := s.world.TokenOf(rest.Credentials(r.Header.Get("Authorization")))
	if token == nil {
		return world.Actor{}, http.StatusUnauthorized, wire.Object{"message": "Bad credentials", "documentation_url": "https://docs.github.com/graphql"}
	}
	q := query{Sim: s, actor: rest.ActorOf(token)}
	if token.Installation != nil && !world.Grants(token.Permissions, "pull_requests", "read") {
		return q.actor, http.StatusOK, wire.Object{"data": nil, "errors": []wire.Object{{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}}}
	}
	var request struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return q.actor, http.StatusBadRequest, wire.Object{"message": "Problems parsing JSON"}
	}
	operation, err := graphql.Parse(request.Query, request.Variables)
	if err != nil {
		q.fail("", err.Error(), nil)
		return q.actor, http.StatusOK, wire.Object{"errors": q.errors}
	}
	resolve := func() error {
		q.data = q.object(operation.Fields, "root", q.root(operation.Mutation))
		return q.refused
	}
	if operation.Mutation && token.Installation != nil && !world.Grants(token.Permissions, "pull_requests", "write") {
		return q.actor, http.StatusOK, wire.Object{"data": nil, "errors": []wire.Object{{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}}}
	}
	if operation.Mutation {
		_ = s.world.Write(resolve) // what is refused stands in the answer
	} else {
		_ = resolve()
	}
	answer := wire.Object{"data": q.data}
	if len(q.errors) > 0 {
		answer["errors"] = q.errors
	}
	return q.actor, http.StatusOK, answer
}

// query is one GraphQL request on its way.
type query struct {
	*Sim
	actor   world.Actor
	data    any
	errors  []wire.Object
	refused error
}

// resolver is the value of a field: given its arguments and selection.
type resolver func(graphql.Field) any

func (q *query) fail(kind, message string, path []string) {
	e := wire.Object{"message": message}
	if kind != "" {
		e["type"] = kind
	}
	if path != nil {
		e["path"] = path
	}
	q.errors = append(q.errors, e)
}

// object resolves the selected fields of a type.
func (q *query) object(selected []graphql.Field, kind string, fields map[string]resolver) wire.Object {
	o := wire.Object{}
	for _, f := range selected {
		if f.On != "" && f.On != kind && f.On != "Node" {
			continue
		}
		switch resolve := fields[f.Name]; {
		case f.Name == "__typename":
			o[f.Alias] = kind
		case resolve == nil:
			q.fail("undefinedField", fmt.Sprintf("Field '%s' doesn't exist on type '%s' here: the simulator knows only reviews", f.Name, kind), nil)
		default:
			o[f.Alias] = resolve(f)
		}
	}
	return o
}

func value(v any) resolver { return func(graphql.Field) any { return v } }

func (q *query) root(mutation bool) map[string]resolver {
	if mutation {
		return map[string]resolver{
			"markPullRequestReadyForReview": q.draftTo(false), "convertPullRequestToDraft": q.draftTo(true),
		}
	}
	return map[string]resolver{
		"node":       func(f graphql.Field) any { return q.node(f, f.Arguments["id"]) },
		"nodes":      q.nodes,
		"repository": q.repository,
		"viewer": func(f graphql.Field) any {
			return q.object(f.Selected, "User", map[string]resolver{"login": value(q.actor.Account.Login), "databaseId": value(q.actor.Account.ID)})
		},
		"rateLimit": func(f graphql.Field) any {
			return q.object(f.Selected, "RateLimit", map[string]resolver{
				"cost": value(1), "limit": value(q.config.RateLimit), "remaining": value(q.config.RateLimit), "resetAt": value(wire.Time(q.Now().Add(time.Hour))),
			})
		},
	}
}

func (q *query) nodes(f graphql.Field) any {
	ids, _ := f.Arguments["ids"].([]any)
	if len(ids) > maxNodes {
		q.fail("ARGUMENT_LIMIT", fmt.Sprintf("You may not provide more than %d node ids; you provided %d.", maxNodes, len(ids)), nil)
		return nil
	}
	found := []any{}
	for _, id := range ids {
		found = append(found, q.node(f, id))
	}
	return found
}

func (q *query) node(f graphql.Field, id any) any {
	text, _ := id.(string)
	kind, number, err := world.ParseNodeID(text)
	if err == nil {
		for _, r := range q.world.Repos() {
			if q.world.LevelOf(q.actor, r) == world.LevelNone {
				continue
			}
			if p, v := findNode(r, q.actor, kind, number); v != nil {
				return q.review(f, v)
			} else if p != nil {
				return q.pull(f, p)
			}
		}
	}
	q.fail("NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%s'.", text), []string{f.Alias})
	return nil
}

func findNode(r *world.Repo, actor world.Actor, kind string, id int64) (*world.Pull, *world.Review) {
	for _, p := range r.Pulls() {
		if kind == "PullRequest" && p.ID == id {
			return p, nil
		}
		if v := p.Review(actor, id); kind == "PullRequestReview" && v != nil {
			return p, v
		}
	}
	return nil, nil
}

func (q *query) repository(f graphql.Field) any {
	owner, _ := f.Arguments["owner"].(string)
	name, _ := f.Arguments["name"].(string)
	r := q.world.Repo(owner, name)
	if r == nil || q.world.LevelOf(q.actor, r) == world.LevelNone {
		q.fail("NOT_FOUND", fmt.Sprintf("Could not resolve to a Repository with the name '%s/%s'.", owner, name), []string{f.Alias})
		return nil
	}
	return q.object(f.Selected, "Repository", map[string]resolver{
		"id": value(world.NodeID("Repository", r.ID)), "databaseId": value(r.ID), "name": value(r.Name), "nameWithOwner": value(r.FullName()),
		"pullRequest": func(f graphql.Field) any {
			number, _ := f.Arguments["number"].(float64)
			p := r.Pull(int(number))
			if p == nil {
				q.fail("NOT_FOUND", fmt.Sprintf("Could not resolve to a PullRequest with the number of %v.", number), []string{f.Alias})
				return nil
			}
			return q.pull(f, p)
		},
	})
}

func (q *query) pull(f graphql.Field, p *world.Pull) any {
	state := map[bool]string{true: "OPEN", false: "CLOSED"}[p.Open()]
	if p.Merged {
		state = "MERGED"
	}
	return q.object(f.Selected, "PullRequest", map[string]resolver{
		"id": value(world.NodeID("PullRequest", p.ID)), "databaseId": value(p.ID), "number": value(p.Issue.Number), "title": value(p.Issue.Title),
		"state": value(state), "isDraft": value(p.Draft), "headRefOid": value(p.HeadSHA), "headRefName": value(p.Head), "baseRefName": value(p.Base),
		"reviews": func(f graphql.Field) any { return q.reviews(f, p.VisibleReviews(q.actor)) },
	})
}

// reviews is a connection; its cursors are the ids of the reviews.
func (q *query) reviews(f graphql.Field, all []*world.Review) any {
	total := len(all)
	if after, _ := f.Arguments["after"].(string); after != "" {
		at := slices.IndexFunc(all, func(v *world.Review) bool { return world.NodeID("PullRequestReview", v.ID) == after })
		all = all[at+1:]
	}
	first, hasFirst := f.Arguments["first"].(float64)
	last, hasLast := f.Arguments["last"].(float64)
	switch {
	case !hasFirst && !hasLast:
		q.fail("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the `reviews` connection.", []string{f.Alias})
		return nil
	case first > maxNodes || last > maxNodes || first < 0 || last < 0:
		q.fail("EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting more than %d records on the `reviews` connection exceeds the limit.", maxNodes), []string{f.Alias})
		return nil
	}
	more := false
	if hasFirst && int(first) < len(all) {
		all, more = all[:int(first)], true
	}
	if hasLast && int(last) < len(all) {
		all = all[len(all)-int(last):]
	}
	end := any(nil)
	if len(all) > 0 {
		end = world.NodeID("PullRequestReview", all[len(all)-1].ID)
	}
	return q.object(f.Selected, "PullRequestReviewConnection", map[string]resolver{
		"totalCount": value(total),
		"nodes":      func(f graphql.Field) any { return q.each(f, all) },
		"edges": func(f graphql.Field) any {
			edges := []any{}
			for _, v := range all {
				edges = append(edges, q.object(f.Selected, "PullRequestReviewEdge", map[string]resolver{
					"cursor": value(world.NodeID("PullRequestReview", v.ID)), "node": func(f graphql.Field) any { return q.review(f, v) },
				}))
			}
			return edges
		},
		"pageInfo": func(f graphql.Field) any {
			return q.object(f.Selected, "PageInfo", map[string]resolver{
				"hasNextPage": value(more), "endCursor": value(end), "hasPreviousPage": value(false), "startCursor": value(nil),
			})
		},
	})
}

func (q *query) each(f graphql.Field, all []*world.Review) []any {
	nodes := []any{}
	for _, v := range all {
		nodes = append(nodes, q.review(f, v))
	}
	return nodes
}

func (q *query) review(f graphql.Field, v *world.Review) any {
	updated := v.Submitted
	if !v.Edited.IsZero() {
		updated = v.Edited
	}
	return q.object(f.Selected, "PullRequestReview", map[string]resolver{
		"id": value(world.NodeID("PullRequestReview", v.ID)), "databaseId": value(v.ID), "fullDatabaseId": value(fmt.Sprint(v.ID)),
		"state": value(string(v.State)), "body": value(v.Body), "createdAt": value(wire.Time(v.Created)), "submittedAt": value(wire.Time(v.Submitted)),
		"updatedAt": value(wire.Time(updated)), "lastEditedAt": value(wire.Time(v.Edited)), "includesCreatedEdit": value(!v.Edited.IsZero()),
		"url": value(q.wire.Review(v)["html_url"]),
		"author": func(f graphql.Field) any {
			login := strings.TrimSuffix(v.User.Login, "[bot]")
			return q.object(f.Selected, string(v.User.Kind), map[string]resolver{"login": value(login), "databaseId": value(v.User.ID)})
		},
		"commit": func(f graphql.Field) any {
			return q.object(f.Selected, "Commit", map[string]resolver{"oid": value(v.CommitID)})
		},
		"pullRequest": func(f graphql.Field) any { return q.pull(f, v.Pull) },
	})
}

// draftTo is the mutation that makes a pull request a draft or ready for review.
func (q *query) draftTo(draft bool) resolver {
	return func(f graphql.Field) any {
		input, _ := f.Arguments["input"].(map[string]any)
		id, _ := input["pullRequestId"].(string)
		kind, number, _ := world.ParseNodeID(id)
		for _, r := range q.world.Repos() {
			p, _ := findNode(r, q.actor, kind, number)
			if p == nil || kind != "PullRequest" || q.world.LevelOf(q.actor, r) == world.LevelNone {
				continue
			}
			if q.refused = q.world.SetDraft(q.actor, p, draft); q.refused != nil {
				q.fail("FORBIDDEN", explain(q.refused), []string{f.Alias})
				return nil
			}
			return q.object(f.Selected, "Payload", map[string]resolver{
				"clientMutationId": value(input["clientMutationId"]), "pullRequest": func(f graphql.Field) any { return q.pull(f, p) },
			})
		}
		q.refused = world.NotFound()
		q.fail("NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%s'.", id), []string{f.Alias})
		return nil
	}
}
