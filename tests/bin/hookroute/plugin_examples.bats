load ../../helper

# The plugin among the examples, and the commands in the manual's EXAMPLES as they stand there.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_key
	hookrecv add acme/site >/dev/null
	hookrecv add acme/shop >/dev/null
}

# examples PAGE: the section, as text.
examples() {
	mandoc -T utf8 -O width=500 "$top/man/$1" | sed 's/.\x08//g' |
		awk '/^[A-Z]/ { on = /^EXAMPLES/ } on' | sed -E 's/^ {5}//'
}

all_ended() { [ "$(runjob list --json | jq -r 'select(.finished_at == null).id' | wc -l)" -eq 0 ]; }

@test "hookplugin(5): the plugin and the commands of its EXAMPLES work as they are written" {
	examples hookplugin.5 | sed -n '/^#!/,/^echo/p' >greet
	[ "$(sed -n 1p greet)" = '#!/bin/sh' ]
	printf 'for the site only' >token
	examples hookplugin.5 | sed -nE 's/^ *\$ //p' >commands
	[ "$(wc -l <commands)" -eq 10 ]
	PATH=$build/bin:$PATH run -0 --separate-stderr bash -eu commands
	[[ $output == *$'\nWelcome: acme/site refs/heads/main' ]]
	[ "$(hookroute plugin show greet --json | jq -r .version)" = 1.1.0 ]
}

@test "hookroute(8): the plugin commands of its EXAMPLES work as they are written" {
	cp "$top/share/doc/examples/plugins/commit-lint" .
	cp commit-lint newer
	echo '# newer' >>newer
	examples hookroute.8 | sed -nE 's/^ *\$ (hookroute plugin .*)/\1/p' | grep commit-lint >commands
	[ "$(wc -l <commands)" -eq 7 ]
	sed -i 's/^hookroute plugin remove/hookroute plugin list --repository acme\/shop\n&/' commands
	run -0 --separate-stderr bash -eu commands
	[ "$(grep '^{' <<<"$output" | jq -r .version)" = 2.0.0 ]
	[ "$(hookroute plugin show commit-lint --json | jq -r .version)" = 1.0.0 ]
}

@test "examples: commit-lint says which commits are not as they should be" {
	hookroute plugin add commit-lint "$top/share/doc/examples/plugins/commit-lint"
	hookroute plugin set commit-lint LENGTH 20
	hookroute plugin set commit-lint PATTERN '^[a-z]+: ' --repository acme/site
	hookroute plugin assign commit-lint acme/site
	hookroute plugin assign commit-lint acme/shop
	for name in acme/site acme/shop; do
		jq -nc '{commits: [{id: "0123456789abcdef", message: "area: do the thing\n\nbody"}, {id: "1123456789abcdef", message: "Did"}]}' |
			hookroute put --event push --name "$name"
	done
	hookroute drain
	wait_until all_ended
	runjob list --json >listed
	job=$(jq -r 'select(.repository == "acme/site" and .state == "failed").id' listed)
	[ "$(runjob tail "$job")" = $'1123456789ab: not as ^[a-z]+: : Did' ]
	job=$(jq -r 'select(.repository == "acme/shop" and .state == "ok").id' listed)
	[ "$(runjob tail "$job")" = '2 commits are fine' ]
}
