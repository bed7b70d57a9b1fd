load ../../helper
load ../../fake/helper

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
}

teardown() {
	stop_servers
}

# Rewrites the stored token's expiry: age NAME TIME.
age() {
	tokenmint vault get "$1" >"$BATS_TEST_TMPDIR/aged"
	tokenmint vault put "$1" --expires "$2" <"$BATS_TEST_TMPDIR/aged"
}

@test "tokenmint: get mints a token with the App's verified JWT, of any length" {
	run -0 --separate-stderr tokenmint get acme/site
	[[ $output =~ ^ghs_1_[A-Za-z0-9_.-]{500,}$ ]]
	[ -z "$stderr" ]
	[ "$(minted)" -eq 1 ]
	[ "$(asked GET /repos/acme/site/installation)" -eq 1 ]
	[ "$(jq -rs '.[-1].user_agent' "$github/requests")" = "hooktools/$(tokenmint -V | cut -d' ' -f2)" ]
}

# bats test_tags=F1_7
@test "tokenmint: an owner's token is stored under its installation and used again" {
	run -0 tokenmint get acme
	first=$output
	run -0 tokenmint get ACME/other
	[ "$output" = "$first" ]
	[ "$(minted)" -eq 1 ]
	run -0 tokenmint vault get installation/42
	[ "$output" = "$first" ]
	[ "$(cat "$HOOKTOOLS_STATE/installations/main/acme")" = 42 ]
}

# bats test_tags=F1_7
@test "tokenmint: each installation has a token of its own" {
	echo beta >"$github/installations/43"
	run -0 tokenmint get acme
	acme=$output
	run -0 tokenmint get beta
	[ "$output" != "$acme" ]
	run -0 tokenmint vault list installation/
	[ "$output" = "installation/42
installation/43" ]
}

# bats test_tags=FX_9
@test "tokenmint: twenty that ask at once get one token, minted once" {
	pids=()
	for n in $(seq 20); do
		tokenmint get acme/site >"$BATS_TEST_TMPDIR/token.$n" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(minted)" -eq 1 ]
	[ "$(asked GET /repos/acme/site/installation)" -eq 1 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR"/token.* | wc -l)" -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/token.* | wc -l)" -eq 20 ]
}

# bats test_tags=F1_8,FX_9
@test "tokenmint: a token with less than --min-ttl left is minted anew in its place" {
	run -0 tokenmint get acme
	first=$output
	age installation/42 26m
	run -0 tokenmint get acme
	[ "$output" = "$first" ]
	run -0 tokenmint get acme --min-ttl 27m
	[ "$output" != "$first" ]
	[ "$(minted)" -eq 2 ]
	age installation/42 24m
	run -0 tokenmint get acme
	[ "$(minted)" -eq 3 ]
}

# bats test_tags=F1_10
@test "tokenmint: the old token lives on after a new one was minted" {
	run -0 tokenmint get acme
	old=$output
	age installation/42 1m
	run -0 tokenmint get acme
	[ "$output" != "$old" ]
	run -0 curl -sS -o "$BATS_TEST_TMPDIR/out" -w '%{http_code}' -H "Authorization: Bearer $old" \
		"$HOOKTOOLS_GITHUB_API/repos/acme/site/actions/runs"
	[ "$output" = 200 ]
}

# bats test_tags=FX_9
@test "tokenmint: while GitHub fails a token that lives is given with a warning" {
	run -0 tokenmint get acme
	first=$output
	age installation/42 10m
	echo 500 >"$github/fail"
	run -0 --separate-stderr tokenmint get acme
	[ "$output" = "$first" ]
	[[ $stderr == *"500"*"giving the stored token"* ]]
	stop_servers
	run -0 --separate-stderr tokenmint get acme
	[ "$output" = "$first" ]
	age installation/42 1ms
	run -75 --separate-stderr tokenmint get acme
	[ -z "$output" ]
}

# bats test_tags=FX_9
@test "tokenmint: those who wait share a failure, and the next asks again" {
	run -0 tokenmint get acme
	age installation/42 1ms
	before=$(asked POST /app/installations/42/access_tokens)
	echo 502 >"$github/fail"
	pids=()
	for n in $(seq 8); do
		tokenmint get acme >"$BATS_TEST_TMPDIR/token.$n" 2>"$BATS_TEST_TMPDIR/error.$n" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		status=0
		wait "$pid" || status=$?
		[ "$status" -eq 75 ]
	done
	[ $(($(asked POST /app/installations/42/access_tokens) - before)) -lt 8 ]
	rm "$github/fail"
	run -0 tokenmint get acme
}

# bats test_tags=FX_9
@test "tokenmint: a rate limit stands until its time, nobody asks before" {
	echo "429 2" >"$github/fail"
	run -75 --separate-stderr tokenmint get acme
	[[ $stderr == *"retry after 2 s"* ]]
	rm "$github/fail"
	asked_before=$(wc -l <"$github/requests")
	run -75 --separate-stderr tokenmint get acme
	[ "$(wc -l <"$github/requests")" -eq "$asked_before" ]
	wait_until tokenmint get acme
	[ "$(minted)" -eq 1 ]
}

@test "tokenmint: a clock that is a quarter of an hour off is corrected once" {
	for skew in 900 -900; do
		echo "$skew" >"$github/skew"
		rm -rf "$HOOKTOOLS_STATE/installations" "$HOOKTOOLS_STATE/vault/installation"
		run -0 --separate-stderr tokenmint get acme --json
		left=$(($(date -d "$(jq -r .expires_at <<<"$output")" +%s) - $(date +%s)))
		[ "$left" -gt 3500 ]
		[ "$left" -le 3601 ]
	done
	[ "$(asked GET /users/acme/installation 401)" -eq 2 ]
	[ "$(asked POST /app/installations/42/access_tokens 401)" -eq 0 ]
}

@test "tokenmint: a key that GitHub does not know is denied and not tried again" {
	openssl genrsa -out "$BATS_TEST_TMPDIR/other.pem" 2048 2>/dev/null
	tokenmint app add main --app-id 1 --key-file "$BATS_TEST_TMPDIR/other.pem"
	run -77 --separate-stderr tokenmint get acme
	[[ $stderr == *"GitHub says 401 'A JSON web token could not be decoded'"* ]]
	[ "$(asked GET /users/acme/installation)" -eq 1 ]
}

@test "tokenmint: where the App is not installed is status 1" {
	run -1 --separate-stderr tokenmint get nobody/here
	[ -z "$output" ]
	[[ $stderr == *"404"* ]]
}

@test "tokenmint: a suspended installation is denied" {
	mkdir "$github/suspended"
	touch "$github/suspended/42"
	run -77 --separate-stderr tokenmint get acme
	[[ $stderr == *"suspended"* ]]
}

@test "tokenmint: an installation made anew under another number is found again" {
	run -0 tokenmint get acme
	mv "$github/installations/42" "$github/installations/50"
	age installation/42 1ms
	run -0 --separate-stderr tokenmint get acme --json
	[ "$(jq .installation_id <<<"$output")" -eq 50 ]
	[ "$(cat "$HOOKTOOLS_STATE/installations/main/acme")" = 50 ]
}

@test "tokenmint: a scoped token is asked for as wanted and stored apart" {
	run -0 tokenmint get acme -r site -r docs -p contents=read -p checks=write
	scoped=$output
	run -0 tokenmint get acme -p checks=write -r docs -r site -p contents=read -r site
	[ "$output" = "$scoped" ]
	run -0 tokenmint get acme
	[ "$output" != "$scoped" ]
	run -0 tokenmint get acme -r site
	[ "$output" != "$scoped" ]
	[ "$(minted)" -eq 3 ]
	[ "$(cat "$github"/tokens/* | jq -cs 'map(.asked) | sort')" = \
		'[null,{"repositories":["docs","site"],"permissions":{"checks":"write","contents":"read"}},{"repositories":["site"]}]' ]
	run -0 tokenmint vault list installation/42.
	[ "${#lines[@]}" -eq 2 ]
}

@test "tokenmint: get as JSON" {
	run -0 --separate-stderr tokenmint get acme --json
	jq -e '.installation_id == 42 and .owner == "acme" and .app == "main" and
		(.token | startswith("ghs_1_"))' <<<"$output"
}

@test "tokenmint: of two apps the one that knows the owner is used" {
	tokenmint app add other --app-id 2 --key-file "$BATS_FILE_TMPDIR/app.pem"
	run -64 --separate-stderr tokenmint get acme
	[[ $stderr == *"--app"* ]]
	run -0 tokenmint get acme --app main
	first=$output
	run -0 tokenmint get acme
	[ "$output" = "$first" ]
}

@test "tokenmint: no token, key or JWT stands in the state, the logs or the arguments" {
	run -0 tokenmint get acme
	token=$output
	run -0 tokenmint get acme
	run ! grep -raqF "$token" "$HOOKTOOLS_STATE"
	run ! grep -raq 'PRIVATE KEY' "$HOOKTOOLS_STATE"
	age installation/42 1ms
	echo 500 >"$github/fail"
	run -75 --separate-stderr tokenmint get acme --debug
	[[ $stderr != *ghs_* ]]
	[[ $stderr != *eyJ* ]]
}

@test "tokenmint: the token goes to no other origin" {
	HOOKTOOLS_GITHUB_API=http://example.com run -78 --separate-stderr tokenmint get acme
	[[ $stderr == *"not encrypted"* ]]
	HOOKTOOLS_GITHUB_API=http://127.0.0.1:1 run -75 --separate-stderr tokenmint get acme
}
