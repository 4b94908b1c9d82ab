package identitykratos

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

var (
	b64  = base64.RawURLEncoding.EncodeToString
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

const issuer = "https://auth.bureau.example/.ory/"

type signer struct {
	key *ecdsa.PrivateKey
	kid string
}

func newSigner(t *testing.T, kid string) signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signer{k, kid}
}

func (s signer) point(t *testing.T) (x, y []byte) {
	t.Helper()
	raw, err := s.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw[1:33], raw[33:]
}

func (s signer) jwk(t *testing.T) map[string]string {
	t.Helper()
	x, y := s.point(t)
	return map[string]string{"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": s.kid, "x": b64(x), "y": b64(y)}
}

func set(t *testing.T, keys ...map[string]string) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// sign signs any header and claims, given as JSON texts.
func (s signer) sign(t *testing.T, header, claims string) string {
	t.Helper()
	text := b64([]byte(header)) + "." + b64([]byte(claims))
	sum := sha256.Sum256([]byte(text))
	r, v, err := ecdsa.Sign(rand.Reader, s.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	v.FillBytes(sig[32:])
	return text + "." + b64(sig)
}

const header = `{"alg":"ES256","typ":"JWT","kid":"one"}`

func claims(change func(map[string]any)) string {
	c := map[string]any{
		"iss": issuer, "aud": "app-broker", "sub": "person", "sid": "session", "iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Unix() + 60,
		"jti": "x", "email": "a@example.test", "aal": "aal1", "amr": []string{"password"}, "authenticated_at": noon.Format(time.RFC3339),
	}
	if change != nil {
		change(c)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func with(key string, v any) string { return claims(func(c map[string]any) { c[key] = v }) }
func without(key string) string     { return claims(func(c map[string]any) { delete(c, key) }) }

func TestVerifier(t *testing.T) {
	t.Parallel()
	one, two, stranger := newSigner(t, "one"), newSigner(t, "two"), newSigner(t, "one")
	now := noon
	v, err := NewVerifier(set(t, one.jwk(t), two.jwk(t)), issuer, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	good := one.sign(t, header, claims(nil))
	for name, token := range map[string]string{
		"as Kratos makes it": good,
		"the second key":     two.sign(t, `{"alg":"ES256","kid":"two"}`, claims(nil)),
		"audience as a list": one.sign(t, header, with("aud", []string{"app-broker"})),
		"within the leeway":  one.sign(t, header, with("nbf", noon.Unix()+4)),
		"just not over":      one.sign(t, header, with("exp", noon.Unix()-4)),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := v.Verify(token)
			if err != nil || c.Subject != "person" || c.SID != "session" || c.AAL != "aal1" || len(c.AMR) != 1 || !c.AuthenticatedAt.Equal(noon) {
				t.Fatalf("got %+v, %v", c, err)
			}
		})
	}
	parts := strings.Split(good, ".")
	x, y := one.point(t)
	mac := func(key []byte) string {
		text := b64([]byte(`{"alg":"HS256","kid":"one"}`)) + "." + parts[1]
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return text + "." + b64(m.Sum(nil))
	}
	flip := func(s string) string {
		raw, _ := base64.RawURLEncoding.DecodeString(s)
		raw[len(raw)/2] ^= 1
		return b64(raw)
	}
	jwk, _ := json.Marshal(stranger.jwk(t))
	for name, token := range map[string]string{
		"nothing":                     "",
		"one part":                    "x",
		"two parts":                   parts[0] + "." + parts[1],
		"four parts":                  good + ".x",
		"no signature":                parts[0] + "." + parts[1] + ".",
		"alg none":                    b64([]byte(`{"alg":"none","kid":"one"}`)) + "." + parts[1] + ".",
		"alg None with a signature":   b64([]byte(`{"alg":"None","kid":"one"}`)) + "." + parts[1] + "." + parts[2],
		"HS256 with the public key":   mac(append(append([]byte{4}, x...), y...)),
		"HS256 with x":                mac(x),
		"ES384":                       one.sign(t, `{"alg":"ES384","kid":"one"}`, claims(nil)),
		"no alg":                      one.sign(t, `{"kid":"one"}`, claims(nil)),
		"no kid":                      one.sign(t, `{"alg":"ES256"}`, claims(nil)),
		"unknown kid":                 one.sign(t, `{"alg":"ES256","kid":"three"}`, claims(nil)),
		"the other key's kid":         one.sign(t, `{"alg":"ES256","kid":"two"}`, claims(nil)),
		"kid is a number":             one.sign(t, `{"alg":"ES256","kid":1}`, claims(nil)),
		"a stranger's key":            stranger.sign(t, header, claims(nil)),
		"embedded jwk":                stranger.sign(t, `{"alg":"ES256","kid":"one","jwk":`+string(jwk)+`}`, claims(nil)),
		"jku":                         one.sign(t, `{"alg":"ES256","kid":"one","jku":"https://evil.example/k"}`, claims(nil)),
		"x5u":                         one.sign(t, `{"alg":"ES256","kid":"one","x5u":"https://evil.example/k"}`, claims(nil)),
		"crit":                        one.sign(t, `{"alg":"ES256","kid":"one","crit":["exp"]}`, claims(nil)),
		"alg twice":                   one.sign(t, `{"alg":"none","alg":"ES256","kid":"one"}`, claims(nil)),
		"header is a list":            one.sign(t, `["ES256"]`, claims(nil)),
		"claims changed":              parts[0] + "." + b64([]byte(with("sub", "somebody else"))) + "." + parts[2],
		"signature changed":           parts[0] + "." + parts[1] + "." + flip(parts[2]),
		"signature too short":         parts[0] + "." + parts[1] + "." + b64([]byte("short")),
		"signature of zeros":          parts[0] + "." + parts[1] + "." + b64(make([]byte, 64)),
		"padded":                      parts[0] + "." + parts[1] + "=." + parts[2],
		"no audience":                 one.sign(t, header, without("aud")),
		"another audience":            one.sign(t, header, with("aud", "other")),
		"one audience of two":         one.sign(t, header, with("aud", []string{"app-broker", "other"})),
		"no issuer":                   one.sign(t, header, without("iss")),
		"another issuer":              one.sign(t, header, with("iss", "https://evil.example/.ory/")),
		"issuer without its slash":    one.sign(t, header, with("iss", strings.TrimSuffix(issuer, "/"))),
		"no subject":                  one.sign(t, header, without("sub")),
		"no session":                  one.sign(t, header, without("sid")),
		"no end":                      one.sign(t, header, without("exp")),
		"over":                        one.sign(t, header, with("exp", noon.Unix()-5)),
		"end as a text":               one.sign(t, header, with("exp", "2050-01-01")),
		"end in the far future":       one.sign(t, header, with("exp", 1e15)),
		"no beginning":                one.sign(t, header, without("nbf")),
		"not yet":                     one.sign(t, header, with("nbf", noon.Unix()+6)),
		"made in the future":          one.sign(t, header, with("iat", noon.Unix()+6)),
		"a claim twice":               one.sign(t, header, `{"sub":"a",`+claims(nil)[1:]),
		"a claim twice in other case": one.sign(t, header, `{"AUD":"other",`+claims(nil)[1:]),
		"claims are a text":           one.sign(t, header, `"x"`),
		"very long":                   one.sign(t, header, with("jti", strings.Repeat("x", 9000))),
	} {
		t.Run(name, func(t *testing.T) {
			if c, err := v.Verify(token); err == nil {
				t.Fatalf("accepted: %+v", c)
			}
		})
	}
	t.Run("time goes on", func(t *testing.T) {
		now = noon.Add(64 * time.Second)
		if _, err := v.Verify(good); err != nil {
			t.Fatal(err)
		}
		now = noon.Add(65 * time.Second)
		if _, err := v.Verify(good); err == nil {
			t.Fatal("accepted after its end")
		}
	})
}

func TestVerifierRefusesBadKeys(t *testing.T) {
	t.Parallel()
	change := func(k, v string) []byte {
		j := newSigner(t, "one").jwk(t)
		j[k] = v
		return set(t, j)
	}
	for name, raw := range map[string][]byte{
		"no JSON": []byte("x"), "none": []byte(`{"keys":[]}`), "private": change("d", "secret"), "RSA": change("kty", "RSA"), "another curve": change("crv", "P-384"),
		"another algorithm": change("alg", "HS256"), "no name": change("kid", ""), "short": change("x", "AA"), "not on the curve": change("x", b64(make([]byte, 32))), "no base64": change("y", "!"),
	} {
		if _, err := NewVerifier(raw, issuer, time.Now); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
