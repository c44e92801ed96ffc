package governance

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// hostKeyPath is the file of the host's own signing keys, as the host publishes
// them.
const hostKeyPath = document.KeysFolder + "/" + keyring.HostSlug + ".asc"

// Founding is the first configuration of a repository. LAW 8.2.
type Founding struct {
	// Files are the configuration and keys that are proposed.
	Files []document.File
	// Changed are the governed paths that the change touches.
	Changed []string
	// HostKeys is the file of keys that the host publishes.
	HostKeys []byte
	// HostUnknown: nobody asked the host, so the key of its name is not judged.
	HostUnknown bool
}

// Judge gives what stands in the way: a founding holds only configuration and keys,
// and the host's key must be the host's own.
func (f Founding) Judge() []document.Finding {
	var findings []document.Finding
	own := governing(f.Files)
	for _, path := range f.Changed {
		if _, ok := document.FileAt(own, path); !ok {
			problem := fault(RuleFounding, "a founding change holds only .vidimus.yml and keys/, and this one touches "+path, "take it out and propose it after the founding")
			problem.Path = path
			findings = append(findings, problem)
		}
	}
	if f.HostUnknown {
		return findings
	}
	host := fingerprints(document.File{Path: hostKeyPath, Bytes: f.HostKeys})
	for _, file := range own {
		if isHostKey(file.Path) {
			findings = append(findings, strangersOf(file, host)...)
		}
	}
	return findings
}

// strangersOf are the keys in the host's file that the host does not publish.
func strangersOf(file document.File, host []string) []document.Finding {
	var findings []document.Finding
	for _, fingerprint := range fingerprints(file) {
		if slices.Contains(host, fingerprint) {
			continue
		}
		problem := fault(RuleFounding, "the key "+fingerprint+" is not one that the host publishes for its own signatures",
			"take "+hostKeyPath+" from the host, where it stands at /web-flow.gpg, and no other file of that name")
		problem.Path = file.Path
		findings = append(findings, problem)
	}
	return findings
}

// isHostKey says whether the keys in a file vouch in the name of the host, whatever
// its ending.
func isHostKey(path string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, document.KeysFolder+"/"), ".")
	return document.Classify(".", path) == document.Key && name == keyring.HostSlug
}

// fingerprints are those of all keys in a file, sorted, each once.
func fingerprints(f document.File) []string {
	var found []string
	for _, k := range keyring.Read(keyring.File{Path: f.Path, Bytes: f.Bytes}) {
		found = append(found, k.Fingerprint)
	}
	slices.Sort(found)
	return slices.Compact(found)
}
