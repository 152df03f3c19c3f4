/* org.c - the org's address: what people write, and what is sent.
 *
 * Okta's URL forms and what users paste: https://developer.okta.com/docs/concepts/okta-organizations/
 * SPDX-License-Identifier: Apache-2.0
 */
#include "org.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "url.h"

enum { HOST_MAX = 253 };

/* Where Okta's own hosts are; NAME-admin before one of these is the Admin Console. */
static const char *const domains[] = {
	".okta.com", ".okta-emea.com", ".oktapreview.com", ".okta-gov.com", ".okta.mil",
	".okta-miltest.com", ".trex-govcloud.com", ".trexcloud.com",
};

static enum weir_status refuse(struct weir_error *err, const char *what, const char *instead)
{
	enum weir_status status = weir_fail(err, WEIR_E_CONFIG, "%s; write %s", what, instead);

	err->where.path = "org_url";
	return status;
}

static char *lower(struct weir_bytes text)
{
	char *copy = weir_strndup(text.data, text.len);

	for (char *p = copy; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	return copy;
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

static bool is_address(const char *host)
{
	unsigned char address[16];
	char inner[64];
	size_t len = strlen(host);

	if (host[0] != '[')
		return inet_pton(AF_INET, host, address) == 1;
	if (len < 4 || len - 2 >= sizeof inner)
		return false;
	memcpy(inner, host + 1, len - 2);
	inner[len - 2] = '\0';
	return inet_pton(AF_INET6, inner, address) == 1;
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || ends_in(host, ".localhost")
	       || (strncmp(host, "127.", 4) == 0 && is_address(host)) || strcmp(host, "[::1]") == 0;
}

/* Labels of letters, digits, - and _, as browsers take them. */
static bool is_name(const char *host)
{
	size_t label = 0;

	if (strlen(host) > HOST_MAX)
		return false;
	for (const char *p = host; *p; p++) {
		bool word = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-' || *p == '_';

		if (!word && (*p != '.' || label == 0))
			return false;
		label = *p == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return label > 0;
}

/* Where the Admin Console's "-admin" begins in the host, or NULL. */
static const char *find_admin(const char *host)
{
	for (size_t i = 0; i < WEIR_COUNT(domains); i++) {
		char end[40] = "-admin";

		memcpy(end + 6, domains[i], strlen(domains[i]) + 1);
		if (ends_in(host, end))
			return host + strlen(host) - strlen(end);
	}
	return NULL;
}

static bool is_bare_domain(const char *host)
{
	const char *name = strncmp(host, "www.", 4) == 0 ? host + 4 : host;

	for (size_t i = 0; i < WEIR_COUNT(domains); i++) {
		if (strcmp(name, domains[i] + 1) == 0)
			return true;
	}
	return false;
}

static enum weir_status check_host(const char *host, struct weir_error *err)
{
	const char *admin = find_admin(host);
	char *better = NULL;
	enum weir_status status = WEIR_OK;

	if (admin) {
		better = weir_format("https://%.*s%s", (int)(admin - host), host, admin + 6);
		status = refuse(err, "this is the Admin Console's address", better);
	} else if (ends_in(host, ".com.com")) {
		better = weir_format("https://%.*s", (int)(strlen(host) - 4), host);
		status = refuse(err, "the host ends in .com twice", better);
	} else if (is_bare_domain(host)) {
		status = refuse(err, "the org's own name is missing", "https://NAME.okta.com");
	} else if (!is_address(host) && !is_name(host)) {
		status = refuse(err, "not a host name", "https://NAME.okta.com");
	}
	weir_free(better);
	return status;
}

/* The port to keep: none for the scheme's own. */
static enum weir_status check_port(const struct url *url, const char *scheme,
                                   struct weir_bytes *port, struct weir_error *err)
{
	int number = 0;

	*port = url->port;
	for (size_t i = 0; i < url->port.len; i++) {
		char c = url->port.data[i];

		number = c >= '0' && c <= '9' && number < 100000 ? 10 * number + c - '0' : 100000;
	}
	if (url->port.data && (number < 1 || number > 65535))
		return refuse(err, "not a port", "a number from 1 to 65535 behind the colon");
	if (number == (strcmp(scheme, "https") == 0 ? 443 : 80))
		*port = (struct weir_bytes){ 0 };
	return WEIR_OK;
}

/* All but the port. The suggestion is what is left of a URL that has too much. */
static enum weir_status check_rest(const struct url *url, const char *scheme, const char *host,
                                   struct weir_error *err)
{
	char *better = weir_format("https://%s%s%.*s", host, url->port.len ? ":" : "",
	                           (int)url->port.len, url->port.data ? url->port.data : "");
	enum weir_status status = WEIR_OK;

	if (strcmp(scheme, "http") == 0 && !is_loopback(host))
		status = refuse(err, "must be https, for credentials go there", better);
	else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		status = refuse(err, "must be https", better);
	else if (url->user.data)
		status = refuse(err, "must not hold a user or password", better);
	else if (url->query.data || url->fragment.data
	         || (url->path.len && !weir_bytes_are(url->path, "/")))
		status = refuse(err, "must end behind the host", better);
	weir_free(better);
	return status;
}

static enum weir_status set_org(struct org *org, const struct url *url, struct weir_error *err)
{
	char *scheme = lower(url->scheme), *host = lower(url->host);
	struct weir_bytes port;
	enum weir_status status;

	if (ends_in(host, "."))
		host[strlen(host) - 1] = '\0';
	status = check_host(host, err);
	if (status == WEIR_OK)
		status = check_rest(url, scheme, host, err);
	if (status == WEIR_OK)
		status = check_port(url, scheme, &port, err);
	if (status == WEIR_OK) {
		org->base = weir_format("%s://%s%s%.*s", scheme, host, port.len ? ":" : "",
		                        (int)port.len, port.data ? port.data : "");
		org->host = weir_strdup(host);
	}
	weir_free(scheme);
	weir_free(host);
	return status;
}

enum weir_status org_init(struct org *org, const char *org_url, struct weir_error *err)
{
	struct weir_bytes text = weir_bytes_trim(weir_bytes(org_url));
	const char *scheme_end = memmem(text.data, text.len, "://", 3);
	enum weir_status status;
	struct url url;
	char *whole;

	*org = (struct org){ 0 };
	if (text.len == 0)
		return refuse(err, "is empty", "https://NAME.okta.com");
	if (memchr(text.data, '{', text.len) || memchr(text.data, '<', text.len))
		return refuse(err, "still holds a placeholder", "your org's address, e.g. https://NAME.okta.com");
	if (scheme_end && memmem(scheme_end + 3, text.len - (size_t)(scheme_end + 3 - text.data), "://", 3))
		return refuse(err, "holds :// twice", "https://NAME.okta.com");
	whole = weir_format("%s%.*s", scheme_end ? "" : "https://", (int)text.len, text.data);
	if (url_split(weir_bytes(whole), &url))
		status = set_org(org, &url, err);
	else
		status = refuse(err, "not a URL", "https://NAME.okta.com");
	weir_free(whole);
	return status;
}

void org_finish(struct org *org)
{
	weir_free(org->base);
	weir_free(org->host);
	*org = (struct org){ 0 };
}

char *org_url(const struct org *org, const char *path)
{
	return weir_format("%s%s", org->base, path);
}

static bool same_port(const struct url *a, const struct url *b)
{
	struct weir_bytes usual = weir_bytes(weir_bytes_equal_nocase(a->scheme, weir_bytes("https"))
	                                             ? "443" : "80");

	return weir_bytes_equal(a->port.len ? a->port : usual, b->port.len ? b->port : usual);
}

bool org_owns(const struct org *org, const char *url, const char *path)
{
	struct url theirs, ours;

	return url_split(weir_bytes(url), &theirs) && url_split(weir_bytes(org->base), &ours)
	       && !theirs.user.data && !theirs.fragment.data
	       && weir_bytes_equal_nocase(theirs.scheme, ours.scheme)
	       && weir_bytes_equal_nocase(theirs.host, ours.host) && same_port(&theirs, &ours)
	       && weir_bytes_are(theirs.path, path);
}
