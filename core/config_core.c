/* config_core.c - the core's own options, as rows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#define CORE struct core_options

static const char *const levels[] = { "debug", "info", "warn", NULL };
static const char *const full[] = { "pause", "drop", NULL };
static const char *const formats[] = { "text", "json", NULL };

#define KIB ((int64_t)1 << 10)
#define MIB ((int64_t)1 << 20)
#define GIB ((int64_t)1 << 30)
#define MINUTE ((int64_t)60 * 1000)
#define DAY (24 * 60 * MINUTE)

/* Ranges are wide, so that tests can wait for milliseconds. */
const struct weir_option config_core_options[] = {
	{ "state_dir", WEIR_AT_PATH(CORE, state_dir), .required = true,
	  .doc = "The folder in which positions, seen ids, dead letters and counts are kept, for "
	         "example /var/lib/weir." },
	{ "workers", WEIR_AT_INT(CORE, workers), .preset = "0", .min = 0, .max = 1024,
	  .doc = "How many threads run the transforms; 0 is one for each processor." },
	{ "queue_size", WEIR_AT_SIZE(CORE, queue_size), .preset = "8MiB", .min = KIB,
	  .max = 64 * GIB,
	  .doc = "How many bytes the pages of one source may hold until they are delivered; above "
	         "it the source is not polled." },
	{ "memory_max", WEIR_AT_SIZE(CORE, memory_max), .preset = "512MiB", .min = KIB,
	  .max = 1024 * GIB,
	  .doc = "How many bytes all batches may hold together; when it is reached, sources are "
	         "not polled." },
	{ "event_max", WEIR_AT_SIZE(CORE, event_max), .preset = "16MiB", .min = 64,
	  .max = 255 * MIB,
	  .doc = "The largest event; a larger one goes to the dead letters." },
	{ "page_max", WEIR_AT_SIZE(CORE, page_max), .preset = "64MiB", .min = 64, .max = GIB,
	  .doc = "The largest page of a source; a source asks for less when a page is larger." },
	{ "depth_max", WEIR_AT_INT(CORE, depth_max), .preset = "128", .min = 4, .max = 1024,
	  .doc = "How deeply objects and arrays of an event may be nested; a deeper event goes to "
	         "the dead letters." },
	{ "commit_interval", WEIR_AT_MS(CORE, commit_interval), .preset = "200ms", .min = 1,
	  .max = 60 * MINUTE,
	  .doc = "How long what was delivered may wait until it is committed." },
	{ "commit_size", WEIR_AT_SIZE(CORE, commit_size), .preset = "8MiB", .min = 1,
	  .max = 64 * GIB,
	  .doc = "How many bytes may be delivered until they are committed." },
	{ "seen_for", WEIR_AT_MS(CORE, seen_for), .preset = "7d", .min = 0, .max = 3650 * DAY,
	  .doc = "How long the ids of events are remembered, to drop an event that comes again." },
	{ "seen_count", WEIR_AT_INT(CORE, seen_count), .preset = "1000000", .min = 0,
	  .max = 1000000000,
	  .doc = "How many ids of events are remembered for each source." },
	{ "overlap", WEIR_AT_MS(CORE, overlap), .preset = "1h", .min = 0, .max = 90 * DAY,
	  .doc = "How far a source goes back behind the last event when its cursor is refused." },
	{ "dead_letter_limit", WEIR_AT_PERCENT(CORE, dead_letter_limit), .preset = "5%",
	  .doc = "The share of dead letters among the last events that rolls a fresh reload back "
	         "or pauses the pipeline." },
	{ "dead_letter_window", WEIR_AT_INT(CORE, dead_letter_window), .preset = "1000", .min = 1,
	  .max = 1000000000,
	  .doc = "How many events dead_letter_limit looks at." },
	{ "dead_max", WEIR_AT_SIZE(CORE, dead_max), .preset = "1GiB", .min = 0, .max = 1024 * GIB,
	  .doc = "How many bytes of events may be kept as dead letters, and as much again for what "
	         "SQLite adds." },
	{ "dead_full", WEIR_AT_CHOICE(CORE, dead_full), .preset = "pause", .choices = full,
	  .doc = "What to do when they are full: pause, that is not to ask sources for more until "
	         "some were replayed or dropped; or drop the oldest, counted and logged." },
	{ "dead_for", WEIR_AT_MS(CORE, dead_for), .preset = "0", .min = 0, .max = 3650 * DAY,
	  .doc = "How long a dead letter is kept; an older one is dropped, counted and logged. 0 "
	         "keeps it until it is replayed or dropped by hand." },
	{ "watch", WEIR_AT_BOOL(CORE, watch), .preset = "false",
	  .doc = "Reload when a file changes that a reload would read." },
	{ "log_level", WEIR_AT_CHOICE(CORE, log_level), .preset = "info", .choices = levels,
	  .doc = "The least important line that is logged." },
	{ "log_format", WEIR_AT_CHOICE(CORE, log_format), .preset = "text", .choices = formats,
	  .doc = "Lines for people, or JSON for machines." },
	{ "retry_min", WEIR_AT_MS(CORE, retry_min), .preset = "1s", .min = 1, .max = DAY,
	  .doc = "The first wait after a fault that another try may mend." },
	{ "retry_max", WEIR_AT_MS(CORE, retry_max), .preset = "60s", .min = 1, .max = DAY,
	  .doc = "The longest wait after such a fault." },
	{ "refused_min", WEIR_AT_MS(CORE, refused_min), .preset = "4s", .min = 1, .max = DAY,
	  .doc = "The first wait after credentials, scope or role were refused." },
	{ "refused_max", WEIR_AT_MS(CORE, refused_max), .preset = "60s", .min = 1, .max = DAY,
	  .doc = "The longest wait after a refusal within the first hour; five times as long after "
	         "it." },
	{ "poison_after", WEIR_AT_MS(CORE, poison_after), .preset = "10m", .min = 1,
	  .max = 30 * DAY,
	  .doc = "How long a page must stay unreadable until its bad events go to the dead "
	         "letters." },
	{ 0 },
};

const struct weir_option *config_core_rows(void)
{
	return config_core_options;
}
