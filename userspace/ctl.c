// SPDX-License-Identifier: GPL-2.0
/*
 * See ctl.h. libnl moves the messages; what the kernel says about a refusal
 * beyond an errno (extended acknowledgements) it does not know, so that is read
 * here.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include "ctl.h"
#include "fields.h"
#include "model.h"

#define BUFFER_SIZE	65536
#define BLOCK_SIZE	(1 << 20)
#define DUMP_TRIES	10

static struct nl_sock *sk;
static int family;

/** struct exchange - a request and what came of it
 * @err: 0 or a negative errno
 * @done: the last answer is there
 * @interrupted: what is listed changed its places meanwhile
 */
struct exchange {
	const struct nlmsghdr *req;
	void (*fn)(struct nlattr *attrs, int len, void *arg);
	void *arg;
	int err;
	bool done;
	bool interrupted;
	struct error *e;
};

static void __attribute__((noreturn)) no_memory(void)
{
	fputs("ipvsl7adm: out of memory\n", stderr);
	exit(1);
}

/* --- What the kernel says about a refusal --- */

/* Does the sentence name its field itself ("field: reason")? */
static bool names_field(const char *text)
{
	const char *p = text;

	while (islower((unsigned char)*p) || isdigit((unsigned char)*p) ||
	       *p == '-' || *p == ' ')
		p++;
	return p > text && p[0] == ':' && p[1] == ' ';
}

static void add_range(const struct nlattr *policy, char *buf, size_t size)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];
	unsigned long long min, max;

	*buf = '\0';
	if (!policy || nla_parse_nested(tb, NL_POLICY_TYPE_ATTR_MAX,
					(struct nlattr *)(uintptr_t)policy,
					NULL) ||
	    !tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U] ||
	    !tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U])
		return;
	min = nla_get_u64(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U]);
	max = nla_get_u64(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]);
	snprintf(buf, size, " (%llu..%llu)", min, max);
}

static void explain(struct exchange *x, struct nlattr *head, int len)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const char *field = NULL, *text = strerror(-x->err);
	char range[64];

	if (nla_parse(tb, NLMSGERR_ATTR_MAX, head, len, NULL))
		memset(tb, 0, sizeof(tb));
	if (tb[NLMSGERR_ATTR_MSG])
		text = nla_get_string(tb[NLMSGERR_ATTR_MSG]);
	if (tb[NLMSGERR_ATTR_OFFS])
		field = fields_at(x->req, nla_get_u32(tb[NLMSGERR_ATTR_OFFS]));
	else if (tb[NLMSGERR_ATTR_MISS_TYPE])
		field = fields_name(x->req,
				    nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]));
	add_range(tb[NLMSGERR_ATTR_POLICY], range, sizeof(range));

	if (x->err == -EPERM && !tb[NLMSGERR_ATTR_MSG])
		error_set(x->e, "permission denied (are you root?)");
	else if (field && !names_field(text))
		error_set(x->e, "%s: %s%s", field, text, range);
	else
		error_set(x->e, "%s%s", text, range);
}

/* --- Callbacks of libnl --- */

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct nlmsghdr *nlh = (void *)((char *)err - NLMSG_HDRLEN);
	struct exchange *x = arg;
	int skip = sizeof(*err);

	(void)from;
	x->err = err->error;
	x->done = true;
	/* The request may be repeated before the attributes. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += (int)NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		explain(x, nlmsg_attrdata(nlh, skip), nlmsg_attrlen(nlh, skip));
	else
		explain(x, NULL, 0);
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->done = true;
	return NL_STOP;
}

/* The end of a dump carries an errno, and attributes if it is not 0. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct exchange *x = arg;

	x->done = true;
	if (nlmsg_datalen(nlh) < (int)sizeof(int))
		return NL_STOP;
	memcpy(&x->err, nlmsg_data(nlh), sizeof(int));
	if (x->err > 0)
		x->err = 0;
	if (x->err && nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		explain(x, nlmsg_attrdata(nlh, sizeof(int)),
			nlmsg_attrlen(nlh, sizeof(int)));
	else if (x->err)
		explain(x, NULL, 0);
	return NL_STOP;
}

static int on_answer(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct exchange *x = arg;

	if (x->fn)
		x->fn(nlmsg_attrdata(nlh, GENL_HDRLEN),
		      nlmsg_attrlen(nlh, GENL_HDRLEN), x->arg);
	return NL_OK;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->interrupted = true;
	return NL_OK;
}

static int receive(struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err = 0;

	if (!cb)
		no_memory();
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_answer, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	while (!x->done && err >= 0)
		err = nl_recvmsgs(sk, cb);
	nl_cb_put(cb);
	if (x->done)
		return x->err;
	error_set(x->e, "netlink: %s", nl_geterror(err));
	return -EIO;
}

static int exchange(struct exchange *x, struct nl_msg *msg)
{
	int err;

	x->done = false;
	x->interrupted = false;
	x->err = 0;
	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;	/* if it is sent again */
	err = nl_send_auto(sk, msg);
	if (err >= 0)
		return receive(x);
	error_set(x->e, "netlink: %s", nl_geterror(err));
	return -EIO;
}

/* --- Dumps: kept until it is known that nothing is missing --- */

/** struct block - answers, one behind the other: length, attributes */
struct block {
	struct block *next;
	size_t used, size;
	char at[];
};

struct dump {
	struct block *first, *last;
};

static struct block *add_block(struct dump *d, size_t want)
{
	size_t size = want > BLOCK_SIZE ? want : BLOCK_SIZE;
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		no_memory();
	b->next = NULL;
	b->used = 0;
	b->size = size;
	if (d->last)
		d->last->next = b;
	else
		d->first = b;
	d->last = b;
	return b;
}

static void keep(struct nlattr *attrs, int len, void *arg)
{
	size_t want = NLA_ALIGN(sizeof(len)) + NLA_ALIGN((size_t)len);
	struct dump *d = arg;
	struct block *b = d->last;

	if (!b || b->size - b->used < want)
		b = add_block(d, want);
	memcpy(b->at + b->used, &len, sizeof(len));
	memcpy(b->at + b->used + NLA_ALIGN(sizeof(len)), attrs, (size_t)len);
	b->used += want;
}

static void replay(struct block *b, const struct exchange *x)
{
	size_t at = 0;
	int len;

	while (at < b->used) {
		memcpy(&len, b->at + at, sizeof(len));
		at += NLA_ALIGN(sizeof(len));
		x->fn((struct nlattr *)(void *)(b->at + at), len, x->arg);
		at += NLA_ALIGN((size_t)len);
	}
}

/* Gives the answers to @x, unless that is NULL, and forgets them. */
static void empty(struct dump *d, const struct exchange *x)
{
	struct block *b;

	while ((b = d->first)) {
		if (x)
			replay(b, x);
		d->first = b->next;
		free(b);
	}
	d->last = NULL;
}

/* Longer from one try to the next: the table is about to be another. */
static void wait_before(int n)
{
	struct timespec t = { .tv_nsec = 1000000L << n };

	nanosleep(&t, NULL);
}

static int exchange_dump(struct exchange *to, struct nl_msg *msg)
{
	struct dump d = { NULL, NULL };
	struct exchange x = *to;
	int err, n = 1;

	x.fn = keep;
	x.arg = &d;
	while (!(err = exchange(&x, msg)) && x.interrupted && n < DUMP_TRIES) {
		empty(&d, NULL);
		wait_before(n++);
	}
	if (!err && x.interrupted)
		fputs("ipvsl7adm: listing may be incomplete: the table changed meanwhile\n",
		      stderr);
	empty(&d, err ? NULL : to);
	return err;
}

int ctl_send(struct nl_msg *msg, void (*fn)(struct nlattr *attrs, int len,
					    void *arg),
	     void *arg, struct error *e)
{
	struct exchange x = {
		.req = nlmsg_hdr(msg), .fn = fn, .arg = arg, .e = e,
	};
	int err = x.req->nlmsg_flags & NLM_F_DUMP ? exchange_dump(&x, msg) :
						    exchange(&x, msg);

	/* It may hold the cluster key. */
	explicit_bzero(nlmsg_data(nlmsg_hdr(msg)),
		       (size_t)nlmsg_datalen(nlmsg_hdr(msg)));
	nlmsg_free(msg);
	return err;
}

struct nl_msg *ctl_msg(uint8_t cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(BUFFER_SIZE);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 NLM_F_REQUEST | NLM_F_ACK | flags, cmd,
				 IPVS_L7_GENL_VERSION))
		no_memory();
	return msg;
}

/* --- Connecting --- */

/* As ipvsadm does it: the kernel tells which program loads modules. */
static void load_module(void)
{
	char path[256] = "";
	ssize_t n = -1;
	pid_t pid;
	int fd;

	fd = open("/proc/sys/kernel/modprobe", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, path, sizeof(path) - 1);
		close(fd);
	}
	if (n <= 1)
		return;
	path[n] = '\0';
	path[strcspn(path, "\n")] = '\0';
	pid = fork();
	if (pid == 0) {
		char *argv[] = { path, "-q", "--", "ip_vs_l7", NULL };
		char *envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };

		execve(path, argv, envp);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

int ctl_open(struct error *e)
{
	int one = 1;

	if (sk)
		return 0;
	sk = nl_socket_alloc();
	if (!sk)
		no_memory();
	if (genl_connect(sk)) {
		ctl_close();
		return error_set(e, "netlink: %s", strerror(errno));
	}
	nl_socket_set_msg_buf_size(sk, BUFFER_SIZE);
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_EXT_ACK, &one,
		   sizeof(one));
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_CAP_ACK, &one,
		   sizeof(one));
	/* The kernel loads the module by the family's name, if depmod knows. */
	family = genl_ctrl_resolve(sk, IPVS_L7_GENL_NAME);
	if (family < 0) {
		load_module();
		family = genl_ctrl_resolve(sk, IPVS_L7_GENL_NAME);
	}
	if (family < 0) {
		ctl_close();
		return error_set(e, "the kernel module ip_vs_l7 is not loaded (as root: modprobe ip_vs_l7)");
	}
	return 0;
}

void ctl_close(void)
{
	if (sk)
		nl_socket_free(sk);
	sk = NULL;
}

/* --- Listening --- */

/** struct listener - where notifications go
 * @ret: what the callback returned last
 */
struct listener {
	int (*fn)(uint8_t cmd, struct nlattr *attrs, int len, void *arg,
		  struct error *e);
	void *arg;
	struct error *e;
	int ret;
};

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct listener *l = arg;
	const struct genlmsghdr *g = nlmsg_data(nlh);

	if (nlmsg_datalen(nlh) < (int)GENL_HDRLEN)
		return NL_SKIP;
	l->ret = l->fn(g->cmd, nlmsg_attrdata(nlh, GENL_HDRLEN),
		       nlmsg_attrlen(nlh, GENL_HDRLEN), l->arg, l->e);
	return l->ret ? NL_STOP : NL_OK;
}

/* Returns when a callback wants an end, or something was missed: 0. */
static int listen_on(struct nl_sock *on, struct listener *l)
{
	int err = 0;

	nl_socket_modify_cb(on, NL_CB_VALID, NL_CB_CUSTOM, on_event, l);
	while (!l->ret && err >= 0)
		err = nl_recvmsgs_default(on);
	if (l->ret || err == -NLE_NOMEM)
		return l->ret;
	return error_set(l->e, "netlink: %s", nl_geterror(err));
}

static struct nl_sock *join(const char *group, struct error *e)
{
	struct nl_sock *on = nl_socket_alloc();
	int id;

	if (!on)
		no_memory();
	nl_socket_disable_seq_check(on);
	id = genl_ctrl_resolve_grp(sk, IPVS_L7_GENL_NAME, group);
	if (id >= 0 && !genl_connect(on) && !nl_socket_add_membership(on, id))
		return on;
	nl_socket_free(on);
	error_set(e, "the module has no notifications called %s", group);
	return NULL;
}

int ctl_listen(const char *group, int (*start)(void *arg, struct error *e),
	       int (*fn)(uint8_t cmd, struct nlattr *attrs, int len, void *arg,
			 struct error *e),
	       void *arg, struct error *e)
{
	struct listener l = { .fn = fn, .arg = arg, .e = e };
	struct nl_sock *on = join(group, e);
	int ret = on ? 0 : -1;

	while (!ret && !(ret = start(arg, e)))
		ret = listen_on(on, &l);
	if (on)
		nl_socket_free(on);
	return ret;
}
