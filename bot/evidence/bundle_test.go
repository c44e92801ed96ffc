package evidence_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

func archive(t *testing.T, b *evidence.Bundle) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := b.WriteTar(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBundle_sameEvidenceGivesTheSameBytes(t *testing.T) {
	first := evidencetest.Story(".")
	second := evidencetest.Story(".")
	a, b := first.Bundle(), second.Bundle()
	one, two := archive(t, a), archive(t, b)
	if !bytes.Equal(one, two) || a.Digest() != b.Digest() {
		t.Errorf("two bundles of the same evidence have %d and %d bytes, digests %s and %s", len(one), len(two), a.Digest(), b.Digest())
	}
	if a.Name != "cloud-governance-evidence-7" || !a.Time.Equal(open(t, first).Entries()[6].When()) {
		t.Errorf("name %s, time %s", a.Name, a.Time)
	}
}

func TestWriteTar_saysNothingOfTheMachine(t *testing.T) {
	b := evidencetest.Story(".").Bundle()
	in := tar.NewReader(bytes.NewReader(archive(t, b)))
	last := ""
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg || h.Mode != 0o644 || h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(b.Time) || h.Format != tar.FormatUSTAR {
			t.Errorf("header %+v", h)
		}
		name, ok := strings.CutPrefix(h.Name, b.Name+"/")
		if !ok || name <= last || len(name) >= 100 {
			t.Errorf("%s after %s", h.Name, last)
		}
		last = name
	}
}

func TestBundle_holdsTheBranchTheHistoryAndTheKeys(t *testing.T) {
	w := evidencetest.Story(".")
	w.Branch["site/index.html"] = &fstest.MapFile{Data: []byte("<!doctype html>\n")}
	w.Branch["site/documents/TOP-CLOUD/1.0+3230bd79ad14.html"] = &fstest.MapFile{Data: []byte("<!doctype html>\n")}
	w.Branch["README.md"] = &fstest.MapFile{Data: []byte("not evidence\n")}
	files := evidencetest.Unpack(w.Bundle())
	for name, f := range w.Branch {
		if name != "README.md" && !bytes.Equal(files[name], f.Data) {
			t.Errorf("%s is not in the bundle as on the branch", name)
		}
	}
	besides := []string{}
	for name := range files {
		if _, ok := w.Branch[name]; !ok {
			besides = append(besides, name)
		}
	}
	slices.Sort(besides)
	want := []string{"SHA256SUMS", "SHA256SUMS.asc", "START-HERE.html", "VERIFY.md", "keys/allowed_signers", "keys/people.asc", "keys/vidimus.asc", "repository.bundle"}
	if diff := cmp.Diff(want, besides); diff != "" {
		t.Errorf("files besides the branch's (-want +got):\n%s", diff)
	}
	if !bytes.Equal(files["keys/vidimus.asc"], w.Bot.PublicArmour()) {
		t.Error("keys/vidimus.asc is not the evidence key")
	}
	if n := bytes.Count(files["keys/people.asc"], []byte("BEGIN PGP PUBLIC KEY BLOCK")); n != 3 {
		t.Errorf("people.asc has %d keys, want those of the 3 persons and not the host's", n)
	}
	if got := string(files["keys/allowed_signers"]); !strings.HasPrefix(got, `dmulder namespaces="git" ssh-ed25519 AAAA`) || strings.Count(got, "\n") != 1 {
		t.Errorf("allowed_signers = %q", got)
	}
	sums, err := evidence.ReadSums(files["SHA256SUMS"])
	if err != nil || len(sums) != len(files)-2 {
		t.Errorf("the list has %d lines for %d files, %v", len(sums), len(files), err)
	}
	for _, s := range sums {
		if facts.Digest(files[s.Path]) != s.SHA256 {
			t.Errorf("%s does not have the listed digest", s.Path)
		}
	}
	if _, err := w.Bot.Public().Verify(files["SHA256SUMS"], files["SHA256SUMS.asc"]); err != nil {
		t.Errorf("the list: %v", err)
	}
}

func TestBundle_withoutKeySaysSo(t *testing.T) {
	w := evidencetest.Story(".")
	b, err := evidence.NewBundle(w.Branch, w.History(), nil)
	if err != nil {
		t.Fatal(err)
	}
	files := evidencetest.Unpack(b)
	if _, signed := files["SHA256SUMS.asc"]; signed || !strings.HasSuffix(b.Name, "-7-unsigned") {
		t.Errorf("%s, signed %v", b.Name, signed)
	}
	if !strings.Contains(string(files["START-HERE.html"]), "made without the evidence key") {
		t.Error("START-HERE.html does not say that the list is not signed")
	}
}

func TestBundle_refusesWhatIsNotWhole(t *testing.T) {
	for name, c := range map[string]struct {
		break_ func(w *evidencetest.World)
		want   string
	}{
		"a file in the ledger that is none": {func(w *evidencetest.World) { w.Branch["ledger/0000/notes.txt"] = &fstest.MapFile{} }, "does not belong"},
		"a record's file changed": {func(w *evidencetest.World) {
			w.Branch["records/0000/000002/facts.json"] = &fstest.MapFile{Data: []byte("{}")}
		}, "listed digest"},
		"a record's file missing":           {func(w *evidencetest.World) { delete(w.Branch, "records/0000/000002/content.txt") }, "not exist"},
		"a page with a name we do not give": {func(w *evidencetest.World) { w.Branch["site/a b.html"] = &fstest.MapFile{} }, "name that a bundle cannot hold"},
		"no entry":                          {func(w *evidencetest.World) { w.Branch = fstest.MapFS{} }, "nothing to bundle"},
	} {
		w := evidencetest.Story(".")
		history := w.History()
		c.break_(w)
		if _, err := evidence.NewBundle(w.Branch, history, w.Bot); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want one that says %q", name, err, c.want)
		}
	}
}

func TestBundle_takesLateTokensBesideEntries(t *testing.T) {
	w := evidencetest.Story(".")
	w.Branch["ledger/0000/000002.json.tsr"] = &fstest.MapFile{Data: []byte("token")}
	w.Branch["ledger/0000/000002.json."+w.Bot.Primary()+".asc"] = &fstest.MapFile{Data: []byte("cosignature")}
	files := evidencetest.Unpack(w.Bundle())
	if string(files["ledger/0000/000002.json.tsr"]) != "token" {
		t.Error("the time stamp is not in the bundle")
	}
}

func TestEach_noticesWhatChangesMeanwhile(t *testing.T) {
	w := evidencetest.Story(".")
	w.Branch["site/index.html"] = &fstest.MapFile{Data: []byte("one")}
	b := w.Bundle()
	w.Branch["site/index.html"] = &fstest.MapFile{Data: []byte("two")}
	if err := b.WriteTar(io.Discard); err == nil || !strings.Contains(err.Error(), "changed while") {
		t.Errorf("error = %v", err)
	}
	broken := iotest.ErrReader(errors.New("disk full"))
	err := w.Bundle().Each(func(string, int64, func(io.Writer) error) error {
		_, err := broken.Read(nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "SHA256SUMS: disk full") {
		t.Errorf("a writer that fails: error = %v", err)
	}
}

func TestOpenTar_givesTheFilesOfTheBundle(t *testing.T) {
	b := evidencetest.Story(".").Bundle()
	raw := archive(t, b)
	opened, err := evidence.OpenTar(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := evidencetest.Unpack(b)
	names := make([]string, 0, len(files))
	for name, want := range files {
		names = append(names, name)
		if got, err := fs.ReadFile(opened, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := fstest.TestFS(opened, names...); err != nil {
		t.Error(err)
	}
}

func TestOpenTar_refusesOtherArchives(t *testing.T) {
	build := func(headers ...tar.Header) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range headers {
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	file := func(name string) tar.Header { return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644} }
	for name, raw := range map[string][]byte{
		"empty":           build(),
		"no archive":      []byte(strings.Repeat("no archive\n", 100)),
		"a link":          build(tar.Header{Typeflag: tar.TypeSymlink, Name: "a/b", Linkname: "/etc/passwd"}),
		"a folder":        build(tar.Header{Typeflag: tar.TypeDir, Name: "a/", Mode: 0o755}),
		"two top folders": build(file("a/x"), file("b/x")),
		"no top folder":   build(file("x")),
		"outside":         build(file("a/../../x")),
		"absolute":        build(file("/a/x")),
		"twice":           build(file("a/x"), file("a/x")),
		"file and folder": build(file("a/x"), file("a/x/y")),
		"folder and file": build(file("a/x/y"), file("a/x")),
	} {
		if _, err := evidence.OpenTar(bytes.NewReader(raw), int64(len(raw))); !errors.Is(err, evidence.ErrTar) {
			t.Errorf("%s: error = %v, want ErrTar", name, err)
		}
	}
}

// Git reads what our writer writes: every object, under every reference, and nothing
// damaged.
func TestRepository_gitReadsIt(t *testing.T) {
	evidencetest.Need(t, "git")
	w := evidencetest.Story(".")
	w.Propose(0, evidencetest.Admin, evidencetest.Files{"large.bin": evidencetest.Text(strings.Repeat("0123456789abcdef", 10_000)), "empty.txt": evidencetest.Text("")}).
		Land("direct", evidencetest.Admin, nil)
	files := evidencetest.Unpack(w.Bundle())
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "repository.bundle"), files["repository.bundle"], 0o600); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("clone", "--quiet", "--mirror", "repository.bundle", "copy")
	git("-C", "copy", "fsck", "--strict", "--full")
	got := map[string]string{}
	for _, line := range strings.Split(git("-C", "copy", "for-each-ref", "--format=%(objectname) %(refname)"), "\n") {
		id, name, _ := strings.Cut(line, " ")
		got[name] = id
	}
	if diff := cmp.Diff(w.Refs, got); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	objects := 0
	if err := w.Objects(func(string, string, []byte) error { objects++; return nil }); err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(git("-C", "copy", "cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))); n != objects {
		t.Errorf("git has %d objects, want %d", n, objects)
	}
	if size := git("-C", "copy", "cat-file", "-s", "refs/heads/main:large.bin"); size != "160000" {
		t.Errorf("large.bin has %s bytes", size)
	}
}

func TestRepository_refusesWhatGitCouldNotRead(t *testing.T) {
	object := evidence.Object{ID: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", Type: "blob"}
	other := evidence.Object{ID: "5626abf0f72e58d7a153368ba57db4c673c0e171", Type: "blob", Raw: []byte("one\n")}
	w := evidencetest.Story(".")
	for name, c := range map[string]struct {
		objects []evidence.Object
		ref     evidence.Reference
		want    string
	}{
		"objects out of order": {[]evidence.Object{object, other}, evidence.Reference{Name: "refs/heads/main", Commit: object.ID}, "comes after"},
		"an object twice":      {[]evidence.Object{object, object}, evidence.Reference{Name: "refs/heads/main", Commit: object.ID}, "comes after"},
		"other bytes":          {[]evidence.Object{{ID: object.ID, Type: "blob", Raw: []byte("x")}}, evidence.Reference{Name: "refs/heads/main", Commit: object.ID}, "its id names"},
		"unknown type":         {[]evidence.Object{{ID: object.ID, Type: "delta"}}, evidence.Reference{Name: "refs/heads/main", Commit: object.ID}, "delta"},
		"SHA-256 repository":   {[]evidence.Object{object}, evidence.Reference{Name: "refs/heads/main", Commit: sha}, "SHA-1 repositories only"},
	} {
		r := evidence.Repository{References: []evidence.Reference{c.ref}, Objects: func(visit func(evidence.Object) error) error {
			for _, o := range c.objects {
				if err := visit(o); err != nil {
					return err
				}
			}
			return nil
		}}
		if _, err := evidence.NewBundle(w.Branch, r, w.Bot); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want one that says %q", name, err, c.want)
		}
	}
}

func TestReferences_nameEveryLandingAndEveryPullThatLanded(t *testing.T) {
	w := evidencetest.Story(".")
	references, err := evidence.References(open(t, w))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range references {
		names = append(names, r.Name)
	}
	want := []string{
		"refs/vidimus/landed/000001", "refs/vidimus/landed/000002", "refs/vidimus/landed/000004", "refs/vidimus/landed/000005", "refs/vidimus/landed/000006",
		"refs/vidimus/landed/000007",
		"refs/vidimus/pull/1/head", "refs/vidimus/pull/2/head", "refs/vidimus/pull/5/head", "refs/vidimus/pull/6/head",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	if branches, err := evidence.Branches(open(t, w)); err != nil || !slices.Equal(branches, []string{"main"}) {
		t.Errorf("Branches = %v, %v", branches, err)
	}
}

func TestStartHere_answersWithoutScriptOrAsset(t *testing.T) {
	w := evidencetest.Story(".")
	w.Branch["site/index.html"] = &fstest.MapFile{Data: []byte("<!doctype html>\n")}
	page := string(evidencetest.Unpack(w.Bundle())["START-HERE.html"])
	_, head := open(t, w).Head()
	for _, want := range []string{
		"<title>Evidence of Northquay Logistics DAC</title>", "entries 1 to 7", head[:4] + " " + head[4:8], w.Bot.Primary()[:4] + " " + w.Bot.Primary()[4:8],
		"proves nothing by standing here", "2 of 5 documents stand as they were signed; 3 of 4 deviations are open.", `href="VERIFY.md"`, `href="site/index.html"`,
		"records/0000/000005/rendered/TOP-CLOUD.html", "mended by a later signed version", "abrannigan, ciso", "twisniewski, head-of-it", "signed, in force from 2026-10-05",
		"deviation: direct-push", "policy/notes &#34;q&#34; ü.txt",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, bad := range []string{"<script", "src=", "http://", "https://", "url(", "@import"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if strings.Count(page, "<h1") != 1 {
		t.Error("the page has no single h1")
	}
}

func TestStartHere_tellsOfAdoptedDocumentsAndNoDeviation(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	page := string(evidencetest.Unpack(w.Bundle())["START-HERE.html"])
	for _, want := range []string{"not signed here: it was there before Vidimus", "None: everything on the governed branches landed with its signatures.", "0 of 1 documents"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
