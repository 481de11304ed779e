// Shared by the files of CMPI alone.

#ifndef CMPI_INTERNAL_H
#define CMPI_INTERNAL_H

#include "cmpi.h"

#include <mpi.h>

struct cmpi_communicator {
    MPI_Comm comm;
};

// The largest message: below INT_MAX, and a multiple of every element's size.
#define CMPI_LARGEST_PIECE ((size_t)1 << 30)

// Leaves the calling function with the code of the first call that fails.
#define CMPI_TRY(call)                                                                             \
    do {                                                                                           \
        int cmpi_code = (call);                                                                    \
        if (cmpi_code != MPI_SUCCESS) return cmpi_code;                                            \
    } while (0)

#endif
