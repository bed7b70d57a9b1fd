load ../../helper
load ../../fake/helper
load helper
load ../tokenmint/issuer

setup_file() {
	make_clock
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_key
	run_body . | ingest
	start_issuer
	export HOOKTOOLS_GITHUB_URL=$issuer HOOKTOOLS_GITHUB_API=$issuer
	answer GET user 200 '{"id":583231,"login":"octocat","email":null}'
	answer POST login/oauth/access_token 200 "$(tokens person)"
	(umask 077 && echo geheim >client.secret)
	url=http://localhost:8090
	jq -n --arg secret "$PWD/client.secret" --arg url "$url" '{url: $url, client_id: "Iv23liTest",
		client_secret_file: $secret, rules: [{claims: {login: "octocat"}, roles: ["viewer"]}]}' >login.json
	set_clock 0
}

teardown() {
	[ ! -s servers ] || kill -CONT "$(head -n 1 servers)" # a stopped one would not stop
	stop_servers
}

# serve [COMMAND...]: with login.json
serve() {
	start_server log "$@" "$build/bin/ghstats" serve -l 127.0.0.1:0 --login login.json
}

change_settings() {
	jq "$1" login.json >login.new
	mv login.new login.json
}

# get PATH [CURL-OPTIONS]: with the cookies in the file jar; sets $status_code; body and head are files.
get() {
	local path=$1
	shift
	: >body
	status_code=$(curl -sS -b jar -c jar -D head -o body -w '%{http_code}' "$@" "$server_url$path")
}

# get_with COOKIES PATH [CURL-OPTIONS]: with these and no others
get_with() {
	local path=$2 cookies=$1
	shift 2
	: >body
	status_code=$(curl -sS -H "Cookie: $cookies" -D head -o body -w '%{http_code}' "$@" "$server_url$path")
}

head_of() {
	sed -n "s/^$1: \(.*\)\r$/\1/Ip" head
}

# cookie NAME: its value in the jar
cookie() {
	awk -v name="ghstats-$1" '$6 == name { print $7 }' jar
}

# begin_login [QUERY]: sets $location, $state and $nonce
begin_login() {
	get "/login${1:-}" -X POST
	[ "$status_code" = 303 ]
	location=$(head_of location)
	state=$(sed -nE 's/.*[?&]state=([^&]*).*/\1/p' <<<"$location")
	nonce=$(sed -nE 's/.*[?&]nonce=([^&]*).*/\1/p' <<<"$location")
}

# cleared NAME...: the answer removes these cookies, and sets none
cleared() {
	diff <(printf 'ghstats-%s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax\n' "$@") <(head_of set-cookie)
}

log_in() {
	begin_login
	get "/login/callback?code=abc&state=$state"
	[ "$status_code" = 303 ]
}

# refused STATUS CODE
refused() {
	echo "$status_code $(cat body), not $1 $2"
	[ "$status_code" = "$1" ]
	[ "$(jq -r .error.code body)" = "$2" ]
	[ -n "$(jq -r .error.message body)" ]
}

nothing_secret_is_in() {
	local secret
	for secret in geheim ghu_ ghr_ htr_ eyJ code_verifier "$(cookie session)" "$(cookie refresh)" "$(cookie login)" code=abc; do
		[ -z "$secret" ] || [ "$(grep -cF -e "$secret" "$1")" = 0 ]
	done
}

# bats test_tags=F4_1,F0_31
@test "ghstats: a person logs in at GitHub, sees the pages, and comes back to where they were" {
	serve
	get '/stats?by=branch'
	refused 401 unauthorized
	[ "$(head_of www-authenticate)" = 'Bearer realm="ghstats"' ]
	[ "$(head_of cache-control)" = no-store ]
	get /healthz
	[ "$status_code" = 200 ]
	begin_login '?return=/stats%3Fby%3Dbranch'
	[[ $location == "$issuer/login/oauth/authorize?"*"redirect_uri=http%3A%2F%2Flocalhost%3A8090%2Flogin%2Fcallback"* ]]
	[[ $(head_of set-cookie) == "ghstats-login="*"; Path=/; Max-Age=600; HttpOnly; SameSite=Lax" ]]
	get "/login/callback?code=abc&state=$state"
	[ "$status_code" = 303 ]
	[ "$(head_of location)" = '/stats?by=branch' ]
	[ "$(head_of set-cookie | sed -E 's/^([a-z-]+)=[^;]+/\1=X/' | sort | tr '\n' '|')" = "$(
		printf '%s|' 'ghstats-login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax' \
			'ghstats-refresh=X; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax' \
			'ghstats-session=X; Path=/; Max-Age=900; HttpOnly; SameSite=Lax'
	)" ]
	get '/stats?by=branch'
	[ "$status_code" = 200 ]
	[ "$(jq .total.runs body)" = 1 ]
	for path in /workflows /workflows/159038 /runs /jobs /local_jobs /repositories; do
		get "$path"
		[ "$status_code" = 200 ]
	done
	grep -q "session .* of user:127.0.0.1+${issuer##*:}@583231 (octocat) at $url begins" log
	nothing_secret_is_in log
	[ -z "$(tokenmint vault list user/)" ]
	posted /login/oauth/access_token 1 | grep -qx client_secret=geheim
}

# bats test_tags=F4_1,F0_31,F0_34
@test "ghstats: a person logs in by OpenID, and gets a JSON Web Token of ours" {
	make_signer one
	offer_keys one
	change_settings ".issuer = \"$issuer\" | .client_id = \"us\" | .rules = [{claims: {email: \"*@example.org\"}, roles: [\"operator\"]}]"
	serve
	begin_login
	[[ $location == "$issuer/authorize?"*scope=openid%20email%20profile* ]]
	answer POST token 200 "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"$(
		id_token one "{\"nonce\":\"other\",\"email\":\"jo@example.org\"}")\"}"
	get "/login/callback?code=abc&state=$state"
	refused 502 issuer_error
	grep -q "the claim 'nonce' is not what was sent" log
	begin_login
	answer POST token 200 "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"$(
		id_token one "{\"nonce\":\"$nonce\",\"email\":\"jo@example.org\",\"sub\":\"1172\"}")\"}"
	get "/login/callback?code=abc&state=$state"
	[ "$status_code" = 303 ]
	get /stats
	[ "$status_code" = 200 ]
	run -0 --separate-stderr tokenmint session verify --audience "$url" <<<"$(cookie session)"
	[ "$(jq -c '[.subject, .roles]' <<<"$output")" = "[\"user:127.0.0.1+${issuer##*:}@1172\",[\"operator\"]]" ]
	nothing_secret_is_in log
}

# bats test_tags=F4_1
@test "ghstats: a login is the one that began in this browser, not long ago" {
	serve
	get '/login/callback?code=abc&state=x'
	refused 400 bad_login
	begin_login
	cp jar begun
	for query in '' code=abc "state=$state" "code=abc&state=x" "code=abc&state=$state&state=$state" "code=abc&code=abc&state=$state"; do
		cp begun jar
		get "/login/callback?$query"
		refused 400 bad_login
	done
	get_with "ghstats-login=$(cookie login | tr '[:lower:]' '[:upper:]')" "/login/callback?code=abc&state=$state"
	refused 400 bad_login
	[ "$(asked POST /login/oauth/access_token)" = 0 ]
	cp begun jar
	get "/login/callback?error=access_denied&error_description=no&state=$state"
	refused 403 denied
	rm jar
	answer GET user 200 '{"id":7,"login":"hubot","email":null}'
	begin_login
	get "/login/callback?code=abc&state=$state"
	refused 403 not_allowed
	grep -q 'no rule lets user:.*@7 (hubot) in' log
	cleared login
	answer POST login/oauth/access_token 200 '{"error":"bad_verification_code"}'
	begin_login
	get "/login/callback?code=abc&state=$state"
	[[ $status_code == [45]?? ]]
	[ -z "$(cookie session)" ]
	stop_servers
	serve
	begin_login
	get "/login/callback?code=abc&state=$state"
	refused 503 issuer_unavailable
	[ "$(head_of retry-after)" = 10 ]
	nothing_secret_is_in log
}

@test "ghstats: where a person comes back to is a page of ours" {
	serve
	for back in //evil.example /%5Cevil.example https://evil.example %2F%0d%0aX:y evil ''; do
		begin_login "?return=$back"
		get "/login/callback?code=abc&state=$state"
		[ "$(head_of location)" = /stats ]
	done
}

# bats test_tags=F4_2
@test "ghstats: who logs out has no session any more, not even with what the browser had kept" {
	serve
	for lives in session,refresh session refresh; do
		log_in
		cp jar kept
		get /stats
		[ "$status_code" = 200 ]
		case $lives in
		session) get_with "ghstats-session=$(cookie session)" /logout -X POST ;;
		refresh) get_with "ghstats-refresh=$(cookie refresh)" /logout -X POST ;;
		*) get /logout -X POST ;;
		esac
		[ "$status_code" = 204 ]
		cleared login session refresh
		cp kept jar
		get /stats
		refused 401 unauthorized
		cleared session refresh
	done
	grep -q 'session .* ends: logout' log
	get /logout -X POST
	[ "$status_code" = 204 ]
	get /logout -X POST -H 'Accept: text/html,*/*'
	[ "$status_code" = 303 ]
	[ "$(head_of location)" = /stats ]
	token=$(tokenmint session issue --audience "$url" --subject user:jo | jq -r .access_token)
	get /logout -X POST -H "Authorization: Bearer $token"
	[ "$status_code" = 204 ]
	get /stats -H "Authorization: Bearer $token"
	refused 401 unauthorized
	nothing_secret_is_in log
}

@test "ghstats: programs bring an access token, which is for this server, and whose roles allow it" {
	serve
	tokenmint session issue --audience "$url" --subject user:jo --role viewer | jq -r .access_token >token
	get /stats -H "Authorization: Bearer $(cat token)"
	[ "$status_code" = 200 ]
	get /stats -H "authorization: bearer  $(cat token)"
	[ "$status_code" = 200 ]
	get /stats -H "Authorization: Bearer $(tr '[:lower:]' '[:upper:]' <token)"
	refused 401 unauthorized
	[ "$(head_of www-authenticate)" = 'Bearer realm="ghstats", error="invalid_token"' ]
	get /stats -H "Authorization: Bearer $(tokenmint session issue --audience http://localhost:9 --subject user:jo | jq -r .access_token)"
	refused 401 unauthorized
	get /stats -H 'Authorization: Basic am86am8='
	refused 401 unauthorized
	get '/workflows/a%20b' -H "Authorization: Bearer $(cat token)"
	refused 403 forbidden
	get '/stats?by=x' -H "Authorization: Bearer $(cat token)"
	refused 400 bad_parameter
}

# bats test_tags=F4_1
@test "ghstats: the requests of a browser refresh its session together, also at two servers" {
	serve
	first=$server_url
	log_in
	start_server log2 ghstats serve -l 127.0.0.1:0 --login login.json
	cookies="ghstats-session=gone; ghstats-refresh=$(cookie refresh)"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		echo "$first/runs?limit=$i $server_url/runs?limit=$i"
	done | tr ' ' '\n' >urls
	run -0 xargs -P 20 -I{} curl -sS -H "Cookie: $cookies" -D - -o /dev/null '{}' <urls
	[ "$(grep -c '^HTTP/1.1 200' <<<"$output")" -eq 20 ]
	sed -n 's/^Set-Cookie: ghstats-refresh=\([^;]*\).*/\1/p' <<<"$output" | sort | uniq -c >given
	[ "$(awk '{ print $1 }' given)" = 20 ]
	get_with "ghstats-refresh=$(awk '{ print $2 }' given)" /stats
	[ "$status_code" = 200 ]
	# what was used twice since is somebody else's, and with it whatever came of it
	get_with "$cookies" /stats
	refused 401 unauthorized
	cleared session refresh
	grep -q 'was used before: the session is revoked' log2
	get_with ghstats-refresh=htr_0tov1r5jok9i_x /stats
	refused 401 unauthorized
	nothing_secret_is_in log
	nothing_secret_is_in log2
}

# bats test_tags=F4_1
@test "ghstats: a session goes on for a week, and then somebody has to come back in person" {
	need_clock
	serve "${clock[@]}"
	log_in
	for day in 1 2 3 4 5 6; do
		set_clock $((day * 24 * 3600))
		get /stats
		[ "$status_code" = 200 ]
		[ "$(head_of set-cookie | wc -l)" = 2 ]
		get /stats
		[ "$status_code" = 200 ]
		[ -z "$(head_of set-cookie)" ]
	done
	set_clock $((7 * 24 * 3600 + 10))
	get /stats
	refused 401 unauthorized
	nothing_secret_is_in log
}

@test "ghstats: pages of other sites can neither log in nor out" {
	serve
	log_in
	for header in 'Sec-Fetch-Site: cross-site' 'Sec-Fetch-Site: same-site' 'Origin: null' 'Origin: https://evil.example' \
		'Origin: http://localhost:8091'; do
		for path in /login /logout; do
			get "$path" -X POST -H "$header"
			refused 403 cross_site
		done
	done
	get /stats
	[ "$status_code" = 200 ]
	get /logout -X POST -H "Origin: $url" -H 'Sec-Fetch-Site: same-origin'
	[ "$status_code" = 204 ]
}

@test "ghstats: to a browser 401 is a page with a button, which keeps the way back" {
	serve
	get '/stats?by=day&branch=%22%3E%3Cscript%3E' -H 'Accept: text/html,application/xhtml+xml,*/*;q=0.8'
	[ "$status_code" = 401 ]
	[[ $(head_of content-type) == text/html* ]]
	[[ $(head_of content-security-policy) == "default-src 'none'"* ]]
	[ "$(grep -c '<script' body)" = 0 ]
	action=$(sed -n 's/.*action="\([^"]*\)".*/\1/p' body)
	begin_login "${action#/login}"
	get "/login/callback?code=abc&state=$state"
	[ "$(head_of location)" = '/stats?by=day&branch=%22%3E%3Cscript%3E' ]
}

@test "ghstats: the pages of login want their method, and no body" {
	serve
	for path in /login /logout; do
		for method in GET PUT DELETE OPTIONS; do
			get "$path" -X "$method"
			refused 405 method_not_allowed
			[ "$(head_of allow)" = POST ]
		done
		get "$path" -X POST --data-binary @<(head -c 5000 /dev/zero)
		refused 413 body_too_large
		get "$path" -X POST -H 'Transfer-Encoding: chunked' -d x
		refused 413 body_too_large
	done
	get /login/callback -X POST
	refused 405 method_not_allowed
	get /login -X POST -d 'user=x'
	[ "$status_code" = 303 ]
}

@test "ghstats: who tries to log in all the time is asked to wait, and pages are there for others" {
	serve
	tokenmint session issue --audience "$url" --subject user:jo | jq -r .access_token >token
	run -0 curl -sS -o /dev/null -w '%{http_code}\n' "$server_url/login/callback?state=[1-121]"
	[ "$(grep -c 400 <<<"$output")" -eq 120 ]
	get /login -X POST
	refused 429 too_many_requests
	[ "$(head_of retry-after)" = 60 ]
	get /stats -H "Authorization: Bearer $(cat token)"
	[ "$status_code" = 200 ]
}

@test "ghstats: the server goes on while an issuer takes its time, and only so many wait for it" {
	serve
	tokenmint session issue --audience "$url" --subject user:jo | jq -r .access_token >token
	begin_login
	# an issuer that listens, and never answers
	kill -STOP "$(head -n 1 servers)"
	cp jar begun
	sockets() {
		find "/proc/$server_pid/fd" -lname 'socket:*' | wc -l
	}
	connected() {
		[ "$(sockets)" -ge $((before + 35)) ]
	}
	before=$(sockets)
	for i in $(seq 35); do
		curl -sS -b begun -o "late.$i" -w '%{http_code}\n' "$server_url/login/callback?code=abc&state=$state" >"code.$i" 3>&- &
	done
	wait_until sh -c "[ \"\$(pgrep -c -P $server_pid)\" -eq 3 ]"
	wait_until connected
	# Who is connected may not have been heard yet.
	is_busy() {
		get /login -X POST --max-time 2 && [ "$status_code" = 503 ]
	}
	wait_until is_busy
	refused 503 busy
	[ "$(head_of retry-after)" = 5 ]
	[ "$(pgrep -c -P "$server_pid")" -eq 3 ]
	for i in 1 2 3 4 5; do
		get /stats -H "Authorization: Bearer $(cat token)"
		[ "$status_code" = 200 ]
	done
	[ "$(cat code.* | wc -l)" = 0 ]
	# what asks nobody else has its place
	get /logout -X POST -H "Authorization: Bearer $(cat token)"
	[ "$status_code" = 204 ]
	kill -CONT "$(head -n 1 servers)"
	wait_until sh -c '[ "$(cat code.* | wc -l)" -eq 35 ]'
	[ "$(sort code.* | uniq -c | tr -s ' ')" = ' 35 303' ]
	grep -q 'too many logins are under way' log
}

@test "ghstats: a server that is told to stop answers who waits for a login" {
	serve
	begin_login
	kill -STOP "$(head -n 1 servers)"
	curl -sS -b jar -o late -w '%{http_code}' "$server_url/login/callback?code=abc&state=$state" >code 3>&- &
	wait_until pgrep -P "$server_pid"
	helper=$(pgrep -P "$server_pid")
	kill -TERM "$server_pid"
	wait "$server_pid"
	wait_until test -s code
	[ "$(cat code)" = 503 ]
	run ! kill -0 "$helper"
	kill -CONT "$(head -n 1 servers)"
}

@test "ghstats: under inetd a login goes on where another process began it" {
	inetd() {
		printf '%s\r\n' "$@" 'Host: x' '' | ghstats serve -i --login login.json
	}
	run -0 --separate-stderr inetd 'POST /login?return=/runs HTTP/1.1'
	[[ $output == 'HTTP/1.1 303 '* ]]
	login=$(sed -nE 's/^Set-Cookie: (ghstats-login=[^;]*).*/\1/p' <<<"$output")
	state=$(sed -nE 's/^Location: .*[?&]state=([^&\r]*).*/\1/p' <<<"$output")
	run -0 --separate-stderr inetd "GET /login/callback?code=abc&state=$state HTTP/1.1" "Cookie: $login"
	[[ $output == 'HTTP/1.1 303 '*'Location: /runs'* ]]
	session=$(sed -nE 's/^Set-Cookie: (ghstats-session=[^;]+).*/\1/p' <<<"$output")
	refresh=$(sed -nE 's/^Set-Cookie: (ghstats-refresh=[^;]+).*/\1/p' <<<"$output")
	run -0 --separate-stderr inetd 'GET /runs HTTP/1.1' "Cookie: a=b; $session"
	[[ $output == 'HTTP/1.1 200 '* ]]
	for _ in 1 2 3; do
		run -0 --separate-stderr inetd 'GET /runs HTTP/1.1' "Cookie: $refresh"
		[[ $output == 'HTTP/1.1 200 '*'Set-Cookie: ghstats-refresh='* ]]
	done
	run -0 --separate-stderr inetd 'POST /logout HTTP/1.1' "Cookie: $session"
	[[ $output == 'HTTP/1.1 204 '* ]]
	run -0 --separate-stderr inetd 'GET /runs HTTP/1.1' "Cookie: $session"
	[[ $output == 'HTTP/1.1 401 '* ]]
}

@test "ghstats: with https the cookies are for https and this host alone" {
	change_settings '.url = "https://stats.example.org/"'
	serve
	get /login -X POST
	[[ $(head_of set-cookie) == "__Host-ghstats-login="*"; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure" ]]
	login=$(head_of set-cookie | sed 's/;.*//')
	location=$(head_of location)
	[[ $location == *redirect_uri=https%3A%2F%2Fstats.example.org%2Flogin%2Fcallback* ]]
	state=$(sed -nE 's/.*[?&]state=([^&]*).*/\1/p' <<<"$location")
	get_with "${login#__Host-}" "/login/callback?code=abc&state=$state"
	refused 400 bad_login
	get_with "$login; $login" "/login/callback?code=abc&state=$state"
	refused 400 bad_login
	get_with "$login" "/login/callback?code=abc&state=$state"
	[ "$status_code" = 303 ]
	[ "$(head_of set-cookie | grep -c '^__Host-.*; Secure$')" = 3 ]
}

@test "ghstats: settings that are wrong are status 78, and without any there is no login" {
	cp login.json good.json
	while read -r filter want; do
		jq "$filter" good.json >login.json
		run -78 --separate-stderr ghstats serve -l 127.0.0.1:0 --login login.json
		echo "$filter: $stderr"
		[[ $stderr == "ghstats: settings of the login 'login.json': $want"* ]]
	done <<-'END'
		.port=1 nobody knows its 'port'
		del(.client_id) it has no 'client_id'
		.url="http://stats.example.org" its 'url' wants https://HOST
		.client_secret_file="/nowhere/x" the client's secret: open '/nowhere/x'
		del(.rules) the policy has no array 'rules'
	END
	cp good.json login.json
	chmod 644 client.secret
	run -78 --separate-stderr ghstats serve -l 127.0.0.1:0 --login login.json
	[[ $stderr == *"wants to be a file that nobody else may read: chmod 600" ]]
	run -78 --separate-stderr ghstats serve -i --login nowhere.json </dev/null
	[[ $stderr == *"settings of the login 'nowhere.json'"* ]]
	run -64 ghstats runs --login login.json
	start_server log ghstats serve -l 127.0.0.1:0
	get /login -X POST
	refused 404 not_found
	get /stats
	[ "$status_code" = 200 ]
}
