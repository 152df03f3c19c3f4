/* test_instance.c - core/instance.c, core/instance_calls.c and core/host.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "instance.h"
#include "trial.h"

/* ---- a transform that notes what is done to it ------------------------------------------- */

struct noted {
	int64_t wrong;
	bool secret;

	struct weir_ctx *ctx;
	const struct noted *origin;
	int *shared;
};

static char story[256];
static int finished;

static void note(const char *what)
{
	strncat(story, what, sizeof story - strlen(story) - 1);
}

static void finish_shared(void *memory)
{
	(void)memory;
	finished++;
}

static enum weir_status noted_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct noted *n = self;
	struct weir_error wrong = { 0 };

	note("create ");
	n->ctx = ctx;
	n->shared = weir_shared(ctx, "key", sizeof *n->shared, finish_shared);
	if (!n->wrong)
		return WEIR_OK;
	weir_fail(&wrong, WEIR_E_CONFIG, "must be 0");
	wrong.where.path = "wrong";
	weir_report(ctx, &wrong);
	weir_report_warning(ctx, &wrong);
	err->text[0] = '\0';
	return WEIR_FAIL;
}

static enum weir_status noted_clone(void *self, const void *origin, struct weir_ctx *ctx,
                                    struct weir_error *err)
{
	struct noted *n = self;

	(void)err;
	note("clone ");
	n->ctx = ctx;
	n->origin = origin;
	return WEIR_OK;
}

static enum weir_status noted_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	(void)self;
	(void)ctx;
	(void)err;
	note("start ");
	return WEIR_OK;
}

static enum weir_status noted_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	(void)self;
	(void)b;
	(void)err;
	return WEIR_OK;
}

static void noted_stop(void *self)
{
	(void)self;
	note("stop ");
}

static void noted_destroy(void *self)
{
	note(((struct noted *)self)->origin ? "destroy-clone " : "destroy ");
}

static const struct weir_option rows[] = {
	{ "wrong", WEIR_AT_INT(struct noted, wrong), .preset = "0", .doc = "What is wrong." },
	{ 0 },
};

static const struct weir_metric metrics[] = {
	{ "events_total", WEIR_COUNTER, "Events." },
	{ "open", WEIR_GAUGE, "What is open." },
	{ 0 },
};

static const struct weir_plugin noted = {
	.abi = WEIR_ABI, .size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option), .metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM, .name = "noted", .version = "1.0.0", .summary = "Notes.",
	.options = rows, .metrics = metrics, .self_size = sizeof(struct noted),
	.create = noted_create, .clone = noted_clone, .start = noted_start,
	.process = noted_process, .stop = noted_stop, .destroy = noted_destroy,
};

/* ---- one of it --------------------------------------------------------------------------------- */

static struct host host;
static struct diag *diag;
static struct config config;
static struct config_node node;
static struct config_hold *hold;

static int setup(void **state)
{
	struct core_options core = { .overlap = 3600000, .page_max = 5, .retry_min = 7 };

	(void)state;
	story[0] = '\0';
	finished = 0;
	diag = diag_create();
	host_init(&host, &core);
	config = (struct config){ .arena = weir_arena_create() };
	node = (struct config_node){
		.kind = WEIR_TRANSFORM, .name = "n", .plugin_name = "noted", .plugin = &noted,
		.where = { .file = "weir.yaml", .line = 3, .path = "transforms.n" }, .sound = true,
	};
	hold = config_hold_create(&config);
	hold->borrowed = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	config_hold_unref(hold);
	weir_arena_destroy(config.arena);
	host_finish(&host);
	diag_destroy(diag);
	return 0;
}

static void set_wrong(void)
{
	struct tree *options = weir_arena_alloc(config.arena, sizeof *options);
	struct tree_member member = { .key = "wrong" };

	*options = (struct tree){ .kind = WEIR_OBJECT };
	member.value = tree_scalar(config.arena, "1", (struct weir_where){ 0 });
	tree_append(config.arena, options, &member);
	node.options = options;
}

static void it_lives_from_create_to_destroy_with_its_clones(void **state)
{
	struct weir_ctx *ctx = instance_create(&host, hold, &node, 3, diag);
	struct weir_error err = { 0 };

	(void)state;
	assert_int_equal(diag_errors(diag), 0);
	assert_string_equal(ctx->stage, "transforms.n");
	assert_int_equal(ctx->clone_count, 2);
	assert_ptr_equal(instance_of_worker(ctx, 0), ctx);
	assert_ptr_equal(((struct noted *)instance_of_worker(ctx, 2)->self)->origin, ctx->self);
	assert_int_equal(instance_start(ctx, &err), WEIR_OK);
	assert_int_equal(instance_start(ctx, &err), WEIR_OK);
	instance_ref(ctx);
	instance_unref(ctx);
	instance_unref(ctx);
	assert_string_equal(story, "create clone clone start destroy-clone destroy-clone stop destroy ");
	assert_int_equal(finished, 1);
	instance_unref(NULL);
}

static void mistakes_of_create_get_their_place_and_there_are_no_clones(void **state)
{
	struct weir_ctx *ctx;
	bool warning;

	(void)state;
	set_wrong();
	ctx = instance_create(&host, hold, &node, 3, diag);
	assert_int_equal(diag_errors(diag), 1);
	assert_int_equal(diag_warnings(diag), 1);
	assert_string_equal(diag_at(diag, 0, &warning)->where.path, "transforms.n.wrong");
	assert_string_equal(story, "create ");
	instance_unref(ctx);
	assert_string_equal(story, "create destroy ");
}

static void metrics_of_clones_are_those_of_the_origin(void **state)
{
	struct weir_ctx *ctx = instance_create(&host, hold, &node, 2, diag);

	(void)state;
	assert_int_equal(ctx->metric_count, 2);
	weir_count(ctx, 0, 3);
	weir_count(instance_of_worker(ctx, 1), 0, 4);
	weir_gauge(instance_of_worker(ctx, 1), 1, 9);
	assert_int_equal(instance_metric(ctx, 0), 7);
	assert_int_equal(instance_metric(ctx, 1), 9);
	instance_unref(ctx);
}

static void what_was_stored_is_seen_only_when_it_is_shown(void **state)
{
	struct weir_ctx *ctx = instance_create(&host, hold, &node, 1, diag);

	(void)state;
	assert_null(weir_position(ctx));
	instance_committed(ctx, "one");
	assert_null(weir_position(ctx));
	instance_show_position(ctx);
	assert_string_equal(weir_position(ctx), "one");
	instance_committed(ctx, NULL);
	instance_show_position(ctx);
	assert_null(weir_position(ctx));
	instance_unref(ctx);
}

static void shared_memory_is_one_for_a_key_and_ends_with_the_last(void **state)
{
	struct weir_ctx *a = instance_create(&host, hold, &node, 1, diag);
	struct weir_ctx *b = instance_create(&host, hold, &node, 1, diag);

	(void)state;
	assert_ptr_equal(((struct noted *)a->self)->shared, ((struct noted *)b->self)->shared);
	assert_int_equal(*((struct noted *)a->self)->shared, 0);
	assert_ptr_not_equal(weir_shared(a, "another", 1, NULL), ((struct noted *)a->self)->shared);
	instance_unref(a);
	assert_int_equal(finished, 0);
	instance_unref(b);
	assert_int_equal(finished, 1);
}

static void it_may_ask_for_settings_and_for_the_time(void **state)
{
	struct weir_ctx *ctx = instance_create(&host, hold, &node, 1, diag);
	int64_t before = clock_now_us();

	(void)state;
	assert_int_equal(weir_setting(ctx, "overlap"), 3600000);
	assert_int_equal(weir_setting(ctx, "page_max"), 5);
	assert_string_equal(weir_name(ctx), "n");
	assert_true(weir_now(ctx) >= before);
	assert_true(weir_monotonic_ms(ctx) >= 0);
	instance_unref(ctx);
}

static void it_hears_of_a_stop_of_its_own_and_of_all(void **state)
{
	struct weir_ctx *ctx = instance_create(&host, hold, &node, 1, diag);

	(void)state;
	assert_false(weir_stopping(ctx));
	atomic_store(&ctx->stopping, true);
	assert_true(weir_stopping(ctx));
	assert_false(host_wait(&host, &ctx->stopping, 1000000));
	atomic_store(&ctx->stopping, false);
	assert_true(host_wait(&host, &ctx->stopping, 0));
	atomic_store(&host.stopping, true);
	assert_true(weir_stopping(ctx));
	assert_false(host_wait(&host, NULL, 1000000));
	instance_unref(ctx);
}

static void only_a_running_source_may_start_a_request(void **state)
{
	struct weir_ctx *ctx = instance_create(&host, hold, &node, 1, diag);
	struct weir_error err = { 0 };

	(void)state;
	assert_int_equal(weir_http_start(ctx, &(struct weir_request){ .url = "http://localhost/" }, &err), WEIR_FAIL);
	instance_unref(ctx);
}

static void new_settings_hold_from_then_on(void **state)
{
	struct core_options core = host_core(&host);

	(void)state;
	assert_int_equal(host_retry(&host).retry_min_ms, 7);
	core.retry_min = 9;
	core.event_max = 77;
	host_set_core(&host, &core);
	assert_int_equal(host_retry(&host).retry_min_ms, 9);
	assert_int_equal(host_json(&host).event_max, 77);
}

#define INSTANCE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		INSTANCE_TEST(it_lives_from_create_to_destroy_with_its_clones),
		INSTANCE_TEST(mistakes_of_create_get_their_place_and_there_are_no_clones),
		INSTANCE_TEST(metrics_of_clones_are_those_of_the_origin),
		INSTANCE_TEST(what_was_stored_is_seen_only_when_it_is_shown),
		INSTANCE_TEST(shared_memory_is_one_for_a_key_and_ends_with_the_last),
		INSTANCE_TEST(it_may_ask_for_settings_and_for_the_time),
		INSTANCE_TEST(it_hears_of_a_stop_of_its_own_and_of_all),
		INSTANCE_TEST(only_a_running_source_may_start_a_request),
		INSTANCE_TEST(new_settings_hold_from_then_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
