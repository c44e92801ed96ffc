package githubsimtest

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// JWT is a token by which the App speaks for itself, dated as GitHub advises, by simulated time.
func (s *Sim) JWT(app githubsim.App) string {
	s.t.Helper()
	now := s.Now()
	return s.SignJWT(app, jwt.MapClaims{
		"iss": strconv.FormatInt(app.ID, 10), "iat": now.Add(-time.Minute).Unix(), "exp": now.Add(9 * time.Minute).Unix(),
	})
}

// SignJWT signs any claims with the App's key.
func (s *Sim) SignJWT(app githubsim.App, claims jwt.MapClaims) string {
	s.t.Helper()
	block, _ := pem.Decode([]byte(app.PrivateKey))
	if block == nil {
		s.t.Fatal("the App's key is no PEM")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		s.t.Fatalf("read the App's key: %v", err)
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		s.t.Fatalf("sign a JWT: %v", err)
	}
	return signed
}

// AppClient is a client of the App by itself.
func (s *Sim) AppClient(app githubsim.App) *github.Client { return s.Client(s.JWT(app)) }

// InstallationToken makes a token of the App's first installation with all that it is granted.
func (s *Sim) InstallationToken(app githubsim.App) string {
	s.t.Helper()
	token, _, err := s.AppClient(app).Apps.CreateInstallationToken(context.Background(), app.InstallationID, nil)
	if err != nil {
		s.t.Fatalf("make an installation token: %v", err)
	}
	return token.GetToken()
}
