package hookshot

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // #nosec: the old signature header is SHA-1 by GitHub's definition
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// maxResponseBytes bounds what is kept of a receiver's answer.
const maxResponseBytes = 64 << 10

// userAgent begins like GitHub's own; the part after the slash is a build there.
const userAgent = "GitHub-Hookshot/vidimus"

// attempt delivers one message and reports how it went.
func (h *Hook) attempt(ctx context.Context, settings Settings, j job) Delivery {
	d := Delivery{
		ID: h.around.NextID(), GUID: j.guid, DeliveredAt: h.around.Now(), Redelivery: j.redelivery, Message: j.message,
		URL: settings.URL, RequestHeader: headers(settings, j),
	}
	started := time.Now()
	d.StatusCode, d.Status = h.post(ctx, &d)
	d.Duration = time.Since(started)
	return d
}

func (h *Hook) post(ctx context.Context, d *Delivery) (code int, status string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Message.Payload))
	if err != nil {
		return http.StatusBadGateway, "invalid url"
	}
	for name, value := range d.RequestHeader {
		request.Header[name] = []string{value} // not Set: it would change the case that GitHub writes
	}
	response, err := h.client.Do(request)
	if err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			return http.StatusGatewayTimeout, "timed out"
		}
		return http.StatusBadGateway, "failed to connect to host"
	}
	defer response.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes))
	if err != nil {
		return http.StatusGatewayTimeout, "timed out"
	}
	d.ResponsePayload = string(body)
	d.ResponseHeader = map[string]string{}
	for name := range response.Header {
		d.ResponseHeader[name] = response.Header.Get(name)
	}
	if response.StatusCode/100 == 2 {
		return response.StatusCode, "OK"
	}
	return response.StatusCode, fmt.Sprintf("Invalid HTTP Response: %d", response.StatusCode)
}

// headers are those of a delivery. Source: GitHub docs, "Webhook events and payloads", Delivery headers.
func headers(settings Settings, j job) map[string]string {
	set := map[string]string{
		"Accept":                                 "*/*",
		"Content-Type":                           "application/json",
		"User-Agent":                             userAgent,
		"X-GitHub-Delivery":                      j.guid,
		"X-GitHub-Event":                         j.message.Event,
		"X-GitHub-Hook-ID":                       strconv.FormatInt(settings.ID, 10),
		"X-GitHub-Hook-Installation-Target-ID":   strconv.FormatInt(settings.TargetID, 10),
		"X-GitHub-Hook-Installation-Target-Type": "integration",
	}
	if settings.Secret != "" {
		set["X-Hub-Signature"] = "sha1=" + Sum(sha1.New, settings.Secret, j.message.Payload)
		set["X-Hub-Signature-256"] = "sha256=" + Sum(sha256.New, settings.Secret, j.message.Payload)
	}
	return set
}

// Sum is the HMAC of payload under secret in lower-case hexadecimal, as the signature headers carry it.
func Sum(algorithm func() hash.Hash, secret string, payload []byte) string {
	mac := hmac.New(algorithm, []byte(secret))
	mac.Write(payload)
	return hex.EncodeToString(mac.Sum(nil))
}

// newGUID is a random UUID of version 4.
func newGUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
