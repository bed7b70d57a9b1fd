# hooktools: build, try, test, install.  `make help` lists the targets.
VERSION := 0.1.0
DESTDIR ?=
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec/hooktools
DATADIR ?= $(PREFIX)/share/hooktools
DOCDIR ?= $(PREFIX)/share/doc/hooktools
MANDIR ?= $(PREFIX)/share/man
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
FOLDERS = $(foreach f,O VERSION DESTDIR PREFIX BINDIR SBINDIR LIBEXECDIR DATADIR DOCDIR MANDIR LIBDIR \
	INCLUDEDIR UNITDIR SYSUSERSDIR COMPLETIONDIR,$(f)="$($(f))")
PKG_CONFIG ?= pkg-config
OBJCOPY ?= objcopy
comma := ,
Q := $(if $(V),,@)
O ?= .build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wswitch-enum -Wundef $(if $(WERROR),-Werror)
HARDEN := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer, \
	-fstack-protector-strong -D_FORTIFY_SOURCE=2)
ALL_CFLAGS = -std=gnu17 -fno-common -fPIE -I. -D_GNU_SOURCE -DHOOKTOOLS_VERSION='"$(VERSION)"' \
	$(WARNINGS) $(HARDEN) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN) $(if $($(@F)_STATIC),-static-pie,-pie) -Wl,-z,relro,-z,now $(LDFLAGS)
# Started for each job, and there while it runs: with libc.a, where that is, it needs no loader.
runjob-shim_STATIC = $(if $(SANITIZE),,$(shell echo 'int main(){}' | $(CC) -static-pie -xc -o /dev/null - 2>&- && echo y))

pkg = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null || echo $(2))
GNUTLS_LIBS := $(call pkg,gnutls,-lgnutls)
MHD_LIBS := $(call pkg,libmicrohttpd,-lmicrohttpd)
CURL_LIBS := $(call pkg,libcurl,-lcurl)
SQLITE_LIBS := $(call pkg,sqlite3,-lsqlite3)
JQ_LIBS := $(call pkg,libjq,-ljq) # Debian 12 ships no libjq.pc

PROGRAMS := $(patsubst bin/%/main.c,%,$(wildcard bin/*/main.c))
HELPERS := $(foreach p,$(PROGRAMS),$(if $(findstring -,$(p)),$(p)))
COMMANDS := $(filter-out $(HELPERS),$(PROGRAMS))
BIN := $(COMMANDS:%=$(O)/bin/%) $(HELPERS:%=$(O)/libexec/hooktools/%)
UNITS := $(patsubst tests/lib/%.c,$(O)/tests/%,$(wildcard tests/lib/*_test.c))
FAKE := $(if $(wildcard tests/fake/main.c),$(O)/tests/fake-github)
LIB_OBJECTS := $(patsubst %.c,$(O)/obj/%.o,$(wildcard lib/*.c))

# libhooktools: what its sources include, compiled once more for a shared object.
API := $(wildcard lib/hooktools*.c)
API_LIB := $(O)/lib/libhooktools
API_OBJECTS := $(patsubst %.c,$(O)/obj/pic/%.o,$(shell .ci/modules $(API)))

all: $(BIN) $(O)/share/hooktools $(addprefix $(API_LIB),.so.0 .so .a) ## build the programs into .build/

# Each links what it calls: the archive gives it those modules, as-needed those libraries.
LIBS = $(O)/lib.a -Wl,--as-needed $(GNUTLS_LIBS) $(MHD_LIBS) $(CURL_LIBS) $(SQLITE_LIBS) $(JQ_LIBS)
define program
$(O)/$(if $(findstring -,$(1)),libexec/hooktools,bin)/$(1): \
		$(patsubst %.c,$(O)/obj/%.o,$(wildcard bin/$(1)/*.c)) $(O)/lib.a
	@mkdir -p $$(@D)
	$(Q)$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$(filter %.o,$$^) $$(if $$($(1)_STATIC),$(O)/lib.a,$$(LIBS))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(O)/lib.a: $(LIB_OBJECTS)
$(O)/pic.a: $(API_OBJECTS)
$(O)/lib.a $(O)/pic.a:
	$(Q)rm -f $@
	$(Q)$(AR) rc $@ $^
$(API_LIB).so.0: $(API:%.c=$(O)/obj/pic/%.o) $(O)/pic.a lib/hooktools.map
	@mkdir -p $(@D)
	$(Q)$(CC) -shared $(HARDEN) $(LDFLAGS) -Wl,-z,relro,-z,now -Wl,-soname,libhooktools.so.0 \
		-Wl,--version-script=lib/hooktools.map -o $@ $(filter %.o %.a,$^) $(GNUTLS_LIBS)
	$(Q)chmod a-x $@
$(API_LIB).so: $(API_LIB).so.0
	$(Q)ln -sfn $(<F) $@
# One object, in which only what is public has a name.
$(API_LIB).a: $(API:%.c=$(O)/obj/pic/%.o) $(O)/pic.a
	@mkdir -p $(@D)
	$(Q)$(LD) -r -o $(O)/hooktools.o $(filter %.o %.a,$^)
	$(Q)$(OBJCOPY) --localize-hidden $(O)/hooktools.o
	$(Q)rm -f $@
	$(Q)$(AR) rc $@ $(O)/hooktools.o
.SECONDEXPANSION: # what a test includes of bin/ it is linked with
$(O)/tests/%_test: $(O)/obj/tests/lib/%_test.o $(O)/lib.a $$(shell sed -n 's,^.include "\(bin.*\)\.h",$(O)/obj/\1.o,p' tests/lib/$$*_test.c)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
$(O)/tests/fake-github: $(patsubst %.c,$(O)/obj/%.o,$(wildcard tests/fake/*.c)) $(O)/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)

$(O)/obj/%.o: %.c
	@mkdir -p $(@D)$(if $(V),,; echo "  CC  $<")
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(O)/obj/pic/%.o: %.c
	@mkdir -p $(@D)$(if $(V),,; echo "  CC  $< (shared)")
	$(Q)$(CC) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -MMD -MP -c -o $@ $<
$(O)/share/hooktools:
	@mkdir -p $(@D)
	$(Q)ln -sfn "$(CURDIR)/share" $@

check: all $(UNITS) $(FAKE) ## run the tests: T="tests/lib/buf.bats ..." some, STRICT=1 no skips
	@O="$(O)" tests/run $(T)
test: ## the same on a fresh machine: installs what is missing first
	@.ci/deps run test
	@$(MAKE) --no-print-directory -s check
run: ## try it: every program, signed deliveries, until Ctrl-C
demo: ## the same without staying: status 0 if every step really happened
run demo:
	@.ci/deps run
	@$(MAKE) --no-print-directory -s all $(FAKE)
	@O="$(O)" tests/flow/demo $(if $(filter run,$@),--stay)
deps: ## install the Debian packages that are missing (.ci/packages)
	@.ci/deps
lint: ## check the house style (.ci/lint)
	@.ci/lint
analyze: ## gcc -fanalyzer (which warns) and clang's scan-build (which fails)
	@$(MAKE) --no-print-directory O=.build/fanalyzer CC=gcc CFLAGS="-O1 -g -fanalyzer -Wno-unused-value" \
		CPPFLAGS=-DHOOKTOOLS_ANALYZE all
	@scan-build --status-bugs -disable-checker deadcode.DeadStores -disable-checker unix.Malloc \
		-o .build/scan-build $(MAKE) --no-print-directory O=.build/scan all
format: ## lay out the C sources as .clang-format says
	@find bin lib tests -name '*.[ch]' -print0 | xargs -0 clang-format -i
coverage: ## which lines the tests reach
	@$(MAKE) --no-print-directory O=.build/coverage CFLAGS="-O1 -g --coverage" check
	@gcovr -r . --object-directory .build/coverage -f 'bin/' -f 'lib/' --sort-uncovered
fuzz: ## feed rubbish to every parser of outside bytes
	@tests/fuzz/run
crash: all ## cut its power under load, 230 times: is all that was answered there?
	@O="$(O)" tests/crash/run && O="$(O)" CRASH_STRIDE=1 CROWD=1000 FLOOD=10000 tests/run tests/flow/steps.bats tests/flow/crowd.bats tests/flow/flood.bats
bench: all $(FAKE) ## measure it beside webhook, nginx and jq
	@O="$(O)" tests/bench/run
install: all ## put it below DESTDIR into PREFIX, BINDIR, SBINDIR, MANDIR, ... (see the top)
	@$(FOLDERS) .ci/install put
uninstall: all ## remove what install put there
	@$(FOLDERS) .ci/install drop
dist: ## a tarball of what is committed, in .build/
	@mkdir -p .build
	git archive --prefix=hooktools-$(VERSION)/ -o .build/hooktools-$(VERSION).tar.gz HEAD
clean: ## remove what was built
	rm -rf .build
help: ## this list
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/\1\t\2/p' Makefile | expand -t 12

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null | sed 's/ /\\ /g')
.PHONY: all check test run demo deps lint analyze format coverage fuzz crash bench install uninstall dist clean help
.DELETE_ON_ERROR:
.SECONDARY:
