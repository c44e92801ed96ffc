package document_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// sameDocument compares all that a document says of itself, and the syntax tree.
func sameDocument() cmp.Option {
	return cmp.Options{
		cmpopts.EquateComparable(document.Date{}), cmpopts.EquateEmpty(),
		cmpopts.IgnoreUnexported(document.Document{}, document.Section{}, document.Table{}, document.Prose{}),
	}
}

// roomFiles are documents that need much room and little, one after the other.
func roomFiles() fstest.MapFS {
	const front = "---\ntype: record\nid: REC-A\nmin:\n  internal: cmk\nsignatories: [a, b]\n---\n"
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"a": front + "# A\n\n## B\n\n| A | B |\n|---|---|\n| 1 | **2** |\n| 3 |\n\nWords [c](d.md).\n",
		"b": "# No front matter\n", "c": "", "d": front, "e": "---\ntype: 'quoted'\n---\n\n# A\n\n- | A |\n  |---|\n  | b\\|c |\n",
		"f": front + "# A\n\n## B\n\n### C\n\n| A |\n|---|\n| x |\n\n| A | B | C |\n|---|---|---|\n| x | y | z |\n| x | y | z |\n| x |\n\n#### D\n\nEnd  \nof\ntext.\n",
		"g": front + "<<<<<<< a\n", "h": "\xff", "i": front + "# A\n\n| A |\n|---|\n",
	} {
		files["records/"+name+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestFileReader_readsEachDocumentAsIfItHadItsOwnMemory(t *testing.T) {
	files, layout := roomFiles(), document.Layout{}
	reader := document.NewFileReader(files)
	slim, want := map[string]document.Item{}, map[string]document.Item{}
	for range 3 { // the second time the memory is large enough for all
		err := layout.ListFS(files, func(p string, entry fs.DirEntry) error {
			got, err := reader.ReadItem(layout, p, entry)
			if err != nil {
				return err
			}
			alone := layout.Read(document.File{Path: p, Mode: document.ModeRegular, Bytes: files[p].Data})
			if diff := cmp.Diff(alone, got, sameDocument()); diff != "" {
				t.Errorf("%s (-alone +one after the other):\n%s", p, diff)
			}
			tree, source := got.Document.Tree()
			treeAlone, sourceAlone := alone.Document.Tree()
			if tree != nil && treeOf(tree, source) != treeOf(treeAlone, sourceAlone) {
				t.Errorf("tree of %s:\n%s\nwant:\n%s", p, treeOf(tree, source), treeOf(treeAlone, sourceAlone))
			}
			slim[p], want[p] = got.Slim(nil), alone.Slim(nil)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, slim, sameDocument()); diff != "" {
		t.Errorf("slim documents change when others are read (-want +got):\n%s", diff)
	}
}
