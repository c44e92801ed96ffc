package decision_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// Which histories are played. One can be played again by its number, to see it.
var (
	historySeed  = flag.Uint64("histories.seed", seedFromEnvironment(), "seed of the random histories; VIDIMUS_SEED in the environment")
	historyCount = flag.Int("histories", 0, "number of random histories; 0 is 10,000, or fewer under the race detector and with -short")
	historySkip  = flag.String("histories.skip", "", "leave out histories whose script matches this expression")
	historyOne   = flag.Int("histories.one", -1, "play this history alone and show it")
)

// enough is how often each rule must decide.
const enough = 50

func seedFromEnvironment() uint64 {
	seed, err := strconv.ParseUint(os.Getenv("VIDIMUS_SEED"), 10, 64)
	if err != nil {
		return 20261124
	}
	return seed
}

// evaluated is what decision.Evaluate says, in the tally's words.
func evaluated(d decision.Decision) outcome {
	o := outcome{Conclusion: string(d.Conclusion)}
	for _, doc := range d.Documents {
		for _, r := range doc.Requirements {
			if r.Outcome == "signed" {
				o.Signatures = append(o.Signatures, counted{doc.Path, r.Role, r.Person, r.Review})
			}
		}
	}
	for _, s := range d.Signatures {
		if s.Counts {
			o.Valid = append(o.Valid, counted{s.Path, s.Role, s.Person, s.Review})
		}
	}
	for _, v := range d.Deviations {
		o.Deviations = append(o.Deviations, deviating{v.Path, string(v.How)})
	}
	return o.sorted()
}

// disagreement compares: the same conclusion, assignment and deviations; what is
// assigned counts, and what counts besides could at least fill a role.
func disagreement(want, got outcome) string {
	for _, list := range []*[]counted{&want.Signatures, &want.Valid, &got.Signatures, &got.Valid} {
		*list = slices.DeleteFunc(slices.Clone(*list), func(s counted) bool { return slices.Contains(want.Twice, s.Path) })
	}
	for _, s := range got.Signatures {
		if !slices.Contains(got.Valid, s) {
			return fmt.Sprintf("assigned, but does not count: %v", s)
		}
	}
	for _, s := range got.Valid {
		if !slices.Contains(want.Valid, s) {
			return fmt.Sprintf("counts, but cannot: %v", s)
		}
	}
	want.partial(want.Unmet)
	got.partial(want.Unmet)
	want.Valid, got.Valid, want.Unmet, want.Twice = nil, nil, nil, nil
	return gocmp.Diff(want, got, cmpopts.EquateEmpty())
}

// partial reduces the assignment of documents that lack signatures to the number
// of filled roles: LAW 3.5 records the first assignment that satisfies all rules,
// and of those that do not it says nothing.
func (o *outcome) partial(unmet []string) {
	filled := map[string]int64{}
	o.Signatures = slices.DeleteFunc(slices.Clone(o.Signatures), func(s counted) bool {
		lacks := slices.Contains(unmet, s.Path)
		if lacks {
			filled[s.Path]++
		}
		return lacks
	})
	for path, n := range filled {
		o.Signatures = append(o.Signatures, counted{Path: path, Role: "roles filled", Review: n})
	}
	*o = o.sorted()
}

// audience counts what histories showed. It is not safe for concurrent use.
type audience struct {
	histories   int
	conclusions map[string]int
	decided     map[string]int // by rule: the outcome would differ without it
	reasons     map[string]int // by rule: it was a reason, and nothing hung on it
	hows        map[string]int // by kind of deviation
	disagreed   []dispute
}

// dispute is a history about which tally and Evaluate disagree.
type dispute struct {
	length int // of the script
	text   string
}

func newAudience() *audience {
	return &audience{conclusions: map[string]int{}, decided: map[string]int{}, reasons: map[string]int{}, hows: map[string]int{}}
}

// watch plays one history and lets both judge.
func (a *audience) watch(c *clerk, p *play, n int) {
	s := p.h.Snapshot()
	want, why := c.take(s, "")
	if diff := disagreement(want, evaluated(decision.Evaluate(s))); diff != "" {
		text := fmt.Sprintf("history %d: the tally (-) and Evaluate (+) disagree:\n%s\n%s", n, diff, p)
		a.disagreed = append(a.disagreed, dispute{len(p.log), text})
	}
	a.histories++
	a.conclusions[want.Conclusion]++
	for _, d := range want.Deviations {
		a.hows[d.How]++
	}
	for rule := range why {
		if a.decided[rule] >= enough || a.hows[rule] > 0 || strings.HasPrefix(rule, "finding ") {
			continue // kinds of deviation are counted; findings are not the law's
		}
		if without, _ := c.take(s, rule); reflect.DeepEqual(want, without) {
			a.reasons[rule]++
		} else {
			a.decided[rule]++
		}
	}
}

func (a *audience) join(b *audience) {
	a.histories += b.histories
	a.disagreed = append(a.disagreed, b.disagreed...)
	for _, pair := range [][2]map[string]int{{a.conclusions, b.conclusions}, {a.decided, b.decided}, {a.reasons, b.reasons}, {a.hows, b.hows}} {
		for k, n := range pair[1] {
			pair[0][k] += n
		}
	}
}

// TestEvaluate_agreesWithTheNaiveTally plays random histories and lets both judge.
// "Decides" means that the tally says otherwise when the rule is left out.
func TestEvaluate_agreesWithTheNaiveTally(t *testing.T) {
	all := worlds()
	if *historyOne >= 0 {
		showOne(t, all)
		return
	}
	count, whole := *historyCount, false
	if count == 0 {
		count, whole = 10_000, true
		if raceDetector || testing.Short() {
			count, whole = 1_500, false
		}
	}
	t.Logf("seed %d, %d histories (-histories.seed, -histories, -histories.one)", *historySeed, count)
	a := playAll(all, count)
	t.Logf("conclusions: %v; deviations: %v", a.conclusions, a.hows)
	t.Log(a.table())
	for i, d := range a.disagreed { // the smallest cases first
		if i == 10 {
			t.Errorf("%d disagreements in all", len(a.disagreed))
			break
		}
		t.Error(d.text)
	}
	if whole && *historySkip == "" {
		a.check(t)
	}
}

// playAll divides the histories among the processors.
func playAll(all []world, count int) *audience {
	var skip *regexp.Regexp
	if *historySkip != "" {
		skip = regexp.MustCompile(*historySkip)
	}
	workers := runtime.GOMAXPROCS(0)
	parts := make([]*audience, workers)
	var wait sync.WaitGroup
	for w := range workers {
		parts[w] = newAudience()
		wait.Go(func() {
			c := newClerk()
			for n := w; n < count; n += workers {
				p := randomHistory(all, *historySeed, n)
				if skip == nil || !skip.MatchString(p.String()) {
					parts[w].watch(c, p, n)
				}
			}
		})
	}
	wait.Wait()
	sum := newAudience()
	for _, part := range parts {
		sum.join(part)
	}
	slices.SortFunc(sum.disagreed, func(a, b dispute) int {
		return cmp.Or(a.length-b.length, strings.Compare(a.text, b.text))
	})
	return sum
}

// table shows, for each rule, how many histories it decides (its count ends a
// little above enough for each processor) and of how many more it was a reason.
func (a *audience) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-34s %8s %8s %8s", "rule", "decides", "deviates", "reason")
	for _, rule := range mustDecide() {
		fmt.Fprintf(&b, "\n%-34s %8d %8d %8d", rule, a.decided[rule], a.hows[rule], a.reasons[rule])
	}
	return b.String()
}

// check holds the histories to their purpose: enough end signed, and each rule
// decides often enough to be believed.
func (a *audience) check(t *testing.T) {
	if signed := a.conclusions["success"]; signed*5 < a.histories {
		t.Errorf("%d of %d histories end signed, want at least a fifth", signed, a.histories)
	}
	for _, rule := range mustDecide() {
		if n := a.decided[rule] + a.hows[rule]; n < enough {
			t.Errorf("rule %q decides %d histories (and is a reason in %d more), want at least %d", rule, n, a.reasons[rule], enough)
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(a.reasons)) {
		if !slices.Contains(mustDecide(), rule) && a.hows[rule] == 0 {
			t.Errorf("rule %q is a reason and stands in no list of those that must decide", rule)
		}
	}
}

// mustDecide are the rules of LAW.md that the tally knows, by number or code.
func mustDecide() []string {
	return []string{
		"1.2 image changes document", "1.3 quoted",
		"2.1 rule of the base", "2.1 strictest", "2.2 signatories", "2.3 draft document", "2.4 self", "2.4 renewal", "2.4 revocation",
		"3.4 opener", "3.4 co-author", "3.4 renamed", "3.5 several roles",
		"4.1 merge contributes", "4.1 merge takes a side", "4.1 both sides changed it", "4.1 merge bases disagree", "4.2 vouched",
		"5.1 commit_id moved", "5.1 delivery stands", "5.2 approval-signs", "witness delivery", "witness seen", "witness statement",
		"6.1 objection ends approval", "6.1 dismissal ends approval", "6.2 kept after a push", "6.2 revived",
		"lifted by approval", "lifted by its author, delivery", "lifted by its author, timeline",
		"lifted by may-dismiss, delivery", "lifted by may-dismiss, timeline", "dismissed by a stranger", "dismissed, nobody knows by whom",
		"7.2 draft", "7.2 other branch",
		"8.1 not governed", "8.2 holds more", "8.2 two persons", "8.2 host's key", "8.3",
		"9.1 later review", "9.1 later edit", "9.1 later dismissal", "9.2 restored", "9.2 leaves",
		"SIG002", "SIG003", "SIG004", "SIG005", "SIG006 no line", "SIG006 malformed", "SIG006 digest", "SIG007", "SIG008 edit", "SIG008 dismissal",
		"SIG009", "SIG010", "SIG011", "SIG012", "SIG013", "MRG001", "CFG001 proposed", "CFG002",
		"direct-push", "bypass-merge", "edited-squash", "evil-merge", "withdrawn-before-merge", "configuration-missing", "ungoverned",
	}
}

// showOne plays one history and tells all of it.
func showOne(t *testing.T, all []world) {
	p := randomHistory(all, *historySeed, *historyOne)
	s := p.h.Snapshot()
	c := newClerk()
	want, why := c.take(s, "")
	d := decision.Evaluate(s)
	t.Logf("%s\ntally: %+v\nreasons: %v", p, want, slices.Sorted(maps.Keys(why)))
	t.Logf("Evaluate: %s, %s\nproblems %+v\nobjections %+v", d.Conclusion, d.State, d.Problems, d.Objections)
	for _, doc := range d.Documents {
		t.Logf("document %s signed=%v %+v", doc.Path, doc.Signed, doc.Requirements)
	}
	for _, g := range d.Signatures {
		t.Logf("signature %+v", g)
	}
	for _, k := range d.Commits {
		t.Logf("commit %+v", k)
	}
	for _, v := range d.Deviations {
		t.Logf("deviation %+v", v)
	}
	if diff := disagreement(want, evaluated(d)); diff != "" {
		t.Error(diff)
	}
}
