# SPDX-License-Identifier: GPL-2.0
# Builds and installs ipvs-l7: the module (by Kbuild and the kernel's own Makefile) and
# ipvsl7adm (by userspace/Makefile). "make help" lists the targets.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr/local
# Where the module goes; $(DESTDIR) stands before it.
MODDIR ?= /lib/modules/$(release)/updates
DKMSDIR ?= /usr/src/ipvs-l7-$(VERSION)

VERSION := $(shell cat VERSION)
# As the kernel calls itself: Debian's kernel.release does not say it.
release = $(or $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null),$(KVER))
# Type information of the module (BTF) is made by pahole: done without where that is missing.
btf := $(if $(shell command -v pahole),,CONFIG_DEBUG_INFO_BTF_MODULES=)
cli_dirs := PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)
dkms_files := Kbuild Makefile VERSION LICENSE

export VERSION

all: module cli

help:
	@echo 'make                 module and CLI'
	@echo 'make module          ip_vs_l7.ko'
	@echo 'make cli             userspace/ipvsl7adm'
	@echo 'make check           every check and test of the tree (scripts/check)'
	@echo 'make install         module and CLI; MODDIR for the module, PREFIX for the CLI'
	@echo 'make uninstall       undo that'
	@echo 'make dkms-install    let DKMS build the module for every kernel; installs the CLI'
	@echo 'make dkms-uninstall  undo that'
	@echo 'make clean'
	@echo
	@echo 'KDIR=DIR             build directory of the kernel to build for'
	@echo '                     ($(KDIR))'
	@echo 'PREFIX=DIR           ($(PREFIX)); DESTDIR=DIR is put before every path'
	@echo 'LLVM=1, CC=clang     for a kernel that was built so; scripts/kernels --build tries all'
	@echo 'V=1                  show the commands'

# Names what the kernel lacks before a compiler would, and less clearly.
kernel-check:
	@sh kernel/compat/check-kernel '$(KDIR)'

module: kernel-check
	+$(MAKE) -C $(KDIR) M=$(CURDIR) $(btf) modules

cli:
	+$(MAKE) -C userspace

check:
	scripts/check

install: all install-module install-cli

install-module: module
	install -d $(DESTDIR)$(MODDIR)
	install -m 644 ip_vs_l7.ko $(DESTDIR)$(MODDIR)/
	$(if $(DESTDIR),,depmod -a $(release))

install-cli: cli
	+$(MAKE) -C userspace install $(cli_dirs)

uninstall:
	rm -f $(DESTDIR)$(MODDIR)/ip_vs_l7.ko
	$(if $(DESTDIR),,depmod -a $(release))
	+$(MAKE) -C userspace uninstall $(cli_dirs)

# The sources that DKMS keeps are those of the module only.
dkms-source:
	rm -rf $(DESTDIR)$(DKMSDIR)
	install -d $(DESTDIR)$(DKMSDIR)
	install -m 644 $(dkms_files) $(DESTDIR)$(DKMSDIR)/
	sed 's/@VERSION@/$(VERSION)/' dkms.conf.in >$(DESTDIR)$(DKMSDIR)/dkms.conf
	find kernel -type f ! -name '.*' ! -name '*.o' ! -name '*.d' | \
		while read -r f; do \
			install -D -m 644 "$$f" "$(DESTDIR)$(DKMSDIR)/$$f" || exit; \
		done

dkms-install: dkms-source install-cli
	$(if $(DESTDIR),,dkms install ipvs-l7/$(VERSION))

dkms-uninstall:
	$(if $(DESTDIR),,dkms remove ipvs-l7/$(VERSION) --all)
	rm -rf $(DESTDIR)$(DKMSDIR)
	+$(MAKE) -C userspace uninstall $(cli_dirs)

# Without the kernel's Makefile too: its products have names that tell them apart.
clean:
	find . -path ./.git -prune -o \( -name '*.o' -o -name '.*.cmd' -o -name '*.ko' \
		-o -name '*.mod' -o -name '*.mod.c' \) -type f -print | xargs rm -f
	rm -f Module.symvers modules.order
	+$(MAKE) -C userspace clean
	+$(MAKE) -C selftests/unit clean

.PHONY: all help kernel-check module cli check install install-module install-cli uninstall \
	dkms-source dkms-install dkms-uninstall clean
