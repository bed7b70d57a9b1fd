# shellcheck disable=SC2153 # start_github sets HOOKTOOLS_GITHUB_API
load ../../helper
load ../../fake/helper
load helper

setup_file() {
	make_app_key
}

setup() {
	start_github
	github_pid=$server_pid
	add_app
	export HOOKTOOLS_GITLAB_API=$server_url/api/v4
	export HOOKTOOLS_HOOK_URL=https://hooks.example.org/
	printf 'glpat-secret-of-gitlab' >"$github/gitlab-token"
}

teardown() {
	kill -CONT "$github_pid"
	stop_servers
}

# The receiver, where the forge reaches it.
start_receiver() {
	start_hookrecv
	export HOOKTOOLS_HOOK_URL=$server_url
}

put_gitlab_token() {
	tokenmint vault put global/gitlab.token --file "$github/gitlab-token" 2>/dev/null
}

# What the forge has of a hook: at_forge ID JQ
at_forge() {
	jq -e "$2" "$github/hooks/$1"
}

nothing_stays() {
	run -0 hookrecv list --json
	[ -z "$output" ]
	run -0 tokenmint vault list repository/
	[ -z "$output" ]
}

# The secret of the only hook.
secret_of() {
	tokenmint vault get "repository/$(hookrecv list --json | jq -r .id)_SECRET"
}

# bats test_tags=FX_7
@test "hookrecv add --create: the forge has the hook, with our url and our secret" {
	run -0 --separate-stderr hookrecv add acme/site --create --json
	id=$(jq -r .id <<<"$output")
	jq -e '.forge == "/repos/acme/site/hooks/1" and .forge_id == "1" and .secret == null' <<<"$output"
	at_forge 1 '.asked == {name: "web", active: true, events: ["*"], config: .asked.config}'
	at_forge 1 '.asked.config | .content_type == "json" and .insecure_ssl == "0"'
	[ "$(jq -r .url "$github/hooks/1")" = "https://hooks.example.org/hook/$id" ]
	[ "$(jq -r .secret "$github/hooks/1")" = "$(secret_of)" ]
	run -0 hookrecv show acme/site --json
	jq -e '.forge_id == "1" and .url == "https://hooks.example.org"' <<<"$output"
}

# bats test_tags=FX_7,F4_15
@test "hookrecv add --create: the forge's ping is good, and so is what it sends then" {
	start_receiver
	run -0 --separate-stderr hookrecv add acme/site --create --events push,workflow_run --json
	[ "$(jq -r .status "$github/deliveries/1/0001")" = 200 ]
	at_forge 1 '.events == ["push", "workflow_run"]'
	curl -fsS -X POST -H 'X-GitHub-Event: push' -d '{"ref":"refs/heads/main"}' "$HOOKTOOLS_GITHUB_API/fake/deliver/1"
	[ "$(jq -r .status "$github/deliveries/1/0002")" = 202 ]
	[ "$(stored)" -eq 1 ]
}

# bats test_tags=FX_7
@test "hookrecv add --create: once more changes the hook and makes no second one" {
	hookrecv add acme/site --create >/dev/null
	id=$(hookrecv show acme/site --json | jq -r .id)
	run -0 --separate-stderr hookrecv add acme/site --create --events push --url https://other.example.org --json
	[ "$(jq -r '.id, .forge_id' <<<"$output")" = "$id"$'\n'1 ]
	[ "$(jq -r .url "$github/hooks/1")" = "https://other.example.org/hook/$id" ]
	[ "$(jq -r .secret "$github/hooks/1")" = "$(secret_of)" ]
	at_forge 1 '.events == ["push"] and (.asked | has("name") | not)'
	run -0 --separate-stderr hookrecv add acme/site --create
	at_forge 1 '.events == ["push"]' # those that it has
	[ "$(asked PATCH /repos/acme/site/hooks/1)" -eq 2 ]
	[ "$(asked POST /repos/acme/site/hooks)" -eq 1 ]
	# Where its id is not known, it is found by its url.
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "UPDATE hooks SET forge = NULL"
	run -0 --separate-stderr hookrecv add acme/site --create --json
	[ "$(jq -r .forge_id <<<"$output")" = 1 ]
	rm "$github/hooks/1"
	run -0 --separate-stderr hookrecv add acme/site --create --json
	[ "$(jq -r .forge_id <<<"$output")" = 2 ]
}

# bats test_tags=FX_7,FX_27
@test "hookrecv rotate --create: the forge has the new secret at once, and the old one is good yet" {
	start_receiver
	hookrecv add mine --create --project acme/site --events push >/dev/null
	cp "$github/hooks/1" "$BATS_TEST_TMPDIR/before"
	run -0 --separate-stderr hookrecv rotate mine --create --json
	jq -e '.secret == null and .forge_id == "1"' <<<"$output"
	[ "$(jq -r .secret "$github/hooks/1")" = "$(secret_of)" ]
	[ "$(jq -r .secret "$BATS_TEST_TMPDIR/before")" != "$(secret_of)" ]
	at_forge 1 '.events == ["push"]'
	curl -fsS -X POST -d '{"a":1}' "$HOOKTOOLS_GITHUB_API/fake/deliver/1"
	cp "$BATS_TEST_TMPDIR/before" "$github/hooks/1"
	curl -fsS -X POST -d '{"a":2}' "$HOOKTOOLS_GITHUB_API/fake/deliver/1"
	[ "$(stored)" -eq 2 ]
	echo "401 0 /hooks" >"$github/fail"
	run -77 --separate-stderr hookrecv rotate mine --create
	[[ $stderr == *"the forge does not know it yet"* ]]
}

# bats test_tags=FX_7
@test "hookrecv add --create: a hook that was added by hand is told of, with the secret it has" {
	printf 'my "own" \\ secret: ü' >"$BATS_TEST_TMPDIR/given"
	hookrecv add acme/site --secret-file "$BATS_TEST_TMPDIR/given" >/dev/null
	run -0 --separate-stderr hookrecv add acme/site --create --json
	[ "$(jq -r .secret "$github/hooks/1")" = 'my "own" \ secret: ü' ]
	run -64 --separate-stderr hookrecv add acme/site --create --secret-file "$BATS_TEST_TMPDIR/given"
	[[ $stderr == *"hookrecv rotate"* ]]
	run -65 --separate-stderr hookrecv add acme/site --create -p gitlab
}

# bats test_tags=FX_7
@test "hookrecv add --create: what the forge refuses leaves nothing behind, and is said" {
	local answer
	for answer in '401 77' '403 77' '404 77' '422 65' '429 75' '500 75' '503 75'; do
		echo "${answer% *} 0 GET /repos/acme/site/hooks" >"$github/fail"
		run "-${answer#* }" --separate-stderr hookrecv add acme/site --create
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == *"GitHub says ${answer% *} 'As the test wants it'"* ]]
		nothing_stays
	done
	for answer in '403 77' '404 77' '422 65'; do
		echo "${answer% *} 0 POST /repos/acme/site/hooks" >"$github/fail"
		run "-${answer#* }" --separate-stderr hookrecv add acme/site --create
		[[ $stderr == *"GitHub says ${answer% *} "* ]]
		nothing_stays
	done
	echo "404 0 POST /repos/acme/site/hooks" >"$github/fail"
	run -77 --separate-stderr hookrecv add acme/site --create
	[[ $stderr == *"'Webhooks: write'"* ]]
	echo "429 17 GET /repos/acme/site/hooks" >"$github/fail"
	run -75 --separate-stderr hookrecv add acme/site --create
	[[ $stderr == *"retry after 17 s"* ]]
}

@test "hookrecv add --create: a hook that was perhaps made stays, and the same again finds it" {
	echo "502 0 POST /repos/acme/site/hooks" >"$github/fail"
	run -75 --separate-stderr hookrecv add acme/site --create
	[[ $stderr == *"perhaps made"* ]]
	id=$(hookrecv show acme/site --json | jq -r .id)
	rm "$github/fail"
	run -0 --separate-stderr hookrecv add acme/site --create --json
	[ "$(jq -r '.id, .forge_id' <<<"$output")" = "$id"$'\n'1 ]
}

@test "hookrecv add --create: a forge that is not there, or no token for it" {
	local api=$HOOKTOOLS_GITHUB_API
	run -77 --separate-stderr hookrecv add other/site --create
	nothing_stays
	HOOKTOOLS_GITHUB_API=http://127.0.0.1:1 run -75 --separate-stderr hookrecv add acme/site --create
	nothing_stays
	HOOKTOOLS_GITHUB_API=http://api.example.org run -78 --separate-stderr hookrecv add acme/site --create
	nothing_stays
	run -78 --separate-stderr hookrecv add acme/site -p gitlab --create
	[[ $stderr == *"tokenmint vault put global/gitlab.token"* ]]
	HOOKTOOLS_GITLAB_TOKEN_NAME=glpat-0123 run -78 --separate-stderr hookrecv add acme/site -p gitlab --create
	[[ $stderr != *glpat* ]]
	nothing_stays
	[ "$HOOKTOOLS_GITHUB_API" = "$api" ]
}

@test "hookrecv add --create: what cannot be is wrong usage, and nothing is kept" {
	run -64 --separate-stderr hookrecv add site --create
	[[ $stderr == *"--project or --app"* ]]
	run -64 --separate-stderr hookrecv add acme/site -p gitea --create
	[[ $stderr == *"not gitea"* ]]
	run -64 --separate-stderr hookrecv add acme/site --create --events 'push pull'
	run -64 --separate-stderr hookrecv add acme/site --create --url hooks.example.org
	run -64 --separate-stderr hookrecv add acme/site --create --url 'https://x.org/"a'
	run -64 --separate-stderr hookrecv add acme/site --create --project 'a/../b'
	run -64 --separate-stderr hookrecv add acme/site --create --project 'a/b/c'
	run -64 --separate-stderr hookrecv add acme/site --events push
	HOOKTOOLS_HOOK_URL='' run -64 --separate-stderr hookrecv add acme/site --create
	[[ $stderr == *"HOOKTOOLS_HOOK_URL"* ]]
	printf 'latin \344' >"$BATS_TEST_TMPDIR/given"
	run -65 --separate-stderr hookrecv add acme/site --create --secret-file "$BATS_TEST_TMPDIR/given"
	[[ $stderr == *"UTF-8"* ]]
	[ ! -d "$github/hooks" ]
	nothing_stays
}

# bats test_tags=FX_7
@test "hookrecv add --create: a project of GitLab, with a token or a key that signs" {
	put_gitlab_token
	start_receiver
	run -0 --separate-stderr hookrecv add acme/site -p gitlab --create --json
	jq -e '.forge == "/projects/acme%2Fsite/hooks/1"' <<<"$output"
	at_forge 1 '.asked | .push_events and .job_events and .enable_ssl_verification and .signing_token == null'
	[ "$(jq -r .asked.token "$github/hooks/1")" = "$(secret_of)" ]
	printf 'whsec_%s' "$(head -c 32 /dev/zero | base64)" >"$BATS_TEST_TMPDIR/key"
	run -0 --separate-stderr hookrecv add signing -p gitlab --secret-file "$BATS_TEST_TMPDIR/key" \
		--create --project acme/tools --events push,merge_requests --json
	at_forge 2 '.asked | .push_events and .merge_requests_events and (.job_events | not) and .token == null'
	at_forge 2 '.asked.signing_token | startswith("whsec_")'
	for id in 1 2; do
		curl -fsS -X POST -H 'X-GitHub-Event: Push Hook' -d '{"a":1}' "$HOOKTOOLS_GITHUB_API/fake/deliver/$id"
		[ "$(jq -r .status "$github/deliveries/$id/0001")" = 202 ]
	done
	run -65 --separate-stderr hookrecv add acme/more -p gitlab --create --events check_run
	[[ $stderr == *"GitLab has no events 'check_run'"* ]]
	echo "404 0 GET /api" >"$github/fail"
	run -77 --separate-stderr hookrecv add acme/more -p gitlab --create
	echo "$stderr"
	[[ $stderr == *"GitLab says 404"*"scope 'api'"* ]]
}

# bats test_tags=FX_7
@test "hookrecv add --create: the hook of an App is set, not made" {
	start_receiver
	run -0 --separate-stderr hookrecv add bot --create --app main --json
	jq -e '.forge == "/app/hook" and .forge_id == null and .app == "main"' <<<"$output"
	curl -fsS -X POST -H 'X-GitHub-Event: push' -d '{"a":1}' "$HOOKTOOLS_GITHUB_API/fake/deliver/999"
	[ "$(stored)" -eq 1 ]
	run -0 --separate-stderr hookrecv show bot --check --json
	jq -e '.forge_state | .found and .active' <<<"$output"
	run -0 --separate-stderr hookrecv rotate bot --create
	[ "$(jq -r .secret "$github/hooks/999")" = "$(secret_of)" ]
	run -0 --separate-stderr hookrecv remove bot
	[[ $stderr == *"the App 'main' still sends here"* ]]
	[ "$(asked DELETE /app/hook)" -eq 0 ]
}

# bats test_tags=FX_7
@test "hookrecv add --create: without an App, with a personal access token" {
	tokenmint get acme/site | tokenmint vault put global/github.token 2>/dev/null
	tokenmint app remove main
	run -78 --separate-stderr hookrecv add acme/site --create
	nothing_stays
	export HOOKTOOLS_GITHUB_TOKEN_NAME=global/github.token
	run -0 --separate-stderr hookrecv add acme/site --create --json
	[ "$(jq -r .forge_id <<<"$output")" = 1 ]
	run -0 --separate-stderr hookrecv reconcile
	run -0 --separate-stderr hookrecv remove acme/site
}

# bats test_tags=FX_7
@test "hookrecv show --check: says what the forge says" {
	hookrecv add acme/site --create >/dev/null
	run -0 --separate-stderr hookrecv show acme/site --check --json
	id=$(jq -r .id <<<"$output")
	jq -e --arg url "https://hooks.example.org/hook/$id" \
		'.forge_state == {found: true, active: true, state: "active", url: $url}' <<<"$output"
	run -0 script -qec 'hookrecv show acme/site --check' /dev/null
	[[ $output == *"at forge: active, active, sends to https://hooks.example.org/hook/$id"* ]]
	cp "$github/hooks/1" "$BATS_TEST_TMPDIR/hook"
	jq -c '.url = "https://elsewhere.example.org/"' "$BATS_TEST_TMPDIR/hook" >"$github/hooks/1"
	run -1 --separate-stderr hookrecv show acme/site --check --json
	[[ $stderr == *"the forge sends elsewhere"* ]]
	jq -c '.off = true' "$BATS_TEST_TMPDIR/hook" >"$github/hooks/1"
	run -1 --separate-stderr hookrecv show acme/site --check --json
	jq -e '.forge_state.active == false' <<<"$output"
	[[ $stderr == *"not active"* ]]
	rm "$github/hooks/1"
	run -1 --separate-stderr hookrecv show acme/site --check --json
	jq -e '.forge_state == {found: false}' <<<"$output"
	[[ $stderr == *"hookrecv add acme/site --create"* ]]
	echo "401 0 /hooks/" >"$github/fail"
	run -77 --separate-stderr hookrecv show acme/site --check
	hookrecv add acme/other >/dev/null
	run -65 --separate-stderr hookrecv show acme/other --check
}

# bats test_tags=FX_7
@test "hookrecv remove: takes the forge's hook away first, or nothing at all" {
	hookrecv add acme/site --create >/dev/null
	echo "503 0 DELETE" >"$github/fail"
	run -75 --separate-stderr hookrecv remove acme/site
	[[ $stderr == *"--keep-remote"*"GitHub says 503"* ]]
	hookrecv show acme/site >/dev/null
	rm "$github/fail"
	run -0 --separate-stderr hookrecv remove acme/site
	[ ! -e "$github/hooks/1" ]
	nothing_stays
}

@test "hookrecv remove: a hook that the forge lost is removed here; --keep-remote asks nobody" {
	hookrecv add acme/site --create >/dev/null
	rm "$github/hooks/1"
	run -0 --separate-stderr hookrecv remove acme/site
	hookrecv add acme/site --create >/dev/null
	HOOKTOOLS_GITHUB_API=http://127.0.0.1:1 run -75 --separate-stderr hookrecv remove acme/site
	HOOKTOOLS_GITHUB_API=http://127.0.0.1:1 run -0 --separate-stderr hookrecv remove acme/site --keep-remote
	[ -e "$github/hooks/2" ]
	nothing_stays
}

# bats test_tags=FX_7
@test "hookrecv add --create: kill -9 at any time, and once more makes it whole" {
	local moment pid
	for moment in 'hookrecv show acme/site' 'asked_at_least GET 1' 'asked_at_least POST 1' 'created'; do
		hookrecv add acme/site --create >/dev/null 2>&1 3>&- &
		pid=$!
		# shellcheck disable=SC2086 # a command and its words
		wait_until $moment
		kill -9 "$pid" || true
		wait_until no_helper
		run -0 --separate-stderr hookrecv add acme/site --create --json
		[ "$(find "$github/hooks" -type f | wc -l)" -eq 1 ]
		[ "$(hookrecv list --json | wc -l)" -eq 1 ]
		[ "$(jq -r .secret "$github"/hooks/*)" = "$(secret_of)" ]
		run -0 --separate-stderr hookrecv remove acme/site
		nothing_stays
		rm "$github/requests"
	done
}

asked_at_least() { [ "$(asked "$1" /repos/acme/site/hooks)" -ge "$2" ]; }

created() { [ -n "$(find "$github/hooks" -type f)" ]; }

# One whose parent was killed goes on to its end.
no_helper() { [ -z "$(ours hookrecv-forge)" ]; }

@test "hookrecv add --create: secrets and tokens are in no argument, no environment and no file" {
	local pid helper bytes
	tokenmint get acme/site >"$BATS_TEST_TMPDIR/token"
	kill -STOP "$github_pid"
	hookrecv add acme/site --create --debug >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	pid=$!
	wait_until pgrep -P "$pid" -x hookrecv-forge
	helper=$(pgrep -P "$pid" -x hookrecv-forge)
	run ! no_helper
	for bytes in "$(secret_of)" "$(cat "$BATS_TEST_TMPDIR/token")"; do
		run -1 grep -aF "$bytes" "/proc/$pid/cmdline" "/proc/$pid/environ" \
			"/proc/$helper/cmdline" "/proc/$helper/environ"
	done
	kill -CONT "$github_pid"
	wait "$pid"
	run -1 grep -raF "$(secret_of)" "$BATS_TEST_TMPDIR/out" "$HOOKTOOLS_STATE"
	run -1 grep -raF "$(cat "$BATS_TEST_TMPDIR/token")" "$BATS_TEST_TMPDIR/out" "$HOOKTOOLS_STATE"
}

@test "hookrecv-forge: takes no arguments, and nothing but orders" {
	run -64 --separate-stderr hookrecv-forge --help
	run -0 --separate-stderr hookrecv-forge <<<'{}'
	jq -e '.error == "data"' <<<"$output"
	run -0 --separate-stderr hookrecv-forge <<<'{"forge":"github","op":"eat","path":"/repos/a/b/hooks","token":"t"}'
	jq -e '.message == "no operation '"'eat'"'"' <<<"$output"
	for path in x //x.org/y /a/../b '/a b'; do
		run -0 --separate-stderr hookrecv-forge <<<"{\"forge\":\"github\",\"op\":\"look\",\"path\":\"$path\",\"token\":\"t\"}"
		jq -e '.message | endswith("is no path in an API")' <<<"$output"
	done
}
