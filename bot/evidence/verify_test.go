package evidence_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// blocks are the shell blocks of a VERIFY.md by the step to which they belong, as an
// auditor pastes them, one after the other, into one shell.
func blocks(t *testing.T, verify string) [5]string {
	t.Helper()
	var steps [5]string
	parts := regexp.MustCompile(`(?m)^## `).Split(verify, -1)
	if len(parts) < 7 {
		t.Fatalf("VERIFY.md has %d parts", len(parts))
	}
	for i, part := range parts[1:6] {
		for _, m := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(part, -1) {
			steps[i] += m[1]
		}
	}
	return steps
}

// script is the blocks of the given steps, after those of step 0.
func script(t *testing.T, verify, steps string) string {
	t.Helper()
	text := ""
	for i, step := range blocks(t, verify) {
		if i == 0 || strings.Contains(steps, fmt.Sprint(i)) {
			text += step
		}
	}
	return text
}

// runVerify runs the blocks of the folder's own VERIFY.md as its reader would, with
// nothing but a PATH, an empty home and the fingerprint.
func runVerify(t *testing.T, shell, folder, script, fingerprint string) string {
	t.Helper()
	home := t.TempDir()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, shell)
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(script)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + home, "FPR=" + fingerprint, "TMPDIR=" + os.TempDir()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", shell, err, out)
	}
	return string(out)
}

var resultLine = regexp.MustCompile(`(?m)^(ok|FINDING) ([0-4])\b.*$`)

// results are "ok" or "FINDING" by the number of the step.
func results(t *testing.T, out string) [5]string {
	t.Helper()
	var got [5]string
	lines := resultLine.FindAllStringSubmatch(out, -1)
	for _, m := range lines {
		got[m[2][0]-'0'] += m[1]
	}
	if len(lines) == 0 {
		t.Errorf("no result line:\n%s", out)
	}
	return got
}

// needShells skips where a tool of VERIFY.md's reader is missing.
func needShells(t *testing.T) {
	t.Helper()
	evidencetest.Need(t, "gpg", "git", "dash", "bash", "ssh-keygen", "sha256sum")
}

// verdicts runs steps of VERIFY.md over a bundle's files and gives the results.
func verdicts(t *testing.T, shell, steps string, files map[string][]byte, fingerprint string) ([5]string, string) {
	t.Helper()
	folder := t.TempDir()
	evidencetest.WriteFolder(folder, files)
	out := runVerify(t, shell, folder, script(t, string(files["VERIFY.md"]), steps), fingerprint)
	return results(t, out), out
}

func allOK() [5]string { return [5]string{"ok", "ok", "ok", "ok", "ok"} }

func TestVerifyText_passesAsWritten(t *testing.T) {
	needShells(t)
	t.Parallel()
	founded := evidencetest.New(".")
	founded.Found()
	published := evidencetest.New(".")
	published.Found()
	published.PublishPolicy()
	for name, c := range map[string]struct {
		shell string
		world *evidencetest.World
	}{
		"a whole story":              {"/bin/bash", evidencetest.Story(".")},
		"a folder in a monorepo":     {"/bin/dash", evidencetest.Story("governance/the cloud")},
		"the founding alone":         {"/bin/dash", founded},
		"no deviation":               {"/bin/dash", published},
		"commits without net change": {"/bin/dash", cancelled()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, out := verdicts(t, c.shell, "01234", evidencetest.Unpack(c.world.Bundle()), c.world.Bot.Primary())
			if got != allOK() {
				t.Errorf("%s: %v, want all ok:\n%s", c.shell, got, out)
			}
		})
	}
}

// cancelled is a landing of two commits that cancel each other out.
func cancelled() *evidencetest.World {
	w := evidencetest.New(".")
	w.Found()
	p := w.Propose(0, evidencetest.Admin, evidencetest.Files{"policy/old.md": evidencetest.Document("TOP-OLD", "1.0", "Changed.")})
	p.Push(p.Head, evidencetest.Files{"policy/old.md": evidencetest.Document("TOP-OLD", "1.0", "It was here before.")})
	p.Land("direct", evidencetest.Admin, nil)
	return w
}

func TestVerifyText_listsSignaturesAndDeviations(t *testing.T) {
	needShells(t)
	t.Parallel()
	w := evidencetest.Story(".")
	_, out := verdicts(t, "/bin/dash", "24", evidencetest.Unpack(w.Bundle()), w.Bot.Primary())
	_, head := open(t, w).Head()
	for _, want := range []string{
		"ok 2: 7 entries, head " + head, "7 " + w.Bot.Signing(), "ciso (abrannigan-nq)  2026-11-20T09:46:00Z  records/decision.md", "head-of-it (twisniewski-nq)  2026-11-20T", "policy/cloud usage.md\n",
		"deviation 2026-11-20T", " direct-push: TOP-OLD was deleted",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "revoked or expired") {
		t.Error("it speaks of a revoked key, and there is none")
	}
}

// The table of evidence-format.md 5.1: what is done to the bundle, and which step finds
// it.
func TestVerifyText_findsTampering(t *testing.T) {
	needShells(t)
	t.Parallel()
	for name, c := range tamperings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, fingerprint := c.tamper(t)
			got, out := verdicts(t, "/bin/dash", c.run+c.found, files, fingerprint)
			for i, result := range got {
				if want := strings.Contains(c.found, fmt.Sprint(i)); result != "" && want != (result == "FINDING") {
					t.Errorf("step %d says %s, findings are wanted in %s:\n%s", i, result, c.found, out)
				}
				if result == "" && strings.Contains(c.found, fmt.Sprint(i)) {
					t.Errorf("step %d says nothing:\n%s", i, out)
				}
			}
		})
	}
}

// tampering changes a story's bundle; found are the steps that must tell of it, run
// those that are run besides and must not.
type tampering struct {
	found, run string
	tamper     func(t *testing.T) (files map[string][]byte, fingerprint string)
}

// plain changes the files of a bundle without any key.
func plain(found string, change func(files map[string][]byte)) tampering {
	return tampering{found, "", func(*testing.T) (map[string][]byte, string) {
		w := evidencetest.ShortStory()
		files := evidencetest.Unpack(w.Bundle())
		change(files)
		return files, w.Bot.Primary()
	}}
}

// forged changes the world before its bundle is made and signed with the true key.
func forged(found string, change func(w *evidencetest.World)) tampering {
	return tampering{found, "1", func(*testing.T) (map[string][]byte, string) {
		w := evidencetest.ShortStory()
		change(w)
		return evidencetest.Unpack(w.Bundle()), w.Bot.Primary()
	}}
}

// relisted makes the lists of a record and of the bundle anew, as somebody without the
// key can.
func relisted(files map[string][]byte, record string) {
	list := func(folder string) {
		var sums []evidence.Sum
		for name, b := range files {
			inside, ok := strings.CutPrefix(name, folder)
			if ok && inside != "SHA256SUMS" && inside != "SHA256SUMS.asc" {
				sums = append(sums, evidence.Sum{SHA256: facts.Digest(b), Path: inside})
			}
		}
		files[folder+"SHA256SUMS"] = evidence.FormatSums(sums)
	}
	if record != "" {
		list(record + "/")
	}
	list("")
}

const (
	record2 = "records/0000/000002"
	policy  = record2 + "/sources/TOP-CLOUD.md"
)

func tamperings() map[string]tampering {
	return map[string]tampering{
		"a file added":                 plain("1", func(f map[string][]byte) { f["keys/more.asc"] = []byte("x") }),
		"a hidden file added":          plain("1", func(f map[string][]byte) { f["ledger/.hidden"] = []byte("x") }),
		"a name with a line break":     plain("1", func(f map[string][]byte) { f["a\nb"] = []byte("x") }),
		"a name like an option":        plain("1", func(f map[string][]byte) { f["-n"] = []byte("x") }),
		"a file added to a record":     plain("12", func(f map[string][]byte) { f[record2+"/sources/MORE.md"] = []byte("x") }),
		"a record without entry":       plain("12", func(f map[string][]byte) { f["records/0000/000099/SHA256SUMS"] = []byte("") }),
		"an entry missing":             plain("12", func(f map[string][]byte) { delete(f, "ledger/0000/000002.json") }),
		"a signature missing":          plain("12", func(f map[string][]byte) { delete(f, "ledger/0000/000002.json.asc") }),
		"a source missing":             plain("12", func(f map[string][]byte) { delete(f, policy) }),
		"the list's signature missing": plain("1", func(f map[string][]byte) { delete(f, "SHA256SUMS.asc") }),
		"two sources swapped": plain("12", func(f map[string][]byte) {
			other := "records/0000/000003/sources/TOP-CLOUD.md"
			f[policy], f[other] = f[other], f[policy]
		}),
		"a source edited, lists made anew": plain("12", func(f map[string][]byte) {
			f[policy] = bytes.Replace(f[policy], []byte("with care"), []byte("at will!!"), 1)
			relisted(f, record2)
		}),
		"the last entry dropped, list made anew": plain("13", func(f map[string][]byte) {
			for name := range f {
				if strings.Contains(name, "/000003") {
					delete(f, name)
				}
			}
			relisted(f, "")
		}),
		"people's keys left out, list made anew": plain("13", func(f map[string][]byte) {
			f["keys/people.asc"] = nil
			relisted(f, "")
		}),
		"another key pinned": {"012", "", func(*testing.T) (map[string][]byte, string) {
			return evidencetest.Unpack(evidencetest.ShortStory().Bundle()), strings.Repeat("0", 40)
		}},
		"everything signed by another key of the same name": {"012", "", func(t *testing.T) (map[string][]byte, string) {
			w := evidencetest.ShortStory()
			fingerprint := w.Bot.Primary()
			_, w.Bot = newKey(t, "thief")
			w.Forge(func(_ int, files map[string][]byte) {
				if files["keys/vidimus.asc"] != nil {
					files["keys/vidimus.asc"] = w.Bot.PublicArmour()
				}
			})
			return evidencetest.Unpack(w.Bundle()), fingerprint
		}},
		"a second key beside the true one": plain("01", func(f map[string][]byte) {
			made, err := evidence.MakeKey(evidencetest.Random("thief"), "x", evidenceBegun)
			if err != nil {
				panic(err)
			}
			f["keys/vidimus.asc"] = append(f["keys/vidimus.asc"], made.Public...)
		}),
		"with the key: a source edited": forged("3", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				if n == 2 {
					files["sources/TOP-CLOUD.md"] = append(files["sources/TOP-CLOUD.md"], '\n')
				}
			})
		}),
		"with the key: source, digests and reviews edited": forged("3", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				if n != 2 {
					return
				}
				old := facts.Digest(files["sources/TOP-CLOUD.md"])
				files["sources/TOP-CLOUD.md"] = bytes.Replace(files["sources/TOP-CLOUD.md"], []byte("with care"), []byte("at will!!"), 1)
				by := facts.Digest(files["sources/TOP-CLOUD.md"])
				evidencetest.Replace(files, old, by)
				for name, b := range files {
					if strings.HasPrefix(name, "content") {
						delete(files, name)
						changed := bytes.ReplaceAll(b, []byte(old), []byte(by))
						name = strings.ReplaceAll(name, facts.Digest(b), facts.Digest(changed))
						evidencetest.Replace(files, facts.Digest(b), facts.Digest(changed))
						files[name] = changed
					}
				}
			})
		}),
		"with the key: the ledger cut": forged("3", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				if n > 2 {
					clear(files)
				}
			})
		}),
		"with the key: a review that says nothing": forged("4", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				if n == 2 {
					const name = "github/review-2871034404.json"
					files[name] = bytes.Replace(files[name], []byte("I sign as"), []byte("I read as"), 1)
				}
			})
		}),
		"with the key: a line that is quoted only": forged("4", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				if n == 2 {
					const name = "github/review-2871034404.json"
					files[name] = bytes.Replace(files[name], []byte("I sign as"), []byte("> I sign as"), 1)
				}
			})
		}),
		"with the key: a content list left out": forged("4", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				for name := range files {
					if n == 2 && strings.HasPrefix(name, "content/") {
						delete(files, name)
					}
				}
			})
		}),
		"with the key: a raw commit changed": forged("3", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				for name, b := range files {
					if n == 2 && strings.HasPrefix(name, "commits/") {
						files[name] = append(bytes.Clone(b), '!')
					}
				}
			})
		}),
		"with the key: an unsigned commit called good": forged("3", func(w *evidencetest.World) {
			w.Forge(func(n int, files map[string][]byte) {
				if n == 3 {
					const name = "statements/commits-direct.json"
					files[name] = bytes.Replace(files[name], []byte(`"verdict":"unknown-key"`), []byte(`"verdict":"good"`), 1)
				}
			})
		}),
		"with the key: a change on main that no record tells of": forged("3", func(w *evidencetest.World) {
			branch := maps.Clone(w.Branch)
			w.Litter()
			w.Branch = branch
		}),
		"with the key: main moved back": forged("3", func(w *evidencetest.World) { w.Main = w.Parent(w.Main) }),
	}
}

var evidenceBegun = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// One flipped byte in each file below ledger/ and records/, one at a time, is found: by
// the first command of step 1, which is the whole step's word for a changed file; and
// for a file of each kind by all of step 1, and by the ledger alone, step 2.
func TestVerifyText_findsEveryFlippedByte(t *testing.T) {
	needShells(t)
	t.Parallel()
	w := evidencetest.ShortStory()
	files := evidencetest.Unpack(w.Bundle())
	folder := t.TempDir()
	evidencetest.WriteFolder(folder, files)
	steps := blocks(t, string(files["VERIFY.md"]))
	text := steps[0] + "digest() {\nbad=\n" + digestCommand(t, steps[1]) + "\n" +
		`if [ -z "$bad" ]; then echo "ok 1"; else echo "FINDING 1:$bad"; fi` + "\n}\n" +
		"one() {\n" + steps[1] + "}\ntwo() {\n" + steps[2] + "}\n" +
		`flip() { printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }` + "\n"
	kinds := map[string]bool{}
	cases := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		raw := files[name]
		if (!strings.HasPrefix(name, "ledger/") && !strings.HasPrefix(name, "records/")) || len(raw) == 0 {
			continue
		}
		at := len(raw) / 2
		check := "digest"
		if kind := digits.ReplaceAllString(path.Dir(name), "N") + path.Ext(name); !kinds[kind] {
			check, kinds[kind] = "one; two", true
		}
		cases += strings.Count(check, ";") + 1
		text += fmt.Sprintf("flip '%s' %d '\\%03o'; %s; flip '%s' %d '\\%03o'\n", name, at, raw[at]^1, check, name, at, raw[at])
	}
	out := runVerify(t, "/bin/dash", folder, text+"digest; one; two\n", w.Bot.Primary())
	lines := resultLine.FindAllStringSubmatch(out, -1)
	if len(lines) != cases+4 || cases < 90 {
		t.Fatalf("%d results of %d cases:\n%s", len(lines), cases, out)
	}
	for i, m := range lines {
		want := "FINDING"
		if i == 0 || i > cases {
			want = "ok"
		}
		if m[1] != want {
			t.Errorf("case %d: %s, want %s", i, m[0], want)
		}
	}
}

// digestCommand is the line of step 1 that holds every listed file against its digest.
func digestCommand(t *testing.T, step string) string {
	t.Helper()
	for _, line := range strings.Split(step, "\n") {
		if strings.HasPrefix(line, "sha256sum -c ") {
			return line
		}
	}
	t.Fatalf("step 1 has no line that begins with sha256sum -c:\n%s", step)
	return ""
}

var digits = regexp.MustCompile(`[0-9]+`)

// A link to the same bytes, and an empty folder, are no plain files.
func TestVerifyText_findsLinksAndEmptyFolders(t *testing.T) {
	needShells(t)
	t.Parallel()
	w := evidencetest.ShortStory()
	files := evidencetest.Unpack(w.Bundle())
	for name, change := range map[string]func(folder string) error{
		"a link": func(folder string) error {
			p := filepath.Join(folder, filepath.FromSlash(policy))
			if err := os.Rename(p, filepath.Join(folder, "..", "moved.md")); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(folder, "..", "moved.md"), p)
		},
		"an empty folder": func(folder string) error { return os.Mkdir(filepath.Join(folder, "records", "more"), 0o755) },
	} {
		folder := filepath.Join(t.TempDir(), "bundle")
		evidencetest.WriteFolder(folder, files)
		if err := change(folder); err != nil {
			t.Fatal(err)
		}
		got := results(t, runVerify(t, "/bin/dash", folder, script(t, string(files["VERIFY.md"]), "1"), w.Bot.Primary()))
		if got[1] != "FINDING" {
			t.Errorf("%s: %v, want a finding in step 1", name, got)
		}
	}
}
