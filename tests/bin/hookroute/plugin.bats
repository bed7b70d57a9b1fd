load ../../helper
load helper

# program NAME [TEXT]: a plugin's file.
program() {
	printf '#!/bin/sh\n%s\n' "${2:-cat}" >"$BATS_TEST_TMPDIR/$1"
	chmod +x "$BATS_TEST_TMPDIR/$1"
}

sum() {
	sha256sum <"$1" | cut -d' ' -f1
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_key
	program lint
	hookrecv add acme/site >/dev/null
}

state_of() {
	hookroute plugin show "$1" --json | jq -r .state
}

# bats test_tags=F0_15
@test "hookroute plugin: what was added is registered with its digest, and blank" {
	run -0 --separate-stderr hookroute plugin add lint lint
	[ "$output" = "lint@1.0.0  $(sum lint)" ]
	[ -z "$stderr" ]
	run -0 --separate-stderr hookroute plugin show lint --json
	[ "$(jq -c '[.name, .version, .state, .sha256, .repositories, .settings]' <<<"$output")" = \
		"[\"lint\",\"1.0.0\",\"ready\",\"$(sum lint)\",[],[]]" ]
	cmp "$HOOKTOOLS_STATE/plugins/lint@1.0.0" lint
}

# bats test_tags=F2_53
@test "hookroute plugin add: a name that is taken is refused, with the command to type instead" {
	hookroute plugin add lint lint
	run -65 --separate-stderr hookroute plugin add lint lint
	[ "$stderr" = "hookroute: plugin 'lint' exists: hookroute plugin update lint FILE" ]
	run -1 --separate-stderr hookroute plugin update other lint
	[ "$stderr" = "hookroute: no plugin 'other': hookroute plugin add other FILE" ]
}

@test "hookroute plugin add: a file that is no program, no file, and names that are none" {
	echo 'echo hello' >text
	run -65 --separate-stderr hookroute plugin add text text
	[[ $stderr == *"'text' is no program: it begins neither with #! nor as an ELF, and is no zip or tar" ]]
	run -71 --separate-stderr hookroute plugin add none ./none
	[[ $stderr == *"open './none': No such file or directory" ]]
	run -65 --separate-stderr hookroute plugin add folder .
	for name in ab ../x 'a b' -lint lint.sh; do
		run -64 --separate-stderr hookroute plugin add -- "$name" lint
	done
	run -64 --separate-stderr hookroute plugin add lint lint --version 1.2
	[[ $stderr == *"--version wants three numbers as 1.2.0, not '1.2'" ]]
	run -64 hookroute plugin add lint
	run -64 hookroute plugin add lint lint lint
	run -64 hookroute plugin nothing
	run -64 hookroute plugin
	[ ! -e "$HOOKTOOLS_STATE/plugins" ]
}

@test "hookroute plugin add: from standard input" {
	cp lint same
	run -0 hookroute plugin add lint - <same
	[ "$output" = "lint@1.0.0  $(sum lint)" ]
}

# bats test_tags=F0_10
@test "hookroute plugin add: the one executable of a zip or a tar" {
	mkdir -p in/bin
	cp lint in/bin/lint
	echo doc >in/README
	(cd in && zip -qr ../a.zip . && tar -czf ../a.tar.gz . && tar -cJf ../a.tar.xz bin && tar -cf ../a.tar bin/lint)
	for archive in a.zip a.tar.gz a.tar.xz a.tar; do
		run -0 hookroute plugin add "$(tr . - <<<"$archive")" "$archive" --version 0.1.0
		[ "$output" = "$(tr . - <<<"$archive")@0.1.0  $(sum lint)" ]
	done
	# Made where files have no modes.
	python3 -c 'import zipfile; zipfile.ZipFile("b.zip", "w").writestr("lint", open("lint").read())'
	run -0 hookroute plugin add plain b.zip
	[ "$output" = "plain@1.0.0  $(sum lint)" ]
}

hostile() {
	run -65 --separate-stderr hookroute plugin add evil "$1"
	[[ $stderr == *"$2"* ]] || {
		echo "$stderr"
		return 1
	}
	[ ! -e "$HOOKTOOLS_STATE/plugins/evil@1.0.0" ]
	run -1 hookroute plugin show evil
}

# bats test_tags=F0_10
@test "hookroute plugin add: hostile archives are refused as a whole" {
	cat >make.py <<-'EOF'
		import io, tarfile, zipfile
		script = b"#!/bin/sh\n"
		def tar(name, *members):
		    with tarfile.open(name, "w") as archive:
		        for path, kind, mode in members:
		            info = tarfile.TarInfo(path)
		            info.type, info.mode, info.linkname = kind, mode, "/etc/passwd"
		            info.size = len(script) if kind == tarfile.REGTYPE else 0
		            archive.addfile(info, io.BytesIO(script))
		F = tarfile.REGTYPE
		tar("up.tar", ("../lint", F, 0o755))
		tar("inner.tar", ("a/../../lint", F, 0o755))
		tar("root.tar", ("/tmp/lint", F, 0o755))
		tar("link.tar", ("lint", F, 0o755), ("passwd", tarfile.SYMTYPE, 0o777))
		tar("hard.tar", ("lint", F, 0o755), ("passwd", tarfile.LNKTYPE, 0o777))
		tar("dev.tar", ("lint", F, 0o755), ("null", tarfile.CHRTYPE, 0o666))
		tar("fifo.tar", ("lint", F, 0o755), ("fifo", tarfile.FIFOTYPE, 0o666))
		tar("twice.tar", ("lint", F, 0o755), ("lint", F, 0o755))
		tar("two.tar", ("lint", F, 0o755), ("more", F, 0o755))
		tar("none.tar", ("lint", F, 0o644), ("more", F, 0o644))
		tar("line.tar", ("li\nnt", F, 0o755))
		tar("option.tar", ("--checkpoint-action=exec=true", F, 0o755))
		tar("many.tar", *[("f%d" % i, F, 0o644) for i in range(300)])
		with zipfile.ZipFile("up.zip", "w") as archive:
		    archive.writestr("../lint", script)
		with zipfile.ZipFile("glob.zip", "w") as archive:
		    archive.writestr("l*", script)
		link = zipfile.ZipInfo("passwd")
		link.create_system, link.external_attr = 3, 0o120777 << 16
		with zipfile.ZipFile("link.zip", "w") as archive:
		    archive.writestr("lint", script)
		    archive.writestr(link, "/etc/passwd")
	EOF
	python3 make.py
	hostile up.tar "it has an entry '../lint'"
	hostile inner.tar "it has an entry 'a/../../lint'"
	hostile root.tar "it has an entry '/tmp/lint'"
	hostile link.tar "in it is no regular file"
	hostile hard.tar "in it is no regular file"
	hostile dev.tar "'null' in it is no regular file"
	hostile fifo.tar "'fifo' in it is no regular file"
	hostile twice.tar "it has 'lint' twice"
	hostile two.tar "one executable is wanted in it, and it has 2"
	hostile none.tar "one executable is wanted in it, and it has 0"
	hostile line.tar "it has an entry 'li\\nnt'"
	hostile option.tar "it has an entry '--checkpoint"
	hostile many.tar "it has more than 256 entries"
	hostile up.zip "it has an entry '../lint'"
	hostile glob.zip "it has an entry 'l*'"
	hostile link.zip "'passwd' in it is no regular file"
	tar -czf - lint | head -c 60 >short.tar.gz
	hostile short.tar.gz short.tar.gz
	head -c 100 link.zip >short.zip
	hostile short.zip short.zip
	[ -z "$(find "$HOOKTOOLS_STATE" /tmp/lint -name '*passwd*' -o -name lint 2>/dev/null)" ]
}

# bats test_tags=F0_10
@test "hookroute plugin add: a bomb does not fill the memory" {
	head -c 300M /dev/zero | gzip -1 >bomb.gz
	truncate -s 300M lint
	tar -czf bomb.tar.gz lint
	run -65 --separate-stderr hookroute plugin add bomb bomb.tar.gz
	[[ $stderr == *"'bomb.tar.gz': run 'tar': more than 268435456 bytes of output" ]]
	run -65 --separate-stderr hookroute plugin add bomb bomb.gz
	run -65 --separate-stderr hookroute plugin add bomb lint
	[[ $stderr == *"'lint' has more than 268435456 bytes" ]]
}

# bats test_tags=F0_19,F2_12,F2_23,F2_52
@test "hookroute plugin update: a version beside the others, which is never changed" {
	hookroute plugin add lint lint
	cp lint first
	program lint 'echo two'
	run -0 hookroute plugin update lint lint
	[ "$output" = "lint@1.1.0  $(sum lint)" ]
	program three 'echo three'
	run -65 --separate-stderr hookroute plugin update lint three --version 1.1.0
	[[ $stderr == *"lint@1.1.0 exists with other bytes, and a version is never changed: give it another --version" ]]
	run -0 hookroute plugin update lint lint --version 1.1.0
	run -0 --separate-stderr hookroute plugin update lint three --version 2.0.0
	[[ $stderr == *"version 2 of 'lint' need not be compatible with 1: what is assigned as lint@1 stays with that" ]]
	run -0 hookroute plugin show lint --json
	[ "$(jq -c '[.version, .versions[].version]' <<<"$output")" = '["2.0.0","1.0.0","1.1.0","2.0.0"]' ]
	cmp first "$HOOKTOOLS_STATE/plugins/lint@1.0.0"
}

# bats test_tags=F0_17,F0_18
@test "hookroute plugin list: a plugin whose file is gone or changed does not work until it is back" {
	hookroute plugin add lint lint
	own=$HOOKTOOLS_STATE/plugins/lint@1.0.0
	rm -f "$own"
	[ "$(state_of lint)" = missing ]
	program other 'echo other'
	cp other "$own"
	[ "$(state_of lint)" = changed ]
	ln -sf "$BATS_TEST_TMPDIR/lint" "$own"
	[ "$(state_of lint)" = changed ]
	rm "$own"
	cp lint "$own"
	[ "$(state_of lint)" = ready ]
	rm -f "$own"
	hookroute plugin update lint lint --version 1.0.0
	[ "$(state_of lint)" = ready ]
}

@test "hookroute plugin list: pages, and those of a repository" {
	for name in alpha beta gamma delta; do hookroute plugin add "$name" lint >/dev/null; done
	run -0 --separate-stderr hookroute plugin list --limit 2
	[ "$(jq -r .name <<<"$output" | xargs)" = "alpha beta" ]
	run -0 --separate-stderr hookroute plugin list --limit 2 --after beta
	[ "$(jq -r .name <<<"$output" | xargs)" = "delta gamma" ]
	hookroute plugin assign gamma acme/site
	hookroute plugin disable gamma
	run -0 hookroute plugin list --repository acme/site
	[ "$(jq -c '[.name, .state, .repositories]' <<<"$output")" = '["gamma","disabled",1]' ]
	hookroute plugin enable gamma
	[ "$(state_of gamma)" = ready ]
	run -1 hookroute plugin enable none
	run -0 script -qec 'hookroute plugin list; hookroute plugin show gamma' /dev/null
	[[ $output == *"NAME"*"VERSION"*"STATE"*"gamma"*"ready"*"repository: acme/site"* ]]
}

# bats test_tags=F0_20,F0_23,F0_25
@test "hookroute plugin assign: makes a relation, and unassign ends it" {
	hookroute plugin add lint lint
	hookroute plugin assign lint acme/site
	hookroute plugin assign lint acme/site
	run -1 --separate-stderr hookroute plugin assign lint acme/none
	[ "$stderr" = "hookroute: no repository 'acme/none': hookrecv add acme/none registers it" ]
	run -1 --separate-stderr hookroute plugin assign none acme/site
	[ "$stderr" = "hookroute: no plugin 'none': hookroute plugin list shows them" ]
	run -1 hookroute plugin assign acme/site lint || run -64 hookroute plugin assign acme/site lint
	run -65 --separate-stderr hookroute plugin assign lint@1 acme/site
	[[ $stderr == *"unassign it first" ]]
	hookroute plugin unassign lint acme/site
	run -1 hookroute plugin unassign lint acme/site
	run -1 --separate-stderr hookroute plugin assign lint@2 acme/site
	[[ $stderr == *"no version 2 of 'lint': hookroute plugin show lint tells them" ]]
	hookroute plugin assign lint@1 acme/site
	[ "$(hookroute plugin show lint --json | jq -c .repositories)" = '[{"name":"acme/site","version":"1"}]' ]
}

# bats test_tags=F0_21,F0_22,F2_32
@test "hookroute plugin: what relates to a repository or a plugin goes with it" {
	hookroute plugin add lint lint
	hookroute plugin assign lint acme/site
	hookroute plugin set lint LEVEL 3 --repository acme/site
	hookrecv remove acme/site
	[ "$(hookroute plugin show lint --json | jq -c '[.repositories, .settings]')" = '[[],[]]' ]
	hookrecv add acme/site >/dev/null
	hookroute plugin assign lint acme/site
	hookroute plugin set lint LEVEL 3
	hookroute plugin remove lint
	[ ! -e "$HOOKTOOLS_STATE/plugins/lint@1.0.0" ]
	hookroute plugin add lint lint
	[ "$(hookroute plugin show lint --json | jq -c '[.repositories, .settings]')" = '[[],[]]' ]
}

@test "hookroute plugin remove: one version, but not the last" {
	hookroute plugin add lint lint
	hookroute plugin update lint lint
	run -1 hookroute plugin remove lint@3
	hookroute plugin remove lint@1.1.0
	[ "$(hookroute plugin show lint --json | jq -r .version)" = 1.0.0 ]
	[ ! -e "$HOOKTOOLS_STATE/plugins/lint@1.1.0" ]
	run -65 --separate-stderr hookroute plugin remove lint@1.0.0
	[[ $stderr == *"'lint' has no other version: hookroute plugin remove lint" ]]
}

@test "hookroute plugin set: keys, words and secrets are checked" {
	hookroute plugin add lint lint
	hookroute plugin set lint LEVEL 3
	hookroute plugin set lint LEVEL 4
	hookroute plugin set lint TOKEN --secret global/T
	hookroute plugin set lint LEVEL 5 --repository acme/site
	hookroute plugin set lint timeout 10m
	[ "$(hookroute plugin show lint --json | jq -c '[.settings[] | [.key, .value // .secret, .repository]]')" = \
		'[["LEVEL","4",null],["TOKEN","global/T",null],["timeout","10m",null],["LEVEL","5","acme/site"]]' ]
	hookroute plugin unset lint LEVEL --repository acme/site
	run -1 hookroute plugin unset lint LEVEL --repository acme/site
	for bad in 'level 3' 'L-X 3' 'timeout 10x' 'memory much' 'cpu 0x' 'pids 0' 'dir here' 'events $(x)' 'LEVEL' 'X y --secret global/T' \
		'X --secret nothing' 'timeout --secret global/T' 'X y --repository a/b/c'; do
		# shellcheck disable=SC2086 # words
		run -64 hookroute plugin set lint $bad
	done
	run -1 hookroute plugin set lint X 1 --repository acme/none
	run -1 hookroute plugin set none X 1
}

# bats test_tags=F0_7
@test "hookroute plugin: what was dropped is registered by the next command, and stays where it is" {
	mkdir "$HOOKTOOLS_CONF/plugins.d"
	cp lint "$HOOKTOOLS_CONF/plugins.d/dropped"
	cp lint "$HOOKTOOLS_CONF/plugins.d/newer@2.1.0"
	cp lint "$HOOKTOOLS_CONF/plugins.d/lint.sh"
	cp lint "$HOOKTOOLS_CONF/plugins.d/.hidden"
	chmod -x "$HOOKTOOLS_CONF/plugins.d/lint.sh"
	echo text >"$HOOKTOOLS_CONF/plugins.d/text"
	run -0 --separate-stderr hookroute plugin list
	[ "$(jq -c '[.name, .version, .state, .repositories]' <<<"$output")" = $'["dropped","1.0.0","ready",0]\n["newer","2.1.0","ready",0]' ]
	[[ $stderr == *"plugin 'dropped' 1.0.0 was dropped, sha256 $(sum lint): it is blank until it is assigned"* ]]
	run -0 --separate-stderr hookroute plugin list
	[[ $stderr != *"was dropped"* ]]
	mv "$HOOKTOOLS_CONF/plugins.d/dropped" away
	[ "$(state_of dropped)" = missing ]
	program changed 'echo changed'
	cp changed "$HOOKTOOLS_CONF/plugins.d/dropped"
	[ "$(state_of dropped)" = changed ]
	cp -f away "$HOOKTOOLS_CONF/plugins.d/dropped"
	[ "$(state_of dropped)" = ready ]
	hookroute plugin remove dropped
	[ ! -e "$HOOKTOOLS_CONF/plugins.d/dropped" ]
	# A plugin is not updated by dropping.
	cp changed "$HOOKTOOLS_CONF/plugins.d/newer@3.0.0"
	run -0 --separate-stderr hookroute plugin list
	[[ $stderr == *"plugins.d/newer@3.0.0 is not taken: plugin 'newer' exists: hookroute plugin update newer FILE"* ]]
}

@test "hookroute plugin: a file that is being written is not taken yet" {
	mkdir "$HOOKTOOLS_CONF/plugins.d"
	cp lint "$HOOKTOOLS_CONF/plugins.d/slow"
	exec 7>>"$HOOKTOOLS_CONF/plugins.d/slow"
	run -0 hookroute plugin list
	[ -z "$output" ]
	echo 'echo more' >&7
	exec 7>&-
	run -0 --separate-stderr hookroute plugin list
	[ "$(jq -r .sha256 <<<"$output")" = "$(sum "$HOOKTOOLS_CONF/plugins.d/slow")" ]
}

@test "hookroute plugin: many who add and update at once leave one plugin, and each version once" {
	local n pids=()
	for n in 1 2 3 4 5 6; do
		program "p$n" "echo $n"
		hookroute plugin add lint "p$n" --version 1.0.0 >"out.$n" 2>"err.$n" 3>&- &
		pids+=($!)
	done
	local good=0
	for n in "${pids[@]}"; do
		if wait "$n"; then good=$((good + 1)); fi
	done
	[ "$good" -eq 1 ]
	grep -l "plugin 'lint' exists: hookroute plugin update lint FILE" err.* | wc -l | grep -qx 5
	[ "$(state_of lint)" = ready ]
	pids=()
	for n in 1 2 3 4 5 6; do
		hookroute plugin update lint "p$n" >"out.$n" 2>&1 3>&- &
		pids+=($!)
	done
	for n in "${pids[@]}"; do wait "$n"; done
	[ "$(hookroute plugin show lint --json | jq -c '[.versions[] | .version, .state]')" = \
		'["1.0.0","ready","1.1.0","ready","1.2.0","ready","1.3.0","ready","1.4.0","ready","1.5.0","ready","1.6.0","ready"]' ]
}

@test "hookroute plugin: --help is what hookroute --help says about plugins" {
	diff <(hookroute plugin --help | sed 's/^usage: /       /') <(hookroute --help | grep -A1 ' hookroute plugin ' | grep -v '^--$')
}

@test "hookroute plugin: options in front of it are its own" {
	run -0 hookroute -d plugin list
	run -0 hookroute --debug plugin list --limit 1
	run -64 hookroute --json plugin list
}

@test "hookroute plugin add: killed at any moment it leaves a plugin that is ready, or none" {
	{
		echo '#!/bin/sh'
		head -c 2000000 /dev/urandom | base64
	} >big
	local n
	for n in {1..15}; do
		timeout -s KILL "0.0$((n % 9 + 1))" hookroute plugin add "lint-$n" big >/dev/null 2>&1 || true
	done
	run -0 hookroute plugin list
	[ -z "$(jq -r 'select(.state != "ready")' <<<"$output")" ]
	for n in {1..15}; do
		hookroute plugin add "lint-$n" big >/dev/null 2>&1 || hookroute plugin show "lint-$n" >/dev/null
	done
	hookroute plugin add last lint
	[ "$(hookroute plugin list | jq -r .state | sort | uniq -c | xargs)" = "16 ready" ]
	[ "$(find "$HOOKTOOLS_STATE/plugins" -type f | wc -l)" -eq 16 ]
}
