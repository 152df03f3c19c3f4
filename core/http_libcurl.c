/* http_libcurl.c - libcurl, loaded when the first request is made.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "http_libcurl.h"

#include <dlfcn.h>
#include <string.h>

/* Its binary interface has had this number since 2006. */
static const char file[] = "libcurl.so.4";

/* 7.88, as curl_version_info has it. */
enum { OLDEST = 0x075800 };

struct libcurl libcurl;

static bool find(void *object, const char *name, void *function, size_t size,
                 struct weir_error *err)
{
	void *symbol = dlsym(object, name);

	if (!symbol) {
		weir_fail(err, WEIR_E_RESOURCE, "%s has no %s; install libcurl 7.88 or later", file,
		          name);
		return false;
	}
	memcpy(function, &symbol, size);
	return true;
}

static bool is_recent(const struct libcurl *found, struct weir_error *err)
{
	const curl_version_info_data *info = found->version_info(CURLVERSION_NOW);

	if (info->version_num >= OLDEST)
		return true;
	weir_fail(err, WEIR_E_RESOURCE, "libcurl is %s, which is too old; install 7.88 or later", info->version);
	return false;
}

/* RTLD_NODELETE, as for plugins: see registry.c. */
static bool load(struct weir_error *err)
{
	struct libcurl found;
	void *object = dlopen(file, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);

	if (!object) {
		weir_fail(err, WEIR_E_RESOURCE, "cannot load libcurl: %s; install it (package libcurl4)",
		          dlerror());
		return false;
	}
#define FIND(name) \
	if (!find(object, "curl_" #name, &found.name, sizeof found.name, err)) \
		return false;
	LIBCURL_FUNCTIONS(FIND)
#undef FIND
	if (!is_recent(&found, err))
		return false;
	libcurl = found;
	return true;
}

bool libcurl_begin(struct weir_error *err)
{
	if (!libcurl.easy_init && !load(err))
		return false;
	if (libcurl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		return true;
	weir_fail(err, WEIR_E_RESOURCE, "no memory for libcurl");
	return false;
}

void libcurl_end(void)
{
	libcurl.global_cleanup();
}
