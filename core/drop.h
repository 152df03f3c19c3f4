/* drop.h - dead letters that go without being sent again, and are counted as dropped.
 *
 * A transaction of its own with the counts, which do not depend on what is in flight. The thread
 * that has the store.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DROP_H
#define CORE_DROP_H

#include "ledger.h"

struct drop {
	struct store *store;
	struct ledger *ledger;                  /* is told, too */
	const struct store_dead_query *query;
	const char *cause;
	int64_t until_us;                       /* only those set aside before; 0: any */
	int64_t enough;                         /* stop when so many bytes of events went; 0: all */
};

/* The oldest of the query first, a few thousand; *gone is what went. More may be left while
 * gone->letters is not 0. */
enum weir_status drop_some(const struct drop *drop, struct store_dead_size *gone,
                           struct weir_error *err);
/* Until none is left. */
enum weir_status drop_all(const struct drop *drop, struct store_dead_size *gone,
                          struct weir_error *err);

#endif
