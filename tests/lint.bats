load helper

# A small tree that keeps every rule; a test plants one violation in it.
setup() {
	local tool
	for tool in clang-format clang-tidy cppcheck shellcheck mandoc; do
		command -v "$tool" >/dev/null || skip "$tool is missing: .ci/deps ci"
	done
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/lib" "$tree/bin/prog" "$tree/tests" "$tree/man"
	cp -r "$top/.ci" "$top"/.clang-* "$top/.shellcheckrc" "$tree"
	printf 'floor 0  low other\nfloor 1  high\nforeign jv.h  lib/high.c\n' >"$tree/.ci/floors"
	printf 'all:\n' >"$tree/Makefile"
	header lib/low 'int low_answer(void);'
	header lib/high 'int high_answer(void);'
	header lib/other 'int other_answer(void);'
	source_of lib/low 'int low_answer(void)' '{' '	return 1;' '}'
	source_of lib/high 'int high_answer(void)' '{' '	return 2;' '}'
	printf '.Dd November 21, 2026\n.Dt PROG 1\n.Os\n.Sh NAME\n.Nm prog\n.Nd program\n' >"$tree/man/prog.1"
	printf '#!/bin/sh\nexit 0\n' >"$tree/tests/run"
	cd "$tree" || return 1
}

header() {
	local guard
	guard=$(tr 'a-z/' 'A-Z_' <<<"$1")_H
	printf '#ifndef %s\n#define %s\n\n%s\n\n#endif\n' "$guard" "$guard" "$2" >"$tree/$1.h"
}

source_of() {
	printf '#include "%s.h"\n\n' "$1" >"$tree/$1.c"
	add "$1.c" "${@:2}"
}

add() {
	printf '%s\n' "${@:2}" >>"$tree/$1"
}

# finds RULE FILE[:LINE] WHAT: that is the one finding of the rule.
finds() {
	run -1 --separate-stderr .ci/lint "$1"
	echo "$output"
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == "$2"*": $1: "*"$3"* ]]
	[[ ${lines[1]} == "lint: 1 rules, "*", 1 findings" ]]
}

@test "lint: silent but for one line where every rule is kept" {
	run -0 --separate-stderr .ci/lint
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == "lint: "*" rules, "*" files, 0 findings" ]]
	[ -z "$stderr" ]
}

@test "lint: the tree itself names every module's floor once" {
	local module
	for module in "$top"/lib/*.h; do
		module=$(basename "$module" .h)
		[ "$(grep -cE "^floor .* $module( |$)" "$top/.ci/floors")" -eq 1 ] || {
			echo "$module"
			return 1
		}
	done
}

@test "lint: format" {
	add lib/low.c '' 'int  spaced;'
	finds format lib/low.c:8 'make format'
}

@test "lint: an include that goes up" {
	sed -i '1a #include "lib/high.h"' lib/low.c
	finds floors lib/low.c:2 'low (floor 0) includes high (floor 1)'
}

@test "lint: an include on the same floor" {
	sed -i '1a #include "lib/other.h"' lib/low.c
	finds floors lib/low.c:2 'low (floor 0) includes other (floor 0)'
}

@test "lint: an include down, or within the family, is fine" {
	sed -i 's/other$/other low_part/' .ci/floors
	header lib/low_part 'int low_part_answer(void);'
	sed -i '1a #include "lib/low_part.h"' lib/low.c
	sed -i '1a #include "lib/low.h"' lib/high.c
	run -0 .ci/lint floors
}

@test "lint: a module without a floor" {
	header lib/stray 'int stray_answer(void);'
	finds floors lib/stray.h 'knows no module "stray"'
}

@test "lint: a program that includes another" {
	printf '#include "bin/other/main.h"\n' >bin/prog/main.c
	finds floors bin/prog/main.c:1 'bin/other/main.h'
}

@test "lint: a library that logs" {
	sed -i 's/other$/other log/' .ci/floors
	sed -i '1a #include "lib/log.h"' lib/high.c
	finds floors lib/high.c:2 'only programs log'
}

@test "lint: a foreign header away from its module" {
	sed -i '1a #include <jv.h>' lib/high.c lib/low.c
	finds foreign lib/low.c:2 'jv.h belongs to lib/high.c'
}

@test "lint: banned functions, but not their names in texts and comments" {
	local name
	for name in strcpy strcat sprintf strncpy gets atoi strtok basename dirname alloca system popen perror strtol dup; do
		source_of lib/low 'int low_answer(void)' '{' '	/* atoi(x) */' '	puts_("atoi(x)");' "	return $name(1);" '}'
		finds banned lib/low.c:7 "$name(1)"
	done
}

@test "lint: a library that prints or exits" {
	source_of lib/low 'void low_say(void)' '{' '	printf("x");' '}'
	finds quiet lib/low.c:5 printf
	source_of lib/low 'void low_say(void)' '{' '	exit(1);' '}'
	finds quiet lib/low.c:5 exit
	source_of lib/low 'void low_say(void)' '{' '	log_error("x");' '}'
	finds quiet lib/low.c:5 log_error
}

@test "lint: state at file scope and in functions" {
	add lib/low.c '' 'static int count;'
	finds state lib/low.c:8 'static int count;'
	source_of lib/low 'static const char *names[] = {' '	"a",' '};'
	finds state lib/low.c:3 names
	source_of lib/low 'int low_answer(void)' '{' '	static int calls;' '' '	return ++calls;' '}'
	finds state lib/low.c:5 calls
	source_of lib/low 'static const char *const names[] = { "a" };' 'struct low;' 'enum { LOW = 1 };'
	run -0 .ci/lint state
}

@test "lint: a conditional inside a function" {
	source_of lib/low '#ifdef A' '#endif' 'int low_answer(void)' '{' '#ifdef A' '#endif' '	return 1;' '}'
	finds ifdef lib/low.c:7 'none inside a function'
}

@test "lint: a header that is not first, or has another guard" {
	sed -i '1i #include <stdio.h>' lib/low.c
	finds header lib/low.c 'include "lib/low.h" first'
	sed -i 1d lib/low.c
	sed -i 's/LIB_LOW_H/LOW_H/' lib/low.h
	finds header lib/low.h 'its guard is LIB_LOW_H'
}

@test "lint: files of more than 400 lines, a Makefile of more than 150" {
	yes '/* */' | head -n 400 >>lib/low.c
	finds length lib/low.c:400 '406 lines, 400 at most'
	sed -i 7,200d lib/low.c
	yes '#' | head -n 150 >>Makefile
	finds length Makefile:150 '151 lines'
}

@test "lint: what does not belong at the top, and blanks in names" {
	: >notes.txt
	finds places notes.txt 'at the top'
	mv notes.txt 'tests/my notes'
	finds places 'tests/my notes' 'a blank'
}

@test "lint: products" {
	: >lib/low.o
	finds products lib/low.o 'made, not written'
	rm lib/low.o
	cp "$(command -v env)" tests/prog
	finds products tests/prog 'is a program'
}

@test "lint: a plan without an issue" {
	add lib/low.c '/* TO''DO: more */' '/* TO''DO #12: more */'
	finds words lib/low.c:7 'without an issue'
}

@test "lint: blanks at the end of a line, a last line without end" {
	add tests/run 'exit 1  '
	finds whitespace tests/run:3 'at the end'
	printf '#!/bin/sh\nexit 1' >tests/run
	finds whitespace tests/run 'last line'
}

@test "lint: shellcheck, for bats too" {
	printf '#!/bin/sh\nset -e\necho $1\n' >tests/run
	finds shellcheck tests/run:3 SC2086
	printf '#!/bin/sh\nexit 0\n' >tests/run
	printf '@test "x" {\n\techo $1\n}\n' >tests/x.bats
	finds shellcheck tests/x.bats:2 SC2086
	printf '.Bd\n#!/bin/sh\necho $1\n' >man/other.7
	rm tests/x.bats
	run -0 .ci/lint shellcheck
}

@test "lint: mandoc" {
	add man/prog.1 '.Xx'
	finds mandoc man/prog.1:7 'unknown macro'
}

@test "lint: cppcheck" {
	source_of lib/low 'int low_answer(void)' '{' '	int a[2] = { 0 };' '' '	return a[2];' '}'
	finds cppcheck lib/low.c:7 'out of bounds'
}

# Functions with one thing too many, in lib/low.c.
too_much() {
	source_of lib/low "int low_answer($1)" '{' "${@:3}" '	return 1;' '}'
	sed -i "s/^int .*/int low_answer($1);/" lib/low.h
	finds tidy lib/low.c:3 "$2"
}

@test "lint: functions of more than 60 lines, 5 parameters, 3 levels, 10 locals, 15 branches" {
	local i many=() names=() ifs=()
	for ((i = 0; i < 60; i++)); do many+=('	;'); done
	for ((i = 0; i < 11; i++)); do names+=("	int n$i = $i;"); done
	for ((i = 0; i < 16; i++)); do ifs+=("	if (a == $i)" "		a++;"); done
	too_much void 'lines including whitespace' "${many[@]}"
	too_much 'int a, int b, int c, int d, int e, int f' '6 parameters (threshold 5)'
	too_much 'int a' 'branches (threshold 15)' "${ifs[@]}"
	too_much void '11 variables (threshold 10)' "${names[@]}"
	source_of lib/low 'int low_answer(int a)' '{' '	while (a)' '		if (a > 1) {' '			if (a > 2) {' \
		'				while (a > 3) {' '					a--;' '				}' '			}' '		}' '	return a;' '}'
	run -1 --separate-stderr .ci/lint tidy
	[[ $output == *'nesting level'*'(threshold 3)'* ]]
}

@test "lint: what was clean once is looked at again when its header changes" {
	run -0 .ci/lint tidy
	sed -i 's/^int .*/int low_answer(int a, int b, int c, int d, int e, int f);/' lib/low.h
	run -1 .ci/lint tidy
}

@test "lint: a missing tool is named" {
	mkdir bin-only
	mv bin-only "$BATS_TEST_TMPDIR/tools"
	for tool in bash awk cat cut dirname find grep mkdir mktemp rm sed sort wc env; do
		ln -s "$(command -v "$tool")" "$BATS_TEST_TMPDIR/tools"
	done
	PATH=$BATS_TEST_TMPDIR/tools run -1 --separate-stderr .ci/lint mandoc
	[ "$stderr" = "lint: mandoc is missing: make deps" ]
}
