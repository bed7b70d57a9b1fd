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

# event EVENT ACTION [INSTALLATION [APP-ID]]: a line of hookevent(5).
event() {
	jq -nc --arg event "$1" --arg action "$2" --argjson id "${3:-42}" --argjson app "${4:-1}" '{
		id: "0195b6a0-0000-7000-8000-000000000001", hook: "0195b6a0-0000-4000-8000-000000000001",
		name: "app", provider: "github", event: $event, delivery: "d", headers: {},
		payload: {action: $action, installation: {id: $id, app_id: $app, account: {login: "Acme"}},
			sender: {login: "fred"}}}'
}

sync_one() {
	tokenmint sync - <<<"$1"
}

# bats test_tags=F1_2,F1_3,F1_4
@test "tokenmint: installation created mints a token and makes the secret" {
	for action in created create; do
		rm -rf "$HOOKTOOLS_STATE/vault/installation"
		run -0 --separate-stderr sync_one "$(event installation $action)"
		[ "$output" = '{"ok":true,"result":"stored","installation":42}' ]
		run -0 tokenmint vault get installation/42
		[[ $output == ghs_1_* ]]
	done
	[ "$(minted)" -eq 2 ]
	run -0 tokenmint get acme/site
	[ "$(minted)" -eq 2 ]
}

# bats test_tags=F1_5
@test "tokenmint: installation deleted removes the secret and the scoped ones" {
	for action in deleted delete; do
		run -0 sync_one "$(event installation created)"
		run -0 tokenmint get acme -r site
		run -0 --separate-stderr sync_one "$(event installation $action)"
		[ "$output" = '{"ok":true,"result":"removed","installation":42}' ]
		run -0 tokenmint vault list installation/
		[ -z "$output" ]
		[ ! -e "$HOOKTOOLS_STATE/installations/main/acme" ]
	done
}

# bats test_tags=F1_5
@test "tokenmint: only the deleted installation's secret goes" {
	echo beta >"$github/installations/43"
	run -0 tokenmint get acme
	run -0 tokenmint get beta
	run -0 sync_one "$(event installation deleted 43)"
	run -0 tokenmint vault list installation/
	[ "$output" = installation/42 ]
}

@test "tokenmint: suspend removes the secret, unsuspend makes it again" {
	run -0 sync_one "$(event installation created)"
	run -0 sync_one "$(event installation suspend)"
	run -1 --separate-stderr tokenmint vault get installation/42
	run -0 sync_one "$(event installation unsuspend)"
	run -0 tokenmint vault get installation/42
}

@test "tokenmint: new permissions and repositories renew the token in place" {
	run -0 sync_one "$(event installation created)"
	for pair in 'installation new_permissions_accepted' 'installation_repositories added' \
		'installation_repositories removed'; do
		before=$(tokenmint vault get installation/42)
		# shellcheck disable=SC2086
		run -0 sync_one "$(event $pair)"
		[ "$(tokenmint vault get installation/42)" != "$before" ]
	done
}

# bats test_tags=F1_4,F1_12
@test "tokenmint: ping, marketplace and unknown events are accepted and ignored" {
	{
		event ping ''
		event marketplace_purchase purchased
		event push ''
		event installation renamed_some_day
		event installation created | jq -c '.provider = "gitlab"'
		echo '{"id":"x","provider":"hooktools","event":"tick","payload":null}'
	} >"$BATS_TEST_TMPDIR/events"
	run -0 --separate-stderr tokenmint sync - <"$BATS_TEST_TMPDIR/events"
	[ "${#lines[@]}" -eq 6 ]
	[ "$(sort -u <<<"$output")" = '{"ok":true,"result":"ignored"}' ]
	[ "$(minted)" -eq 0 ]
}

@test "tokenmint: one reply per line, in order; what is no event is permanent" {
	{
		echo '{'
		event installation created
		echo '{"event":"installation","provider":"github","payload":{"action":"created"}}'
		event installation created 42 99
		event installation deleted
	} >"$BATS_TEST_TMPDIR/events"
	run -0 --separate-stderr tokenmint sync - <"$BATS_TEST_TMPDIR/events"
	[ "$(jq -sc 'map(.error.kind // .result)' <<<"$output")" = \
		'["permanent","stored","permanent","permanent","removed"]' ]
}

@test "tokenmint: a failure of GitHub is temporary, and the same event later is done" {
	echo 503 >"$github/fail"
	run -0 --separate-stderr sync_one "$(event installation created)"
	[ "$(jq -r .error.kind <<<"$output")" = temporary ]
	run -0 tokenmint vault list installation/
	[ -z "$output" ]
	rm "$github/fail"
	run -0 sync_one "$(event installation created)"
	run -0 sync_one "$(event installation created)"
	run -0 tokenmint vault list installation/
	[ "$output" = installation/42 ]
}

@test "tokenmint: no network is temporary" {
	HOOKTOOLS_GITHUB_API=http://127.0.0.1:1 run -0 --separate-stderr sync_one "$(event installation created)"
	[ "$(jq -r .error.kind <<<"$output")" = temporary ]
}

@test "tokenmint: a created that comes after the deletion brings nothing back" {
	run -0 sync_one "$(event installation created)"
	run -0 sync_one "$(event installation deleted)"
	rm "$github/installations/42"
	run -0 --separate-stderr sync_one "$(event installation created)"
	[ "$output" = '{"ok":true,"result":"removed","installation":42}' ]
	run -0 tokenmint vault list installation/
	[ -z "$output" ]
}

@test "tokenmint: a consumer answers each event before the next comes" {
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	tokenmint sync - <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>/dev/null 3>&- &
	consumer=$!
	exec 8>"$BATS_TEST_TMPDIR/in" 9<"$BATS_TEST_TMPDIR/out"
	event installation created >&8
	read -rt 20 reply <&9
	[ "$reply" = '{"ok":true,"result":"stored","installation":42}' ]
	event installation deleted >&8
	read -rt 20 reply <&9
	[ "$reply" = '{"ok":true,"result":"removed","installation":42}' ]
	exec 8>&- 9<&-
	wait "$consumer"
}

@test "tokenmint: an enterprise's installation is known by its slug" {
	echo big-corp >"$github/installations/43"
	run -0 --separate-stderr sync_one \
		"$(event installation created 43 | jq -c '.payload.installation.account = {slug: "Big-Corp", name: "Big"}')"
	[ "$output" = '{"ok":true,"result":"stored","installation":43}' ]
	[ "$(cat "$HOOKTOOLS_STATE/installations/main/big-corp")" = 43 ]
}

@test "tokenmint: an owner that was renamed is known by the new name only" {
	run -0 sync_one "$(event installation created)"
	run -0 tokenmint vault get installation/42
	token=$output
	renamed=$(event installation_target renamed | jq -c '.payload |= (del(.installation.account) +
		{account: {login: "Acme-Two"}, changes: {login: {from: "acme"}}, target_type: "Organization"})')
	for _ in 1 2; do
		run -0 --separate-stderr sync_one "$renamed"
		[ "$output" = '{"ok":true,"result":"renamed","installation":42}' ]
	done
	[ ! -e "$HOOKTOOLS_STATE/installations/main/acme" ]
	[ "$(cat "$HOOKTOOLS_STATE/installations/main/acme-two")" = 42 ]
	run -0 tokenmint get acme-two/site
	[ "$output" = "$token" ]
	run -0 --separate-stderr sync_one "$(jq -c '.payload.installation.id = 77' <<<"$renamed")"
	[ "$(jq -r .result <<<"$output")" = renamed ]
	[ "$(find "$HOOKTOOLS_STATE/installations/main" -type f | wc -l)" -eq 1 ]
}
