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
