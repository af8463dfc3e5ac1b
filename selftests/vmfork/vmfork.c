// SPDX-License-Identifier: GPL-2.0
/*
 * When it is loaded, the kernel is told what drivers/virt/vmgenid.c tells it where a virtual
 * machine goes on as a copy: by the very function, which is not exported. It never stays.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/random.h>

static int __init vmfork_init(void)
{
	struct kprobe place = { .symbol_name = "add_vmfork_randomness" };
	void (*tell)(const void *unique_vm_id, size_t len);
	u8 id[16];
	int err = register_kprobe(&place);

	if (err)
		return err;
	tell = (void *)place.addr;
	unregister_kprobe(&place);
	get_random_bytes(id, sizeof(id));
	tell(id, sizeof(id));
	return -ECANCELED;
}
module_init(vmfork_init);

MODULE_DESCRIPTION("Selftest: this machine is a copy");
MODULE_LICENSE("GPL");
