# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# vsftpd, for anonymous sessions, for tests; after lib.sh.

# vsftpd_config SERVER: its files are in $L7_TMP/ftp/SERVER; $L7_TMP/ftp/empty has to be there.
vsftpd_config() {
	cat <<-TXT
	listen_ipv6=YES
	background=NO
	anonymous_enable=YES
	no_anon_password=YES
	anon_root=$L7_TMP/ftp/$1
	write_enable=YES
	anon_upload_enable=YES
	anon_other_write_enable=YES
	anon_umask=022
	secure_chroot_dir=$L7_TMP/ftp/empty
	seccomp_sandbox=NO
	isolate=NO
	isolate_network=NO
	xferlog_enable=NO
	TXT
}
