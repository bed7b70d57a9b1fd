load ../../helper
load ../../fake/helper

setup_file() {
	make_app_key
	make_clock
}

setup() {
	start_github
	add_app
}

teardown() {
	stop_servers
}

install_beta() {
	echo beta >"$github/installations/43"
	tokenmint get acme >/dev/null
	tokenmint get beta >/dev/null
}

# bats test_tags=F1_9
@test "tokenmint: refresh mints every stored installation token anew in its place" {
	install_beta
	acme=$(tokenmint vault get installation/42) beta=$(tokenmint vault get installation/43)
	run -0 --separate-stderr tokenmint refresh --all
	[ "$output" = '{"renewed":2,"kept":0,"removed":0,"failed":0}' ]
	[ "$(minted)" -eq 4 ]
	[ "$(tokenmint vault get installation/42)" != "$acme" ]
	[ "$(tokenmint vault get installation/43)" != "$beta" ]
	run -0 tokenmint vault list installation/
	[ "${#lines[@]}" -eq 2 ]
}

# bats test_tags=F1_11
@test "tokenmint: after a refresh every token lives for more than half an hour" {
	install_beta
	tokenmint vault get installation/42 >"$BATS_TEST_TMPDIR/token"
	tokenmint vault put installation/42 --expires 30m <"$BATS_TEST_TMPDIR/token"
	run -0 tokenmint refresh
	run -0 tokenmint vault list installation/ --json
	jq -se 'length == 2 and all((.expires_at | sub("\\.[0-9]+Z"; "Z") | fromdate) - now > 3500)' <<<"$output"
	[ "$(sed -n 's/^OnUnitActiveSec=//p' "$top/share/systemd/tokenmint-refresh.timer")" = 29min ]
}

@test "tokenmint: refresh --older-than leaves fresh ones alone" {
	install_beta
	run -0 tokenmint refresh --older-than 30m
	[ "$output" = '{"renewed":0,"kept":2,"removed":0,"failed":0}' ]
	run -0 tokenmint refresh --older-than 1ms
	[ "$output" = '{"renewed":2,"kept":0,"removed":0,"failed":0}' ]
}

@test "tokenmint: refresh of one owner leaves the others alone" {
	install_beta
	acme=$(tokenmint vault get installation/42)
	run -0 tokenmint refresh beta
	[ "$output" = '{"renewed":1,"kept":0,"removed":0,"failed":0}' ]
	[ "$(tokenmint vault get installation/42)" = "$acme" ]
}

# bats test_tags=F1_9
@test "tokenmint: one installation that fails does not stop the others" {
	install_beta
	acme=$(tokenmint vault get installation/42) beta=$(tokenmint vault get installation/43)
	echo "500 0 /installations/42/" >"$github/fail"
	run -75 --separate-stderr tokenmint refresh
	[ "$output" = '{"renewed":1,"kept":0,"removed":0,"failed":1}' ]
	[[ $stderr == *"installation 42"*"500"* ]]
	[ "$(tokenmint vault get installation/42)" = "$acme" ]
	[ "$(tokenmint vault get installation/43)" != "$beta" ]
}

@test "tokenmint: an installation that is gone is removed" {
	install_beta
	rm "$github/installations/43"
	run -0 --separate-stderr tokenmint refresh
	[ "$output" = '{"renewed":1,"kept":0,"removed":1,"failed":0}' ]
	run -0 tokenmint vault list installation/
	[ "$output" = installation/42 ]
	[ ! -e "$HOOKTOOLS_STATE/installations/main/beta" ]
}

# bats test_tags=F1_13
@test "tokenmint: while tokens are renewed a reader always finds one" {
	install_beta
	(
		for _ in 1 2 3 4 5; do tokenmint refresh >/dev/null 2>&1; done
		touch "$BATS_TEST_TMPDIR/done"
	) 3>&- &
	renewer=$!
	while [ ! -e "$BATS_TEST_TMPDIR/done" ]; do
		run -0 tokenmint vault get installation/42
		[[ $output == ghs_1_* ]]
	done
	wait "$renewer"
}

@test "tokenmint: nothing stored is nothing to do" {
	run -0 tokenmint refresh --all
	[ "$output" = '{"renewed":0,"kept":0,"removed":0,"failed":0}' ]
	[ "$(minted)" -eq 0 ]
}

# at MINUTES COMMAND...: as if so much time had passed, here and at GitHub
at() {
	set_clock $(($1 * 60))
	shift
	with_clock "$@"
}

start_with_clock() {
	stop_servers
	set_clock 0
	start_github "${clock[@]}"
}

reader() {
	at "$1" tokenmint get acme -r site -p contents=read
}

# bats test_tags=F1_9,F1_11
@test "tokenmint: refresh keeps a scoped token alive while somebody uses it" {
	need_clock
	start_with_clock
	first=$(reader 0)
	name=$(tokenmint vault list installation/)
	[[ $name =~ ^installation/42\.[0-9a-f]{16}$ ]]
	for minutes in 29 58; do
		run -0 at "$minutes" tokenmint refresh --all
		[ "$output" = '{"renewed":1,"kept":0,"removed":0,"failed":0}' ]
	done
	# What is given out is the one that was minted last, with the same limits, and nobody asks.
	run -0 reader 59
	[ "$output" != "$first" ]
	[ "$output" = "$(tokenmint vault get "$name")" ]
	[ "$(minted)" -eq 3 ]
	[ "$(cat "$github"/tokens/* | jq -c .asked | sort -u)" = '{"repositories":["site"],"permissions":{"contents":"read"}}' ]
	# 59 minutes after the last use it is renewed yet.
	run -0 at 118 tokenmint refresh --all
	[ "$output" = '{"renewed":1,"kept":0,"removed":0,"failed":0}' ]
	run -0 jq -r 'select(.event == "mint") | .scope.repositories[0]' "$HOOKTOOLS_STATE/audit.ndjson"
	[ "$(sort -u <<<"$output")" = site ]
}

# bats test_tags=F1_9
@test "tokenmint: refresh lets a scoped token end that nobody uses, and removes it" {
	need_clock
	start_with_clock
	reader 0
	at 0 tokenmint get acme >/dev/null
	run -0 at 50 tokenmint refresh --all
	[ "$output" = '{"renewed":2,"kept":0,"removed":0,"failed":0}' ]
	run -0 at 61 tokenmint refresh --all
	[ "$output" = '{"renewed":1,"kept":1,"removed":0,"failed":0}' ]
	run -0 at 109 tokenmint refresh --all
	[ "$output" = '{"renewed":1,"kept":1,"removed":0,"failed":0}' ]
	run -0 at 111 tokenmint refresh --all
	[ "$output" = '{"renewed":1,"kept":0,"removed":1,"failed":0}' ]
	run -0 tokenmint vault list installation/
	[ "$output" = installation/42 ]
	[ -z "$(ls "$HOOKTOOLS_STATE/scopes")" ]
	# Whoever asks again gets a new one.
	run -0 --separate-stderr reader 112
	[ -z "$stderr" ]
}

@test "tokenmint: refresh of an owner takes the scoped ones along, and --older-than leaves fresh ones" {
	install_beta
	tokenmint get acme -r site >/dev/null
	tokenmint get beta -r site >/dev/null
	run -0 tokenmint refresh acme
	[ "$output" = '{"renewed":2,"kept":0,"removed":0,"failed":0}' ]
	run -0 tokenmint refresh --all --older-than 24m
	[ "$output" = '{"renewed":0,"kept":4,"removed":0,"failed":0}' ]
}

@test "tokenmint: a scope that GitHub does not grant any more fails once, and then is left to end" {
	tokenmint get acme -r site >/dev/null
	echo "422 0 access_tokens" >"$github/fail"
	run -75 --separate-stderr tokenmint refresh
	[ "$output" = '{"renewed":0,"kept":0,"removed":0,"failed":1}' ]
	[[ $stderr == *'installation 42.'*'{"repositories":["site"]}'*422* ]]
	run -0 --separate-stderr tokenmint refresh
	[ "$output" = '{"renewed":0,"kept":1,"removed":0,"failed":0}' ]
}

@test "tokenmint: a scope that was changed on the disk is not asked for" {
	tokenmint get acme -r site >/dev/null
	scope=$(echo "$HOOKTOOLS_STATE"/scopes/42.*)
	[ "$(stat -c %a "$scope")" = 600 ]
	echo '{}' >"$scope"
	run -0 tokenmint refresh
	[ "$output" = '{"renewed":0,"kept":1,"removed":0,"failed":0}' ]
	[ "$(minted)" -eq 1 ]
	: >"$scope"
	run -0 tokenmint refresh
	rm "$scope"
	run -0 tokenmint refresh
	[ "$output" = '{"renewed":0,"kept":1,"removed":0,"failed":0}' ]
	# Where the use cannot be written down, the token is given nevertheless.
	rmdir "$HOOKTOOLS_STATE/scopes"
	: >"$HOOKTOOLS_STATE/scopes"
	run -0 --separate-stderr tokenmint get acme -r site
	[[ $output == ghs_* && $stderr == *"refresh may let the token end"* ]]
}

@test "tokenmint: the scopes of an installation that is gone go with it" {
	tokenmint get acme -r site >/dev/null
	tokenmint get acme >/dev/null
	rm "$github/installations/42"
	run -0 --separate-stderr tokenmint refresh
	[ "$output" = '{"renewed":0,"kept":0,"removed":1,"failed":0}' ]
	[ -z "$(tokenmint vault list installation/)" ]
	[ -z "$(ls "$HOOKTOOLS_STATE/scopes")" ]
}
