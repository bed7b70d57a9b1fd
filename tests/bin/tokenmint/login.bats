load ../../helper
load issuer

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_key
	start_issuer
	export HOOKTOOLS_GITHUB_URL=$issuer HOOKTOOLS_GITHUB_API=$issuer
	answer GET user 200 '{"id":583231,"login":"octocat","email":null,"name":"The \u00c9 Cat"}'
}

teardown() {
	stop_servers
}

# github_device: a device code at once, and an answer that there is nothing yet, and the tokens
github_device() {
	answer POST login/device/code 200 '{"device_code":"3584d83530557fdd1f46af8289938c8ef79f9dc5","user_code":"WDJB-MJHT",
		"verification_uri":"@URL@/login/device","expires_in":900,"interval":1}'
	answer POST login/oauth/access_token.1 200 '{"error":"authorization_pending","error_description":"wait"}'
	answer POST login/oauth/access_token.2 200 "$(tokens one)"
}

# read_address FILE: the address that a login by web waits with, and of its parameters $redirect,
# $state, $challenge and $nonce.
read_address() {
	wait_until grep -q 'open http' "$1"
	address=$(sed -n 's/.*open \(http[^ ]*\).*/\1/p' "$1")
	parameter() { sed -nE "s/.*[?&]$1=([^&]*).*/\1/p" <<<"$address"; }
	redirect=$(parameter redirect_uri | sed 's/%3A/:/g; s/%2F/\//g')
	state=$(parameter state) challenge=$(parameter code_challenge) nonce=$(parameter nonce)
}

# begin ARGUMENT...: a login in the background; its status goes to the file status
begin() {
	rm -f status err
	{
		code=0
		tokenmint login "$@" >out 2>err || code=$?
		echo "$code" >status
	} 3>&- &
}

# ended STATUS
ended() {
	wait_until test -s status
	[ "$(cat status)" = "$1" ] || {
		cat status err
		return 1
	}
}

# bats test_tags=F0_31,F4_18
@test "tokenmint: login by device at GitHub, whose errors come with status 200" {
	github_device
	run -0 --separate-stderr tokenmint login --client-id Iv23liTest
	[[ $stderr == *"open $issuer/login/device and enter the code WDJB-MJHT"* ]]
	[[ $stderr == *"logged in at $issuer as octocat"* ]]
	[ "$(jq -r '.subject, .name, .refreshes' <<<"$output")" = $'583231\noctocat\ntrue' ]
	[[ $output$stderr != *gh[ur]_one* ]]
	[ "$(posted /login/device/code 1)" = client_id=Iv23liTest ]
	[ "$(posted /login/oauth/access_token 2)" = "$(printf '%s\n' client_id=Iv23liTest \
		device_code=3584d83530557fdd1f46af8289938c8ef79f9dc5 grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code)" ]
	[ "$(grep -rl ghu_one "$HOOKTOOLS_STATE" | wc -l)" = 0 ]
	[ "$(tokenmint vault list user/)" = "user/127.0.0.1+${issuer##*:}" ]
	run -0 tokenmint whoami
	[ "$(jq -r .name <<<"$output")" = octocat ]
}

@test "tokenmint: login by device goes slower when it is told to, and ends when it is denied or too late" {
	github_device
	answer POST login/oauth/access_token.2 200 '{"error":"slow_down","interval":2}'
	answer POST login/oauth/access_token.3 400 '{"error":"access_denied","error_description":"no"}'
	began=$(date +%s)
	run -77 --separate-stderr tokenmint login --client-id Iv23liTest
	[ $(($(date +%s) - began)) -ge 4 ]
	[[ $stderr == *"log in at '$issuer': it was denied (access_denied)" ]]
	[ "$(asked POST /login/oauth/access_token)" = 3 ]
	run -1 --separate-stderr tokenmint whoami
	[[ $stderr == *"nobody has logged in at "* ]]
	answer POST login/oauth/access_token.4 200 '{"error":"token_expired"}'
	run -75 --separate-stderr tokenmint login --client-id Iv23liTest
	[[ $stderr == *"the code has expired: log in again (token_expired)" ]]
}

@test "tokenmint: what is wrong with the client is said, and is status 78" {
	answer POST login/device/code 200 '{"error":"device_flow_disabled","error_description":"x"}'
	run -78 --separate-stderr tokenmint login --client-id Iv23liTest
	[[ $stderr == *"the device flow is not enabled for this client (device_flow_disabled)" ]]
	answer POST login/device/code 200 '{"error":"incorrect_client_credentials"}'
	run -78 tokenmint login --client-id Iv23liTest
	rm "$answers/POST/login+device+code"
	run -78 --separate-stderr tokenmint login --client-id Iv23liTest
	[[ $stderr == *"answers 404: the client's id is wrong, or the address" ]]
	run -64 --separate-stderr tokenmint login
	[[ $stderr == *"which client?  --client-id"* ]]
	run -64 tokenmint login --web --device --client-id x
	run -64 tokenmint login --issuer http://example.org --client-id x
	answer POST login/device/code 200 'rubbish'
	run -65 tokenmint login --client-id Iv23liTest
	stop_servers
	run -75 tokenmint login --client-id Iv23liTest
}

# bats test_tags=F0_34
@test "tokenmint: login by web at GitHub, with PKCE and state" {
	echo geheim >client.secret
	answer POST login/oauth/access_token 200 "$(tokens web)"
	begin --web --client-id Iv23liTest --client-secret-file client.secret --scope 'repo read:org'
	read_address err
	[[ $address == "$issuer/login/oauth/authorize?"* && $address == *scope=repo%20read%3Aorg* ]]
	[[ $address == *code_challenge_method=S256* && $challenge =~ ^[A-Za-z0-9_-]{43}$ && $state =~ ^[A-Za-z0-9_-]{43}$ ]]
	# what is not the answer of this login is answered, and does not end it
	[ "$(curl -s -o page -w '%{http_code}' "${redirect%/callback}/")" = 404 ]
	for wrong in "code=x" "code=x&state=y" "code=x&state=$state&state=$state" "state=$state" "code=%0&state=$state"; do
		[ "$(curl -s -o page -w '%{http_code}' "$redirect?$wrong")" = 400 ]
	done
	[ "$(curl -s -o page -w '%{http_code}' "$redirect?code=abc%2Fd&state=$state")" = 200 ]
	grep -q 'You may close this window' page
	ended 0
	posted /login/oauth/access_token 1 >sent
	grep -qx 'code=abc%2Fd' sent
	grep -qx client_secret=geheim sent
	verifier=$(sed -n 's/code_verifier=//p' sent)
	[ "$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =)" = "$challenge" ]
	[ "$(jq -r .name out)" = octocat ]
	[ "$(grep -cE "geheim|$verifier" err)" = 0 ]
	run ! curl -s "$redirect"
}

@test "tokenmint: a login by web that is refused, or that nobody comes back from, ends so" {
	begin --web --client-id Iv23liTest
	read_address err
	[ "$(curl -s -o page -w '%{http_code}' "$redirect?error=access_denied&error_description=no&state=$state")" = 403 ]
	ended 77
	grep -q 'it was denied (access_denied)' err
	begin --web --client-id Iv23liTest
	read_address err
	curl -s -o page "$redirect?code=x&iss=https://evil.example&state=$state"
	ended 77
	grep -q 'another issuer answers' err
	run -75 --separate-stderr tokenmint login --web --client-id Iv23liTest --timeout 50ms
	[[ $stderr == *"nobody came back from the browser in time" ]]
}

# bats test_tags=F0_31,F0_34
@test "tokenmint: login by OpenID, whose ID token is verified, its nonce, too" {
	make_signer one
	offer_keys one
	begin --issuer "$issuer" --client-id us
	read_address err
	[[ $address == "$issuer/authorize?"* && $address == *scope=openid%20email%20profile* && $nonce =~ ^[A-Za-z0-9_-]{43}$ ]]
	answer POST token 200 "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"$(id_token one '{"nonce":"other"}')\"}"
	curl -s -o page "$redirect?code=x&state=$state"
	ended 77
	grep -q "the claim 'nonce' is not what was sent" err
	begin --issuer "$issuer" --client-id us
	read_address err
	answer POST token 200 "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"id_token\":\"$(
		id_token one "{\"nonce\":\"$nonce\",\"sub\":\"1172\",\"email\":\"jo@example.org\",\"name\":\"Jo\"}"
	)\"}"
	curl -s -o page "$redirect?code=x&state=$state&iss=$issuer"
	ended 0
	[ "$(jq -r '.subject, .name, .email, .refreshes' out)" = $'1172\nJo\njo@example.org\nfalse' ]
	run -0 tokenmint whoami --issuer "$issuer"
	[ "$(jq -r .subject <<<"$output")" = 1172 ]
	run -0 tokenmint logout --issuer "$issuer"
	run -1 tokenmint whoami --issuer "$issuer"
}

# bats test_tags=F4_18
@test "tokenmint: a refresh token is used once, by however many ask at once" {
	github_device
	answer POST login/oauth/access_token.2 200 "$(tokens one 60)"
	answer POST login/oauth/access_token.3 200 "$(tokens two)"
	answer POST login/oauth/access_token.4 200 '{"error":"bad_refresh_token","error_description":"used"}'
	run -0 tokenmint login --client-id Iv23liTest
	for i in 1 2 3 4 5 6; do
		tokenmint whoami >"who.$i" 2>"why.$i" 3>&- &
	done
	wait_until sh -c '[ "$(cat who.* | wc -l)" -eq 6 ]'
	[ "$(asked POST /login/oauth/access_token)" = 3 ]
	[ "$(posted /login/oauth/access_token 3)" = $'client_id=Iv23liTest\ngrant_type=refresh_token\nrefresh_token=ghr_one' ]
	[ "$(jq -r 'select(.path == "/user").authorization' "$answers/requests" | tail -n 1)" = "Bearer ghu_two" ]
}

@test "tokenmint: a login that cannot be refreshed any more says so, and one that GitHub revoked" {
	github_device
	answer POST login/oauth/access_token.2 200 "$(tokens one 60)"
	answer POST login/oauth/access_token.3 200 '{"error":"bad_refresh_token","error_description":"used"}'
	run -0 tokenmint login --client-id Iv23liTest
	run -1 --separate-stderr tokenmint whoami
	[[ $stderr == *"it is not good any more: log in again (bad_refresh_token)" ]]
	answer POST login/oauth/access_token.4 200 "$(tokens two)"
	run -0 tokenmint login
	answer GET user 401 '{"message":"Bad credentials"}'
	run -1 --separate-stderr tokenmint whoami
	[[ $stderr == *"GitHub does not take the token any more: tokenmint login" ]]
}

# bats test_tags=F4_19
@test "tokenmint: a person sees the repositories that GitHub lets them see, asked once in five minutes" {
	github_device
	run -0 tokenmint login --client-id Iv23liTest
	answer GET user/repos.1 200 "$(jq -nc '[range(100) | {full_name: "acme/r\(.)"}]')"
	answer GET user/repos.2 200 '[{"full_name":"octocat/hello","private":true}]'
	run -0 --separate-stderr tokenmint whoami --repositories
	[ "${#lines[@]}" -eq 101 ]
	[ "${lines[100]}" = octocat/hello ]
	[ "$(jq -r 'select(.path == "/user/repos").query' "$answers/requests" | tr '\n' ' ')" = "per_page=100&page=1 per_page=100&page=2 " ]
	run -0 tokenmint whoami --repositories
	[ "$(asked GET /user/repos)" = 2 ]
	touch -d '6 minutes ago' "$HOOKTOOLS_STATE"/visible/*
	answer GET user/repos.3 200 '[{"full_name":"octocat/hello"}]'
	run -0 tokenmint whoami --repositories
	[ "$output" = octocat/hello ]
	touch -d '6 minutes ago' "$HOOKTOOLS_STATE"/visible/*
	answer GET user/repos.4 200 '[{"full_name":"../x"}]'
	run -65 tokenmint whoami --repositories
}

@test "tokenmint: logout forgets the tokens, and has GitHub forget them" {
	github_device
	answer POST credentials/revoke 202 '{}'
	run -0 tokenmint login --client-id Iv23liTest
	run -0 --separate-stderr tokenmint logout
	[[ $stderr == *"logged out at $issuer" ]]
	[ "$(jq -c 'select(.path == "/credentials/revoke") | [.authorization, (.body | fromjson)]' "$answers/requests")" = \
		'[null,{"credentials":["ghu_one","ghr_one"]}]' ]
	run -1 tokenmint whoami
	run -1 tokenmint logout
	[ -z "$(tokenmint vault list user/)" ]
	answer POST login/oauth/access_token.3 200 "$(tokens two)"
	run -0 tokenmint login --client-id Iv23liTest
	rm "$answers/POST/credentials+revoke"
	run -0 --separate-stderr tokenmint logout
	[[ $stderr == *"ignoring: they are forgotten here"* ]]
	[ -z "$(tokenmint vault list user/)" ]
}
