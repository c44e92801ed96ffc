package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// maxFormBytes bounds a form: the longest is a file to edit, three bytes for each of its own when escaped.
const maxFormBytes = 4 << 20

// guarded lets in who plays on this machine and nobody else: without passwords the address is all there is. A page of
// another site can make a browser send a form, and a name that leads here can make it read; neither gets through.
func (s *Site) guarded(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This form came from a page of another site. Open the page here and send it again.", http.StatusForbidden)
	}))
	checked := protection.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		harden(w.Header())
		if reason := stranger(r); reason != "" {
			http.Error(w, reason, http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
		checked.ServeHTTP(w, r)
	})
}

// stranger says why a request gets no page, "" if it does.
func stranger(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip, parsed := netip.ParseAddr(host); err != nil || parsed != nil || !ip.Unmap().IsLoopback() {
		return "The pages are for browsers on this machine: there are no passwords here."
	}
	name := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = host
	}
	_, err = netip.ParseAddr(strings.Trim(name, "[]"))
	if err != nil && name != "localhost" && !strings.HasSuffix(name, ".localhost") {
		return "The pages answer to an address such as 127.0.0.1 or to localhost, and to no other name."
	}
	return ""
}

// harden sets what browsers need to be told about every page. Nothing is fetched from anywhere else, and no script runs.
func harden(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// letLead lets the form of a page lead on to an App on this machine: signing in to one goes there by a redirect, which
// the policy would stop.
func letLead(h http.Header) {
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "form-action 'self'", "form-action 'self' http://127.0.0.1:* http://localhost:*", 1))
}
