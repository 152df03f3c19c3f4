/* tally.c - the fate of each event of a page at one sink, and the sums of them.
 *
 * Lives here: what becomes of an event of which several records were made. Not here: who
 * delivers (outlet.c), the sums over all time (ledger.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tally.h"

#include <string.h>

/* In the order in which one outdoes another. */
enum fate { FATE_NOWHERE, FATE_DROPPED, FATE_DELIVERED, FATE_DEAD, FATE_COUNTED };

void tally_finish(struct tally *tally)
{
	for (size_t i = 0; i < tally->drop_count; i++)
		weir_free(tally->drops[i].cause);
	weir_free(tally->drops);
	*tally = (struct tally){ 0 };
}

void tally_drop(struct tally *tally, const char *cause, int64_t events)
{
	size_t i = 0;

	tally->dropped += events;
	while (i < tally->drop_count && strcmp(tally->drops[i].cause, cause) != 0)
		i++;
	if (i == tally->drop_count) {
		tally->drops = weir_realloc(tally->drops, (i + 1) * sizeof *tally->drops);
		tally->drops[i] = (struct tally_drop){ .cause = weir_strdup(cause) };
		tally->drop_count++;
	}
	tally->drops[i].events += events;
}

void tally_add(struct tally *to, const struct tally *from)
{
	to->in += from->in;
	to->delivered += from->delivered;
	to->dead += from->dead;
	to->repeated += from->repeated;
	to->released += from->released;
	for (size_t i = 0; i < from->drop_count; i++)
		tally_drop(to, from->drops[i].cause, from->drops[i].events);
}

static void note(uint8_t *fates, uint32_t event, enum fate fate)
{
	if (fates[event] < fate)
		fates[event] = (uint8_t)fate;
}

static void note_rows(uint8_t *fates, const struct tally_part *part)
{
	const struct rows *live = &part->view->live, *ended = &part->view->ended;

	for (size_t i = 0; i < live->len; i++)
		note(fates, live->items[i].event,
		     part->rejected && part->rejected[i] ? FATE_DEAD : FATE_DELIVERED);
	for (size_t i = 0; i < ended->len; i++)
		note(fates, ended->items[i].event,
		     ended->items[i].state == ROW_DEAD ? FATE_DEAD : FATE_DROPPED);
}

/* Of several causes the first counts. */
static void count_drops(struct tally *tally, uint8_t *fates, const struct tally_part *part)
{
	const struct rows *ended = &part->view->ended;

	for (size_t i = 0; i < ended->len; i++) {
		uint8_t *fate = &fates[ended->items[i].event];

		if (*fate != FATE_DROPPED)
			continue;
		*fate = FATE_COUNTED;
		tally_drop(tally, ended->items[i].cause, 1);
	}
}

static void count(struct tally *tally, const struct page *page, const uint8_t *fates)
{
	for (size_t i = 0; i < page->event_count; i++) {
		tally->in++;
		if (page_is_repeated(page, i))
			tally->repeated++;
		else if (page->events[i].error || fates[i] == FATE_DEAD)
			tally->dead++;
		else if (fates[i] == FATE_DELIVERED)
			tally->delivered++;
		else if (fates[i] == FATE_NOWHERE)
			tally_drop(tally, "routed nowhere", 1);
	}
}

void tally_page(struct tally *tally, const struct page *page, const struct tally_part *parts,
                size_t count_of_parts)
{
	uint8_t *fates;

	if (!page->event_count)
		return;
	fates = weir_alloc(page->event_count);
	for (size_t i = 0; i < count_of_parts; i++)
		note_rows(fates, &parts[i]);
	for (size_t i = 0; i < count_of_parts; i++)
		count_drops(tally, fates, &parts[i]);
	count(tally, page, fates);
	weir_free(fates);
}

enum store_fate tally_letter(struct tally *tally)
{
	enum store_fate fate = tally->dead        ? STORE_DEAD
	                       : tally->delivered ? STORE_DELIVERED
	                                          : STORE_DROPPED;

	weir_must(tally->in == 1);
	tally->in = 0;
	tally->dead--;
	tally->released = fate != STORE_DEAD;
	return fate;
}
