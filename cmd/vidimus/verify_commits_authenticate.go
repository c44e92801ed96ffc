package main

import (
	"context"
	"errors"
	"time"
)

func (v *commitVerification) authenticate(ctx context.Context, now time.Time) error {
	return errors.New("not yet")
}
