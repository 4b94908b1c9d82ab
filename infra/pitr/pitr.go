// Package pitr copies a running PostgreSQL cluster, so that together with the
// archive of its write-ahead log it can be brought to any later moment. The
// README beside it says how; the scripts need nothing but the server's programs.
package pitr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// emptied are folders whose content a copy must not have: the log comes from
// the archive, the rest belongs to the running server.
var emptied = map[string]bool{
	"pg_wal": true, "pg_replslot": true, "pg_dynshmem": true, "pg_notify": true, "pg_serial": true, "pg_snapshots": true, "pg_stat_tmp": true, "pg_subtrans": true,
}

// Base copies the cluster whose files lie in pgdata to the new folder to, while
// it runs. The folder appears when the copy is whole. conn is a superuser's, or
// one that may call pg_backup_start.
func Base(ctx context.Context, conn *pgx.Conn, pgdata, to string) (err error) {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", to)
	}
	part := to + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o700)); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(part))
		}
	}()
	if _, err := conn.Exec(ctx, `SELECT pg_backup_start('bureau', true)`); err != nil {
		return fmt.Errorf("begin the backup: %w", err)
	}
	if err := copyCluster(ctx, pgdata, part); err != nil {
		return err // the server forgets the backup when the connection ends
	}
	var label, spaces string
	// It waits until the log of the backup is in the archive.
	if err := conn.QueryRow(ctx, `SELECT labelfile, coalesce(spcmapfile, '') FROM pg_backup_stop(true)`).Scan(&label, &spaces); err != nil {
		return fmt.Errorf("end the backup: %w", err)
	}
	if strings.TrimSpace(spaces) != "" {
		return errors.New("the cluster has tablespaces of its own, which this does not copy")
	}
	if err := os.WriteFile(filepath.Join(part, "backup_label"), []byte(label), 0o600); err != nil {
		return err
	}
	return os.Rename(part, to)
}

func copyCluster(ctx context.Context, from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // dropped meanwhile: the log says so too
			}
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rel, err := filepath.Rel(from, path)
		if err != nil || rel == "." {
			return err
		}
		name, target := d.Name(), filepath.Join(to, rel)
		switch {
		case emptied[filepath.Dir(rel)] && !d.IsDir(), strings.HasPrefix(name, "pgsql_tmp"), rel == "postmaster.pid", rel == "postmaster.opts":
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case d.Type().IsRegular():
			return copyFile(path, target)
		}
		return fmt.Errorf("%s is neither a file nor a folder", path)
	})
}

func copyFile(from, to string) (err error) {
	r, err := os.Open(from) //nolint:gosec // the folder is the operator's own
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the folder is the operator's own
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Sync(), w.Close())
}
