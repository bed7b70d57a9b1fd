load helper

setup() {
	export HOOKTOOLS_CONF="$HOME/.config/hooktools" HOOKTOOLS_STATE="$HOME/.local/state/hooktools"
	cd "$HOME" || return 1
	sed -n '/^## A first hook/,/^## The manual/s/^    //p' "$top/README.md" >all
	# Before, between and behind what stays in the background.
	sed '/^hookrecv -l/,$d' all >before
	sed -n '/&  *#/p' all >background
	sed '1,/^hookroute run/d; /^hookroute list/,$d' all >send
	sed -n '/^hookroute list/,$p' all >look
}

teardown() {
	stop_servers
}

is_done() {
	[ "$(runjob list --state ok --json | wc -l)" -eq 1 ] &&
		[ "$(find "$HOOKTOOLS_STATE/spool/done" -type f | wc -l)" -eq 3 ]
}

@test "readme: the first hook is true" {
	[ "$(cut -d' ' -f1,2 background)" = $'hookrecv -l\nhookroute run' ]
	run -0 --separate-stderr bash -e before
	id=$(sed -n 's|^path: */hook/||p' <<<"$output")
	secret=$(sed -n 's/^secret: *//p' <<<"$output")
	start_server "$HOME/hookrecv.log" hookrecv -l 127.0.0.1:0
	hookroute run 2>hookroute.log 3>&- &
	echo $! >>servers
	sed -i "s|http://127.0.0.1:8080|$server_url|; s|THE-SECRET|$secret|; s|THE-ID|$id|" send
	run -0 --separate-stderr bash -e send
	[ "$(jq -r 'keys[]' <<<"$output")" = id ]
	wait_until is_done
	run -0 --separate-stderr bash -e look
	[[ $output == *'"event":"push"'* ]]
	[ "${lines[-1]}" = "publish acme/site" ]
}

@test "readme: the programs and targets that it names are there" {
	local name
	# shellcheck disable=SC2013 # words
	for name in $(sed -nE 's/^\| `([a-z]+)` .*/\1/p' "$top/README.md"); do
		[ -x "$build/bin/$name" ]
	done
	# shellcheck disable=SC2013 # words
	for name in $(grep -oE '\bmake [a-z]+' "$top/README.md" | cut -d' ' -f2 | sort -u); do
		[ "$name" = is ] || grep -qE "^$name( [a-z]+)*:" "$top/Makefile" || {
			echo "make $name"
			return 1
		}
	done
	# shellcheck disable=SC2013 # words
	for name in $(grep -oE '(share|man|tests|\.ci)/[a-zA-Z./]+[a-zA-Z0-9]' "$top/README.md" | grep -v '^share/hooktools'); do
		[ -e "$top/$name" ] || {
			echo "$name"
			return 1
		}
	done
}
