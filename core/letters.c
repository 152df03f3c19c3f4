/* letters.c - the dead letters of a page at one sink.
 *
 * Lives here: which events, and what of each the sink has already. Not here: who rejects (batch.c,
 * chain.c, outlet.c), the list (dead.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "letters.h"

#include <string.h>

#include "batch.h"

struct gathering {
	struct dead_list *list;
	const struct letters_of *of;
	bool *has;                 /* by event */
	struct weir_buf delivered;
};

/* The sink has these records of the event, so a replay leaves them out. */
static const char *delivered_of(struct gathering *g, uint32_t event)
{
	g->delivered.len = 0;
	for (size_t p = 0; p < g->of->part_count; p++) {
		const struct tally_part *part = &g->of->parts[p];

		for (size_t i = 0; i < part->view->live.len; i++) {
			const struct row *row = &part->view->live.items[i];

			if (row->event != event || (part->rejected && part->rejected[i]))
				continue;
			weir_buf_puts(&g->delivered, row->schema ? row->schema : "");
			weir_buf_putc(&g->delivered, '\n');
		}
	}
	return g->delivered.len ? weir_buf_text(&g->delivered) : NULL;
}

static void add(struct gathering *g, const struct dead *dead)
{
	struct store_dead letter = dead->letter;

	if (g->has[dead->event])
		return;
	g->has[dead->event] = true;
	if (g->of->page->letter) {
		letter.number = g->of->page->letter->number;
		letter.replayed_us = letter.at_us;
	}
	letter.sink = g->of->sink;
	letter.delivered = delivered_of(g, dead->event);
	dead_add(g->list, dead->event, &letter);
}

static void add_list(struct gathering *g, const struct dead_list *list)
{
	for (const struct dead *dead = list->first; dead; dead = dead->next)
		add(g, dead);
}

/* What was no sound event from the start. */
static void add_unsound(struct gathering *g)
{
	const struct page *page = g->of->page;

	for (const struct dead *dead = page->dead.first; dead; dead = dead->next) {
		if (page->events[dead->event].error)
			add(g, dead);
	}
}

/* A transform may lie on the way to some sinks only. */
static void add_ended(struct gathering *g, const struct view *view)
{
	for (size_t i = 0; i < view->ended.len; i++) {
		if (view->ended.items[i].state == ROW_DEAD)
			add(g, view->ended.items[i].letter);
	}
}

void letters_add(struct dead_list *list, const struct letters_of *of)
{
	struct gathering g = { .list = list, .of = of };

	g.has = weir_alloc(of->page->event_count + 1);
	add_unsound(&g);
	for (size_t i = 0; i < of->part_count; i++)
		add_ended(&g, of->parts[i].view);
	add_list(&g, of->refused);
	weir_free(g.has);
	weir_buf_finish(&g.delivered);
}

char *letters_had(const struct page *page)
{
	return page->letter ? weir_strdup(page->letter->delivered) : NULL;
}

/* Each line counts once: an event may have several records of one schema. */
bool letters_take(char *had, const char *schema)
{
	size_t len = strlen(schema);

	for (char *line = had; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, schema, len) == 0 && line[len] == '\n') {
			memmove(line, line + len + 1, strlen(line + len + 1) + 1);
			return true;
		}
	}
	return false;
}
