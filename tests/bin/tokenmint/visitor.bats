load ../../helper
load ../../fake/helper
load issuer

setup_file() {
	make_clock
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_key
	start_issuer
	export HOOKTOOLS_GITHUB_URL=$issuer HOOKTOOLS_GITHUB_API=$issuer
	answer GET user 200 '{"id":583231,"login":"octocat","email":null,"name":"The \u00c9 Cat"}'
	answer POST login/oauth/access_token 200 "$(tokens web)"
	(umask 077 && echo geheim >client.secret)
	settings=$(jq -nc --arg secret "$PWD/client.secret" '{url: "http://127.0.0.1:8090", client_id: "Iv23liTest",
		client_secret_file: $secret, rules: [{claims: {login: "octo*"}, roles: ["viewer"]}]}')
}

teardown() {
	stop_servers
}

# begin FILTER [RETURN]: the settings changed by a jq filter; sets $state, $login and $location.
begin() {
	jq -nc --argjson settings "$settings" --arg back "${2:-/stats}" \
		"{settings: (\$settings | $1), return: \$back}" | tokenmint visitor begin >begun
	login=$(jq -r .login begun) location=$(jq -r .location begun)
	state=$(sed -nE 's/.*[?&]state=([^&]*).*/\1/p' <<<"$location")
}

# finish FILTER QUERY [LOGIN]: the question of a visitor who has come back
finish() {
	jq -nc --argjson settings "$settings" --arg query "$2" --arg login "${3-$login}" \
		"{settings: (\$settings | $1), query: \$query, login: \$login}" | tokenmint visitor finish
}

@test "tokenmint: a visitor comes back from GitHub with a code, and gets a session" {
	begin . '/runs?limit=3'
	[[ $location == "$issuer/login/oauth/authorize?"*"redirect_uri=http%3A%2F%2F127.0.0.1%3A8090%2Flogin%2Fcallback"* ]]
	[[ $login =~ ^[A-Za-z0-9_-]+$ && ${#login} -lt 2000 ]]
	run -0 --separate-stderr finish . "code=abc&state=$state"
	[[ $stderr == *"session "*" of user:127.0.0.1+${issuer##*:}@583231 (octocat) at http://127.0.0.1:8090 begins" ]]
	[ "$(jq -r '.name, .return, .token_type, .refresh_expires_in' <<<"$output")" = $'octocat\n/runs?limit=3\nBearer\n604800' ]
	[[ $stderr != *"$(jq -r .access_token <<<"$output")"* && $stderr != *geheim* && $stderr != *htr_* ]]
	posted /login/oauth/access_token 1 >sent
	grep -qx client_secret=geheim sent
	verifier=$(sed -n 's/code_verifier=//p' sent)
	[[ $location == *"code_challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =)"* ]]
	[ "$(jq -r .access_token <<<"$output" | tokenmint session verify --audience http://127.0.0.1:8090 | jq -c .roles)" = '["viewer"]' ]
	[ -z "$(tokenmint vault list user/)" ]
	run -1 --separate-stderr finish '.rules[0].claims.login = "hubot"' "code=abc&state=$state"
	[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[403,"not_allowed"]' ]
	[[ $stderr == *"no rule lets user:127.0.0.1+${issuer##*:}@583231 (octocat) in" ]]
}

@test "tokenmint: a visitor must be the one who began, here, and not long ago" {
	begin .
	code="code=abc&state=$state"
	for bad in "" x "${login%?}" "${login}A" "$(tr 'A-Za-z' 'N-ZA-Mn-za-m' <<<"$login")"; do
		run -1 finish . "$code" "$bad"
	done
	run -1 --separate-stderr finish '.client_id = "other"' "$code"
	[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[400,"bad_login"]' ]
	run -1 finish '.url = "http://127.0.0.1:8091"' "$code"
	run -1 finish '.issuer = "https://example.org"' "$code"
	for query in "" "code=abc" "state=$state" "code=abc&state=x$state" "$code&$code"; do
		run -65 --separate-stderr finish . "$query"
		[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[400,"bad_login"]' ]
	done
	run -77 --separate-stderr finish . "error=access_denied&state=$state"
	[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[403,"denied"]' ]
	[ "$(asked POST /login/oauth/access_token)" = 0 ]
	answer POST login/oauth/access_token 500 '{}'
	run -75 --separate-stderr finish . "$code"
	[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[503,"issuer_unavailable"]' ]
	answer POST login/oauth/access_token 200 'rubbish'
	run -65 --separate-stderr finish . "$code"
	[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[502,"issuer_error"]' ]
	need_clock
	answer POST login/oauth/access_token 200 "$(tokens web)"
	set_clock 590
	run -0 with_clock "$build/bin/tokenmint" visitor finish < <(jq -nc --argjson settings "$settings" --arg query "$code" \
		--arg login "$login" '{settings: $settings, query: $query, login: $login}')
	set_clock 610
	run -1 --separate-stderr with_clock "$build/bin/tokenmint" visitor finish < <(jq -nc --argjson settings "$settings" \
		--arg query "$code" --arg login "$login" '{settings: $settings, query: $query, login: $login}')
	[[ $stderr == *"the login began more than ten minutes ago" ]]
}

@test "tokenmint: what a visitor wants to come back to is a path at the server" {
	for back in //evil.example '/\evil.example' https://evil.example stats '/a b' $'/a\nb' "/$(printf '%01100d' 0)"; do
		begin . "$back"
		run -0 --separate-stderr finish . "code=abc&state=$state"
		[ "$(jq -r .return <<<"$output")" = "" ]
	done
}

@test "tokenmint: requests of one visitor that come together refresh together, and later ones do not" {
	begin .
	run -0 --separate-stderr finish . "code=abc&state=$state"
	question=$(jq -c '{refresh_token}' <<<"$output")
	for i in 1 2 3 4 5 6; do
		tokenmint visitor refresh <<<"$question" >"answer.$i" 3>&- &
	done
	wait_until sh -c '[ "$(cat answer.* | wc -l)" -eq 6 ]'
	[ "$(cat answer.* | jq -r .refresh_token | sort -u | wc -l)" = 1 ]
	first=$(jq -c '{refresh_token}' answer.1)
	run -0 --separate-stderr tokenmint visitor refresh <<<"$first"
	next=$(jq -c '{refresh_token}' <<<"$output")
	run -1 --separate-stderr tokenmint visitor refresh <<<"$question"
	[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[401,"unauthorized"]' ]
	[[ $stderr == *"was used before: the session is revoked" ]]
	run -1 tokenmint visitor refresh <<<"$next"
}

@test "tokenmint: a visitor's session ends by its id or by a refresh token" {
	for way in '{session}' '{refresh_token}'; do
		begin .
		run -0 --separate-stderr finish . "code=abc&state=$state"
		jq -r .access_token <<<"$output" >access
		jq -c "$way" <<<"$output" >question
		jq -c '{refresh_token}' <<<"$output" >again
		tokenmint session verify --audience http://127.0.0.1:8090 <access
		run -0 --separate-stderr tokenmint visitor end <question
		[ "$output" = '{"ended":true}' ]
		run -1 tokenmint session verify --audience http://127.0.0.1:8090 <access
		run -1 tokenmint visitor refresh <again
		run -0 tokenmint visitor end <question
	done
	run -0 tokenmint visitor end <<<'{"session":"../x"}'
	run -64 tokenmint visitor end <<<'{}'
	run -64 tokenmint visitor end <<<'[]'
}

@test "tokenmint: settings of a login are checked, member by member" {
	while read -r filter want; do
		run -78 --separate-stderr begin_with "$filter"
		echo "$filter: $stderr"
		[[ $stderr == *"settings of the login: $want"* ]]
		[ "$(jq -c '[.error.status, .error.code]' <<<"$output")" = '[500,"misconfigured"]' ]
	done <<-'END'
		del(.url) it has no 'url'
		.url="http://example.org" its 'url' wants https://HOST
		.url="https://example.org/x" its 'url' has a path
		.url="https://a:b@example.org" its 'url' wants https://HOST
		.client_id=7 its 'client_id' is no text
		.client_id="" its 'client_id' is no text
		.client_id="a\nb" its 'client_id' is no text
		.issuer="http://example.org" its 'issuer'
		.client_secret_file="secret" its 'client_secret_file' wants a path from the root
		.port=1 nobody knows its 'port'
		del(.rules) the policy has no array 'rules'
		.rules[0].claims={} rule 1 of the policy: it has no 'claims'
		.rules[0].roles=["god"] rule 1 of the policy: its 'roles'
	END
}

begin_with() {
	jq -nc --argjson settings "$settings" "{settings: (\$settings | $1)}" | tokenmint visitor begin
}
