/* dead.c - events that are set aside: a list of dead letters on its way to the store.
 *
 * Lives here: the list and its copies. Not here: who is rejected (batch.c, chain.c, outlet.c),
 * storing (store.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "dead.h"

#include <string.h>

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static char *keep(char **at, const char *text)
{
	size_t size = size_of(text);
	char *kept = *at;

	if (!text)
		return NULL;
	memcpy(kept, text, size);
	*at += size;
	return kept;
}

static struct weir_bytes keep_bytes(char **at, struct weir_bytes bytes)
{
	struct weir_bytes kept = { *at, bytes.len };

	if (!bytes.data)
		return bytes;
	memcpy(*at, bytes.data, bytes.len);
	*at += bytes.len;
	return kept;
}

const struct dead *dead_add(struct dead_list *list, uint32_t event,
                            const struct store_dead *letter)
{
	size_t size = size_of(letter->source) + size_of(letter->sink) + size_of(letter->stage)
	              + size_of(letter->origin) + size_of(letter->schema)
	              + size_of(letter->delivered) + size_of(letter->why.where.file)
	              + size_of(letter->why.where.path) + letter->id.len + letter->event.len;
	struct dead *dead = weir_alloc(sizeof *dead + size);
	char *at = (char *)(dead + 1);

	dead->event = event;
	dead->letter = *letter;
	dead->letter.source = keep(&at, letter->source);
	dead->letter.sink = keep(&at, letter->sink);
	dead->letter.stage = keep(&at, letter->stage);
	dead->letter.origin = keep(&at, letter->origin);
	dead->letter.schema = keep(&at, letter->schema);
	dead->letter.delivered = keep(&at, letter->delivered);
	dead->letter.why.where.file = keep(&at, letter->why.where.file);
	dead->letter.why.where.path = keep(&at, letter->why.where.path);
	dead->letter.id = keep_bytes(&at, letter->id);
	dead->letter.event = keep_bytes(&at, letter->event);
	if (list->last)
		list->last->next = dead;
	else
		list->first = dead;
	list->last = dead;
	list->count++;
	return dead;
}

void dead_move(struct dead_list *list, struct dead_list *from)
{
	if (!from->first)
		return;
	if (list->last)
		list->last->next = from->first;
	else
		list->first = from->first;
	list->last = from->last;
	list->count += from->count;
	*from = (struct dead_list){ 0 };
}

void dead_finish(struct dead_list *list)
{
	while (list->first) {
		struct dead *next = list->first->next;

		weir_free(list->first);
		list->first = next;
	}
	*list = (struct dead_list){ 0 };
}
