package site

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// Options are what the records do not hold. The zero Options make a site without links to the host.
type Options struct {
	// Web is the address of the repository's pages on the host, as in "https://github.com/owner/repository"; "" makes
	// no links to commits, pull requests and issues.
	Web string
	// Address is where the site is served, as in "https://evidence.example"; only 404.html needs it, since it is
	// shown under any address. "" makes its links relative.
	Address string
}

// Files makes the whole site, by path below site/. An empty ledger has none. A record that cannot be read is an
// error; a document that cannot is shown as it is written.
func Files(l *evidence.Ledger, o Options) (map[string][]byte, error) {
	if number, _ := l.Head(); number == 0 {
		return map[string][]byte{}, nil
	}
	for _, address := range []string{o.Web, o.Address} {
		if err := checkAddress(address); err != nil {
			return nil, err
		}
	}
	a, err := read(l, o)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	t, err := parseTemplates()
	if err != nil {
		return nil, err
	}
	s := &site{archive: a, templates: t, files: map[string][]byte{}}
	for _, make := range []func() error{
		s.assets, s.overview, s.documents, s.dossiers, s.register, s.services, s.matrices, s.contracts, s.receipts,
		s.deviationsPage, s.ledgerPages, s.people, s.verify, s.components, s.notFound,
	} {
		if err := make(); err != nil {
			return nil, err
		}
	}
	return s.files, nil
}

// checkAddress takes an address of the web, or none.
func checkAddress(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q is not an address of the form https://host/path", address)
	}
	return nil
}

// site is the site while it is made.
type site struct {
	*archive
	templates templates
	files     map[string][]byte
}

// assets are the stylesheet and the seal.
func (s *site) assets() error {
	for _, name := range []string{"site.css", "seal.svg"} {
		raw, err := docstemplates.Site.ReadFile("site/" + name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		s.files[name] = raw
	}
	return nil
}

// sheet is the place of one page: links on it are relative to it.
type sheet struct {
	site    *site
	address string // below site/
	root    string // from the page to site/
}

func (s *site) sheet(address string) sheet {
	return sheet{site: s, address: address, root: strings.Repeat("../", strings.Count(address, "/"))}
}

// to is the link to another page of the site; "" stays "".
func (p sheet) to(address string) string {
	if address == "" {
		return ""
	}
	return p.root + address
}

// record is the link to a file of a record.
func (p sheet) record(number int, name string) string {
	return p.root + "../" + evidence.RecordPath(number) + "/" + name
}

// entry is the link to the file of a ledger entry.
func (p sheet) entry(number int) string { return p.root + "../" + evidence.EntryPath(number) }

// web is the link to a page of the repository on the host; "" where its address is not known.
func (p sheet) web(parts ...string) string {
	if p.site.options.Web == "" {
		return ""
	}
	address := strings.TrimSuffix(p.site.options.Web, "/")
	for _, part := range parts {
		for segment := range strings.SplitSeq(part, "/") {
			address += "/" + url.PathEscape(segment)
		}
	}
	return address
}
