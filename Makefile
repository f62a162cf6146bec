# SPDX-License-Identifier: LGPL-2.1-or-later
# ipcguard: `make help` lists what can be made.

VERSION := 0.1

prefix ?= /usr/local
sysconfdir ?= /etc
bindir ?= $(prefix)/bin
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/ipcguard
completionsdir ?= $(prefix)/share/bash-completion/completions
PKG_CONFIG ?= pkg-config
# these are read by systemd from fixed places: systemd.pc names them
pc = $(shell $(PKG_CONFIG) --variable=$(1) systemd 2>/dev/null)
unitdir ?= $(or $(call pc,systemdsystemunitdir),/usr/lib/systemd/system)
catalogdir ?= $(or $(call pc,catalogdir),/usr/lib/systemd/catalog)
tmpfilesdir ?= $(or $(call pc,tmpfilesdir),/usr/lib/tmpfiles.d)
logindconfdir ?= /usr/lib/systemd/logind.conf.d
# pam.pc of Debian 12 names no securedir: there it is below the libraries
pamdir ?= $(or $(shell $(PKG_CONFIG) --variable=securedir pam 2>/dev/null),$(addsuffix /security,$(shell \
	$(PKG_CONFIG) --variable=libdir pam 2>/dev/null)),/lib/security)
pamconfigsdir ?= /usr/share/pam-configs
# read by the programs from this fixed place (DESIGN.md)
vendordir ?= /usr/lib
# where the distribution's SELinux policy is, and tools look for modules of others
sharedir ?= /usr/share
policydir ?= $(sharedir)/selinux/packages

CC ?= cc
SANITIZE ?=
B := build$(if $(SANITIZE),/sanitize)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wcast-qual -Wvla -Wformat=2 -Wundef -Wpointer-arith -Wwrite-strings -Wno-missing-field-initializers
HARDENING := -fPIE -fstack-protector-strong -fstack-clash-protection \
	$(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) \
	$(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full)
HARDENING_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITIZING := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)

CFLAGS ?= -O2 -g
# --as-needed leaves a program what it uses: SQLite is ipctune's alone
LIBS_LINKED := libeconf libcap-ng sqlite3
# opened when a run needs them (lib/optional.h): their headers only
LIBS_OPTIONAL := smartcols json-c libsystemd audit ncursesw libsepol
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(WERROR) $(HARDENING) $(SANITIZING) -D_GNU_SOURCE \
	-DVERSION='"$(VERSION)"' -DBINDIR='"$(bindir)"' -DPAMDIR='"$(pamdir)"' -Ilib \
	$(shell $(PKG_CONFIG) --cflags $(LIBS_LINKED) $(LIBS_OPTIONAL)) $(CFLAGS)
# before glibc 2.34 threads were a library of their own
ALL_LDFLAGS = $(HARDENING_LD) $(SANITIZING) -pthread -Wl,--as-needed $(LDFLAGS)
ALL_LIBS = $(shell $(PKG_CONFIG) --libs $(LIBS_LINKED))

Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)'	$(2))

LIB_OBJECTS := $(patsubst %.c,$B/%.o,$(sort $(wildcard lib/*.c)))
UNIT_TESTS := $(patsubst tests/unit/%.c,$B/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
TEST_TOOLS := $(patsubst tests/tools/%.c,$B/tests/tools/%,$(sort $(wildcard tests/tools/*.c)))
BENCH_TOOLS := $(patsubst bench/%.c,$B/bench/%,$(sort $(wildcard bench/*.c)))

PROFILES := $(sort $(wildcard sysctl-tuner/profiles/*.conf))

.PHONY: all programs tests
all: programs
PROGRAMS := ipcclean ipcaudit ipcavc ipctune ipcharden
programs: $(PROGRAMS:%=$B/%) $B/pam_ipcclean.so $(PROFILES:sysctl-tuner/profiles/%=$B/profiles.d/%)
tests: $(UNIT_TESTS) $(TEST_TOOLS) $B/here/pam_ipcclean.so $B/tests/pam/pam_ipcclean.so $B/tests/pam/standin

$B/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/libipcguard.a: $(LIB_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# $(call program,NAME,FOLDER,ARCHIVE,MORE): the program, and all of it but its main, for tests
define program
$B/$(1): $(patsubst %.c,$B/%.o,$(sort $(wildcard $(2)/*.c))) $(4) $B/libipcguard.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(ALL_LIBS)

$B/$(3).a: $(patsubst %.c,$B/%.o,$(filter-out $(2)/$(1).c,$(sort $(wildcard $(2)/*.c))))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(eval $(call program,ipcclean,hooks,libhooks))
# show tells an object's denials, as ipcavc reads them
$(eval $(call program,ipcaudit,audit,libaudit,$B/libavc.a))
$(eval $(call program,ipcavc,selinux,libavc))
$(eval $(call program,ipcharden,harden,libharden))
$(eval $(call program,ipctune,sysctl-tuner,libtune))

# beside the program, so that one that isn't installed finds them (profiles.h)
$B/profiles.d/%: sysctl-tuner/profiles/%
	@mkdir -p $(@D)
	@cp $< $@

# $(call program_tests,PREFIX,FOLDER,ARCHIVE): those of one program, as each has an options.c
define program_tests
$B/tests/unit/test_$(1)_%: $B/tests/unit/test_$(1)_%.o $B/$(3).a $B/libipcguard.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(ALL_LIBS) $$$$($$(PKG_CONFIG) --libs cmocka)
$B/tests/unit/test_$(1)_%.o: ALL_CFLAGS += -I$(2)
endef
$(eval $(call program_tests,audit,audit,libaudit))
$(eval $(call program_tests,avc,selinux,libavc))
$(eval $(call program_tests,tune,sysctl-tuner,libtune))
$(eval $(call program_tests,harden,harden,libharden))

# into a login program: libpam and libc only, nothing visible but PAM's functions
PAM_SOURCES := $(sort $(wildcard pam_ipcclean/*.c))
PAM_CFLAGS = $(filter-out -fPIE,$(ALL_CFLAGS)) -fPIC -fvisibility=hidden
PAM_LDFLAGS = -shared $(filter-out -pie,$(ALL_LDFLAGS)) -Wl,-z,defs
PAM_LIBS = $(shell $(PKG_CONFIG) --libs pam)

PAM_TEST_DIR := $(abspath $B)/tests/pam

# $(call pam_module,MODULE,OBJECTS,IPCCLEAN,MORE): the module that starts this ipcclean
define pam_module
$(2)/%.o: pam_ipcclean/%.c $B/bindir
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(PAM_CFLAGS) -DIPCCLEAN_PATH='"$(3)"' $(4) -MMD -MP -c -o $$@ $$<

$(1): $$(PAM_SOURCES:pam_ipcclean/%.c=$(2)/%.o)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(PAM_LDFLAGS) -o $$@ $$^ $$(PAM_LIBS)
endef
# for the host; with the ipcclean that was built here; with a stand-in for it, and less patience
$(eval $(call pam_module,$B/pam_ipcclean.so,$B/pam_ipcclean,$(bindir)/ipcclean))
$(eval $(call pam_module,$B/here/pam_ipcclean.so,$B/here,$(abspath $B)/ipcclean))
$(eval $(call pam_module,$B/tests/pam/pam_ipcclean.so,$B/tests/pam,$(PAM_TEST_DIR)/ipcclean,-DWAIT_MS=2000))

# started by the thousand, while the module waits no longer than that: a sanitizer's start takes 50 ms of a CPU
$B/tests/tools/standin $B/tests/tools/standin.o: private SANITIZING :=
$B/tests/pam/standin: $B/tests/tools/standin
	@cp $< $@

$B/tests/unit/test_pam_ipcclean.o: ALL_CFLAGS += -DPAM_TEST_DIR='"$(PAM_TEST_DIR)"'
$B/tests/unit/test_pam_ipcclean: $B/tests/unit/test_pam_ipcclean.o | $B/tests/pam/pam_ipcclean.so \
		$B/tests/pam/standin
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -rdynamic -pthread -o $@ $< $(PAM_LIBS) $$($(PKG_CONFIG) --libs cmocka)

$B/tests/unit/%: $B/tests/unit/%.o $B/libhooks.a $B/libipcguard.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $$($(PKG_CONFIG) --libs cmocka)

$B/tests/tools/tune.o: ALL_CFLAGS += -Isysctl-tuner
$B/tests/tools/tune: $B/tests/tools/tune.o $B/libtune.a $B/libipcguard.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)
$B/tests/tools/tune_%.o: ALL_CFLAGS += -Isysctl-tuner
$B/tests/tools/tune_%: $B/tests/tools/tune_%.o $B/libtune.a $B/libipcguard.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$B/tests/tools/%: $B/tests/tools/%.o $B/libipcguard.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# the model test shares no code with lib/: only json-c, to read what ipcclean prints
MODEL_OBJECTS := $(patsubst %.c,$B/%.o,$(sort $(wildcard tests/model/*.c)))
$B/tests/model/model: $(MODEL_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pthread -o $@ $^ $$($(PKG_CONFIG) --libs json-c)

# built by clang with libFuzzer, see the target fuzz
FUZZERS := $(patsubst tests/fuzz/%.c,$B/tests/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
.PHONY: fuzzers
fuzzers: $(FUZZERS)
# $(call fuzzer,NAME,FOLDER,ARCHIVE): of a parser of one program
fuzz_link = $(CC) $(filter-out -fsanitize=%,$(ALL_LDFLAGS)) -fsanitize=fuzzer,address,undefined
define fuzzer
$B/tests/fuzz/fuzz_$(1).o: ALL_CFLAGS += -I$(2)
$B/tests/fuzz/fuzz_$(1): $B/tests/fuzz/fuzz_$(1).o $B/$(3).a $B/libipcguard.a
	$$(call say,LD,$$@)
	$$(Q)$$(fuzz_link) -o $$@ $$^ $$(ALL_LIBS)
endef
$(eval $(call fuzzer,avc,selinux,libavc))
$(eval $(call fuzzer,harden,harden,libharden))
$(eval $(call fuzzer,sysctl,sysctl-tuner,libtune))
$(eval $(call fuzzer,sample,sysctl-tuner,libtune))
$(eval $(call fuzzer,profile,sysctl-tuner,libtune))
$B/tests/fuzz/%.o: ALL_CFLAGS += -Ihooks
$B/tests/fuzz/%: $B/tests/fuzz/%.o $B/libhooks.a $B/libipcguard.a
	$(call say,LD,$@)
	$(Q)$(fuzz_link) -o $@ $^ $(ALL_LIBS)

$B/bench/tune_%.o: ALL_CFLAGS += -Isysctl-tuner
$B/bench/tune_%: $B/bench/tune_%.o $B/libtune.a $B/libipcguard.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$B/bench/%: $B/bench/%.o $B/libipcguard.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS) $(if $(filter pam,$*),$(PAM_LIBS))

# the SELinux policy module, where the distribution's policy headers are
POLICY := $B/policy/ipcguard.pp
POLICY_SOURCES := $(addprefix selinux/ipcguard.,te fc if)
.PHONY: policy
policy: $(POLICY)
$(POLICY): $(POLICY_SOURCES)
	$(call say,POLICY,$@)
	@mkdir -p $(@D)
	@cp $^ $(@D)
	$(Q)$(MAKE) $(if $(V),,-s) -C $(@D) -f $(sharedir)/selinux/devel/Makefile ipcguard.pp \
		$(if $(V),,>/dev/null)

# drop-ins name the program by its installed path: another prefix= means another program; and doctor
# looks for the module where it is installed
.PHONY: FORCE
$B/bindir: FORCE
	@mkdir -p $(@D)
	@echo '$(bindir) $(pamdir)' | cmp -s - $@ || echo '$(bindir) $(pamdir)' >$@
$B/harden/proposal.o $B/hooks/dropin.o $B/hooks/enable.o $B/hooks/doctor_pam.o $B/hooks/doctor_login.o: $B/bindir

.SECONDARY:
-include $(shell find $B -type f -name '*.d' 2>/dev/null)

.PHONY: setup setup-build
setup:
	@packaging/setup
setup-build:
	@packaging/setup build run test

.PHONY: check check-unit check-sanitize check-system check-model check-vm fuzz soak demo demo-vm matrix bench clean \
	help format lint
check: setup
	tests/check

check-unit check-sanitize check-system check-vm: check-%: setup
	tests/check $*

check-model: setup-build
	@$(MAKE) -s all $B/tests/model/model
	tests/model/run

fuzz: setup-build
	@$(MAKE) -s B=build/fuzz CC=clang SANITIZE=address,undefined,fuzzer-no-link fuzzers
	tests/fuzz/run

soak: setup-build
	@$(MAKE) -s all $B/tests/model/model
	tests/model/run --soak

demo: setup-build
	@$(MAKE) -s all tests
	demo/demo.sh
	tests/sick-host
	demo/denial.sh
	demo/tune.sh

demo-vm: setup
	tests/vm/run --demo

matrix: setup
	tests/vm/situations

bench: setup-build
	@$(MAKE) -s all $(BENCH_TOOLS) $B/here/pam_ipcclean.so
	bench/run

clean:
	rm -rf build

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

lint: setup
	tests/check docs
	clang-tidy --quiet $$(git ls-files 'lib/*.c' 'hooks/*.c' 'audit/*.c' 'selinux/*.c' 'sysctl-tuner/*.c' 'harden/*.c' 'pam_ipcclean/*.c') -- $(ALL_CFLAGS) -DIPCCLEAN_PATH='"$(bindir)/ipcclean"'
	# cppcheck knows no cleanup attributes
	cppcheck --quiet --error-exitcode=1 --suppress=memleak --enable=warning,portability --inline-suppr -Ilib lib hooks audit selinux sysctl-tuner harden pam_ipcclean

help:
	@echo 'make all         the programs, into build/'
	@echo 'make policy      the SELinux policy module (ipcguard_selinux(8)); make install takes it along'
	@echo 'make install     DESTDIR=, prefix=$(prefix)'
	@echo 'make uninstall   take away what install put'
	@echo 'make setup       install the packages that building and testing need'
	@echo 'make demo        every program at its work, in private namespaces'
	@echo 'make demo-vm     the same with a real unit, in a virtual machine'
	@echo 'make check       every test; parts: check-unit, check-sanitize, check-system,'
	@echo '                 check-model, check-vm'
	@echo 'make fuzz        fuzz the parsers, FUZZ_SECONDS=10 each'
	@echo 'make soak        the model test, a million object lifetimes'
	@echo 'make matrix      the same situations before ipcclean and others, into docs/situations.md'
	@echo 'make bench       speed beside ipcs, lsipc and ipcrm, into bench/RESULTS.md'
	@echo 'make lint        clang-tidy, cppcheck, shellcheck, mandoc; make format: clang-format'
	@echo 'make clean       remove build/'
	@echo 'SANITIZE=address,undefined CC=clang WERROR=-Werror V=1 change any of them'

# --- install ---------------------------------------------------------------------------------

MAN_PAGES := $(sort $(wildcard man/*.5 man/*.7 man/*.8))
DOCS := $(wildcard README.md COPYING)
PATTERNS := $(sort $(wildcard hooks/patterns.d/*.conf))
VENDOR_CONF := $(wildcard hooks/ipcguard.conf)
CATALOG := $(wildcard hooks/ipcguard.catalog hooks/systemd/ipcguard.catalog)
COMPLETION := hooks/completion/ipcclean audit/completion/ipcaudit selinux/completion/ipcavc \
	sysctl-tuner/completion/ipctune harden/completion/ipcharden

# SOURCE:TARGET, each installed as a file of mode 0644 with @bindir@ filled in
INSTALLED = \
	hooks/systemd/ipcguard-sweep.service.in:$(unitdir)/ipcguard-sweep.service \
	hooks/systemd/ipcguard-sweep.timer:$(unitdir)/ipcguard-sweep.timer \
	audit/systemd/ipcguard-metrics.service.in:$(unitdir)/ipcguard-metrics.service \
	audit/systemd/ipcguard-metrics.timer:$(unitdir)/ipcguard-metrics.timer \
	sysctl-tuner/systemd/ipctune-record.service.in:$(unitdir)/ipctune-record.service \
	sysctl-tuner/systemd/ipctune-record.timer:$(unitdir)/ipctune-record.timer \
	hooks/systemd/user@.service.d/50-ipcguard.conf.in:$(unitdir)/user@.service.d/50-ipcguard.conf \
	hooks/systemd/service.d/50-ipcguard.conf.in:$(docdir)/examples/service.d/50-ipcguard.conf \
	hooks/systemd/logind.conf.d/50-ipcguard.conf:$(logindconfdir)/50-ipcguard.conf \
	hooks/systemd/ipcguard.tmpfiles.conf:$(tmpfilesdir)/ipcguard.conf \
	pam_ipcclean/pam-configs/ipcguard:$(pamconfigsdir)/ipcguard \
	hooks/apparmor/ipcclean:$(docdir)/examples/apparmor/ipcclean \
	pam_ipcclean/authselect/ipcguard.feature:$(docdir)/examples/authselect/ipcguard.feature \
	$(foreach f,$(CATALOG),$f:$(catalogdir)/ipcguard.catalog) \
	$(foreach f,$(VENDOR_CONF),$f:$(vendordir)/ipcguard.conf) \
	$(foreach f,$(PATTERNS),$f:$(vendordir)/ipcguard/patterns.d/$(notdir $f)) \
	$(foreach f,$(PROFILES),$f:$(vendordir)/ipcguard/profiles.d/$(notdir $f)) \
	$(foreach f,$(POLICY_SOURCES),$f:$(docdir)/examples/selinux/$(notdir $f)) \
	$(foreach f,$(MAN_PAGES),$f:$(mandir)/man$(subst .,,$(suffix $f))/$(notdir $f)) \
	$(foreach f,$(DOCS),$f:$(docdir)/$(notdir $f)) \
	$(foreach f,$(COMPLETION),$f:$(completionsdir)/$(notdir $f))

# the administrator's once they are there: not replaced
CONFIGURED = \
	selinux/auditd/ipcavc.conf.in:$(sysconfdir)/audit/plugins.d/ipcavc.conf

# directories that go when they are empty, innermost first
INSTALLED_DIRS = $(docdir)/examples/apparmor $(docdir)/examples/selinux $(docdir)/examples/authselect \
	$(docdir)/examples/service.d $(docdir)/examples $(docdir) \
	$(vendordir)/ipcguard/patterns.d $(vendordir)/ipcguard/profiles.d $(vendordir)/ipcguard $(unitdir)/user@.service.d

define put
target="$(DESTDIR)$${pair#*:}"; \
	mkdir -p "$${target%/*}"; \
	sed 's,@bindir@,$(bindir),g' "$${pair%%:*}" >"$$target.new"; \
	chmod 0644 "$$target.new"; \
	mv -f "$$target.new" "$$target"
endef

.PHONY: install uninstall
install: programs
	$(Q)for program in $(PROGRAMS); do \
		install -D -m 0755 "$B/$$program" "$(DESTDIR)$(bindir)/$$program" || exit; \
	done
	$(Q)install -D -m 0644 $B/pam_ipcclean.so '$(DESTDIR)$(pamdir)/pam_ipcclean.so'
	$(Q)[ ! -e $(POLICY) ] || install -D -m 0644 $(POLICY) '$(DESTDIR)$(policydir)/ipcguard.pp'
	$(Q)set -e; for pair in $(foreach p,$(INSTALLED),'$p'); do $(put); done
	$(Q)set -e; for pair in $(foreach p,$(CONFIGURED),'$p'); do \
		[ -e "$(DESTDIR)$${pair#*:}" ] || { $(put); }; \
	done
	$(call say,INSTALL,$(DESTDIR)$(bindir))

uninstall:
	$(Q)rm -f $(PROGRAMS:%='$(DESTDIR)$(bindir)/%') '$(DESTDIR)$(pamdir)/pam_ipcclean.so' \
		'$(DESTDIR)$(policydir)/ipcguard.pp'
	$(Q)set -e; for pair in $(foreach p,$(INSTALLED) $(CONFIGURED),'$p'); do \
		rm -f "$(DESTDIR)$${pair#*:}"; \
	done
	$(Q)for dir in $(foreach d,$(INSTALLED_DIRS),'$(DESTDIR)$d'); do \
		rmdir "$$dir" 2>/dev/null || :; \
	done
