package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// keys makes keyed hashes of what Slack names things. The key is made of the
// signing secret, which isn't in the store: with the database alone nobody can
// try out ids. Another secret makes everything known before unknown: threads
// begin anew.
type keys []byte

func newKeys(secret string) keys { return keys(mac([]byte(secret), "bronwijzer: names from slack")) }

func (k keys) hash(kind string, names ...string) string {
	return hex.EncodeToString(mac(k, kind+"\x00"+strings.Join(names, "\x00"))[:16])
}

// person names who asks, thread where.
func (k keys) person(user string) string          { return k.hash("person", user) }
func (k keys) thread(channel, root string) string { return k.hash("thread", channel, root) }

// owner is a person or thread as the owner of conversations.
func (keys) owner(hash string) string { return "slack:" + hash }

// Owner is the subject that owns what a user, by Slack's id, asked in direct
// messages and by command, and the actor of what they did. It takes the app's
// signing secret to know.
func Owner(signingSecret, user string) string {
	k := newKeys(signingSecret)
	return k.owner(k.person(user))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
