load helper

# The installed tree, and nothing else of ours: what a program of others sees.
setup_file() {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$top" O="${O:-.build}" install PREFIX="$BATS_FILE_TMPDIR/inst"
}

setup() {
	prefix=$BATS_FILE_TMPDIR/inst
	cd "$BATS_TEST_TMPDIR" || return
	export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
	PATH=$prefix/bin:/usr/bin:/bin
	# The page's own example.
	mandoc -T utf8 -O width=200 "$top/man/hooktools.3" | sed 's/.\x08//g' |
		sed -n '/^EXAMPLES/,$ { /#include <hook/,/^ *}$/p; }' >example.c
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=owner \
		-keyout key -out cert.pem 2>/dev/null
}

# shellcheck disable=SC2046 # flags are words
@test "library: the example of hooktools(3) compiles against the installed tree, and runs" {
	local id
	run -0 cc -Wall -Wextra -Werror -o example example.c $(pkg-config --cflags --libs hooktools)
	run -1 ./example
	runjob certs add cert.pem
	run -0 ./example
	[ "$output" = "$(seq 11 20)" ]
	id=$(runjob list --owner cert.pem | jq -r .id)
	run -0 runjob tail --owner cert.pem "$id"
	[ "${#lines[@]}" -eq 20 ]
	[ "$(runjob show --owner cert.pem --json "$id" | jq -c '[.name, .spec.timeout]')" = '["count","60000ms"]' ]
	[[ $(cat "$HOOKTOOLS_STATE"/jobs/*/"$id"/number) =~ ^1[0-9]{10}$ ]]
	# The archive, with a second language's compiler's warnings.
	run -0 cc -std=c11 -Wpedantic -Wconversion -Wcast-qual -Werror -o static example.c \
		$(pkg-config --cflags hooktools) "$prefix/lib/libhooktools.a" $(pkg-config --libs gnutls)
	LD_LIBRARY_PATH='' run -0 ./static
	[ "$output" = "$(seq 11 20)" ]
	# Nobody who has no owner.
	[ "$(runjob list)" = "" ]
}

@test "library: only what is public has a name, in the shared object as in the archive" {
	local public
	public=$(grep -oE '\bhooktools_[a-z_]+\(' "$prefix/include/hooktools.h" | tr -d '(' | sort -u)
	[ "$(nm -D --defined-only "$prefix/lib/libhooktools.so" | sed -nE 's/.* T (.*)@@HOOKTOOLS_0/\1/p' | sort)" = "$public" ]
	[ "$(nm -g --defined-only "$prefix/lib/libhooktools.a" | sed -nE 's/.* T //p' | sort)" = "$public" ]
	# Each has its manual.
	diff <(sed -n 's/^\.Fn \(hooktools_[a-z_]*\) "*.*struct.*/\1/p' "$top/man/hooktools.3" | sort) <(echo "$public")
	# It neither ends its process on bad input, nor prints.
	run ! grep -E '\<(abort|exit|_?exit|printf|puts|syslog)\>' "$top"/lib/hooktools*.c
	[ "$(readelf -d "$prefix/lib/libhooktools.so" | sed -nE 's/.*(NEEDED|SONAME).*\[(.*)\.so.*/\2/p' | sort | xargs)" = \
		"libc libgnutls libhooktools" ]
}
