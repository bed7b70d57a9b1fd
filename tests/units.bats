load helper

setup() {
	command -v systemd-analyze >/dev/null || skip "systemd-analyze is missing: .ci/deps ci"
	unset DESTDIR PREFIX BINDIR SBINDIR LIBEXECDIR DATADIR DOCDIR MANDIR UNITDIR COMPLETIONDIR
	units="$BATS_TEST_TMPDIR/prefix/lib/systemd/system"
	run -0 env -u MAKEFLAGS -u MAKELEVEL make -s -C "$top" O="${O:-.build}" install PREFIX="$BATS_TEST_TMPDIR/prefix"
}

# Those that speak to the network, and so must be able to do little else.
facing() {
	grep -lE '^RestrictAddressFamilies=.*AF_INET' "$units"/*.service
	find "$units" -name 'hookrecv*.service'
}

@test "units: systemd takes them as they are installed" {
	run -0 systemd-analyze verify --man=no "$units"/*
	[ -z "$output" ]
}

# bats test_tags=FX_26
@test "units: what faces the network has an exposure of 1.5 or less" {
	local unit
	for unit in $(facing | sort -u); do
		run -0 systemd-analyze security --no-pager --offline=true --threshold=15 "$unit"
		echo "${unit##*/}: ${lines[-1]}"
	done
}

@test "units: each names pages of the manual that there are" {
	local unit page
	for unit in "$units"/*; do
		grep -q '^Documentation=man:' "$unit"
		for page in $(sed -nE 's/^Documentation=//p' "$unit" | tr ' ' '\n' | sed -nE 's/^man:([^(]*)\((.)\)$/\1.\2/p'); do
			[ -f "$top/man/$page" ] || {
				echo "$unit: $page"
				return 1
			}
		done
	done
}

# One that stays active after its work is not started again.
@test "units: each timer has a service that ends, and a crontab for where there is no systemd" {
	local timer name
	for timer in "$units"/*.timer; do
		name=$(basename "$timer" .timer)
		grep -qx 'Type=oneshot' "$units/$name.service"
		run -1 grep '^RemainAfterExit=yes' "$units/$name.service"
		[ -f "$BATS_TEST_TMPDIR/prefix/share/hooktools/cron/$name" ]
		grep -qx 'WantedBy=timers.target' "$timer"
	done
}

@test "units: every crontab line names a user and a program that is installed" {
	local line program
	while read -r line; do
		read -r _ _ _ _ _ user program _ <<<"$line"
		[ "$user" = hooktools ] && [ -x "$program" ]
	done < <(grep -hvE '^(#|[A-Z_]+=|$)' "$BATS_TEST_TMPDIR"/prefix/share/hooktools/cron/*)
}

# Who is not root would look into the home folder.
@test "units: services, crontabs and inetd say where state and settings are" {
	local file
	for file in "$units"/*.service "$BATS_TEST_TMPDIR"/prefix/share/hooktools/{cron,inetd}/*; do
		grep -qE '(^|[ =])HOOKTOOLS_STATE=/var/lib/hooktools( |$)' "$file" &&
			grep -qE '(^|[ =])HOOKTOOLS_CONF=/etc/hooktools( |$)' "$file" || {
			echo "$file"
			return 1
		}
	done
}
