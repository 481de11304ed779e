import VectorInterface

/// The kernels as built for this target's instruction set.
public enum Implementation: VectorKernels {}
