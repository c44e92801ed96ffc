package evidencetest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// Repository is the Git history that the records name, with the governed branch.
func (w *World) History() evidence.Repository {
	l, err := evidence.Open(w.Branch)
	must(err)
	references, err := evidence.References(l)
	must(err)
	references = append(references, evidence.Reference{Name: "refs/heads/main", Commit: w.Main})
	w.Refs = map[string]string{}
	for _, r := range references {
		w.Refs[r.Name] = r.Commit
	}
	return evidence.Repository{References: references, Objects: func(visit func(evidence.Object) error) error {
		return w.Objects(func(id, kind string, raw []byte) error {
			return visit(evidence.Object{ID: id, Type: kind, Raw: raw})
		})
	}}
}

// Bundle makes the bundle, signed by the bot.
func (w *World) Bundle() *evidence.Bundle {
	b, err := evidence.NewBundle(w.Branch, w.History(), w.Bot)
	must(err)
	return b
}

// Unpack gives the bundle's files by their path.
func Unpack(b *evidence.Bundle) map[string][]byte {
	files := map[string][]byte{}
	must(b.Each(func(name string, _ int64, write func(io.Writer) error) error {
		var raw bytes.Buffer
		err := write(&raw)
		files[name] = raw.Bytes()
		return err
	}))
	return files
}

// WriteFolder writes files below a folder.
func WriteFolder(folder string, files map[string][]byte) {
	for name, raw := range files {
		p := filepath.Join(folder, filepath.FromSlash(name))
		must(os.MkdirAll(filepath.Dir(p), 0o755))
		must(os.WriteFile(p, raw, 0o644))
	}
}
