/* fuzz_config.c - any bytes as configuration files: never a crash, a hang or a leak.
 *
 * A NUL byte divides the input into two files, the second laid over the first. Whatever is
 * refused must have a reason, and everything is printed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "route.h"
#include "../lib/sample_plugins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path of a file in memory with these bytes. */
static int make_file(const uint8_t *data, size_t size, char path[32])
{
	int fd = memfd_create("config", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static void add_route(void *arg, const struct route *route)
{
	route_put(route, arg);
}

static void use(const struct config *config, struct diag *diag)
{
	struct weir_buf text = { 0 };
	char *printed = NULL;
	size_t len;
	FILE *to = open_memstream(&printed, &len);

	if (!to)
		abort();
	if (diag_errors(diag) == 0)
		route_each(config, add_route, &text);
	for (size_t i = 0; i < config->node_count; i++) {
		config_where(config, &config->nodes[i], "settings.a[1].b");
		if (diag_errors(diag) == 0 &&
		    !option_same(config->nodes[i].options, config->nodes[i].options))
			abort();
	}
	diag_print(diag, to, DIAG_COLOR);
	fclose(to);
	diag_json(diag, &text);
	free(printed);
	weir_buf_finish(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, '\0', size) : NULL;
	size_t first = cut ? (size_t)(cut - data) : size;
	char paths[2][32];
	const char *files[] = { paths[0], paths[1] };
	struct diag *diag = diag_create();
	struct config *config;
	int a, b = -1;

	sample_register(diag);
	a = make_file(data, first, paths[0]);
	if (cut)
		b = make_file(cut + 1, size - first - 1, paths[1]);
	config = config_load(files, cut ? 2 : 1, diag);
	use(config, diag);
	config_destroy(config);
	registry_clear();
	diag_destroy(diag);
	close(a);
	if (b >= 0)
		close(b);
	return 0;
}
