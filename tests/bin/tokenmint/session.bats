load ../../helper

setup() {
	make_key
	cd "$BATS_TEST_TMPDIR" || return
}

# issue KEY-FILE [ARGUMENT...]: into access.token and refresh.token
issue() {
	tokenmint session issue --audience ghstats "${@:2}" <"$1" >issued
	jq -r .access_token issued >access.token
	jq -r '.refresh_token // empty' issued >refresh.token
}

part() {
	local text
	text=$(cut -d. -f"$1" <"$2" | tr '_-' '/+')
	while [ $((${#text} % 4)) -ne 0 ]; do text+='='; done
	base64 -d <<<"$text"
}

# bats test_tags=F0_32,F0_33
@test "tokenmint: an API key that is matched gives a session, and its token says who it is" {
	tokenmint apikey create --role operator --namespace acme >key 2>/dev/null
	issue key
	[ "$(jq -r 'keys_unsorted | join(" ")' issued)" = \
		"access_token token_type expires_in refresh_token refresh_expires_in session" ]
	[ "$(jq -c '[.token_type, .expires_in, .refresh_expires_in]' issued)" = '["Bearer",900,604800]' ]
	run -0 --separate-stderr tokenmint session verify --audience ghstats <access.token
	[ -z "$stderr" ]
	[ "$(jq -c '[.subject, .namespace, .roles]' <<<"$output")" = "[\"apikey:$(cut -c5-16 key)\",\"acme\",[\"operator\"]]" ]
	[ "$(jq -r .session <<<"$output")" = "$(jq -r .session issued)" ]
	[ "$(part 1 access.token | jq -c '[.alg, .typ]')" = '["EdDSA","at+jwt"]' ]
	[ "$(part 2 access.token | jq -c '[.iss, .aud, .exp - .iat]')" = '["hooktools","ghstats",900]' ]
	[ "$(part 1 access.token | jq -r .kid)" = "$(tokenmint session keys | jq -r '.keys[0].kid')" ]
}

# bats test_tags=F0_32
@test "tokenmint: who verifies needs no master key, and keys that sign are not in the open" {
	tokenmint session issue --audience ghstats --subject user:jo --role viewer --no-refresh |
		jq -r .access_token >access.token
	rm "$HOOKTOOLS_CONF/hooktools.key"
	run -0 tokenmint session verify --audience ghstats <access.token
	[ "$(jq -c '[.subject, .namespace, .roles]' <<<"$output")" = '["user:jo",null,["viewer"]]' ]
	[ "$(jq -c '.keys | map(has("d")) | any' "$HOOKTOOLS_STATE/sessions/keys.jwks")" = false ]
	[ "$(stat -c %a "$HOOKTOOLS_STATE/sessions/keys.jwks")" = 644 ]
	[ "$(head -c 8 "$HOOKTOOLS_STATE/vault/identity/session")" = HTVAULT1 ]
	run -78 tokenmint session keys
}

@test "tokenmint: a refresh token is good once, and the session of one that comes twice ends" {
	tokenmint apikey create >key 2>/dev/null
	issue key
	cp refresh.token first
	run -0 tokenmint session refresh <refresh.token
	jq -r .access_token <<<"$output" >access.token
	jq -r .refresh_token <<<"$output" >refresh.token
	run -0 tokenmint session verify --audience ghstats <access.token
	run -1 --separate-stderr tokenmint session refresh <first
	[ -z "$output" ]
	[[ $stderr == *"was used before: the session is revoked" ]]
	[[ $stderr != *"$(cut -c 20-40 first)"* ]]
	run -1 --separate-stderr tokenmint session verify --audience ghstats <access.token
	[[ $stderr == *"is revoked" ]]
	run -1 tokenmint session refresh <refresh.token
	[[ $(cat "$HOOKTOOLS_STATE"/sessions/revoked/*) == *" reuse of a refresh token" ]]
}

@test "tokenmint: of ten that refresh with one token at once, one gets the next" {
	tokenmint apikey create >key 2>/dev/null
	issue key
	for i in 1 2 3 4 5 6 7 8 9 10; do
		{
			code=0
			tokenmint session refresh <refresh.token >"out.$i" 2>"err.$i" || code=$?
			echo $code >"status.$i"
		} 3>&- &
	done
	wait_until sh -c '[ "$(cat status.* | wc -l)" -eq 10 ]'
	[ "$(cat status.* | sort | uniq -c | tr -s ' \n' ' ')" = " 1 0 9 1 " ]
}

@test "tokenmint: session revoke by id, by subject and of all" {
	for subject in jo jo ann bob; do
		tokenmint session issue --audience a --subject $subject | jq -r .access_token >>all.tokens
	done
	tokenmint session list --json >all
	[ "$(jq -s 'map(.usable) | all' all)" = true ]
	run -0 tokenmint session revoke "$(jq -r 'select(.subject == "bob").id' all)"
	run -0 tokenmint session revoke --subject jo
	[ "$(tokenmint session list --json | jq -r 'select(.usable).subject')" = ann ]
	run -0 tokenmint session list --subject jo --limit 1 --json
	[ "${#lines[@]}" -eq 1 ]
	ann=$(sed -n 3p all.tokens)
	while read -r token; do
		want=1
		[ "$token" != "$ann" ] || want=0
		run "-$want" tokenmint session verify --audience a <<<"$token"
	done <all.tokens
	run -0 tokenmint session revoke --all
	run -1 tokenmint session verify --audience a <<<"$ann"
	run -0 tokenmint session list
	[[ ${lines[0]} == ID*SUBJECT*NAMESPACE*ROLES*AUDIENCE*EXPIRES*STATE ]]
}

@test "tokenmint: what the keys before the new one signed is still good" {
	tokenmint session issue --audience a --subject jo | jq -r .access_token >old
	run -0 tokenmint session rotate --alg ES256
	tokenmint session issue --audience a --subject jo | jq -r .access_token >new
	[ "$(part 1 new | jq -r .alg)" = ES256 ]
	run -0 tokenmint session verify --audience a <old
	run -0 tokenmint session verify --audience a <new
	[ "$(tokenmint session keys | jq -c '[.keys[].alg]')" = '["ES256","EdDSA"]' ]
	run -0 tokenmint session rotate
	run -0 tokenmint session rotate
	run -1 --separate-stderr tokenmint session verify --audience a <old
	[[ $stderr == *"no session: no key has the kid"* ]]
}

@test "tokenmint: what is no session is status 1, and standard error names the rule" {
	tokenmint session issue --audience a --subject jo | jq -r .access_token >good.jwt
	tokenmint session keys >keys.jwks
	for wrong in '' 'a.b.c' "$(cat good.jwt)x" "$(sed 's/\.[^.]*$/./' good.jwt)"; do
		run -1 --separate-stderr tokenmint session verify --audience a <<<"$wrong"
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == "tokenmint: no session: "* ]]
	done
	# a token of another kind, signed with a key that is trusted here
	echo '{"kty":"OKP","crv":"Ed25519","kid":"k","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}' >other.jwk
	jq -c '{keys: [del(.d)]}' other.jwk >"$HOOKTOOLS_STATE/sessions/keys.jwks"
	part 2 good.jwt | tokenmint jws sign --jwk other.jwk --alg EdDSA >other
	run -1 --separate-stderr tokenmint session verify --audience a <other
	[ "$stderr" = "tokenmint: no session: the header's typ is not 'at+jwt'" ]
}

@test "tokenmint: wrong command lines of session are status 64" {
	for line in 'session' 'session issue' 'session issue --audience a --role admin' 'session verify' 'session revoke' \
		'session revoke x --all' 'session revoke --all --subject jo' 'session rotate --alg RS256' 'session keys x' \
		'session refresh --audience a'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr tokenmint $line </dev/null
		[ -z "$output" ]
	done
	run -1 tokenmint session revoke 0tov1r5jok9i
	run -1 tokenmint session revoke ../x
	run -1 tokenmint session issue --audience a </dev/null
}

@test "tokenmint: a session ends with its API key" {
	tokenmint apikey create --expires 1h >key 2>/dev/null
	issue key
	[ "$(jq '.refresh_expires_in >= 3590 and .refresh_expires_in <= 3600' issued)" = true ]
	tokenmint apikey revoke "$(cut -c5-16 key)"
	run -1 --separate-stderr tokenmint session refresh <refresh.token
	[[ $stderr == *"API key $(cut -c5-16 key) has been revoked" ]]
	run -1 tokenmint session issue --audience ghstats <key
}
