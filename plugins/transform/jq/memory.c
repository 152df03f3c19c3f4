/* memory.c - a piece of memory that weir shares with a jq process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* More than this stays resident only while it is used. */
enum { KEEP = 1 << 20 };

int memory_move_up(int fd)
{
	int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);

	if (fd >= 0)
		close(fd);
	return moved;
}

/* It cannot shrink under us, whatever the process does. */
bool memory_open(struct memory *memory)
{
	if (memory->map)
		return true;
	memory->fd = memory_move_up(memfd_create("weir-jq", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	if (memory->fd < 0)
		return false;
	if (ftruncate(memory->fd, WIRE_SIZE) == 0 &&
	    fcntl(memory->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) {
		memory->map = mmap(NULL, WIRE_SIZE, PROT_READ | PROT_WRITE,
		                   MAP_SHARED | MAP_NORESERVE, memory->fd, 0);
		if (memory->map == MAP_FAILED)
			memory->map = NULL;
	}
	if (!memory->map)
		memory_close(memory);
	return memory->map != NULL;
}

void memory_close(struct memory *memory)
{
	if (memory->map)
		munmap(memory->map, WIRE_SIZE);
	if (memory->fd >= 0)
		close(memory->fd);
	*memory = (struct memory){ .fd = -1 };
}

void memory_rest(const struct memory *memory)
{
	fallocate(memory->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, WIRE_IN_AT + KEEP,
	          WIRE_IN_SIZE - KEEP);
	fallocate(memory->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, WIRE_OUT_AT + KEEP,
	          WIRE_OUT_SIZE - KEEP);
}
