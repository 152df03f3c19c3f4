/* secret.c - keys and tokens: where they come from, and the memory they live in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "file.h"

/* ---- memory ---- */

/* Pages of their own, so that a core dump can leave them out. The first bytes hold the size. */
union head {
	size_t mapped;
	char room[16];
};

static char *secret_alloc(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = (sizeof(union head) + len + 1 + page - 1) / page * page;
	union head *head = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	                        -1, 0);

	if (head == MAP_FAILED)
		return NULL;
	madvise(head, mapped, MADV_DONTDUMP);
	head->mapped = mapped;
	return (char *)(head + 1);
}

void secret_free(char *secret)
{
	union head *head = (union head *)(void *)secret;
	size_t mapped;

	if (!secret)
		return;
	head--;
	mapped = head->mapped;
	explicit_bzero(head, mapped);
	munmap(head, mapped);
}

/* ---- the three places ---- */

static const char *real_lookup(const char *name)
{
	return getenv(name);
}

static bool real_is_read_only(int fd)
{
	struct statvfs vfs;

	return fstatvfs(fd, &vfs) == 0 && (vfs.f_flag & ST_RDONLY);
}

static const struct secret_system real_system = { real_lookup, real_is_read_only };

static enum secret_result refuse(struct weir_error *err, const char *text, const char *what)
{
	weir_fail(err, WEIR_E_CONFIG, text, what);
	return SECRET_REFUSED;
}

/* As PostgreSQL does: the owner alone, or root with weir's group reading. */
static bool is_exposed(const struct stat *st)
{
	mode_t open_to = st->st_mode & 066;

	if (st->st_uid == 0 && geteuid() != 0)
		open_to &= ~(mode_t)040;
	return open_to != 0;
}

static enum secret_result check_file(int fd, const char *path, const struct secret_system *system,
                                     struct weir_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return refuse(err, "%s: cannot be looked at", path);
	if (S_ISDIR(st.st_mode))
		return refuse(err, "%s is a folder; name the file in it", path);
	if (!S_ISREG(st.st_mode) || !is_exposed(&st))
		return SECRET_READ;
	weir_fail(err, WEIR_E_CONFIG,
	          "%s may be read or written by others than its owner (mode %04o); "
	          "run chmod 600 %s",
	          path, (unsigned)(st.st_mode & 07777), path);
	return system->is_read_only(fd) ? SECRET_SUSPECT : SECRET_REFUSED;
}

static ssize_t read_fully(int fd, char *to, size_t max)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < max) {
		n = read(fd, to + len, max - len);
		if (n > 0)
			len += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	return n < 0 ? -1 : (ssize_t)len;
}

/* Cuts the line end, and refuses what no secret can be. */
static bool settle(char *secret, size_t len, const char *what, struct weir_error *err)
{
	while (len && (secret[len - 1] == '\n' || secret[len - 1] == '\r'))
		len--;
	secret[len] = '\0';
	if (len == 0)
		weir_fail(err, WEIR_E_CONFIG, "%s is empty", what);
	else if (strlen(secret) != len)
		weir_fail(err, WEIR_E_CONFIG, "%s holds a NUL character", what);
	else
		return true;
	return false;
}

/* Room for the file as large as it is, and one byte more to see that it ends there. */
static size_t room_for(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < SECRET_MAX)
		return (size_t)st.st_size + 1;
	return SECRET_MAX + 1;
}

static bool read_content(int fd, const char *path, char **secret, struct weir_error *err)
{
	size_t room = room_for(fd);
	char *buffer = secret_alloc(room);
	ssize_t len = buffer ? read_fully(fd, buffer, room) : -1;

	if (!buffer)
		weir_fail(err, WEIR_E_RESOURCE, "no memory for %s", path);
	else if (len < 0)
		weir_fail(err, WEIR_E_CONFIG, "read %s: %s", path, strerror(errno));
	else if ((size_t)len == room && room <= SECRET_MAX)
		weir_fail(err, WEIR_E_RESOURCE, "%s grew while it was read", path);
	else if (len > SECRET_MAX)
		weir_fail(err, WEIR_E_CONFIG, "%s is larger than any key (%d KiB)", path,
		          SECRET_MAX / 1024);
	else if (settle(buffer, (size_t)len, path, err)) {
		*secret = buffer;
		return true;
	}
	secret_free(buffer);
	return false;
}

enum trust { CHECK_MODE, TRUST_MODE };

static enum secret_result read_secret_file(const char *path, enum trust trust,
                                           const struct secret_system *system, char **secret,
                                           struct weir_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum secret_result result = SECRET_READ;

	if (fd < 0) {
		weir_fail(err, WEIR_E_CONFIG, "open %s: %s", path, strerror(errno));
		return SECRET_REFUSED;
	}
	if (trust == CHECK_MODE)
		result = check_file(fd, path, system, err);
	if (result != SECRET_REFUSED && !read_content(fd, path, secret, err))
		result = SECRET_REFUSED;
	close(fd);
	return result;
}

static enum secret_result from_file(const char *path, struct weir_bytes folder,
                                    const struct secret_system *system, char **secret,
                                    struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	enum secret_result result = read_secret_file(file_under(arena, folder, path), CHECK_MODE,
	                                             system, secret, err);

	weir_arena_destroy(arena);
	return result;
}

static enum secret_result from_environment(const char *name, const struct secret_system *system,
                                           char **secret, struct weir_error *err)
{
	const char *value = system->lookup(name);
	char *what;
	bool ok;

	if (!value)
		return refuse(err, "environment variable %s is not set", name);
	if (strlen(value) > SECRET_MAX)
		return refuse(err, "environment variable %s is larger than any key", name);
	*secret = secret_alloc(strlen(value));
	if (!*secret)
		return refuse(err, "no memory for the value of %s", name);
	memcpy(*secret, value, strlen(value) + 1);
	what = weir_format("environment variable %s", name);
	ok = settle(*secret, strlen(value), what, err);
	weir_free(what);
	if (ok)
		return SECRET_READ;
	secret_free(*secret);
	*secret = NULL;
	return SECRET_REFUSED;
}

/* The service manager made the folder for this process; its modes are its business. */
static enum secret_result from_credentials(const char *name, const struct secret_system *system,
                                           char **secret, struct weir_error *err)
{
	const char *folder = system->lookup("CREDENTIALS_DIRECTORY");
	enum secret_result result;
	char *path;

	if (strchr(name, '/') || strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
		return refuse(err, "cred:%s: a credential's name has no slash", name);
	if (!folder || !*folder)
		return refuse(err, "cred:%s: CREDENTIALS_DIRECTORY is not set; the service manager "
		              "sets it where LoadCredential= names the credential", name);
	path = weir_format("%s/%s", folder, name);
	result = read_secret_file(path, TRUST_MODE, system, secret, err);
	weir_free(path);
	return result;
}

static const char *behind(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 && text[len] ? text + len : NULL;
}

bool secret_is_reference(const char *text)
{
	return behind(text, "file:") || behind(text, "env:") || behind(text, "cred:");
}

const char *secret_file(const char *reference, struct weir_bytes folder,
                        const struct secret_system *system, struct weir_arena *arena)
{
	const char *path = behind(reference, "file:"), *name = behind(reference, "cred:");
	const char *credentials;

	if (path)
		return file_under(arena, folder, path);
	if (!name)
		return NULL;
	credentials = (system ? system : &real_system)->lookup("CREDENTIALS_DIRECTORY");
	return weir_arena_format(arena, "%s/%s", credentials ? credentials : "", name);
}

enum secret_result secret_read(const char *reference, struct weir_bytes folder,
                               const struct secret_system *system, char **secret,
                               struct weir_error *err)
{
	const char *rest;

	if (!system)
		system = &real_system;
	*secret = NULL;
	rest = behind(reference, "file:");
	if (rest)
		return from_file(rest, folder, system, secret, err);
	rest = behind(reference, "env:");
	if (rest)
		return from_environment(rest, system, secret, err);
	rest = behind(reference, "cred:");
	if (rest)
		return from_credentials(rest, system, secret, err);
	weir_fail(err, WEIR_E_CONFIG,
	          "a secret is never written here; write file:PATH, env:NAME or "
	          "cred:NAME");
	return SECRET_REFUSED;
}
