// Empty on purpose: the module brings the compiler and linker flags of pkg-config `ompi-c`;
// CMPI alone includes <mpi.h>, whose macros Swift cannot import.
