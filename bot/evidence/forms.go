package evidence

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Patterns that never change.
var (
	hex64       = lazily(`^[0-9a-f]{64}$`)
	objectID    = lazily(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
	openpgpName = lazily(`^[0-9A-F]{40}$`)
	fileMode    = lazily(`^[0-7]{6}$`)
	wordForm    = lazily(`^[a-z][a-z-]*$`)
)

// checkForms walks a stored form and checks each text by what its key promises: in
// our formats a key always means the same kind of value. The error names the path of
// the value. Empty optional values were left out before and are not there.
func checkForms(v any) error { return checkValue(reflect.ValueOf(v), "", "$") }

func checkValue(v reflect.Value, key, path string) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return checkValue(v.Elem(), key, path)
	case reflect.Struct:
		return checkFields(v, path)
	case reflect.Slice:
		for i := range v.Len() {
			if err := checkValue(v.Index(i), key, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.String:
		if !formOf(key)(v.String()) {
			return fmt.Errorf("%s is %q", path, v.String())
		}
		return nil
	case reflect.Int, reflect.Int64:
		if v.Int() < 0 {
			return fmt.Errorf("%s is below zero", path)
		}
	}
	return nil
}

func checkFields(v reflect.Value, path string) error {
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || (options == "omitempty" && v.Field(i).IsZero()) {
			continue
		}
		if err := checkValue(v.Field(i), name, path+"."+name); err != nil {
			return err
		}
	}
	return nil
}

// formOf is the form of the texts that stand under a key.
func formOf(key string) func(string) bool {
	switch key {
	case "sha256", "contentDigest", "bodySha256", "imagesDigest", "previous", "record", "root":
		return hex64().MatchString
	case "gitCommit", "gitBlob", "commit", "base", "head":
		return objectID().MatchString
	case "primary", "signing", "retires":
		return openpgpName().MatchString
	case "at", "time", "submittedAt", "firstSeenAt", "headSeenAt", "seenAt", "detectedAt", "validFrom":
		return isTime
	case "mode":
		return fileMode().MatchString
	case "act", "how", "outcome", "level", "capacity", "method", "action", "by", "conclusion", "verdict", "kind":
		return isWord
	default:
		return func(string) bool { return true }
	}
}

// isWord takes the words of enumerations; GitHub's have low lines.
func isWord(s string) bool { return wordForm().MatchString(strings.ReplaceAll(s, "_", "-")) }

func isTime(s string) bool {
	t, err := time.Parse(timeLayout, s)
	return err == nil && timeText(t) == s
}
