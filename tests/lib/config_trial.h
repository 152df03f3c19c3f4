/* config_trial.h - a configuration of test files, the sample plugins, and what was said.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_CONFIG_TRIAL_H
#define TESTS_CONFIG_TRIAL_H

#include "config.h"
#include "sample_plugins.h"
#include "trial.h"

static struct diag *diag;
static struct config *config;

TRIAL int config_trial_setup(void **state)
{
	diag = diag_create();
	config = NULL;
	sample_register(diag);
	return trial_setup(state);
}

TRIAL int config_trial_teardown(void **state)
{
	config_destroy(config);
	diag_destroy(diag);
	registry_clear();
	return trial_teardown(state);
}

/* Files of the folder, up to the first NULL. */
TRIAL void config_trial_load(const char *a, const char *b, const char *c)
{
	const char *files[] = { a, b, c };
	size_t count = a ? b ? c ? 3 : 2 : 1 : 0;

	config_destroy(config);
	config = config_load(files, count, diag);
}

TRIAL void config_trial_read(const char *text)
{
	config_trial_load(trial_file("weir.yaml", text), NULL, NULL);
}

TRIAL const struct config_node *config_trial_node(const char *name)
{
	for (size_t i = 0; i < config->node_count; i++)
		if (strcmp(config->nodes[i].name, name) == 0)
			return &config->nodes[i];
	fail_msg("there is no node %s", name);
	return NULL;
}

TRIAL bool config_trial_has(const char *name)
{
	for (size_t i = 0; i < config->node_count; i++)
		if (strcmp(config->nodes[i].name, name) == 0)
			return true;
	return false;
}

/* "a,b,c": the inputs of a node. */
TRIAL const char *config_trial_inputs(const char *name)
{
	static char text[512];
	const struct config_node *node = config_trial_node(name);

	text[0] = '\0';
	for (size_t i = 0; node->inputs[i]; i++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof text - len, "%s%s", i ? "," : "", node->inputs[i]);
	}
	return text;
}

TRIAL bool config_trial_said(const char *expected)
{
	char *said = trial_said(diag);
	bool same = strcmp(said, expected) == 0;

	if (!same)
		fprintf(stderr, "said:\n%sexpected:\n%s", said, expected);
	weir_free(said);
	return same;
}

#define CONFIG_TEST(name) \
	cmocka_unit_test_setup_teardown(name, config_trial_setup, config_trial_teardown)

#endif
