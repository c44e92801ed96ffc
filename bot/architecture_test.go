package bot_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

const module = "github.com/vidimus-bot/vidimus/"

// layers read as the product's sentence; a folder imports only those before it.
func layers() []string { return []string{"document", "signature", "decision", "evidence", "service"} }

// folders are the packages of DESIGN.md's layout, by path below the module. A
// package may have a suite below it whose name ends in "test".
func folders() []string {
	return []string{
		"cmd/vidimus", "docs-templates", "bot",
		"bot/document", "bot/document/control", "bot/document/redline", "bot/document/scaffold",
		"bot/signature/keyring", "bot/signature/keyring/wire", "bot/signature/commitsig", "bot/signature/approval", "bot/signature/receipt",
		"bot/decision", "bot/decision/facts", "bot/decision/repoconfig", "bot/decision/governance", "bot/decision/report",
		"bot/evidence", "bot/evidence/audit", "bot/evidence/site", "bot/evidence/pdf",
		"bot/service/gate", "bot/service/publish", "bot/service/remind", "bot/service/github", "bot/service/gitstore",
		"bot/service/store", "bot/service/reviewpage", "bot/service/server", "bot/service/app",
		"bot/githubsim", "bot/demo",
	}
}

// owners says which packages may import a foreign library. What is not listed
// here is free for all: go-crypto, goldmark, yaml, golang.org/x/text.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/google/go-github":      {"bot/service/github"},
		"github.com/golang-jwt/jwt":        {"bot/service/github", "bot/githubsim"},
		"github.com/go-git":                {"bot/service/gitstore"},
		"github.com/riverqueue":            {"bot/service/store"},
		"modernc.org/sqlite":               {"bot/service/store"},
		"database/sql":                     {"bot/service/store"},
		"github.com/spf13/cobra":           {"cmd/vidimus"},
		"github.com/hiddeco/sshsig":        {"bot/signature/commitsig", "bot/signature/keyring"},
		"golang.org/x/mod":                 {"bot/evidence", "bot/evidence/audit"},
		"os/exec":                          {"cmd/vidimus", "bot/githubsim", "bot/demo"},
		"github.com/getkin/kin-openapi":    {"bot/githubsim/githubsimtest"},
		"github.com/santhosh-tekuri":       {"bot/githubsim/githubsimtest"},
		"github.com/ProtonMail/gopenpgp":   {},
		"golang.org/x/crypto/openpgp":      {},
		"gopkg.in/yaml.v3":                 {},
		"gopkg.in/yaml.v2":                 {},
		"github.com/gregjones/httpcache":   {},
		"github.com/yuin/goldmark-meta":    {},
		"golang.org/x/exp":                 {},
		"github.com/stretchr/testify":      {},
		"github.com/golang/mock":           {},
		"github.com/bradleyfalzon":         {},
		"github.com/palantir/go-githubapp": {},
	}
}

// impure are the packages that a domain package may not import: what they give
// belongs one layer up.
func impure() []string {
	return []string{
		"context", "os", "os/exec", "os/signal", "os/user", "net", "net/http", "net/http/httptest", "net/smtp", "net/rpc",
		"log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "syscall", "io/ioutil", "path/filepath", "runtime", "database/sql",
	}
}

// clocks are the functions of time that look at a clock or wait.
func clocks() []string {
	return []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
}

func banned() []string {
	return []string{"util", "utils", "helper", "helpers", "common", "shared", "base", "misc", "types", "models", "manager"}
}

// TestArchitecture holds layout, direction, purity, ownership of libraries,
// names and documentation over the whole tree.
func TestArchitecture(t *testing.T) {
	for _, v := range inspect(t, os.DirFS("..")) {
		t.Error(v)
	}
}

// TestArchitecture_seesWhatIsForbidden adds one forbidden thing each to a made
// tree: a rule that cannot fail would be no rule.
func TestArchitecture_seesWhatIsForbidden(t *testing.T) {
	made, err := txtar.ParseFile("testdata/architecture.txtar")
	if err != nil {
		t.Fatal(err)
	}
	clean := map[string]string{}
	type offence struct{ name, file, want, source string }
	var offences []offence
	for _, f := range made.Files {
		if name, ok := strings.CutPrefix(f.Name, "FORBIDDEN "); ok {
			rule, file, _ := strings.Cut(name, " ")
			first, rest, _ := strings.Cut(string(f.Data), "\n")
			offences = append(offences, offence{rule, file, strings.TrimPrefix(first, "// want: "), rest})
			continue
		}
		clean[f.Name] = string(f.Data)
	}
	if got := inspect(t, memory(clean)); len(got) > 0 {
		t.Fatalf("the clean tree has violations: %q", got)
	}
	for _, o := range offences {
		t.Run(o.name, func(t *testing.T) {
			tree := map[string]string{}
			for name, data := range clean {
				tree[name] = data
			}
			tree[o.file] = o.source
			got := inspect(t, memory(tree))
			if !slices.ContainsFunc(got, func(v string) bool { return strings.Contains(v, o.want) }) {
				t.Errorf("with %s: violations %q, want one with %q", o.file, got, o.want)
			}
		})
	}
}

// memory is a tree of files by path.
func memory(files map[string]string) fs.FS {
	tree := fstest.MapFS{}
	for name, data := range files {
		tree[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return tree
}

// inspection collects the violations of one tree.
type inspection struct {
	files      map[string]*ast.File // by path
	fset       *token.FileSet
	violations []string
}

func inspect(t *testing.T, tree fs.FS) []string {
	t.Helper()
	in := &inspection{files: map[string]*ast.File{}, fset: token.NewFileSet()}
	err := fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || (p != "." && strings.HasPrefix(d.Name(), "."))) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		source, err := fs.ReadFile(tree, p)
		if err != nil {
			return err
		}
		in.files[p], err = parser.ParseFile(in.fset, p, source, parser.ParseComments)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	in.packages()
	for p, f := range in.files {
		in.names(p)
		in.imports(p, f)
		if !strings.HasSuffix(p, "_test.go") {
			in.purity(p, f)
			in.state(p, f)
		}
		in.prose(p, f)
	}
	sort.Strings(in.violations)
	return in.violations
}

func (in *inspection) report(where, format string, args ...any) {
	in.violations = append(in.violations, where+": "+fmt.Sprintf(format, args...))
}

// packages holds the layout, and that every package says what it is for.
func (in *inspection) packages() {
	documented := map[string]bool{}
	for p, f := range in.files {
		dir := path.Dir(p)
		if strings.HasSuffix(p, "_test.go") {
			continue
		}
		documented[dir] = documented[dir] || (f.Doc != nil && len(f.Doc.Text()) > 40)
	}
	for dir, ok := range documented {
		if !ok {
			in.report(dir, "the package has no documentation that says what it is for")
		}
		parent, name := path.Split(dir)
		suite := isSuite(name) && slices.Contains(folders(), strings.TrimSuffix(parent, "/"))
		inside := strings.HasPrefix(dir, "bot/githubsim/")
		if !slices.Contains(folders(), dir) && !suite && !inside {
			in.report(dir, "the layout has no such folder")
		}
	}
}

func (in *inspection) names(p string) {
	words := append(strings.Split(path.Dir(p), "/"), strings.TrimSuffix(strings.TrimSuffix(path.Base(p), ".go"), "_test"))
	for _, w := range words {
		if slices.Contains(banned(), w) {
			in.report(p, "the name %q says nothing", w)
		}
	}
}

// layerOf is the index of a package's layer, -1 outside of the five.
func layerOf(dir string) int {
	below, ok := strings.CutPrefix(dir, "bot/")
	if !ok {
		return -1
	}
	first, _, _ := strings.Cut(below, "/")
	return slices.Index(layers(), first)
}

// imports holds the direction, and one package for each foreign library.
func (in *inspection) imports(p string, f *ast.File) {
	dir := path.Dir(p)
	test := strings.HasSuffix(p, "_test.go") || isSuite(dir)
	for _, spec := range f.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if ours, ok := strings.CutPrefix(imported, module); ok {
			if !test {
				in.direction(p, dir, ours)
			}
			continue
		}
		for library, allowed := range owners() {
			of := imported == library || strings.HasPrefix(imported, library+"/")
			if of && !test && !owned(dir, allowed) {
				in.report(p, "imports %s, which belongs to %s", imported, strings.Join(allowed, " and "))
			}
		}
	}
}

func owned(dir string, allowed []string) bool {
	for _, a := range allowed {
		if dir == a || strings.HasPrefix(dir, a+"/") {
			return true
		}
	}
	return false
}

func (in *inspection) direction(p, dir, ours string) {
	from, to := layerOf(dir), layerOf(ours)
	switch {
	case strings.HasPrefix(dir, "bot/githubsim") && !strings.HasPrefix(ours, "bot/githubsim"):
		in.report(p, "the embedded GitHub imports %s, and must import nothing of ours", ours)
	case dir == "docs-templates":
		in.report(p, "docs-templates imports %s, and must only embed", ours)
	case from >= 0 && to > from:
		in.report(p, "%s imports %s, which stands after it", layers()[from], ours)
	case from >= 0 && to < 0 && ours != "docs-templates":
		in.report(p, "%s imports %s, which stands outside of the five folders", layers()[from], ours)
	}
}

// isSuite says whether a package only serves tests.
func isSuite(dir string) bool { return strings.HasSuffix(dir, "test") }

// pure says whether a package belongs to the domain, suites for tests aside.
func pure(dir string) bool {
	l := layerOf(dir)
	return l >= 0 && l < slices.Index(layers(), "service") && !isSuite(dir)
}

// purity: values in, values out.
func (in *inspection) purity(p string, f *ast.File) {
	if !pure(path.Dir(p)) {
		return
	}
	for _, spec := range f.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if slices.Contains(impure(), imported) {
			in.report(p, "the domain imports %s", imported)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			in.report(p, "the domain starts a goroutine")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks(), n.Sel.Name) {
				in.report(p, "the domain looks at a clock: time.%s", n.Sel.Name)
			}
		}
		return true
	})
}

// state: no init, and no package variable that is assigned to.
func (in *inspection) state(p string, f *ast.File) {
	variables := map[string]bool{}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == "init" && d.Recv == nil {
				in.report(p, "has an init function")
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
					for _, name := range v.Names {
						variables[name.Name] = true
					}
				}
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok == token.DEFINE {
			return true
		}
		for _, left := range assign.Lhs {
			if id, ok := left.(*ast.Ident); ok && variables[id.Name] && id.Obj != nil && id.Obj.Kind == ast.Var && id.Obj.Decl != nil {
				if _, top := id.Obj.Decl.(*ast.ValueSpec); top && f.Scope.Lookup(id.Name) == id.Obj {
					in.report(p, "changes the package variable %s", id.Name)
				}
			}
		}
		return true
	})
}

var named = regexp.MustCompile(`\bbot/[a-z]+(?:/[a-z]+)*\b`)

// prose: packages that comments name must exist.
func (in *inspection) prose(p string, f *ast.File) {
	for _, group := range f.Comments {
		for _, name := range named.FindAllString(group.Text(), -1) {
			if !slices.Contains(folders(), name) && !in.exists(name) {
				in.report(p, "a comment names %s, which does not exist", name)
			}
		}
	}
}

func (in *inspection) exists(dir string) bool {
	for p := range in.files {
		if strings.HasPrefix(p, dir+"/") || strings.TrimSuffix(p, ".go") == dir {
			return true
		}
	}
	return false
}
