// process_vm_readv is one of GNU's extensions.
#define _GNU_SOURCE
#include "csystem.h"

#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/vfs.h>

int csystem_file_system(const char *path, int64_t *free_byte_count, int64_t *kind) {
    struct statfs status;
    if (statfs(path, &status) != 0) return -1;
    *free_byte_count = (int64_t)status.f_bavail * (int64_t)status.f_bsize;
    *kind = (int64_t)status.f_type;
    return 0;
}

ssize_t csystem_read_process(pid_t process, uintptr_t address, void *bytes, size_t byte_count) {
    struct iovec local = {bytes, byte_count};
    struct iovec remote = {(void *)address, byte_count};
    return process_vm_readv(process, &local, 1, &remote, 1, 0);
}

int64_t csystem_lockable_byte_count(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return -1;
    return limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}
