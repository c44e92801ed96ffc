package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxCommands bounds the refs of one push.
const maxCommands = 2000

// Push is the request of a git client that wants to move refs.
type Push struct {
	Updates []RefUpdate
	// Capabilities are the words that the client sent after its first command.
	Capabilities []string
	// Pack are the objects that came along, empty where refs are only deleted.
	Pack []byte
}

// Unpack takes the objects of the push in before any ref moves, so that its commits can be looked at. Objects that no
// ref names do no harm: a push that is refused after all leaves them behind unseen.
func (r *Repository) Unpack(push Push) error {
	if len(push.Pack) == 0 {
		return nil
	}
	_, err := run(command{args: r.args("unpack-objects", "-q"), stdin: push.Pack})
	return err
}

// ParsePush reads the commands at the start of a git-receive-pack request body; the pack after them is not looked at.
// A probe without commands, which git sends before a chunked push, is an empty Push. Source: gitprotocol-pack(5).
func ParsePush(body []byte) (Push, error) {
	var push Push
	for {
		line, rest, err := readPacket(body)
		if err != nil {
			return Push{}, fmt.Errorf("read push commands: %w", err)
		}
		if line == nil {
			push.Pack = rest
			return push, nil
		}
		body = rest
		text, capabilities, first := strings.Cut(strings.TrimSuffix(string(line), "\n"), "\x00")
		if first {
			push.Capabilities = strings.Fields(capabilities)
		}
		fields := strings.SplitN(text, " ", 3)
		if fields[0] == "shallow" {
			continue
		}
		if len(fields) != 3 || !ValidID(fields[0]) || !ValidID(fields[1]) {
			return Push{}, errors.New("read push commands: malformed command")
		}
		if len(push.Updates) == maxCommands {
			return Push{}, fmt.Errorf("read push commands: over %d refs", maxCommands)
		}
		push.Updates = append(push.Updates, RefUpdate{Old: fields[0], New: fields[1], Name: fields[2]})
	}
}

// readPacket takes one pkt-line; nil is a flush packet.
func readPacket(data []byte) (line, rest []byte, err error) {
	const header = 4
	if len(data) < header {
		return nil, nil, io.ErrUnexpectedEOF
	}
	length, err := strconv.ParseUint(string(data[:header]), 16, 16)
	switch {
	case err != nil:
		return nil, nil, errors.New("malformed packet length")
	case length == 0:
		return nil, data[header:], nil
	case length < header || int(length) > len(data):
		return nil, nil, io.ErrUnexpectedEOF
	}
	return data[header:length], data[length:], nil
}

// Refuse is the answer to a push of which nothing was taken: reasons by ref name, said on the user's terminal line by
// line in talk. A ref without its own reason goes down with the others.
func (p Push) Refuse(reasons map[string]string, talk []string) []byte {
	var report bytes.Buffer
	report.WriteString(packet("unpack ok\n"))
	for _, u := range p.Updates {
		reason := reasons[u.Name]
		if reason == "" {
			reason = "pre-receive hook declined"
		}
		report.WriteString(packet(fmt.Sprintf("ng %s %s\n", u.Name, reason)))
	}
	report.WriteString("0000")
	var answer bytes.Buffer
	if !p.sideBand() {
		return report.Bytes()
	}
	for _, line := range talk {
		answer.WriteString(packet("\x02" + line + "\n"))
	}
	answer.WriteString(packet("\x01" + report.String()))
	answer.WriteString("0000")
	return answer.Bytes()
}

func (p Push) sideBand() bool {
	for _, capability := range p.Capabilities {
		if capability == "side-band-64k" {
			return true
		}
	}
	return false
}

func packet(payload string) string {
	return fmt.Sprintf("%04x%s", len(payload)+4, payload)
}
