load helper

# A page as plain text, one line for each paragraph.
text_of() {
	mandoc -T utf8 -O width=500 "$1" | sed 's/.\x08//g'
}

# The programs that have been built, and their page.
programs() {
	local page
	for page in "$top"/man/*.[18]; do
		[ ! -x "$build/bin/$(basename "${page%.*}")" ] || echo "$page"
	done
}

section() {
	awk -v want="$2" '/^\.Sh / { on = ($0 == ".Sh " want) } on' "$1"
}

# The options that a text names, as -x and --name.
options_in() {
	grep -oE -- '(^|[^-a-zA-Z0-9.])--?[a-zA-Z][a-z-]*' | grep -oE -- '--[a-z][a-z-]+|-[a-zA-Z]$' | sort -u
}

# Where a program's options stand; those of runjob's jobs are the library's too.
tables_of() {
	cat "$top/bin/$1"/{options,setting*}.c 2>/dev/null
	[ "$1" != runjob ] || cat "$top/lib/setting.c"
}

# covered FROM BY PROGRAM: every option in FROM is in BY, by one of its names.
covered() {
	local option name
	while read -r option; do
		name=${option##*-}
		case $option in
		--*) name=$(tables_of "$3" |
			sed -nE "s/.*\\{ \"${option#--}\", (.*'(.)' |\"(.):?\").*/-\\2\\3/p") ;;
		-*) name=$(tables_of "$3" |
			sed -nE "s/.*\\{ \"([a-z-]+)\", (.*'$name' |\"$name:?\").*/--\\1/p") ;;
		esac
		grep -qxF -e "$option" ${name:+-e "${name//$'\n'/$'\n'}"} <<<"$2" || {
			echo "$3: $option"
			return 1
		}
	done < <(grep -vxE -- '--(help|version|debug)|-[hVd]' <<<"$1")
}

@test "manual: every program has its page" {
	local program
	for program in "$build"/bin/*; do
		program=${program##*/}
		[ -f "$top/man/$program.1" ] || [ -f "$top/man/$program.8" ] || {
			echo "$program"
			return 1
		}
	done
}

@test "manual: every option of --help is in the page, and every one of the page in --help" {
	local page program usage manual
	while read -r page; do
		program=$(basename "${page%.*}")
		usage=$("$program" --help | options_in)
		manual=$(text_of "$page" | sed '/^EXAMPLES/,/^[A-Z]/d' | options_in)
		covered "$usage" "$manual" "$program"
		covered "$manual" "$usage" "$program"
	done < <(programs)
}

@test "manual: every command of --help is in the SYNOPSIS, and every one there in --help" {
	local page program
	while read -r page; do
		program=$(basename "${page%.*}")
		diff <("$program" --help | sed 's/^usage: //' |
			awk -v p="$program" '$1 == p { print $2 }' | tr -d '[]' | grep -E '^[a-z][a-z-]*$' | sort -u) \
			<(section "$page" SYNOPSIS | sed -nE '/^\.Nm/{n; s/^\.(Op )?Cm ([a-z-]+).*/\2/p}' | sort -u) || {
			echo "$program: < --help, > SYNOPSIS"
			return 1
		}
	done < <(programs)
}

@test "manual: every program knows --help, --version and --debug, and refuses what it does not know" {
	local program
	for program in "$build"/bin/*; do
		program=${program##*/}
		for option in --help -h; do
			run -0 --separate-stderr "$program" "$option"
			[[ $output == "usage: $program "* ]]
			[ -z "$stderr" ]
		done
		for option in --version -V; do
			run -0 --separate-stderr "$program" "$option"
			[[ $output =~ ^$program\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
		done
		run -64 --separate-stderr "$program" --no-such-option
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" -ge 1 ]
		run -64 --separate-stderr "$program" no-such-command
		[ -z "$output" ]
	done
}

@test "manual: the sections are there and in their order" {
	local page want name
	want=$'NAME\nSYNOPSIS\nDESCRIPTION\nRETURN VALUES\nENVIRONMENT\nFILES\nEXIT STATUS\nEXAMPLES\nDIAGNOSTICS\nCOMPATIBILITY\nSEE ALSO\nSTANDARDS\nAUTHORS\nCAVEATS'
	for page in "$top"/man/*.[0-9]; do
		# What is there, in the order of the list, is what is there.
		diff <(sed -n 's/^\.Sh //p' "$page") \
			<(grep -xFf <(sed -n 's/^\.Sh //p' "$page") <<<"$want") || {
			echo "$page"
			return 1
		}
		for name in NAME DESCRIPTION EXAMPLES 'SEE ALSO' AUTHORS; do
			grep -qx "\.Sh $name" "$page" || {
				echo "$page: no $name"
				return 1
			}
		done
	done
	for page in "$top"/man/*.[18]; do
		grep -qx '\.Sh SYNOPSIS' "$page"
		grep -qx '\.Sh EXIT STATUS' "$page"
	done
}

@test "manual: the page's file, title, section and name agree" {
	local page name
	for page in "$top"/man/*.[0-9]; do
		name=$(basename "$page")
		[ "$(sed -n 's/^\.Dt //p' "$page")" = "$(tr '[:lower:]' '[:upper:]' <<<"${name%.*}") ${name##*.}" ]
		[ "$(sed -n 's/^\.Nm //p' "$page" | head -n 1)" = "${name%.*}" ]
	done
}

@test "manual: a page of ours that another names is there, and hooktools(7) names all" {
	local page name section ours
	ours=' hookrecv hookroute tokenmint runjob ghstats hookevent hookprovider hookspool hookplugin hookroutes jobspec hookjobs hookvault hookpipe hooktools hooktools.conf '
	for page in "$top"/man/*.[0-9]; do
		while read -r name section; do
			[[ $ours != *" $name "* ]] || [ -f "$top/man/$name.$section" ] || {
				echo "$page: $name($section)"
				return 1
			}
		done < <(sed -nE 's/^\.(Xr|It Xr) ([a-z.]+) ([0-9]).*/\2 \3/p' "$page")
		[ "${page##*/}" = hooktools.7 ] ||
			grep -qE "^\.(It )?Xr $(basename "${page%.*}") ${page##*.}" "$top/man/hooktools.7" || {
			echo "hooktools(7) does not name $page"
			return 1
		}
	done
}

@test "manual: EXIT STATUS lists codes of hooktools(7) only" {
	local page code
	for page in "$top"/man/*.[18]; do
		section "$page" 'EXIT STATUS' | grep '^\.It 0' >"$BATS_TEST_TMPDIR/zero"
		for code in $(section "$page" 'EXIT STATUS' | sed -nE 's/^\.It ([0-9]+).*/\1/p'); do
			section "$top/man/hooktools.7" 'EXIT STATUS' | grep -qx "\.It $code"
		done
	done
}

@test "manual: hooktools.conf(5) names the settings that there are" {
	diff <(sed -n '/settings\[\] = {/,/};/p' "$top/lib/config.c" | grep -oE 'HOOKTOOLS_[A-Z_]+' | sort) \
		<(sed -n 's/^\.It Ev //p' "$top/man/hooktools.conf.5" | sort)
}

@test "manual: mandoc has nothing to say" {
	run -0 mandoc -Tlint -Wwarning "$top"/man/*
	[ -z "$output" ]
}
