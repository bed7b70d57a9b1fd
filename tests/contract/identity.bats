load ../helper
load helper

# Our sessions judged by npm's jose, and ours as the client of issuers made by others: npm's
# oidc-provider and oauth2-mock-server.

setup_file() {
	fetch_senders
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	need_senders
	make_key
}

teardown() {
	stop_servers
}

# free_port: sets $port, which nobody listens on
free_port() {
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
}

# start_issuer KIND [ARGUMENT...]: sets $issuer
start_issuer() {
	start_server issuer.log env NODE_NO_WARNINGS=1 node "$senders/issuers.mjs" "$@"
	issuer=$server_url
}

# bats test_tags=F0_32
@test "contract: npm's jose takes our sessions by our public keys, and nothing that was changed" {
	for alg in EdDSA ES256; do
		tokenmint session rotate --alg $alg
		tokenmint session issue --audience ghstats --subject user:jo --namespace acme | jq -r .access_token >token
		run -0 --separate-stderr sender issuers session "$HOOKTOOLS_STATE/sessions/keys.jwks" ghstats <token
		[ "$(jq -c '[.sub, .namespace, .roles, .exp - .iat]' <<<"$output")" = '["user:jo","acme",["viewer"],900]' ]
		run -1 sender issuers session "$HOOKTOOLS_STATE/sessions/keys.jwks" other <token
		run -1 sender issuers session "$HOOKTOOLS_STATE/sessions/keys.jwks" ghstats < <(sed 's/\../.f/' token)
	done
}

# mint CLAIMS: a token of oauth2-mock-server
mint() {
	curl -sS --data-binary "$1" "$(cat minter)"
}

# bats test_tags=F0_31
@test "contract: we take what oauth2-mock-server signs, and refuse what is for others or too late" {
	start_issuer mock "$BATS_TEST_TMPDIR/minter"
	for alg in RS256 ES256; do
		mint "{\"alg\":\"$alg\",\"aud\":\"us\",\"sub\":\"jo\",\"groups\":[\"a\",\"b\"]}" >token
		run -0 --separate-stderr tokenmint oidc verify --issuer "$issuer" --audience us <token
		[ "$(jq -c '[.subject, .claims.groups]' <<<"$output")" = '["jo",["a","b"]]' ]
		run -1 tokenmint oidc verify --issuer "$issuer" --audience them <token
		run -1 tokenmint oidc verify --issuer "$issuer" --audience us < <(sed 's/\../.f/' token)
		other=RS256
		[ $alg = ES256 ] || other=ES256
		run -1 tokenmint oidc verify --issuer "$issuer" --audience us --alg $other <token
	done
	mint '{"alg":"RS256","aud":"us","sub":"jo","exp":1700000000}' >token
	run -1 tokenmint oidc verify --issuer "$issuer" --audience us <token
	mint '{"alg":"RS256","aud":"us","sub":"jo","iss":"https://other.example"}' >token
	run -1 tokenmint oidc verify --issuer "$issuer" --audience us <token
}

# bats test_tags=F0_31,F0_34
@test "contract: login at oidc-provider, which wants PKCE, and refresh, whose tokens are good once" {
	start_issuer provider
	tokenmint login --issuer "$issuer" --client-id hooktools >out 2>err 3>&- &
	wait_until grep -q 'open http' err
	run -0 sender issuers browse "$(sed -n 's/.*open \(http[^ ]*\).*/\1/p' err)"
	[ "$output" = 200 ]
	wait_until test -s out
	[ "$(jq -r '.subject, .name, .email, .refreshes' out)" = $'jo\nJo\njo@example.org\ntrue' ]
	# the access token lives for a minute, so each of these uses a refresh token
	for _ in 1 2 3; do
		run -0 tokenmint whoami --issuer "$issuer"
		[ "$(jq -r .subject <<<"$output")" = jo ]
	done
	for i in 1 2 3 4; do
		tokenmint whoami --issuer "$issuer" >"who.$i" 3>&- &
	done
	wait_until sh -c '[ "$(cat who.* | wc -l)" -eq 4 ]'
}

# begin_device: a login by device code in the background; sets $address and $code.
begin_device() {
	rm -f out err status
	{
		status=0
		tokenmint login --device --issuer "$issuer" --client-id hooktools >out 2>err || status=$?
		echo "$status" >status
	} 3>&- &
	wait_until grep -q 'enter the code' err
	address=$(sed -n 's/.*open \(http[^ ]*\) .*/\1/p' err)
	code=$(sed -n 's/.*enter the code \([^ ]*\).*/\1/p' err)
	[[ $code =~ ^[A-Z]{4}-[A-Z]{4}$ ]]
}

# bats test_tags=F0_31,F0_34
@test "contract: login by device code at oidc-provider, agreed to, denied, and with a wrong code" {
	start_issuer provider
	begin_device
	run -0 sender issuers device "$address" WRNG-WRNG yes
	[ "$output" = '200 Sign-in' ]
	run -0 sender issuers device "$address" "$code" yes
	[ "$output" = '200 Sign-in Success' ]
	wait_until test -s status
	[ "$(cat status)" = 0 ]
	[ "$(jq -r '.subject, .name, .email, .refreshes' out)" = $'jo\nJo\njo@example.org\ntrue' ]
	run -0 tokenmint whoami --issuer "$issuer"
	[ "$(jq -r .subject <<<"$output")" = jo ]
	run -0 tokenmint logout --issuer "$issuer"
	begin_device
	run -0 sender issuers device "$address" "$code" no
	wait_until test -s status
	[ "$(cat status)" = 77 ]
	grep -q 'it was denied (access_denied)' err
	run -1 tokenmint whoami --issuer "$issuer"
}

# bats test_tags=F4_1,F0_31,F0_34
@test "contract: a browser logs in to ghstats serve at oidc-provider, and sees a page" {
	free_port
	start_issuer provider "http://127.0.0.1:$port/login/callback"
	jq -n --arg url "http://127.0.0.1:$port" --arg issuer "$issuer" '{url: $url, issuer: $issuer, client_id: "hooktools",
		rules: [{claims: {email: "jo@example.org"}, roles: ["viewer"]}]}' >login.json
	start_server stats.log ghstats serve -l "127.0.0.1:$port" --login login.json
	run -0 sender issuers visit "$server_url/login?return=/stats%3Fby%3Dday"
	[ "${lines[0]}" = 200 ]
	[ "$(jq -c '[.by, .total.runs]' <<<"${lines[1]}")" = '["day",0]' ]
	grep -q 'session .* of user:.*@jo (Jo) at' stats.log
	jq '.rules[0].claims.email = "ann@example.org"' login.json >other.json
	kill "$server_pid"
	wait "$server_pid" || true
	start_server stats.log ghstats serve -l "127.0.0.1:$port" --login other.json
	run -0 sender issuers visit "$server_url/login"
	[ "${lines[0]}" = 403 ]
	[ "$(jq -r .error.code <<<"${lines[1]}")" = not_allowed ]
}
