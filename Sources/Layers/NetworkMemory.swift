extension Network {
    /// Bytes of the memory that a network would take for activations, what layers save, and scratch:
    /// `memoryByteCount` of the network before it is made.
    ///
    /// - Parameters:
    ///   - description: The layers.
    ///   - batch: The most images of a pass, at least 1.
    ///   - mode: Whether passes will train.
    /// - Returns: The number of bytes.
    /// - Throws: `Failure` with `usage` if the layers do not fit together.
    public static func memoryByteCount(
        of description: NetworkDescription, batch: Int, mode: PassMode
    ) throws -> Int {
        let plan = try NetworkPlan(
            description.fused(), batch: batch, mode: mode, preparedMode: mode)
        return (plan.arenaCount + plan.scratchCount) * MemoryLayout<Float>.stride
    }
}
