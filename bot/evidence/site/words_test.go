package site_test

import (
	"strings"
	"testing"
)

// pageText is what one page of a world says.
func pageText(t *testing.T, w *world, address string) string {
	t.Helper()
	page, ok := w.pages[address]
	if !ok {
		t.Fatalf("there is no page %s", address)
	}
	return text(parse(t, page))
}

func TestService_openDeviationStandsFirst(t *testing.T) {
	w := example(t)
	found := 0
	for address, page := range w.pages {
		if !strings.HasPrefix(address, "services/") {
			continue
		}
		root := parse(t, page)
		deviant := strings.Contains(text(root), "has an open deviation")
		banners := classed(root, "banner")
		if len(banners) != 1 {
			t.Fatalf("%s has %d banners, want one", address, len(banners))
		}
		said := text(banners[0])
		if got := strings.Contains(said, "deviation"); got != deviant {
			t.Errorf("%s says %q, and a document of it deviates: %t", address, said, deviant)
		}
		if !deviant {
			continue
		}
		found++
		if !strings.Contains(attribute(banners[0], "class"), "bad") {
			t.Errorf("%s: the banner of a deviation has the class %q", address, attribute(banners[0], "class"))
		}
		if all := text(root); !strings.Contains(all, "Not signed") || !strings.Contains(all, "Waiting for") {
			t.Errorf("%s does not say that the text is not signed, and who must sign it", address)
		}
	}
	if found == 0 {
		t.Error("no service of the example has a deviation")
	}
}

func TestPeople_listsConfigurationAndKeysNoDocuments(t *testing.T) {
	said := pageText(t, example(t), "people.html")
	_, files, ok := strings.Cut(said, "Configuration and key files")
	if !ok {
		t.Fatal("people.html has no list of files")
	}
	files, _, _ = strings.Cut(files, "Former people and keys")
	if !strings.Contains(files, ".vidimus.yml, all versions") || !strings.Contains(files, ".asc, all versions") {
		t.Errorf("the list lacks the configuration or keys: %s", files)
	}
	if strings.Contains(files, ".md") {
		t.Errorf("the list names documents: %s", files)
	}
}

func TestDocuments_captionsCountInTheRightNumber(t *testing.T) {
	said := pageText(t, example(t), "documents/index.html")
	for _, caption := range []string{"Cloud usage policy 1", "Register entries 4", "Contract reviews 4", "Shared-responsibility matrices 3", "Exit plans 3", "Assurance reviews 3", "Exception 1"} {
		if !strings.Contains(said, caption) {
			t.Errorf("documents/index.html lacks the caption %q", caption)
		}
	}
}

func TestNotFound_showsAnAddressThatExists(t *testing.T) {
	w := example(t)
	root := parse(t, w.pages["404.html"])
	examples := 0
	for _, code := range all(root, "code") {
		if at := text(code); strings.HasPrefix(at, "documents/") {
			examples++
			if w.pages[at] == nil {
				t.Errorf("404.html shows %s, which is no page", at)
			}
		}
	}
	if examples != 1 {
		t.Errorf("404.html shows %d addresses, want one", examples)
	}
}

func TestOverview_leadSaysThatReceiptsAreNotRecorded(t *testing.T) {
	if said := pageText(t, example(t), "index.html"); !strings.Contains(said, "receipts of the policy are not recorded") {
		t.Error("the overview counts step 1 as open and does not say why")
	}
}
