#!/usr/bin/env bash
# Checks a session token with curl, openssl and jq: `TOKEN=… CLERK_API_URL=… ./verify.sh` prints its claims, or says what
# is wrong with it.
set -euo pipefail
wrong() { echo "verify.sh: $1" >&2; exit 1; }
part() { printf %s "$TOKEN" | cut -s -d. -f"$1"; }
# base64url without padding (RFC 7515, appendix C)
bytes() { local text; text=$(tr '_-' '/+'); while ((${#text} % 4)); do text="$text="; done; openssl base64 -d -A <<<"$text"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ $TOKEN =~ ^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$ ]] || wrong "it is no JWT"

# The one published key that the token names; nothing else in it is believed yet.
kid=$(part 1 | bytes | jq -r .kid) || wrong "it is no JWT"
curl -fsS "$CLERK_API_URL/.well-known/jwks.json" | jq -e --arg kid "$kid" '.keys[] | select(.kid == $kid)' > "$work/jwk" || wrong "no such key"
hex() { jq -r ".$1" "$work/jwk" | tr -d '\n' | bytes | od -An -v -tx1 | tr -d ' \n'; }
printf 'asn1=SEQUENCE:key\n[key]\nn=INTEGER:0x%s\ne=INTEGER:0x%s\n' "$(hex n)" "$(hex e)" > "$work/asn1"
openssl asn1parse -noout -genconf "$work/asn1" -out "$work/key"
openssl rsa -RSAPublicKey_in -inform DER -in "$work/key" -pubout -out "$work/pem" 2> /dev/null

# RS256 and nothing else, whatever the token says.
part 3 | bytes > "$work/signature"
printf %s "${TOKEN%.*}" | openssl dgst -sha256 -verify "$work/pem" -signature "$work/signature" > /dev/null 2>&1 || wrong "the signature is not right"
part 2 | bytes | jq -e --arg iss "$CLERK_API_URL" 'if .iss != $iss then "another instance issued it" | halt_error
  elif (.exp | type) != "number" or .exp <= now then "it has expired" | halt_error
  elif (.nbf | type) != "number" or .nbf > now + 5 then "it is not good yet" | halt_error
  elif .sid == null then "it is no session token" | halt_error else . end' || { echo >&2; exit 1; }
