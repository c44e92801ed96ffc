package rest

import (
	"net/url"
	"strconv"
	"strings"
)

// route is one operation of the API.
type route struct {
	operation string // GitHub's operationId
	method    string
	// pattern is the path below Prefix. {name} takes one segment, {name...} one or more.
	pattern string
	// need is who may ask. "any": everybody. "user": a user's token. "jwt": an App's JWT. "installation": an
	// installation token. Everything else are permissions of an installation token, which users and, for reading
	// public things, nobody at all pass by: "checks:write", "issues:read|pull_requests:read" for either,
	// "members:read,administration:write" for both.
	need   string
	handle func(*call) (answer, error)

	segments []string
}

func routes() []route {
	var all []route
	for _, part := range [][]route{
		metaRoutes(), appRoutes(), userRoutes(), orgRoutes(), teamRoutes(), repoRoutes(), branchRoutes(), commitRoutes(), contentRoutes(),
		gitRoutes(), refRoutes(), checkRoutes(), suiteRoutes(), statusRoutes(), pullRoutes(), reviewRoutes(), issueRoutes(), commentRoutes(), absentRoutes(),
	} {
		all = append(all, part...)
	}
	for i := range all {
		all[i].segments = strings.Split(strings.TrimPrefix(all[i].pattern, "/"), "/")
	}
	return all
}

// find is the first route that the path fits, with its parameters unescaped; nil for none.
func find(routes []route, method string, path []string) (*route, map[string]string) {
	for i := range routes {
		if routes[i].method != method {
			continue
		}
		params := map[string]string{}
		if fits(routes[i].segments, path, params) {
			return &routes[i], params
		}
	}
	return nil, nil
}

// fits matches a pattern with a path and collects the parameters. A {name...} takes as few segments as will do.
func fits(pattern, path []string, params map[string]string) bool {
	if len(pattern) == 0 {
		return len(path) == 0
	}
	name, isParam := strings.CutPrefix(pattern[0], "{")
	name, many := strings.CutSuffix(strings.TrimSuffix(name, "}"), "...")
	switch {
	case len(path) == 0:
		return false
	case !isParam:
		return path[0] == pattern[0] && fits(pattern[1:], path[1:], params)
	}
	most := 1
	if many {
		most = len(path)
	}
	for n := 1; n <= most; n++ {
		value, err := url.PathUnescape(strings.Join(path[:n], "/"))
		if err != nil || value == "" || path[n-1] == "" {
			return false
		}
		if fits(pattern[1:], path[n:], params) {
			params[name] = value
			return true
		}
	}
	return false
}

// parseID reads a positive number; 0 is none.
func parseID(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// id reads a parameter that is a number; 0 is none.
func (c *call) id(name string) int64 { return parseID(c.params[name]) }

// Operation is one operation that the API has, for tables and tests.
type Operation struct {
	ID      string // GitHub's operationId
	Method  string
	Pattern string // the path below Prefix
	// Need is who may ask, in the words of package rest's routes: "any", "user", "jwt", "installation" or permissions.
	Need string
}

// Operations lists the operations that the API answers, in the order of its routes. Those that it knows only to say
// that they are not simulated are left out.
func Operations() []Operation {
	var all []Operation
	for _, r := range routes() {
		if r.operation != "" {
			all = append(all, Operation{ID: r.operation, Method: r.method, Pattern: r.pattern, Need: r.need})
		}
	}
	return all
}
