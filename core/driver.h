/* driver.h - asks one source for pages and hands them over. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DRIVER_H
#define CORE_DRIVER_H

#include "mark.h"

struct component;
struct lane;

enum driver_state {
	DRIVER_STOPPED,
	DRIVER_STARTING,  /* start is due, for the first time or again */
	DRIVER_READY,     /* poll is due */
	DRIVER_PENDING,   /* a request is under way */
	DRIVER_IDLE,      /* the source said when to ask again */
	DRIVER_WAITING,   /* after a failure */
	DRIVER_FULL,      /* too much is in flight or not stored yet */
	DRIVER_DONE,
};

struct driver {
	struct weir_ctx *ctx;
	struct host *host;
	struct component *component;
	enum driver_state state;
	bool doubtful;             /* its request is counted as one of a source in trouble */
	bool held;                 /* by the runtime: it is not asked, whatever its state */
	bool late;                 /* it starts when no page of late_generation is in flight */
	uint64_t late_generation;
	struct loop_timer timer;
	struct budget budget;      /* queue_size: bytes in flight of this source */
	char *position;            /* of the newest page handed over, or NULL */
	bool position_is_new;      /* since the last mark */
	int64_t last_event_us;     /* when it last gave events; 0: never */
	int64_t last_answer_us;    /* when poll last succeeded */
	int64_t reached_us;        /* see weir_turn; 0: not known */

	struct lane *lane;         /* that it asks for; NULL: it is a live instance's */
	struct lane *lanes[3];     /* of a live instance, by enum weir_lane; or NULL */
	bool resting;              /* only its lanes are asked */
	struct {
		int64_t since_us, at_us;   /* where and when reading began; 0: not known */
		bool is_new;               /* since the last mark */
	} begun;

	void (*changed)(void *arg, struct driver *driver); /* it is done, or reached a halt */
	void *arg;
};

struct driver *driver_create(struct weir_ctx *ctx);
/* Stops the instance; its pages are gone. NULL is fine. */
void driver_destroy(struct driver *driver);
/* Starts the source over from its committed position. */
void driver_start(struct driver *driver);
/* Stops the source; a request under way is cancelled. */
void driver_stop(struct driver *driver);
/* From now on it is not asked; a request under way is let run, and its reply waits. */
void driver_hold(struct driver *driver);
void driver_release(struct driver *driver);
/* Room may have come. */
void driver_wake(struct driver *driver);
/* Adds its position to a mark if it is new. */
void driver_note_position(struct driver *driver, struct position_list *list);
/* Nothing will come any more. */
bool driver_is_done(const struct driver *driver);

/* ---- for lanes: drivers of further instances of a source ---- */

void driver_init_lane(struct driver *driver, struct driver *main, struct lane *lane);
/* The instance that it asks from now on; NULL: none. */
void driver_take_ctx(struct driver *driver, struct weir_ctx *ctx);
/* Nothing is asked for so long. */
void driver_wait(struct driver *driver, int64_t ms);
struct page *driver_make_page(struct driver *driver);
void driver_hand_over(struct driver *driver, struct page *page);

const char *driver_state_name(enum driver_state state);

#endif
