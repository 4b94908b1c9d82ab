package main

import (
	"context"
	"errors"
	"io"

	"github.com/bureauhq/bureau/app"
)

func loadDemo(context.Context, *app.App, io.Writer) error {
	return errors.New("there are no sample data yet")
}
