package rest

import (
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func userRoutes() []route {
	return []route{
		{operation: "users/get-authenticated", method: "GET", pattern: "/user", need: "user", handle: (*call).self},
		{operation: "users/list-emails-for-authenticated-user", method: "GET", pattern: "/user/emails", need: "user", handle: (*call).emails},
		{operation: "users/list-gpg-keys-for-authenticated-user", method: "GET", pattern: "/user/gpg_keys", need: "user", handle: (*call).ownKeys},
		{operation: "users/create-gpg-key-for-authenticated-user", method: "POST", pattern: "/user/gpg_keys", need: "user", handle: (*call).addKey},
		{operation: "users/get-gpg-key-for-authenticated-user", method: "GET", pattern: "/user/gpg_keys/{key}", need: "user", handle: (*call).ownKey},
		{operation: "users/delete-gpg-key-for-authenticated-user", method: "DELETE", pattern: "/user/gpg_keys/{key}", need: "user", handle: (*call).deleteKey},
		{operation: "repos/create-for-authenticated-user", method: "POST", pattern: "/user/repos", need: "user", handle: (*call).createOwnRepo},
		{operation: "users/get-by-id", method: "GET", pattern: "/user/{id}", need: "any", handle: (*call).userByID},
		{operation: "users/get-by-username", method: "GET", pattern: "/users/{login}", need: "metadata:read", handle: (*call).user},
		{operation: "users/list-gpg-keys-for-user", method: "GET", pattern: "/users/{login}/gpg_keys", need: "metadata:read", handle: (*call).userKeys},
		{operation: "users/list-ssh-signing-keys-for-user", method: "GET", pattern: "/users/{login}/ssh_signing_keys", need: "any", handle: (*call).sshKeys},
	}
}

func (c *call) self() (answer, error) { return ok(c.Wire.PrivateUser(c.actor.Account)) }

func (c *call) emails() (answer, error) {
	return ok([]wire.Object{{"email": c.actor.Account.CommitEmail(), "primary": true, "verified": true, "visibility": "public"}})
}

// account is the account that the parameter names by its login.
func (c *call) account(param string) (*world.Account, error) {
	a := c.World.Account(c.params[param])
	if a == nil {
		return nil, world.NotFound()
	}
	return a, nil
}

func (c *call) user() (answer, error) {
	a, err := c.account("login")
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.PublicUser(a))
}

func (c *call) userByID() (answer, error) {
	a := c.World.AccountByID(c.id("id"))
	if a == nil {
		return answer{}, world.NotFound()
	}
	return ok(c.Wire.PublicUser(a))
}

func (c *call) keysOf(a *world.Account) (answer, error) {
	keys := []wire.Object{}
	for _, k := range pageOf(c, a.Keys) {
		keys = append(keys, c.Wire.Key(k))
	}
	return ok(keys)
}

func (c *call) ownKeys() (answer, error) { return c.keysOf(c.actor.Account) }

func (c *call) userKeys() (answer, error) {
	a, err := c.account("login")
	if err != nil {
		return answer{}, err
	}
	return c.keysOf(a)
}

// sshKeys is always empty: SSH signatures are nothing that this host verifies.
func (c *call) sshKeys() (answer, error) {
	if _, err := c.account("login"); err != nil {
		return answer{}, err
	}
	return ok([]wire.Object{})
}

func (c *call) addKey() (answer, error) {
	var request struct {
		Name    string `json:"name"`
		Armored string `json:"armored_public_key"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	key, err := c.World.AddKey(c.actor.Account, request.Name, request.Armored)
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.Key(key))
}

func (c *call) findKey() (int, *world.Key, error) {
	for i, k := range c.actor.Account.Keys {
		if k.ID == c.id("key") {
			return i, k, nil
		}
	}
	return 0, nil, world.NotFound()
}

func (c *call) ownKey() (answer, error) {
	_, k, err := c.findKey()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Key(k))
}

func (c *call) deleteKey() (answer, error) {
	i, _, err := c.findKey()
	if err != nil {
		return answer{}, err
	}
	u := c.actor.Account
	u.Keys = append(u.Keys[:i:i], u.Keys[i+1:]...)
	return noContent()
}
