package identitykratos

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// leeway is how far the clocks of two machines may differ.
const leeway = 5 * time.Second

// audience is what Kratos' claims mapper writes for us.
const audience = "app-broker"

// Verifier checks the tokens that Kratos makes of a session. It knows one
// algorithm and a fixed set of keys; nothing in a token can choose either.
type Verifier struct {
	keys   map[string]*ecdsa.PublicKey
	issuer string
	now    func() time.Time
}

// NewVerifier reads the public keys. A set that holds a private part is
// refused: it is the signer's file and must not be here.
func NewVerifier(jwks []byte, issuer string, now func() time.Time) (*Verifier, error) {
	var set struct {
		Keys []struct {
			Kty, Crv, Alg, Kid, X, Y, D string
		} `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &set); err != nil {
		return nil, fmt.Errorf("identitykratos: token keys: %w", err)
	}
	v := &Verifier{keys: map[string]*ecdsa.PublicKey{}, issuer: issuer, now: now}
	for _, k := range set.Keys {
		if k.D != "" {
			return nil, errors.New("identitykratos: token keys: the set holds a private key; give the public set")
		}
		if k.Kty != "EC" || k.Crv != "P-256" || k.Alg != "ES256" || k.Kid == "" {
			return nil, fmt.Errorf("identitykratos: token keys: key %q is not an ES256 key with a name", k.Kid)
		}
		x, errX := base64.RawURLEncoding.DecodeString(k.X)
		y, errY := base64.RawURLEncoding.DecodeString(k.Y)
		if err := errors.Join(errX, errY); err != nil || len(x) != 32 || len(y) != 32 {
			return nil, fmt.Errorf("identitykratos: token keys: key %q is malformed", k.Kid)
		}
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
		if err != nil {
			return nil, fmt.Errorf("identitykratos: token keys: key %q: %w", k.Kid, err)
		}
		v.keys[k.Kid] = key
	}
	if len(v.keys) == 0 {
		return nil, errors.New("identitykratos: token keys: the set is empty")
	}
	return v, nil
}

// Claims are what a token says.
type Claims struct {
	Subject         string // the person
	SID             string // the session
	AAL             string
	AMR             []string
	AuthenticatedAt time.Time
}

var errToken = errors.New("identitykratos: the session token is not valid")

func refuse(format string, args ...any) (Claims, error) {
	return Claims{}, fmt.Errorf("%w: %s", errToken, fmt.Sprintf(format, args...))
}

// Verify checks a token and returns what it says.
func (v *Verifier) Verify(token string) (Claims, error) {
	if len(token) > 8192 {
		return refuse("too long")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return refuse("not three parts")
	}
	var header map[string]json.RawMessage
	if err := decode(parts[0], &header); err != nil {
		return refuse("header: %v", err)
	}
	var alg, kid string
	for name, raw := range header {
		var err error
		switch name {
		case "alg":
			err = json.Unmarshal(raw, &alg)
		case "kid":
			err = json.Unmarshal(raw, &kid)
		case "typ":
		default: // jwk, jku, x5u, x5c, crit …: a token names its key and nothing else
			return refuse("header holds %q", name)
		}
		if err != nil {
			return refuse("header %s: %v", name, err)
		}
	}
	key, known := v.keys[kid]
	if alg != "ES256" || !known {
		return refuse("algorithm %q, key %q", alg, kid)
	}
	sig, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(sig) != 64 {
		return refuse("malformed signature")
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return refuse("wrong signature")
	}
	return v.claims(parts[1])
}

func (v *Verifier) claims(part string) (Claims, error) {
	var c struct {
		Iss             string          `json:"iss"`
		Aud             json.RawMessage `json:"aud"`
		Sub             string          `json:"sub"`
		Sid             string          `json:"sid"`
		Exp             *float64        `json:"exp"`
		Nbf             *float64        `json:"nbf"`
		Iat             *float64        `json:"iat"`
		AAL             string          `json:"aal"`
		AMR             []string        `json:"amr"`
		AuthenticatedAt time.Time       `json:"authenticated_at"`
	}
	if err := decode(part, &c); err != nil {
		return refuse("claims: %v", err)
	}
	now := v.now()
	switch {
	case c.Iss != v.issuer:
		return refuse("issuer %q", c.Iss)
	case !forUs(c.Aud):
		return refuse("audience %s", c.Aud)
	case c.Sub == "" || c.Sid == "":
		return refuse("no subject or session")
	case c.Exp == nil || !now.Add(-leeway).Before(instant(*c.Exp)):
		return refuse("expired")
	case c.Nbf == nil || now.Add(leeway).Before(instant(*c.Nbf)):
		return refuse("not valid yet")
	case c.Iat == nil || now.Add(leeway).Before(instant(*c.Iat)):
		return refuse("made in the future")
	}
	return Claims{c.Sub, c.Sid, c.AAL, c.AMR, c.AuthenticatedAt}, nil
}

func forUs(raw json.RawMessage) bool {
	var one string
	var list []string
	if json.Unmarshal(raw, &one) == nil {
		return one == audience
	}
	return json.Unmarshal(raw, &list) == nil && len(list) == 1 && list[0] == audience
}

func instant(seconds float64) time.Time {
	if seconds < 0 || seconds > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// decode reads one part of a token. A member that comes twice is refused: two
// readers could take different ones.
func decode(part string, into any) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not an object")
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string)
		// Go's decoder ignores case, so "AUD" would be taken for "aud".
		if low := strings.ToLower(name); seen[low] {
			return fmt.Errorf("%q comes twice", name)
		} else {
			seen[low] = true
		}
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			return err
		}
	}
	return json.Unmarshal(raw, into)
}
