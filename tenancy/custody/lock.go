package custody

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrBadLock answers a recipient or key that is none.
var ErrBadLock = fault.Define(fault.Invalid, "custody.bad_lock", "This is no key of age.")

// Lock says who can read an archive; the zero Lock is open to all.
type Lock struct {
	Passphrase string
	Recipient  string // age1…
}

// Key opens a locked archive.
type Key struct {
	Passphrase string
	Identity   string // AGE-SECRET-KEY-…
}

// NewIdentity makes a key, and the recipient that fits it.
func NewIdentity() (identity, recipient string, err error) {
	i, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("make a key: %w", err)
	}
	return i.String(), i.Recipient().String(), nil
}

// RecipientOf is the public half of an identity. ErrBadLock.
func RecipientOf(identity string) (string, error) {
	i, err := age.ParseX25519Identity(strings.TrimSpace(identity))
	if err != nil {
		return "", ErrBadLock // what is wrong with it may show the secret
	}
	return i.Recipient().String(), nil
}

// Check tells whether the lock can be used. ErrBadLock.
func (l Lock) Check() error {
	_, err := l.recipients()
	return err
}

func (l Lock) recipients() ([]age.Recipient, error) {
	switch {
	case l.Passphrase != "" && l.Recipient != "":
		return nil, ErrBadLock.Because(errors.New("a passphrase and a recipient exclude each other"))
	case l.Passphrase != "":
		r, err := age.NewScryptRecipient(l.Passphrase)
		return []age.Recipient{r}, err
	case l.Recipient != "":
		r, err := age.ParseX25519Recipient(strings.TrimSpace(l.Recipient))
		if err != nil {
			return nil, ErrBadLock.Because(err)
		}
		return []age.Recipient{r}, nil
	}
	return nil, nil
}

// seal returns what encrypts into w, or nil for an open archive.
func (l Lock) seal(w io.Writer) (io.WriteCloser, error) {
	to, err := l.recipients()
	if err != nil || to == nil {
		return nil, err
	}
	return age.Encrypt(w, to...)
}

const ageMagic = "age-encryption.org/v1"

// open returns the plain archive, whether it is locked or not.
func (k Key) open(r io.Reader) (io.Reader, error) {
	buf := bufio.NewReaderSize(r, 64<<10)
	start, _ := buf.Peek(len(ageMagic))
	if string(start) != ageMagic {
		return buf, nil
	}
	var with []age.Identity
	if k.Passphrase != "" {
		i, err := age.NewScryptIdentity(k.Passphrase)
		if err != nil {
			return nil, ErrLocked.Because(err)
		}
		with = append(with, i)
	}
	if k.Identity != "" {
		i, err := age.ParseX25519Identity(strings.TrimSpace(k.Identity))
		if err != nil {
			return nil, ErrBadLock
		}
		with = append(with, i)
	}
	if len(with) == 0 {
		return nil, ErrLocked.Because(errors.New("neither a passphrase nor a key was given"))
	}
	plain, err := age.Decrypt(buf, with...)
	if err != nil {
		return nil, ErrLocked.Because(err)
	}
	return plain, nil
}
