# Real git over HTTP, with our credential helper: it clones, pushes and fetches with tokens that the
# fake GitHub minted, and a token that is refused is not asked with again.
load ../helper
load ../fake/helper

setup_file() {
	make_app_key
}

setup() {
	command -v python3 >/dev/null || skip "no python3"
	[ -x "$(git --exec-path)/git-http-backend" ] || skip "no git-http-backend"
	start_github
	add_app
	repositories=$BATS_TEST_TMPDIR/repositories
	mkdir -p "$repositories/refused" "$repositories/acme"
	log=$BATS_TEST_TMPDIR/git.log
	export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$BATS_TEST_TMPDIR/gitconfig GIT_TERMINAL_PROMPT=0
	git config --global user.name Test
	git config --global user.email test@example.com
	git config --global init.defaultBranch main
	for name in site library; do
		git init -q --bare "$repositories/acme/$name.git"
		git -C "$repositories/acme/$name.git" config http.receivepack true
	done
	git init -q "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
	date >file
	git add file
	git commit -qm first
	git push -q "$repositories/acme/site.git" main
	start_server "$BATS_TEST_TMPDIR/server.log" python3 "$top/tests/contract/git_server.py" \
		"$repositories" "$github/tokens" "$log"
	export HOOKTOOLS_GITHUB_URL=$server_url
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stop_servers
}

use_helper() {
	git config --global "credential.$HOOKTOOLS_GITHUB_URL.helper" "!tokenmint git-credential${1:+ $1}"
}

# Makes a commit in the clone $1.
commit() {
	date +%N >>"$1/file"
	git -C "$1" commit -qam more
}

# bats test_tags=FX_10
@test "contract git: clone, push and fetch with the path in the question" {
	use_helper
	git config --global credential.useHttpPath true
	run -0 timeout 60 git clone -q "$HOOKTOOLS_GITHUB_URL/acme/site.git" clone
	commit clone
	run -0 timeout 60 git -C clone push -q
	run -0 timeout 60 git -C clone fetch -q
	[ "$(git -C clone rev-parse HEAD)" = "$(git -C "$repositories/acme/site.git" rev-parse main)" ]
	[ "$(minted)" -eq 1 ]
	grep -q '^200 POST /acme/site.git/git-receive-pack' "$log"
}

# bats test_tags=FX_10
@test "contract git: and without it, the owner in the configuration" {
	use_helper acme
	run -0 timeout 60 git clone -q "$HOOKTOOLS_GITHUB_URL/acme/site.git" clone
	commit clone
	run -0 timeout 60 git -C clone push -q
	[ "$(minted)" -eq 1 ]
}

# bats test_tags=FX_10
@test "contract git: a token that the server refuses is replaced with the next command, once" {
	use_helper acme
	run -0 timeout 60 git clone -q "$HOOKTOOLS_GITHUB_URL/acme/site.git" clone
	touch "$repositories/refused/$(basename "$github"/tokens/*)"
	run -128 timeout 60 git -C clone fetch -q
	[ "$(minted)" -eq 1 ]
	run -0 timeout 60 git -C clone fetch -q
	run -0 timeout 60 git -C clone fetch -q
	[ "$(minted)" -eq 2 ]
}

@test "contract git: no token goes to a server that is not GitHub" {
	use_helper acme
	git config --global credential.helper '!tokenmint git-credential acme'
	run -128 timeout 60 git clone -q "${HOOKTOOLS_GITHUB_URL/127.0.0.1/localhost}/acme/site.git" clone
	[ "$(grep -cv "^401" "$log")" -eq 0 ]
	[ "$(minted)" -eq 0 ]
}

# bats test_tags=FX_10
@test "contract git: submodules of the same owner are cloned with it" {
	use_helper
	git config --global credential.useHttpPath true
	git -C "$BATS_TEST_TMPDIR/work" push -q "$repositories/acme/library.git" main
	git -C "$BATS_TEST_TMPDIR/work" -c protocol.file.allow=always submodule --quiet add \
		"$repositories/acme/library.git" library
	git -C "$BATS_TEST_TMPDIR/work" config -f .gitmodules submodule.library.url ../library.git
	git -C "$BATS_TEST_TMPDIR/work" commit -qam submodule
	git -C "$BATS_TEST_TMPDIR/work" push -q "$repositories/acme/site.git" main
	run -0 timeout 60 git clone -q --recurse-submodules "$HOOKTOOLS_GITHUB_URL/acme/site.git" clone
	[ -s clone/library/file ]
	[ "$(minted)" -eq 1 ]
}

# bats test_tags=FX_10
@test "contract git: tokenmint exec clones and pushes without any configuration, also by ssh's addresses" {
	unset GIT_CONFIG_GLOBAL
	export GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.com
	# shellcheck disable=SC2016 # for the command's shell
	run -0 timeout 60 tokenmint exec acme/site -r site -p contents=write -- sh -ec '
		git clone -q "$HOOKTOOLS_GITHUB_URL/acme/site" clone
		echo more >>clone/file
		git -C clone commit -qam more
		git -C clone push -q
		git clone -q "ssh://git@${HOOKTOOLS_GITHUB_URL#http://}/acme/site.git" again'
	[ "$(git -C clone rev-parse HEAD)" = "$(git -C "$repositories/acme/site.git" rev-parse main)" ]
	[ "$(git -C again rev-parse HEAD)" = "$(git -C clone rev-parse HEAD)" ]
	[ "$(minted)" -eq 1 ]
	run -128 timeout 60 git clone -q "$HOOKTOOLS_GITHUB_URL/acme/site" without
}

# bats test_tags=FX_10
@test "contract git: a user without a key clones by the agent, what the policy grants" {
	sockets=$(mktemp -d)
	echo "user $(id -u): repository acme/site, contents=write" >"$HOOKTOOLS_CONF/agent.policy"
	start_server "$BATS_TEST_TMPDIR/agent.log" tokenmint agent -l "unix:$sockets/s"
	export HOOKTOOLS_AGENT=$sockets/s HOOKTOOLS_STATE=$BATS_TEST_TMPDIR/none HOOKTOOLS_CONF=$BATS_TEST_TMPDIR/none
	use_helper
	git config --global credential.useHttpPath true
	run -0 timeout 60 git clone -q "$HOOKTOOLS_GITHUB_URL/acme/site.git" clone
	commit clone
	run -0 timeout 60 git -C clone push -q
	run -128 timeout 60 git clone -q "$HOOKTOOLS_GITHUB_URL/acme/library.git" other
	[[ $output == *"no line of the policy grants"* ]]
	[ "$(minted)" -eq 1 ]
	rm -rf "$sockets"
}
