package facts

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxExactInteger is the largest integer that every JSON reader holds exactly,
// 2^53-1. Source: RFC 8785 §3.2.2.3; RFC 7493 §2.2.
const maxExactInteger = 1<<53 - 1

// ErrNotCanonical is the cause when bytes are JSON, but not the one encoding
// that RFC 8785 gives to their content.
var ErrNotCanonical = errors.New("not canonical JSON (RFC 8785)")

// Canonical encodes v as JSON by RFC 8785, restricted further: strings are valid
// UTF-8 and left as they are (never normalised), numbers are integers within
// ±(2^53-1), there is no null. Structs are encoded by their json tags (name and
// omitempty only), keys sorted; a nil slice is "[]", because an empty array says
// "looked, found none". There is no final line break, so that the hash of a file
// is the hash of its JSON. An error names the path of the value that cannot be
// encoded. Source: RFC 8785 §3.2.
func Canonical(v any) ([]byte, error) {
	var b strings.Builder
	if err := encode(&b, reflect.ValueOf(v), "$"); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

// ReadCanonical decodes data into the struct that into points to and refuses what
// is not exactly the canonical encoding of the result: another order of keys, a
// key twice, unknown or missing fields, white space, other escapes. The error
// wraps ErrNotCanonical in these cases.
func ReadCanonical(data []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("decode JSON: %w", err)
	}
	again, err := Canonical(into)
	if err != nil {
		return fmt.Errorf("encode again: %w", err)
	}
	if at := firstDifference(data, again); at >= 0 {
		return fmt.Errorf("byte %d of %d: %w", at, len(data), ErrNotCanonical)
	}
	return nil
}

// firstDifference is the offset at which a and b part, -1 if they are equal.
func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return n
	}
	return -1
}

func encode(b *strings.Builder, v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return fmt.Errorf("%s: null has no place in canonical JSON here", path)
		}
		return encode(b, v.Elem(), path)
	case reflect.Struct:
		return encodeStruct(b, v, path)
	case reflect.Map:
		return encodeMap(b, v, path)
	case reflect.Slice, reflect.Array:
		return encodeList(b, v, path)
	case reflect.String:
		return encodeString(b, v.String(), path)
	case reflect.Bool:
		b.WriteString(strconv.FormatBool(v.Bool()))
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return encodeInteger(b, v.Int(), path)
	default:
		return fmt.Errorf("%s: a %s has no canonical form here", path, v.Kind())
	}
}

func encodeInteger(b *strings.Builder, n int64, path string) error {
	if n > maxExactInteger || n < -maxExactInteger {
		return fmt.Errorf("%s: %d is beyond 2^53-1", path, n)
	}
	b.WriteString(strconv.FormatInt(n, 10))
	return nil
}

// member is one key of an object with its value.
type member struct {
	key   string
	value reflect.Value
}

func encodeStruct(b *strings.Builder, v reflect.Value, path string) error {
	t := v.Type()
	members := make([]member, 0, t.NumField())
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" || (options == "omitempty" && empty(v.Field(i))) {
			continue
		}
		members = append(members, member{name, v.Field(i)})
	}
	return encodeMembers(b, members, path)
}

// empty says what omitempty leaves out, as encoding/json does.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	default:
		return v.IsZero() && v.Kind() != reflect.Struct
	}
}

func encodeMap(b *strings.Builder, v reflect.Value, path string) error {
	if v.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("%s: keys must be strings", path)
	}
	members := make([]member, 0, v.Len())
	for _, k := range v.MapKeys() {
		members = append(members, member{k.String(), v.MapIndex(k)})
	}
	return encodeMembers(b, members, path)
}

func encodeMembers(b *strings.Builder, members []member, path string) error {
	// RFC 8785 sorts by UTF-16 code units; for the ASCII keys that are allowed
	// here this is the order of bytes.
	sort.Slice(members, func(i, j int) bool { return members[i].key < members[j].key })
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encodeKey(b, m.key, path); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := encode(b, m.value, path+"."+m.key); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func encodeKey(b *strings.Builder, key, path string) error {
	for i := range len(key) {
		if key[i] >= utf8.RuneSelf {
			return fmt.Errorf("%s: key %q is not ASCII", path, key)
		}
	}
	return encodeString(b, key, path)
}

func encodeList(b *strings.Builder, v reflect.Value, path string) error {
	b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(b, v.Index(i), path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// encodeString writes the shortest escapes that RFC 8785 §3.2.2.2 prescribes:
// only quotation mark, backslash and C0 controls are escaped.
func encodeString(b *strings.Builder, s, path string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s: %q is not UTF-8", path, s)
	}
	b.WriteByte('"')
	start := 0
	for i := range len(s) {
		escape := escapes(s[i])
		if escape == "" {
			continue
		}
		b.WriteString(s[start:i])
		b.WriteString(escape)
		start = i + 1
	}
	b.WriteString(s[start:])
	b.WriteByte('"')
	return nil
}

func escapes(c byte) string {
	switch c {
	case '"':
		return `\"`
	case '\\':
		return `\\`
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	if c < 0x20 {
		return fmt.Sprintf(`\u%04x`, c)
	}
	return ""
}
