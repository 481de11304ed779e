/// How the gradients of all microbatches become one sum.
public enum ReductionMethod: String, Sendable, Hashable, CaseIterable {
    /// Along a fixed tree over microbatches: the same bits for any number of ranks.
    case tree
    /// One microbatch after the other on each rank, then the MPI library's sum over ranks, whose
    /// order depends on the number of ranks; no memory is shared. For comparison.
    case mpi
}
