// What Launch asks the system, of which Swift cannot see the declarations.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stdint.h>
#include <sys/types.h>

// statfs: the bytes that this user may still write where the path lies, and the number of the kind
// of file system. Returns 0, or -1 with errno.
int csystem_file_system(const char *path, int64_t *free_byte_count, int64_t *kind);

// process_vm_readv of one piece: the number of bytes read, or -1 with errno.
ssize_t csystem_read_process(pid_t process, uintptr_t address, void *bytes, size_t byte_count);

// How many bytes this process may lock in memory (RLIMIT_MEMLOCK); -1 for any number.
int64_t csystem_lockable_byte_count(void);

#endif
