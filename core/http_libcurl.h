/* http_libcurl.h - libcurl, loaded when the first request is made. Loop thread only.
 *
 * It needs thirty libraries: half the time that the program takes to load, and 5 MB, which a
 * weir that reads files does not spend.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_HTTP_LIBCURL_H
#define CORE_HTTP_LIBCURL_H

#include <weir/plugin.h>

#include <curl/curl.h>

/* What weir calls of it. */
#define LIBCURL_FUNCTIONS(F) \
	F(easy_cleanup) F(easy_getinfo) F(easy_init) F(easy_setopt) F(easy_strerror) F(free) \
	F(global_cleanup) F(global_init) F(multi_add_handle) F(multi_cleanup) F(multi_info_read) \
	F(multi_init) F(multi_remove_handle) F(multi_setopt) F(multi_socket_action) \
	F(share_cleanup) F(share_init) F(share_setopt) F(slist_append) F(slist_free_all) \
	F(url) F(url_cleanup) F(url_get) F(url_set) F(version_info)

/* libcurl.easy_init is curl_easy_init, and so on; NULL before libcurl_begin. */
extern struct libcurl {
#define LIBCURL_MEMBER(name) __typeof__(curl_##name) *name;
	LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
#undef LIBCURL_MEMBER
} libcurl;

/* Loads it when it is not, and counts one more user of it. WEIR_E_RESOURCE when there is none, or only one
 * from before 7.88: that would take no notice of options which limit what is asked. */
bool libcurl_begin(struct weir_error *err);
void libcurl_end(void);

#endif
