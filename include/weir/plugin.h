/* plugin.h - what a plugin and the runtime promise each other.
 *
 * A plugin is a shared object that exports one function, weir_plugin(), which returns a
 * constant descriptor: what the plugin is, which options and metrics it has, and which
 * functions the runtime may call. Start reading at struct weir_plugin, at the end.
 *
 * The runtime does what every plugin would otherwise do again: it reads YAML, runs
 * threads, keeps order, retries, settles what was delivered and stores positions.
 * A plugin knows one protocol or one transformation, and nothing else.
 *
 * MEMORY   The runtime owns every batch; a plugin borrows it for the length of one call.
 *          Strings in options live as long as the instance.
 * THREADS  Calls on one self never overlap. Sources run on the event loop and never
 *          block; transforms run on workers; each sink has a thread of its own, which may
 *          block up to its own timeout. create, clone and destroy run on any thread, which
 *          for a reload is one of its own that ends soon after: beside other instances, never
 *          beside another call on the same self. Keep no mutable globals.
 * ERRORS   A call that fails fills *err through weir_fail() and says so in its return
 *          value. A plugin never prints, never exits, never aborts.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WEIR_PLUGIN_H
#define WEIR_PLUGIN_H

#include <weir/util.h>
#include <weir/value.h>

/* Raised when a struct below changes other than by a new last member.
 *   1  first version */
#define WEIR_ABI 1u

/* What is declared below is seen across the border; all else is built hidden. */
#pragma GCC visibility push(default)

struct weir_ctx;    /* one running instance, as the runtime sees it */
struct weir_batch;  /* an ordered run of events that travel together */
struct weir_reply;  /* the answer to an HTTP request, see http.h */
struct weir_rules;  /* what is to be known of rule files, see rules.h */

/* ---- errors ---------------------------------------------------------------- */

enum weir_code {
	WEIR_E_CONFIG = 1,  /* the operator must change something */
	WEIR_E_AUTH,        /* refused: credentials, scope or role; may be mended outside */
	WEIR_E_UNREACHABLE, /* network or peer; worth another try */
	WEIR_E_THROTTLED,   /* try again after retry_after_ms */
	WEIR_E_DATA,        /* this input can never succeed */
	WEIR_E_RESOURCE,    /* memory, descriptors, disk */
};

/* Where the fault lies, in the operator's words; unknown parts are NULL or 0. The strings
 * must outlive the error: literals, options, or weir_where_keep(). */
struct weir_where {
	const char *file;   /* "weir.yaml", "rules/taegis/auth.lua" */
	int line, column;   /* 1-based; column counts characters */
	int width;          /* how many characters are wrong, 0 or 1 for a point */
	const char *path;   /* "sources.acme.org_url", "fields.source_address"; in weir_report
	                       "settings.mode:" is the key, without its colon, and not the value */
};

struct weir_error {
	enum weir_code code;
	struct weir_where where;
	int64_t retry_after_ms; /* of WEIR_E_THROTTLED; 0 when the peer gave none */
	char text[480];     /* "cannot read token: open /etc/x: no such file" */
};

/* What a call achieved. RETRY and FAIL fill *err. */
enum weir_status {
	WEIR_OK,
	WEIR_IDLE,    /* poll: nothing to read now; call again after turn->again_ms */
	WEIR_PENDING, /* poll: a request is under way; call again with its reply */
	WEIR_DONE,    /* poll: nothing will ever come again */
	WEIR_RETRY,   /* the same call may succeed later, and is safe to repeat */
	WEIR_FAIL,    /* it cannot succeed */
};

/* Both return WEIR_FAIL (CONFIG, DATA) or WEIR_RETRY (the others), so that a function can
 * end with: return weir_fail(err, WEIR_E_DATA, "...", ...); */
enum weir_status weir_fail(struct weir_error *err, enum weir_code code, const char *fmt, ...)
	WEIR_PRINTF(3, 4);
/* Puts "what: " before the text that err has already. */
enum weir_status weir_while(struct weir_error *err, const char *fmt, ...) WEIR_PRINTF(2, 3);
/* During create: adds a mistake to those that are reported all at once. create goes on
 * looking for more and at the end returns WEIR_FAIL with err->text empty. */
void weir_report(struct weir_ctx *ctx, const struct weir_error *mistake);
/* The same for what is suspect but allowed. */
void weir_report_warning(struct weir_ctx *ctx, const struct weir_error *suspicion);

/* ---- options ----------------------------------------------------------------- */

/* now, earliest, an instant, or so long ago; parsed from "now", "earliest",
 * "2026-01-31T00:00:00Z" and "-24h". */
enum weir_when { WEIR_WHEN_UNSET, WEIR_WHEN_NOW, WEIR_WHEN_EARLIEST, WEIR_WHEN_AT, WEIR_WHEN_AGO };
struct weir_time {
	enum weir_when when;
	int64_t micros; /* AT: since 1970 UTC; AGO: how long ago, positive */
};

enum weir_type {
	WEIR_BOOL,      /* bool */
	WEIR_INT,       /* int64_t, within min..max */
	WEIR_FLOAT,     /* double, within min..max */
	WEIR_DURATION,  /* int64_t milliseconds, within min..max; "30s", "5m" */
	WEIR_SIZE,      /* int64_t bytes, within min..max; "64KiB", "2MiB" */
	WEIR_PERCENT,   /* double, a share 0..1; "40%" */
	WEIR_TIME,      /* struct weir_time */
	WEIR_STRING,    /* const char * */
	WEIR_PATH,      /* const char *; relative ones start at the folder of the YAML file */
	WEIR_SECRET,    /* const char *; "file:PATH", "env:NAME", "cred:NAME"; never shown */
	WEIR_CHOICE,    /* int, index into choices */
	WEIR_LIST,      /* const char *const *, ends in NULL; never NULL itself */
	WEIR_PATHS,     /* the same, of paths */
	WEIR_MAP,       /* struct weir_value: an object, as written; absent when left out */
};

/* One row says everything that is known about an option. YAML checking, `weir describe`,
 * the reference pages and the JSON Schema all read it. */
struct weir_option {
	const char *name;
	enum weir_type type;
	size_t offset;              /* write it with WEIR_AT_* */
	const char *preset;         /* default, as an operator would write it */
	bool required;
	bool installed;             /* WEIR_PATH(S): if absent there, sought among the installed files */
	const char *doc;            /* one sentence, no line breaks */
	const char *const *choices; /* WEIR_CHOICE: ends in NULL */
	int64_t min, max;           /* checked when min < max */
	bool asked;                 /* sources: `weir integration add` asks for it */
	const char *column;         /* heading under which `weir integration list` shows it, or NULL */
	bool data;                  /* WEIR_PATH: the file, or files by a pattern or {word}, that a source
	                               reads or a sink writes; `weir check` refuses to read what the
	                               same events are written to */
};

/* The offset of a member; it compiles only if the member has that C type. */
#define WEIR_AT(T, m, C)      _Generic(&((T *)0)->m, C *: offsetof(T, m))
#define WEIR_AT_BOOL(T, m)    WEIR_BOOL,     WEIR_AT(T, m, bool)
#define WEIR_AT_INT(T, m)     WEIR_INT,      WEIR_AT(T, m, int64_t)
#define WEIR_AT_FLOAT(T, m)   WEIR_FLOAT,    WEIR_AT(T, m, double)
#define WEIR_AT_MS(T, m)      WEIR_DURATION, WEIR_AT(T, m, int64_t)
#define WEIR_AT_SIZE(T, m)    WEIR_SIZE,     WEIR_AT(T, m, int64_t)
#define WEIR_AT_PERCENT(T, m) WEIR_PERCENT,  WEIR_AT(T, m, double)
#define WEIR_AT_TIME(T, m)    WEIR_TIME,     WEIR_AT(T, m, struct weir_time)
#define WEIR_AT_STRING(T, m)  WEIR_STRING,   WEIR_AT(T, m, const char *)
#define WEIR_AT_PATH(T, m)    WEIR_PATH,     WEIR_AT(T, m, const char *)
#define WEIR_AT_SECRET(T, m)  WEIR_SECRET,   WEIR_AT(T, m, const char *)
#define WEIR_AT_CHOICE(T, m)  WEIR_CHOICE,   WEIR_AT(T, m, int)
#define WEIR_AT_LIST(T, m)    WEIR_LIST,     WEIR_AT(T, m, const char *const *)
#define WEIR_AT_PATHS(T, m)   WEIR_PATHS,    WEIR_AT(T, m, const char *const *)
#define WEIR_AT_MAP(T, m)     WEIR_MAP,      WEIR_AT(T, m, struct weir_value)

/* ---- batches: what a source fills ------------------------------------------------ */

/* Room that must follow the last byte of a page, readable and of any content. */
#define WEIR_PAGE_PADDING 64

enum weir_page_format {
	WEIR_PAGE_ARRAY, /* one JSON array; each element is an event. Taken or refused whole */
	WEIR_PAGE_LINES, /* NDJSON; each line is an event. A bad line is dead-lettered alone */
};

/* Adopts a page: data was made by weir_try_alloc with WEIR_PAGE_PADDING bytes behind len,
 * and belongs to the batch from here on, whatever happens. One page a batch. */
void weir_batch_page(struct weir_batch *out, enum weir_page_format format, char *data,
                     size_t len);
/* Parses the page now instead of on a worker, for a source that must know whether the
 * page is sound and how many events it has: they are the batch's rows for the rest of poll.
 * After a failure the batch has no page. */
enum weir_status weir_batch_parse(struct weir_batch *out, struct weir_error *err);
/* In place of weir_batch_parse, for a page that it refused again and again: takes the events
 * one by one, and the bad ones go to the dead letters. Fails when not even the brackets are
 * sound. After a failure the batch has no page. */
enum weir_status weir_batch_salvage(struct weir_batch *out, struct weir_error *err);
/* The position to resume from once this batch is settled: opaque text, copied. A batch
 * without a page but with a position is allowed. */
void weir_batch_position(struct weir_batch *out, const char *position);
/* What rules may ask about the origin: the host of the org, or the file's `origin`. */
void weir_batch_origin(struct weir_batch *out, const char *origin);

/* ---- batches: what transforms and sinks see ----------------------------------------- */

/* A batch is rows. A source's batch has a row for each event; a transform may replace,
 * drop, reject a row's record or add further rows; a sink gets the rows that are left. */
size_t weir_batch_len(const struct weir_batch *b);
/* The source's event, and its exact bytes. */
struct weir_value weir_batch_event(const struct weir_batch *b, size_t row);
struct weir_bytes weir_batch_source_bytes(const struct weir_batch *b, size_t row);
/* What an earlier stage made of it, absent when none did yet; and its schema, or NULL. */
struct weir_value weir_batch_record(const struct weir_batch *b, size_t row);
const char *weir_batch_schema(const struct weir_batch *b, size_t row);
/* The name of the source, the origin it gave (or ""), and when the page was handed over,
 * in microseconds since 1970. */
const char *weir_batch_source(const struct weir_batch *b);
const char *weir_batch_origin_host(const struct weir_batch *b);
int64_t weir_batch_received(const struct weir_batch *b);
/* Where a transform's records and their texts live. */
struct weir_arena *weir_batch_arena(struct weir_batch *b);

/* Transforms, on the row that they work on. schema is kept by reference: a string that
 * lives as long as the instance. add makes a further record of the same event, behind all
 * rows; it is not visited by this stage. */
void weir_batch_set(struct weir_batch *b, size_t row, const char *schema,
                    struct weir_value record);
void weir_batch_add(struct weir_batch *b, size_t row, const char *schema,
                    struct weir_value record);
/* On purpose, with a cause that is counted: a literal or a string that lives as long as the
 * instance, e.g. "no rule", "unlisted". */
void weir_batch_drop(struct weir_batch *b, size_t row, const char *cause);
/* To the dead letters; why is copied. For sinks too: this record, at this sink. WEIR_E_RESOURCE
 * says that a budget was broken, which does not count towards dead_letter_limit. */
void weir_batch_reject(struct weir_batch *b, size_t row, const struct weir_error *why);

/* Sinks: the row as one line of JSON without the line end, rendered once for all sinks.
 * The line end does follow in memory: text.data[text.len] is '\n'. */
struct weir_bytes weir_batch_text(const struct weir_batch *b, size_t row);
/* The event's id in its source (for Okta the uuid), or none. */
struct weir_bytes weir_batch_id(const struct weir_batch *b, size_t row);

/* ---- what the runtime offers an instance ----------------------------------------------- */

enum weir_level { WEIR_DEBUG, WEIR_INFO, WEIR_WARN };

/* A line to the log with the instance's name. The same text of one instance is not repeated
 * within a minute; what was held back is counted. None in a trial, see weir_trial. Any thread. */
void weir_log(struct weir_ctx *ctx, enum weir_level level, const char *fmt, ...)
	WEIR_PRINTF(3, 4);
void weir_count(struct weir_ctx *ctx, unsigned metric, int64_t by);    /* any thread */
void weir_gauge(struct weir_ctx *ctx, unsigned metric, int64_t value); /* any thread */
/* The instance's name, e.g. the integration's. */
const char *weir_name(const struct weir_ctx *ctx);
/* Its last committed position, or NULL at a first start; valid until the next call on self. */
const char *weir_position(const struct weir_ctx *ctx);
/* True once the runtime wants to stop; any thread, e.g. inside a sink's wait. */
bool weir_stopping(const struct weir_ctx *ctx);
/* Re-reads the instance's secrets from their files; the members of self change in place.
 * *changed says whether any did. On failure the old ones stay. */
enum weir_status weir_secrets_reload(struct weir_ctx *ctx, bool *changed,
                                     struct weir_error *err);
/* True in `weir test`, `map` and `diff`, which must give the same result on every machine and
 * day: nothing may then depend on the clock, on weir's version or on the machine. */
bool weir_trial(const struct weir_ctx *ctx);
/* Wall clock in microseconds since 1970, and a clock that never jumps, in milliseconds. */
int64_t weir_now(const struct weir_ctx *ctx);
int64_t weir_monotonic_ms(const struct weir_ctx *ctx);
/* A setting of the core that a source must know, by its name in YAML, in milliseconds or
 * bytes: "overlap", "poison_after", "page_max", "seen_for". Another name is a bug. */
int64_t weir_setting(const struct weir_ctx *ctx, const char *name);
/* Sources: zeroed memory that all instances of the plugin with the same key share; the last
 * one to go calls finish on it (may be NULL). To be asked for in create, and touched from start
 * to stop only: that is on the event loop, so it needs no lock. */
void *weir_shared(struct weir_ctx *ctx, const char *key, size_t size, void (*finish)(void *));

/* ---- lanes: a source's past, read again beside its present -------------------------------- */

/* A source whose descriptor says `windows` is run once more, with the same options, for a window
 * of its past. All its instances have one name, one row in the ledger and one memory of ids:
 * what one of them has handed over is repeated when another one brings it. */
enum weir_lane {
	WEIR_LIVE,
	WEIR_BACKFILL, /* an operator asked for the window */
	WEIR_AUDIT,    /* a second look at an hour that the live instance has passed */
};

struct weir_window {
	enum weir_lane lane;
	int64_t since_us, until_us; /* since 1970 UTC; from since on, and before until */
	double share;               /* of what the peer allows, 0..1 */
};

/* What this instance reads in place of everything, in the order in which it happened; poll says
 * WEIR_DONE at the end. NULL: it is the live one. From create on. */
const struct weir_window *weir_window(const struct weir_ctx *ctx);
/* During create of a source with windows: each hour shall be audited so long after its end. */
void weir_audit(struct weir_ctx *ctx, int64_t after_ms, double share);
/* Which of the source's instances brought this batch: "live", "backfill" or "audit". */
const char *weir_batch_lane(const struct weir_batch *b);

/* ---- a source's turn ----------------------------------------------------------------------- */

struct weir_turn {
	struct weir_batch *out;         /* empty; handed on when poll returns OK */
	const struct weir_reply *reply; /* of the request this instance started, or NULL */
	int64_t again_ms;               /* with IDLE: how long from now; with OK: 0 is at once */

	/* Of a source with windows; 0 where nothing is known, or nothing new. What happened before
	 * reached_us was handed over, as far as the peer tells; a live instance without a position
	 * says by it where it begins. left: what a window still takes, by estimate. */
	int64_t reached_us;
	struct {
		int64_t events, requests, ms;
	} left;
};

/* ---- probes ------------------------------------------------------------------------------------ */

/* One step of a probe: what was looked at ("scope") and what was found; or why it failed, in an
 * error's usual words: "what is wrong; what to do". */
void weir_step_good(struct weir_ctx *ctx, const char *step, const char *fmt, ...)
	WEIR_PRINTF(3, 4);
void weir_step_bad(struct weir_ctx *ctx, const char *step, const struct weir_error *err);

/* ---- the descriptor -------------------------------------------------------------------------- */

enum weir_kind { WEIR_SOURCE = 1, WEIR_TRANSFORM, WEIR_SINK };

enum weir_metric_type { WEIR_COUNTER, WEIR_GAUGE };

struct weir_metric {
	const char *name;   /* "requests_total" */
	enum weir_metric_type type;
	const char *doc;    /* one sentence */
	const char *column; /* heading under which `weir integration list` shows it, or NULL */
};

/* What a sink can promise about a batch that comes again after a crash. */
enum weir_delivery {
	WEIR_AT_LEAST_ONCE,    /* it may be seen twice */
	WEIR_EFFECTIVELY_ONCE, /* the peer knows it by its id and keeps one */
	WEIR_EXACTLY_ONCE,     /* the sink goes back to a position */
};

enum weir_state {
	WEIR_STATELESS, /* one self per worker, batches in any order */
	WEIR_ORDERED,   /* one self; batches in the order of tickets; flush gives its position */
};

struct weir_plugin {
	uint32_t abi;                      /* WEIR_ABI */
	uint32_t size;                     /* sizeof(struct weir_plugin) */
	uint32_t option_size;              /* sizeof(struct weir_option) */
	uint32_t metric_size;              /* sizeof(struct weir_metric) */
	enum weir_kind kind;
	const char *name;                  /* "okta"; the word after `plugin:` in YAML */
	const char *version;               /* "1.0.0" */
	const char *summary;               /* "Reads the Okta System Log." */
	const struct weir_option *options; /* ends in {0}; may be NULL */
	const struct weir_metric *metrics; /* ends in {0}; a row's index is the metric */
	size_t self_size;                  /* zeroed, then filled from options */
	uint32_t position_version;         /* raised when positions of old versions are not read */
	enum weir_delivery delivery;       /* sinks */
	enum weir_state state;             /* transforms */
	const char *id_path;               /* sources: where an event's unique id is; events whose
	                                      id was seen before are dropped as repeated. NULL: none */
	const char *rule_suffix;           /* transforms that run rule files: ".lua", else NULL; they
	                                      have the options `rules` (PATHS) and `settings` (MAP) */

	/* In the order they are called; those marked * may be NULL.
	 *
	 *   create *   check options against each other and read what they name (rules, keys);
	 *              no network, nothing written. `weir check` does this much
	 *   clone  *   transform, stateless: make self (options filled) a further worker's copy of
	 *              origin, sharing what never changes; without it create is called for each
	 *   start  *   open what is needed. RETRY is tried again with backoff
	 *   poll       source: see enum weir_status; never waits, never blocks
	 *   process    transform: edit the batch. Sink: hand over all rows; after RETRY the same
	 *              batch comes again; after FAIL it comes again in halves until the bad row
	 *              stands alone, which is dead-lettered. A sink's FAIL for another reason than
	 *              the data (code WEIR_E_CONFIG) is taken as RETRY: it may be mended outside
	 *   flush  *   sink: make everything processed so far durable and append the position as of
	 *              now; with flush, rows count as delivered only after it.
	 *              Ordered transform: append the position
	 *   stop   *   close what start opened; start may follow
	 *   destroy*   release what create made; self may be half made or zeroed. Clones go before
	 *              their origin */
	enum weir_status (*create)(void *self, struct weir_ctx *, struct weir_error *);
	enum weir_status (*clone)(void *self, const void *origin, struct weir_ctx *,
	                          struct weir_error *);
	enum weir_status (*start)(void *self, struct weir_ctx *, struct weir_error *);
	enum weir_status (*poll)(void *self, struct weir_turn *, struct weir_error *);
	enum weir_status (*process)(void *self, struct weir_batch *, struct weir_error *);
	enum weir_status (*flush)(void *self, struct weir_buf *position, struct weir_error *);
	void (*stop)(void *self);
	void (*destroy)(void *self);

	const struct weir_rules *rules;    /* transforms with rule_suffix; may be NULL */
	bool windows;                      /* sources with id_path: weir_window is heeded */

	/* Sources and sinks; may be NULL. How far it gets with its peer, step by step, for
	 * `weir doctor`: on an instance of its own, after create and in place of start, beside a
	 * weir that runs. It asks for as little as it can and changes nothing anywhere.
	 * PENDING: weir_http_start or weir_http_look was called; it is called again, with the reply
	 * of the first. OK: all steps were told. RETRY, FAIL: *err is the last, a bad one. */
	enum weir_status (*probe)(void *self, struct weir_ctx *, const struct weir_reply *,
	                          struct weir_error *);
};

/* The one symbol a plugin exports. */
const struct weir_plugin *weir_plugin(void);

#pragma GCC visibility pop

#endif
