load helper

setup() {
	prefix="$BATS_TEST_TMPDIR/a prefix"
	# The tests before this one do not choose the folders.
	unset LIBDIR INCLUDEDIR DESTDIR PREFIX BINDIR SBINDIR LIBEXECDIR DATADIR DOCDIR MANDIR UNITDIR SYSUSERSDIR COMPLETIONDIR
}

# The make of the user, in a copy of nothing: the tree that is being tested.
tree() {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$top" O="${O:-.build}" "$@"
}

installed() {
	(cd "$1" && find . -type f | sort)
}

@test "install: everything goes below DESTDIR and PREFIX, also with a blank in them" {
	run -0 tree install DESTDIR="$BATS_TEST_TMPDIR/de st" PREFIX=/opt/hook\ tools
	cd "$BATS_TEST_TMPDIR/de st"
	[ "$(ls -A)" = opt ]
	cd "opt/hook tools"
	[ -x bin/tokenmint ] && [ -x bin/runjob ] && [ -x libexec/hooktools/runjob-shim ]
	[ -f share/man/man1/runjob.1 ] && [ -f share/man/man5/jobspec.5 ]
	[ -f share/doc/hooktools/README.md ] && [ -f lib/systemd/system/runjob-recover.service ]
}

@test "install: what has its manual in section 8 is root's" {
	local page program
	run -0 tree install PREFIX="$prefix"
	for page in "$top"/man/*.8; do
		program=$(basename "$page" .8)
		[ -x "$prefix/sbin/$program" ] && [ ! -e "$prefix/bin/$program" ]
	done
	[ -x "$prefix/sbin/hookrecv" ]
}

@test "install: the programs work where they are, with their helpers" {
	local program
	run -0 tree install PREFIX="$prefix"
	PATH="$prefix/bin:$prefix/sbin:/usr/bin:/bin"
	for program in "$prefix"/bin/* "$prefix"/sbin/*; do
		run -0 "${program##*/}" --version
		[[ $output == *"${program##*/}"* ]]
	done
	run -0 tokenmint vault init
	run -0 --separate-stderr runjob run -- echo hello
	[ "$output" = hello ]
	run -0 --separate-stderr hookrecv list
}

@test "install: each folder may be chosen" {
	run -0 tree install DESTDIR="$prefix" BINDIR=/b SBINDIR=/s LIBEXECDIR=/l DATADIR=/d DOCDIR=/o \
		MANDIR=/m UNITDIR=/u SYSUSERSDIR=/y COMPLETIONDIR=/c LIBDIR=/k INCLUDEDIR=/i
	cd "$prefix"
	[ -x b/runjob ] && [ -x s/hookrecv ] && [ -x l/runjob-shim ] && [ -f o/README.md ]
	[ -f m/man1/runjob.1 ] && [ -f u/runjob-recover.service ] && [ -d d ] && [ -f c/runjob ]
	[ -f k/libhooktools.so.0 ] && [ -f k/libhooktools.a ] && [ -f k/pkgconfig/hooktools.pc ] && [ -f i/hooktools.h ]
	[ "$(ls -A)" = $'b\nc\nd\ni\nk\nl\nm\no\ns\nu\ny' ]
}

@test "install: units and crontabs name the programs where they are" {
	run -0 tree install DESTDIR="$prefix" PREFIX=/opt/x SBINDIR=/opt/s
	cd "$prefix/opt/x"
	run ! grep -rn /usr/local lib/systemd share/hooktools
	grep -q '^ExecStart=/opt/x/bin/runjob recover$' lib/systemd/system/runjob-recover.service
	grep -q ' /opt/x/bin/tokenmint refresh' share/hooktools/cron/tokenmint-refresh
	run ! grep -rnE 'Exec.*=/opt/x/bin/(hookrecv|hookroute)' lib/systemd
	run ! grep -rnE 'Exec.*=/opt/s/(runjob|tokenmint|ghstats)' lib/systemd
}

@test "install: nothing is writable by others, only programs are executable" {
	umask 077
	run -0 tree install PREFIX="$prefix"
	[ -z "$(find "$prefix" ! -type l -perm /022)" ]
	[ -z "$(find "$prefix" -type f ! -perm -044)" ]
	# Examples are to be tried.
	[ -z "$(find "$prefix/share/man" "$prefix/lib" "$prefix/share/doc" -type f -perm /111 ! -path '*/examples/consumers/*')" ]
}

@test "install: uninstall removes what install put, and nothing else" {
	mkdir -p "$prefix/bin" "$prefix/share/man/man1" "$prefix/lib/systemd/system"
	: >"$prefix/bin/other"
	: >"$prefix/share/man/man1/other.1"
	run -0 tree install PREFIX="$prefix"
	run -0 tree uninstall PREFIX="$prefix"
	[ "$(installed "$prefix")" = $'./bin/other\n./share/man/man1/other.1' ]
	[ -z "$(find "$prefix" -name hooktools)" ]
	run -0 tree uninstall PREFIX="$prefix"
}

@test "install: a second time gives the same files" {
	run -0 tree install PREFIX="$prefix"
	cp -r "$prefix" "$BATS_TEST_TMPDIR/first"
	run -0 tree install PREFIX="$prefix"
	run -0 diff -r "$prefix" "$BATS_TEST_TMPDIR/first"
}

@test "make dist: the tarball builds, in a path with a blank" {
	[ -e "$top/.git" ] || skip "not in a checkout"
	run -0 tree dist
	mkdir "$BATS_TEST_TMPDIR/from dist"
	cd "$BATS_TEST_TMPDIR/from dist"
	tar xzf "$top"/.build/hooktools-*.tar.gz
	cd hooktools-*
	run -0 env -u O -u SANITIZE -u MAKEFLAGS -u MAKELEVEL make -j2 CFLAGS=-O0 CPPFLAGS=-U_FORTIFY_SOURCE
	run -0 .build/bin/tokenmint --version
}

@test "make help: lists the targets that the README and the issue name" {
	local target
	run -0 tree help
	for target in all run demo test check lint analyze format coverage fuzz bench install uninstall clean dist deps; do
		grep -qE "^$target +[a-z]" <<<"$output" || {
			echo "$target"
			return 1
		}
	done
}
