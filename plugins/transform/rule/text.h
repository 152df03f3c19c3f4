/* text.h - pure functions on text: addresses, numbers, Okta's text maps, trimming.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_TEXT_H
#define RULE_TEXT_H

#include <weir/util.h>

/* Room for any address that rule_ip writes. */
enum { RULE_IP_MAX = 46 };
enum rule_ip { RULE_IP_WRONG, RULE_IP_AS_IT_IS, RULE_IP_WRITTEN };
/* An IPv4 or IPv6 address. IPv6 may need another spelling (RFC 5952), then it is written. */
enum rule_ip rule_ip(struct weir_bytes text, char written[RULE_IP_MAX]);

/* Decimal digits with an optional '-', within int64_t or uint64_t; leading zeros are fine. */
bool rule_is_int(struct weir_bytes text);
/* JSON's grammar of a number. */
bool rule_is_number(struct weir_bytes text);
/* "", "null", "N/A", "unknown" in any case: words that say that nothing is known. */
bool rule_is_placeholder(struct weir_bytes text);
/* Whether that is worth asking of a text, judged by how it stands in the page, if it does: nearly
 * all that are none begin with another letter. */
bool rule_may_be_placeholder(struct weir_bytes token);
/* The text after the first separator; none when there is no separator. */
struct weir_bytes rule_after(struct weir_bytes text, struct weir_bytes separator);
/* As many of the first max bytes as are whole characters. */
struct weir_bytes rule_cut(struct weir_bytes text, size_t max);
/* Whether the bytes are UTF-8, as RFC 3629 has it. */
bool rule_is_utf8(struct weir_bytes text);

/* ---- Okta's maps written as text: {reasons=New Device, New IP, level=HIGH} -------------- */

struct rule_textmap {
	struct weir_bytes rest;
	const char *equals;            /* the first '=' of rest */
	struct weir_bytes name, value; /* of the pair at hand */
};
/* False when the text is no text map. */
bool rule_textmap_begin(struct rule_textmap *map, struct weir_bytes text);
bool rule_textmap_next(struct rule_textmap *map);

#endif
