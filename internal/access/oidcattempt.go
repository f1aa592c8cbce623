package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// attemptLife is how long a reader may take at the issuer.
const attemptLife = 10 * time.Minute

// attempt is a sign-in that was begun.
type attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	To       string    `json:"to"`
	Expires  time.Time `json:"expires"`
}

// attempts seals attempts into what a browser's cookie holds, and remembers
// which were ended. What was begun isn't kept here: strangers could fill that,
// and push out others'. A restart makes whoever is at the issuer begin again.
type attempts struct {
	sealer cipher.AEAD

	mu sync.Mutex
	// Two generations of states: each is remembered for attemptLife at least.
	young, old map[string]bool
	turned     time.Time
}

func newAttempts() *attempts {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(fmt.Sprintf("unreachable: the key has a right size: %v", err))
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(fmt.Sprintf("unreachable: AES has a right block: %v", err))
	}
	return &attempts{sealer: sealer, young: map[string]bool{}}
}

func (a *attempts) seal(t attempt) (string, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("seal sign-in: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(a.sealer.Seal(nil, nil, b, nil)), nil
}

func (a *attempts) open(sealed string) (attempt, error) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return attempt{}, err
	}
	if b, err = a.sealer.Open(nil, nil, b, nil); err != nil {
		return attempt{}, err
	}
	var t attempt
	err = json.Unmarshal(b, &t)
	return t, err
}

// first reports whether a state comes for the first time.
func (a *attempts) first(state string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.turned) >= attemptLife {
		a.old, a.young, a.turned = a.young, map[string]bool{}, now
	}
	if a.young[state] || a.old[state] {
		return false
	}
	a.young[state] = true
	return true
}
