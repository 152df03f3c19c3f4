/* trouble.c - a fault that lasts: said once when it begins, once when it is over.
 *
 * Lives here: what is said, and when. Not here: how long to wait (retry.c), who waits.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trouble.h"

#include <inttypes.h>
#include <sys/random.h>

#include "clock.h"
#include "log.h"

void trouble_init(struct trouble *trouble, const char *who)
{
	*trouble = (struct trouble){ .who = who };
	weir_must(pthread_mutex_init(&trouble->lock, NULL) == 0);
}

void trouble_finish(struct trouble *trouble)
{
	pthread_mutex_destroy(&trouble->lock);
}

static uint64_t random_bits(void)
{
	uint64_t bits = 0;

	/* Without randomness all wait alike, which is worse for the peer and for nobody else. */
	if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != sizeof bits)
		bits = (uint64_t)clock_now_us() * UINT64_C(0x9e3779b97f4a7c15);
	return bits;
}

/* Numbers do not count: offsets, seconds and ports differ from try to try, and the fault is
 * the same. */
static uint64_t hash_of(const struct weir_error *why)
{
	char words[sizeof why->text];
	size_t len = 0;

	for (const char *p = why->text; *p; p++) {
		if (*p < '0' || *p > '9')
			words[len++] = *p;
	}
	return weir_hash((struct weir_bytes){ words, len });
}

static bool is_new(struct trouble *trouble, const struct weir_error *why)
{
	uint64_t hash = hash_of(why);

	for (unsigned i = 0; i < trouble->said_count; i++) {
		if (trouble->said[i] == hash)
			return false;
	}
	if (trouble->said_count == TROUBLE_KINDS)
		return false;
	trouble->said[trouble->said_count++] = hash;
	return true;
}

int64_t trouble_begin(struct trouble *trouble, const struct retry_limits *limits,
                      const struct weir_error *why)
{
	int64_t now = clock_monotonic_ms(), wait;
	bool new;

	pthread_mutex_lock(&trouble->lock);
	wait = retry_next(&trouble->retry, limits, why, now, random_bits());
	if (!trouble->on)
		trouble->since_ms = now;
	trouble->on = true;
	trouble->next_ms = now + wait;
	trouble->last = *why;
	trouble->last.where = (struct weir_where){ 0 };
	new = is_new(trouble, why);
	pthread_mutex_unlock(&trouble->lock);
	if (new)
		log_error(WEIR_WARN, trouble->who, why);
	return wait;
}

void trouble_end(struct trouble *trouble)
{
	int64_t took;

	if (!trouble->on)
		return;
	pthread_mutex_lock(&trouble->lock);
	took = clock_monotonic_ms() - trouble->since_ms;
	trouble->on = false;
	trouble->said_count = 0;
	retry_clear(&trouble->retry);
	pthread_mutex_unlock(&trouble->lock);
	log_line(WEIR_INFO, trouble->who, "recovered after %" PRId64 " s", (took + 500) / 1000);
}

bool trouble_look(struct trouble *trouble, struct weir_error *why, int64_t *for_ms,
                  int64_t *next_ms)
{
	int64_t now = clock_monotonic_ms();
	bool on;

	pthread_mutex_lock(&trouble->lock);
	on = trouble->on;
	if (on) {
		*why = trouble->last;
		*for_ms = now - trouble->since_ms;
		*next_ms = trouble->next_ms > now ? trouble->next_ms - now : 0;
	}
	pthread_mutex_unlock(&trouble->lock);
	return on;
}
