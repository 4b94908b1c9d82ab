// Package sealed encrypts what must not be read by who has the database alone.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// ErrSealed says that something was sealed with another secret, or changed since.
var ErrSealed = errors.New("sealed: this cannot be opened")

// Box seals with one secret, for one purpose: what was sealed for another one does not open.
type Box struct{ aead cipher.AEAD }

// New returns the box of a secret of at least 128 random bits.
func New(purpose, secret string) (Box, error) {
	key := sha256.Sum256([]byte(purpose + "\x00" + secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return Box{}, err
	}
	aead, err := cipher.NewGCM(block)
	return Box{aead}, err
}

// Seal encrypts plain.
func (b Box) Seal(plain []byte) []byte {
	nonce := make([]byte, b.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: it ends the program instead
	return b.aead.Seal(nonce, nonce, plain, nil)
}

// Open decrypts what Seal made. ErrSealed.
func (b Box) Open(sealed []byte) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(sealed) < n {
		return nil, ErrSealed
	}
	plain, err := b.aead.Open(nil, sealed[:n], sealed[n:], nil)
	if err != nil {
		return nil, errors.Join(ErrSealed, err)
	}
	return plain, nil
}
