package kratos

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

type jwk struct {
	Use string `json:"use"`
	Kty string `json:"kty"`
	Kid string `json:"kid"`
	Alg string `json:"alg"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
	D   string `json:"d,omitempty"`
}

type jwks struct {
	Keys []jwk `json:"keys"`
}

// NewSigningKeys makes an ES256 key for the session tokens: the private JWK set for Kratos, the public one for the app.
func NewSigningKeys() (private, public []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("kratos: make a signing key: %w", err)
	}
	id := make([]byte, 12)
	if _, err := rand.Read(id); err != nil {
		return nil, nil, fmt.Errorf("kratos: name a signing key: %w", err)
	}
	point, err := key.PublicKey.Bytes() // 4 ‖ X ‖ Y
	if err != nil {
		return nil, nil, fmt.Errorf("kratos: encode a signing key: %w", err)
	}
	secret, err := key.Bytes()
	if err != nil {
		return nil, nil, fmt.Errorf("kratos: encode a signing key: %w", err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	k := jwk{Use: "sig", Kty: "EC", Kid: b64(id), Alg: "ES256", Crv: "P-256", X: b64(point[1:33]), Y: b64(point[33:])}
	if public, err = json.MarshalIndent(jwks{Keys: []jwk{k}}, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("kratos: encode the public keys: %w", err)
	}
	k.D = b64(secret)
	if private, err = json.MarshalIndent(jwks{Keys: []jwk{k}}, "", "  "); err != nil {
		return nil, nil, fmt.Errorf("kratos: encode the private keys: %w", err)
	}
	return private, public, nil
}
