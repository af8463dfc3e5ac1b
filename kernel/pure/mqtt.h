/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first packet of an MQTT client, CONNECT: of MQTT 3.1, 3.1.1 and 5.0
 * (3.1 of each). No state.
 */
#ifndef L7_PURE_MQTT_H
#define L7_PURE_MQTT_H

#include "parse.h"

/** l7_mqtt_connect() - find the client id in a CONNECT packet
 * @p: first bytes of the connection
 * @len: their number
 * @id: out, when FOUND; never empty
 *
 * FOUND with the last byte of the id: will, user name and password, which follow
 * it, are not waited for. NONE: an empty id, for which the broker makes one up.
 * BAD at the first byte that has no place in a CONNECT: another packet, name or
 * version of the protocol, the reserved flag, or a field that goes beyond what
 * the packet's length leaves. The version may have the bit by which mosquitto
 * tells that it is a bridge. Properties are skipped, and whether the id is UTF-8
 * is for the broker to judge.
 */
enum l7_parse l7_mqtt_connect(const u8 *p, u32 len, struct l7_slice *id);

#endif /* L7_PURE_MQTT_H */
