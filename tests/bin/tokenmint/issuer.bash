# For the tests that speak with an issuer of OpenID Connect, or with GitHub's OAuth: load it after
# ../../helper.  stop_servers ends what start_issuer began.

# start_issuer: answers from files in $answers, see tests/fake/scripted.py; sets $issuer.
start_issuer() {
	answers=$BATS_TEST_TMPDIR/answers
	mkdir -p "$answers"
	start_server "$BATS_TEST_TMPDIR/issuer.log" python3 "$top/tests/fake/scripted.py" "$answers"
	issuer=$server_url
}

# answer METHOD PATH[.NUMBER] STATUS BODY
answer() {
	mkdir -p "$answers/$1"
	printf '%s\n%s' "$3" "$4" >"$answers/$1/${2//\//+}"
}

# asked METHOD PATH: how often
asked() {
	[ -f "$answers/requests" ] || { echo 0; return; }
	jq -s --arg method "$1" --arg path "$2" 'map(select(.method == $method and .path == $path)) | length' \
		"$answers/requests"
}

# Keys that sign: $1.private.jwk, $1.public.jwk of P-256 with the kid $1, by openssl.
make_signer() {
	local numbers
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.pem" 2>/dev/null
	numbers=$(openssl ec -in "$1.pem" -text -noout 2>/dev/null | tr -d ' :\n')
	python3 - "$1" "$numbers" <<-'END'
		import base64, json, re, sys
		name, text = sys.argv[1:]
		private = re.search("priv(?:00)?([0-9a-f]{64})pub", text).group(1)
		point = re.search("pub04([0-9a-f]{128})", text).group(1)
		def number(digits):
		    return base64.urlsafe_b64encode(bytes.fromhex(digits)).decode().rstrip("=")
		key = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": name,
		       "x": number(point[:64]), "y": number(point[64:])}
		json.dump(key, open(name + ".public.jwk", "w"))
		json.dump({**key, "d": number(private)}, open(name + ".private.jwk", "w"))
	END
}

# offer_keys NAME...: the issuer's discovery document and these keys
offer_keys() {
	answer GET .well-known/openid-configuration 200 "$(jq -nc '{issuer: "@URL@", jwks_uri: "@URL@/keys",
		authorization_endpoint: "@URL@/authorize", token_endpoint: "@URL@/token",
		device_authorization_endpoint: "@URL@/device"}')"
	answer GET keys 200 "$(cat "${@/%/.public.jwk}" | jq -cs '{keys: .}')"
}

# id_token KEY CLAIMS: signed, with the usual claims besides
id_token() {
	local now
	now=$(date +%s)
	jq -nc --argjson claims "$2" --arg issuer "$issuer" --argjson now "$now" \
		'{iss: $issuer, aud: "us", sub: "somebody", iat: $now, nbf: $now, exp: ($now + 300)} + $claims |
		with_entries(select(.value != null))' | tr -d '\n' |
		tokenmint jws sign --jwk "$1.private.jwk"
}

# tokens NAME [SECONDS]: what a token endpoint of GitHub answers
tokens() {
	jq -nc --arg name "$1" --argjson seconds "${2:-28800}" '{access_token: ("ghu_" + $name), expires_in: $seconds,
		refresh_token: ("ghr_" + $name), refresh_token_expires_in: 15811200, scope: "", token_type: "bearer"}'
}

# posted PATH NUMBER: the parameters of a request, as lines
posted() {
	jq -r --arg path "$1" 'select(.method == "POST" and .path == $path).body' "$answers/requests" |
		sed -n "$2p" | tr '&' '\n' | sort
}
