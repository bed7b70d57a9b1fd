load ../../helper
load nobody

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	[ "$(id -u)" -eq 0 ] || skip "only root becomes somebody else"
}

teardown() {
	[ -z "${mine:-}" ] || rm -rf "$mine"
}

# bats test_tags=F2_72
@test "runjob run: --user has that user's groups and home, and no more of ours" {
	local want
	want=$'65534\n'"$(id -G nobody)"$'\n0027\n'"$(getent passwd nobody | cut -d: -f6) nobody"
	run -0 --separate-stderr runjob run -d / --user nobody --umask 27 -- \
		sh -c 'id -u; id -G; umask; echo "$HOME $USER"'
	[ "$output" = "$want" ]
	run -0 --separate-stderr runjob run -d / --user 65534:daemon -- sh -c 'id -un; id -gn; grep ^CapEff /proc/self/status'
	[ "$output" = $'nobody\ndaemon\nCapEff:\t0000000000000000' ]
	# Only the group, by the specification.
	run -0 runjob start - <<<'{"exec":["sh","-c","id -un; id -gn"],"user":":daemon","umask":"000"}'
	local id
	id=$(jq -r .id <<<"$output")
	run -0 runjob wait "$id"
	run -0 runjob tail "$id"
	[ "$output" = $'root\ndaemon' ]
	[ "$(runjob show "$id" | jq -c '[.spec.user,.spec.umask]')" = '[":daemon","000"]' ]
}

@test "runjob run: a user that is not there, or no way into the folder, is told, and nothing runs" {
	run -65 --separate-stderr runjob run --user no-such-user -- touch ran
	[ "$stderr" = "runjob: user 'no-such-user': no user 'no-such-user' here" ]
	run -65 --separate-stderr runjob run --user nobody:no-such-group -- touch ran
	[ "$stderr" = "runjob: user 'nobody:no-such-group': no group 'no-such-group' here" ]
	[ -z "$(runjob list)" ]
	run -0 runjob start - <<<'{"exec":["touch","ran"],"user":"no-such-user"}'
	[ "$(jq -c '[.ok,.error.kind]' <<<"$output")" = '[false,"permanent"]' ]
	mkdir -m 700 closed
	run -1 --separate-stderr runjob run -d closed --user nobody -- touch ran
	[ "$stderr" = "runjob: failed: enter folder '$PWD/closed': Permission denied" ]
	[ -z "$(find . -name ran)" ]
	run -64 runjob run --umask 1000 -- true
	run -64 runjob run --umask 8 -- true
}

@test "runjob run: only root runs jobs as somebody else" {
	mine=$(mktemp -d)
	run -77 --separate-stderr as_nobody runjob run -d / --user root -- true
	[ "$stderr" = "runjob: user 'root': only root runs jobs as somebody else" ]
	run -0 --separate-stderr as_nobody runjob run -d / --user nobody -- id -un
	[ "$output" = nobody ]
}

# bats test_tags=F2_77
@test "runjob run: three kinds of variables are told apart by how they begin" {
	CONFIG_REGION=eu PARAM_OURS=1 LEAK=1 HOOKTOOLS_OTHER=1 run -0 --separate-stderr runjob run \
		-e PARAM_VERSION=3 -e CONFIG_MODE=fast -e HOOKTOOLS_JOB_ID=forged -e OTHER=x -- env
	local name
	grep -qx CONFIG_REGION=eu <<<"$output"
	grep -qx CONFIG_MODE=fast <<<"$output"
	grep -qx PARAM_VERSION=3 <<<"$output"
	grep -qx OTHER=x <<<"$output"
	grep -qx "HOOKTOOLS_JOB_ID=$(runjob list | jq -r .id)" <<<"$output"
	while IFS='=' read -r name _; do
		[[ " CONFIG_MODE CONFIG_REGION HOME HOOKTOOLS_CONF HOOKTOOLS_JOB_ID HOOKTOOLS_RUN HOOKTOOLS_STATE LANG LC_ALL
			LOGNAME OTHER PARAM_VERSION PATH SHELL TMPDIR TZ USER " == *[[:space:]]"$name"[[:space:]]* ]] || {
			echo "$name"
			return 1
		}
	done <<<"$output"
}
