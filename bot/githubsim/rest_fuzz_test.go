package githubsim_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
	"github.com/vidimus-bot/vidimus/bot/githubsim/rest"
)

// FuzzREST sends any body to any operation: no request may make the simulator fail, and every answer must have the form
// that GitHub describes, which the suite checks.
func FuzzREST(f *testing.F) {
	operations := rest.Operations()
	for i := range operations {
		f.Add(uint(i), `{}`, "x=1")
		f.Add(uint(i), `{"title":"t","body":null,"labels":[{}],"event":"APPROVE","sha":"`+strings.Repeat("0", 40)+`","name":"n","content":"eA==","tree":[{}]}`, "page=-1&per_page=1e9")
	}
	f.Add(uint(0), `[`, "%zz")
	f.Add(uint(3), `{"a":`+strings.Repeat("[", 10_000), "sha=%00&path=../..")
	sim := githubsimtest.Start(f)
	olga, _ := sim.User("olga")
	for _, name := range []string{"r", "s"} {
		if _, err := sim.CreateRepository(githubsim.NewRepository{Owner: "olga", Name: name, AutoInit: name == "r"}); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, index uint, body, query string) {
		o := operations[index%uint(len(operations))]
		path := strings.NewReplacer(
			"{owner}", "olga", "{repo}", "r", "{number}", "1", "{org}", "olga", "{login}", "olga", "{account}", "olga", "{branch...}", "main",
			"{ref...}", "main", "{ref}", "main", "{path...}", "README.md", "{basehead...}", "main...main", "{id...}", "main",
		).Replace(o.Pattern)
		s := &site{Sim: sim, t: nil}
		status, text := s.try(olga.Token, o.Method, path+"?"+query, body)
		if status >= 500 && status != 501 {
			t.Errorf("%s %s?%s %q = %d %s", o.Method, path, query, body, status, text)
		}
	})
}
