load ../../helper
load issuer

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	start_issuer
	make_signer one
	offer_keys one
}

teardown() {
	stop_servers
}

# verify TOKEN [ARGUMENT...]
verify() {
	tokenmint oidc verify --issuer "$issuer" --audience us "${@:2}" <<<"$1"
}

# refused RULE TOKEN [ARGUMENT...]
refused() {
	run -1 --separate-stderr verify "${@:2}"
	[ -z "$output" ]
	[[ $stderr == "tokenmint: $1" ]] || {
		echo "wanted: $1"
		echo "got: $stderr"
		return 1
	}
}

# The claims of a token of GitHub Actions: github SUB
github() {
	jq -nc --arg sub "$1" '{sub: $sub, repository: "acme/site", repository_id: "74", repository_owner_id: "65",
		repository_owner: "acme", ref: "refs/heads/main", event_name: "push", run_id: "1", actor: "octocat",
		job_workflow_ref: "acme/site/.github/workflows/ci.yml@refs/heads/main"}'
}

# bats test_tags=F0_31
@test "tokenmint: an issuer's token is verified with the keys that it publishes" {
	run -0 --separate-stderr verify "$(id_token one '{"email":"jo@example.org"}')"
	[ -z "$stderr" ]
	[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "subject issuer audience claims" ]
	[ "$(jq -r '.subject, .audience, .claims.email' <<<"$output")" = $'somebody\nus\njo@example.org' ]
	[ "$(jq -r .issuer <<<"$output")" = "$issuer" ]
}

@test "tokenmint: a token that breaks a rule is refused, and the rule is named" {
	now=$(date +%s)
	refused 'not verified: the token is for another audience' "$(id_token one '{"aud":"them"}')"
	refused 'not verified: the token is for another audience' "$(id_token one '{"aud":["them","usual"]}')"
	refused "not verified: several audiences and no claim 'azp'" "$(id_token one '{"aud":["them","us"]}')"
	refused "not verified: the claim 'azp' is not the audience" "$(id_token one '{"aud":["them","us"],"azp":"them"}')"
	refused "not verified: the claim 'iss' is not the issuer that is wanted" "$(id_token one '{"iss":"https://evil.example"}')"
	refused "not verified: the claim 'iss' is not the issuer that is wanted" "$(id_token one "{\"iss\":\"$issuer/\"}")"
	refused 'not verified: the token has expired' "$(id_token one "{\"exp\":$((now - 61))}")"
	refused "not verified: the claim 'iat' is in the future" "$(id_token one "{\"iat\":$((now + 90))}")"
	refused "not verified: the claim 'nbf' is in the future" "$(id_token one "{\"nbf\":$((now + 90))}")"
	refused "not verified: the claim 'exp' is missing" "$(id_token one '{"exp":null}')"
	refused "not verified: the claim 'iat' is missing" "$(id_token one '{"iat":null}')"
	refused "not verified: the claim 'sub' is missing" "$(id_token one '{"sub":null}')"
	refused "not verified: the claim 'sub' is missing" "$(id_token one '{"sub":""}')"
	refused 'not verified: the alg ES256 is not allowed here' "$(id_token one '{}')" --alg RS256
	refused 'not verified: the token has not three parts but 1' ''
	token=$(id_token one '{}')
	refused 'not verified: the signature is wrong' "${token%.*}.$(id_token one '{"a":1}' | cut -d. -f3)"
	run -0 verify "$(id_token one "{\"exp\":$((now - 30))}")"
	refused 'not verified: the token has expired' "$(id_token one "{\"exp\":$((now - 30))}")" --leeway 10s
	run -0 verify "$(id_token one '{"aud":["them","us"],"azp":"us"}')"
	run -0 verify "$(id_token one '{"aud":["us"]}')" --alg ES256
}

@test "tokenmint: a secret that the issuer publishes signs nothing, nor does a key in the token" {
	echo '{"kty":"oct","kid":"s","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}' >s.public.jwk
	jq -c '.alg = "HS256"' s.public.jwk >s.private.jwk
	offer_keys one s
	refused 'not verified: the alg HS256 is not allowed here' "$(id_token s '{}')"
	run -64 --separate-stderr verify x --alg HS256
	run -64 --separate-stderr verify x --alg none
}

@test "tokenmint: a new key is asked for, but not more than once a minute, by however many" {
	run -0 verify "$(id_token one '{}')"
	[ "$(asked GET /keys)" = 1 ]
	make_signer two
	offer_keys one two
	token=$(id_token two '{}')
	refused "not verified: no key has the kid 'two'" "$token"
	[ "$(asked GET /keys)" = 1 ]
	folder=$(echo "$HOOKTOOLS_STATE"/oidc/*)
	touch -d '2 minutes ago' "$folder"/*
	for i in 1 2 3 4 5 6 7 8; do
		verify "$token" >"out.$i" 2>"err.$i" 3>&- &
	done
	wait_until sh -c '[ "$(cat out.* | wc -l)" -eq 8 ]'
	[ "$(asked GET /keys)" = 2 ]
	make_signer three
	token=$(id_token three '{}')
	touch -d '2 minutes ago' "$folder"/*
	for i in 1 2 3; do
		refused "not verified: no key has the kid 'three'" "$token" || [ "$i" -gt 1 ]
	done
	[ "$(asked GET /keys)" = 3 ]
	# however the set looks now, old tokens are verified without a word to the issuer
	run -0 verify "$(id_token two '{}')"
	[ "$(asked GET /keys)" = 3 ]
}

@test "tokenmint: an issuer that is down does not matter for a day" {
	token=$(id_token one '{"exp":4000000000}')
	run -0 verify "$token"
	stop_servers
	run -0 verify "$token"
	folder=$(echo "$HOOKTOOLS_STATE"/oidc/*)
	touch -d '3 hours ago' "$folder"/*
	run -0 verify "$token"
	touch -d '25 hours ago' "$folder"/*
	run -75 --separate-stderr verify "$token"
	[ -z "$output" ]
	[[ $stderr == *"issuer '$issuer': reach "* ]]
}

@test "tokenmint: an issuer whose answers make no sense is refused" {
	token=$(id_token one '{}')
	good=$(tail -n +2 "$answers/GET/.well-known+openid-configuration")
	while IFS='|' read -r change why; do
		rm -rf "$HOOKTOOLS_STATE/oidc"
		answer GET .well-known/openid-configuration 200 "$(jq -c "$change" <<<"$good")"
		run -65 --separate-stderr verify "$token"
		[[ $stderr == *"$why"* ]] || {
			echo "$change: $stderr"
			return 1
		}
	done <<-'END'
		.issuer = "https://other.example"|the discovery document is of another issuer
		.issuer = "@URL@/"|the discovery document is of another issuer
		del(.jwks_uri)|it has no 'jwks_uri'
		.jwks_uri = "http://example.org/keys"|its 'jwks_uri' is no https:// address
		.jwks_uri = "file:///etc/passwd"|its 'jwks_uri' is no https:// address
		.jwks_uri = "https://me@example.org/keys"|its 'jwks_uri' is no https:// address
		.jwks_uri = 5|it has no 'jwks_uri'
		[.]|is no JSON object
	END
	rm -rf "$HOOKTOOLS_STATE/oidc"
	answer GET .well-known/openid-configuration 200 "$good"
	answer GET keys 200 '{"keys":[]}'
	run -65 verify "$token"
	rm -rf "$HOOKTOOLS_STATE/oidc"
	answer GET keys 503 '{}'
	run -75 --separate-stderr verify "$token"
	[[ $stderr == *"answers 503" ]]
	rm -rf "$HOOKTOOLS_STATE/oidc"
	answer GET keys 200 "$(head -c 1100000 /dev/zero | tr '\0' ' ')"
	run -65 verify "$token"
}

@test "tokenmint: only https is an issuer, but on this machine" {
	for wrong in http://example.org ftp://x https:// https://me@example.org 'https://x/?a' 'https://x/#a' 'https://x y' '' \
		http://127.0.0.1.example.org http://localhost.example.org 'http://127.0.0.1@example.org/' \
		"https://$(head -c 250 /dev/zero | tr '\0' a)"; do
		run -64 --separate-stderr tokenmint oidc verify --issuer "$wrong" --audience us <<<x
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	for line in 'oidc' 'oidc verify' 'oidc verify --issuer https://x' 'oidc verify --audience us' 'oidc sign' \
		'oidc verify x --issuer https://x --audience us' 'oidc verify --issuer https://x --audience us --leeway 1h'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr tokenmint $line </dev/null
	done
}

@test "tokenmint: GitHub's tokens in both shapes, by a policy of ids" {
	cat >policy.json <<-'END'
		{"rules": [
		  {"comment": "the site's main branch", "claims": {"repository_id": "74", "ref": "refs/heads/main",
		    "sub": "repo:acme/site:ref:refs/heads/*"}, "roles": ["operator"], "namespace": "acme"},
		  {"claims": {"repository_owner_id": ["64", "65"], "event_name": "pull_request"}, "roles": ["viewer"]}
		]}
	END
	for sub in repo:acme/site:ref:refs/heads/main repo:acme@65/site@74:ref:refs/heads/main; do
		run -0 --separate-stderr verify "$(id_token one "$(github "$sub")")" --policy policy.json
		[ "$(jq -c '[.subject, .namespace, .roles]' <<<"$output")" = "[\"$sub\",\"acme\",[\"operator\"]]" ]
		[ "$(jq -r .claims.actor <<<"$output")" = octocat ]
	done
	run -0 verify "$(id_token one "$(github x | jq -c '.event_name = "pull_request"')")" --policy policy.json
	[ "$(jq -c '[.namespace, .roles]' <<<"$output")" = '[null,["viewer"]]' ]
	# the name taken over by another, another branch, another event
	for change in '.repository_id = "75"' '.ref = "refs/heads/main2"' '.sub = "repo:acme/site:pull_request"' \
		'.sub = "repo:acme@65/site2@74:ref:refs/heads/main"' 'del(.repository_id)' '.repository_id = ["74"]'; do
		claims=$(github repo:acme/site:ref:refs/heads/main | jq -c "$change")
		refused "not allowed: no rule of 'policy.json' matches the token's claims" "$(id_token one "$claims")" --policy policy.json
	done
}

@test "tokenmint: a subject of names alone does not match the newer shape, whose ids tell who it is" {
	echo '{"rules": [{"claims": {"sub": "repo:acme/site:*"}, "roles": ["viewer"]}]}' >policy.json
	run -0 verify "$(id_token one "$(github repo:acme/site:pull_request)")" --policy policy.json
	refused "not allowed: no rule of 'policy.json' matches the token's claims" "$(id_token one "$(github repo:acme@65/site@74:pull_request)")" --policy policy.json
	echo '{"rules": [{"claims": {"sub": "repo:acme@65/site@74:*"}, "roles": ["viewer"]}]}' >policy.json
	run -0 verify "$(id_token one "$(github repo:acme@65/site@74:pull_request)")" --policy policy.json
}

@test "tokenmint: a policy that is wrong is status 78, and the rule is named" {
	while IFS='|' read -r policy why; do
		printf %s "$policy" >policy.json
		run -78 --separate-stderr verify x --policy policy.json
		[[ $stderr == "tokenmint: policy 'policy.json': $why"* ]] || {
			echo "$policy: $stderr"
			return 1
		}
	done <<-'END'
		|the policy is no JSON
		[]|the policy is no JSON object
		{}|the policy has no array 'rules'
		{"rules":[{"claims":{"a":"b"}}]}|rule 1 of the policy: its 'roles' want
		{"rules":[{"claims":{"a":"b"},"roles":["root"]}]}|rule 1 of the policy: its 'roles' want
		{"rules":[{"roles":["admin"]}]}|rule 1 of the policy: it has no 'claims'
		{"rules":[{"claims":{},"roles":["admin"]}]}|rule 1 of the policy: it has no 'claims', and would match everybody
		{"rules":[{"claims":{"a":[]},"roles":["admin"]}]}|rule 1 of the policy: its claim 'a' is no pattern
		{"rules":[{"claims":{"a":{"b":"c"}},"roles":["admin"]}]}|rule 1 of the policy: its claim 'a' is no pattern
		{"rules":[{"claims":{"a":""},"roles":["admin"]}]}|rule 1 of the policy: its claim 'a' is no pattern
		{"rules":[{"claims":{"a":"b"},"roles":["admin"],"namespace":"a/b"}]}|rule 1 of the policy: its 'namespace' is no name
		{"rules":[{"claims":{"a":"b"},"roles":["admin"],"role":"x"}]}|rule 1 of the policy: nobody knows its 'role'
		{"rules":[{"claims":{"a":"b"},"roles":["admin"]},7]}|rule 2 of the policy: it is no JSON object
	END
	run -78 verify x --policy nowhere.json
}

@test "tokenmint: the usage of oidc is what tokenmint --help says, and its page" {
	usage=$(tokenmint oidc --help | sed 's/^usage: /       /')
	[[ "$(tokenmint --help)" == *"$usage"* ]]
	while read -r option; do
		grep -qE -- "Fl -${option#--}\\b" "$top/man/tokenmint-login.1" || {
			echo "$option"
			return 1
		}
	done < <(grep -oE -- '--[a-z-]+' <<<"$usage" | sort -u)
}

@test "tokenmint: the policy of tokenmint-login(1) is one" {
	sed -n '/^{"rules"/,/^]}/p' "$top/man/tokenmint-login.1" >policy.json
	run -0 verify "$(id_token one "$(github repo:acme@65/site@74:ref:refs/heads/main)")" --policy policy.json
	[ "$(jq -c '[.namespace, .roles]' <<<"$output")" = '["acme",["operator"]]' ]
}
