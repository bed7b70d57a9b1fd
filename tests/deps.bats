load helper

# A machine with the packages of $TMP/installed, and an apt-get that says what it was asked.
setup() {
	cp -r "$top/.ci" "$BATS_TEST_TMPDIR/with space"
	deps="$BATS_TEST_TMPDIR/with space/deps"
	machine=$BATS_TEST_TMPDIR/machine
	mkdir "$machine"
	for tool in bash cat dirname env grep wc; do
		ln -s "$(command -v "$tool")" "$machine/$tool"
	done
	export installed="$BATS_TEST_TMPDIR/installed" asked="$BATS_TEST_TMPDIR/asked"
	sed -nE 's/^(run|test|ci|bench) +([^ |]*).*/\2/p' "$top/.ci/packages" >"$installed"
	: >"$asked"
	tool id 'echo "${uid:-0}"'
	tool dpkg-query 'grep -qx -- "$4" "$installed" && echo -n installed'
	tool apt-get 'echo "apt-get $*" >>"$asked"; [ "$1" != "${broken:-}" ]'
}

tool() {
	printf '#!/usr/bin/env bash\n%s\n' "$2" >"$machine/$1"
	chmod +x "$machine/$1"
}

forget() {
	sed -i "/^$1\$/d" "$installed"
}

deps() {
	PATH=$machine bash "$deps" "$@" </dev/null
}

@test "deps: one line and nothing asked when all is there" {
	run -0 --separate-stderr deps
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "deps: all there "* ]]
	[ ! -s "$asked" ]
}

@test "deps: installs what is missing, says what and why" {
	forget libjq-dev
	forget bats
	run -0 --separate-stderr deps run test
	[[ $output == *"libjq-dev: routes are jq programs"* ]]
	[ "${lines[-1]}" = "deps: installed libjq-dev bats" ]
	grep -q '^apt-get update' "$asked"
	grep -q '^apt-get install .* libjq-dev bats$' "$asked"
}

@test "deps: a group that is not asked for is left alone" {
	forget bats
	run -0 --separate-stderr deps run
	[[ $output == "deps: all there "* ]]
}

@test "deps: the other name of a package will do" {
	forget nginx-light
	echo nginx >>"$installed"
	run -0 --separate-stderr deps bench
	[[ $output == "deps: all there "* ]]
}

@test "deps: what an installed package provides is there" {
	forget npm
	tool dpkg-query 'if [ $# -eq 3 ]; then printf "%s\n" "installed, ${also:-npm (= 9)}, other,"; exit; fi
		grep -qx -- "$4" "$installed" && echo -n installed'
	run -0 --separate-stderr deps ci
	[[ $output == "deps: all there "* ]]
	also=npm run -0 --separate-stderr deps ci
	[[ $output == "deps: all there "* ]]
	also=pnpm run -0 --separate-stderr deps ci
	[ "${lines[-1]}" = "deps: installed npm" ]
}

@test "deps: goes on with old lists, and stops when apt-get install does" {
	forget wrk
	broken=update run -0 --separate-stderr deps bench
	broken=install run -1 --separate-stderr deps bench
	[[ $stderr == *"run as root: apt-get install wrk" ]]
}

@test "deps: an ordinary user goes through sudo" {
	forget wrk
	tool sudo 'echo "sudo $1" >>"$asked"; shift; exec "$@"'
	uid=1000 run -0 --separate-stderr deps bench
	grep -qx 'sudo -n' "$asked"
	grep -q '^apt-get install .* wrk$' "$asked"
}

@test "deps: without root and sudo, one line names the packages" {
	forget wrk
	forget webhook
	uid=1000 run -1 --separate-stderr deps bench
	[ -z "$output" ]
	[ "$stderr" = "deps: run as root: apt-get install webhook wrk" ]
	[ ! -s "$asked" ]
}

@test "deps: without apt-get, one line names the packages" {
	forget wrk
	rm "$machine/apt-get"
	run -1 --separate-stderr deps bench
	[ "$stderr" = "deps: no apt-get here; install what corresponds to: wrk" ]
}

@test "deps: an unknown group is refused" {
	run -1 --separate-stderr deps nonsense
	[[ $stderr == "deps: no group 'nonsense' in "* ]]
}
