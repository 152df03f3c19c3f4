/* test_options.c - the whole source without a wire: mistakes in its options.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"
#include "rig.h"

/* ---- options -------------------------------------------------------------------------------------- */

static void expect_mistake(const char *option, void (*spoil)(struct rig *rig), const char *words)
{
	struct rig *rig = make_rig();

	spoil(rig);
	assert_int_equal(weir_plugin()->create(rig->self, rig->ctx, &rig->err), WEIR_FAIL);
	assert_string_equal(rig->err.text, "");
	if (!rig->ctx->report.where.path || strcmp(rig->ctx->report.where.path, option) != 0
	    || !strstr(rig->ctx->report.text, words))
		fail_msg("%s: %s", rig->ctx->report.where.path, rig->ctx->report.text);
	free_rig(rig);
}

static void no_client(struct rig *rig) { set_text(rig, "client_id", NULL); }

static void no_key(struct rig *rig) { set_text(rig, "private_key", NULL); }

static void no_kid(struct rig *rig) { set_text(rig, "key_id", NULL); }

static void bad_key(struct rig *rig) { set_text(rig, "private_key", "x"); }

static void bad_next_key(struct rig *rig) { set_text(rig, "next_private_key", "x"); }

static void bad_url(struct rig *rig) { set_text(rig, "org_url", "http://acme.okta.com"); }

static void bad_filter(struct rig *rig) { set_text(rig, "filter", "published gt 1"); }

static void two_ways(struct rig *rig) { set_text(rig, "api_token", "00x"); }

static void future_start(struct rig *rig) { set_time(rig, "start", WEIR_WHEN_AT, INT64_MAX / 2); }

static void mistakes_are_reported_at_their_option(void **state)
{
	(void)state;
	expect_mistake("client_id", no_client, "is missing");
	expect_mistake("private_key", no_key, "is missing");
	expect_mistake("key_id", no_kid, "copy the KID");
	expect_mistake("private_key", bad_key, "holds no private key");
	expect_mistake("next_private_key", bad_next_key, "holds no private key");
	expect_mistake("org_url", bad_url, "must be https");
	expect_mistake("filter", bad_filter, "published");
	expect_mistake("api_token", two_ways, "cannot stand beside");
	expect_mistake("start", future_start, "future");
}

static void stop_and_destroy_take_zeroed_memory(void **state)
{
	void *self = fake_self();

	(void)state;
	weir_plugin()->stop(self);
	weir_plugin()->destroy(self);
	weir_free(self);
}

/* ---- windows -------------------------------------------------------------------------- */

static void an_audit_is_asked_for_by_its_option(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	host.poison_ms = 7 * 24 * HOUR_US / 1000; /* stands for seen_for */
	set_number(rig, "audit_after", 6 * HOUR_US / 1000);
	*(double *)option_of(rig->self, "audit_share") = 0.05;
	start(rig);
	assert_int_equal(host.audit_after_ms, 6 * HOUR_US / 1000);
	free_rig(rig);
}

static void an_audit_after_ids_are_forgotten_is_a_mistake(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	host.poison_ms = 6 * HOUR_US / 1000;
	set_number(rig, "audit_after", 6 * HOUR_US / 1000);
	*(double *)option_of(rig->self, "audit_share") = 0.05;
	assert_int_equal(weir_plugin()->create(rig->self, rig->ctx, &rig->err), WEIR_FAIL);
	assert_string_equal(rig->ctx->report.where.path, "audit_after");
	assert_int_equal(host.audit_after_ms, 0);
	free_rig(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_reported_at_their_option),
		cmocka_unit_test(stop_and_destroy_take_zeroed_memory),
		cmocka_unit_test(an_audit_is_asked_for_by_its_option),
		cmocka_unit_test(an_audit_after_ids_are_forgotten_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, make_pem, free_pem);
}
