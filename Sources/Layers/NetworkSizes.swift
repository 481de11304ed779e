extension Network {
    /// What has to be known of a network before its memory is there.
    public struct Sizes: Sendable {
        /// Where the parameters and statistics lie.
        public let layout: ParameterLayout
        /// Floats of what layers prepare from their parameters.
        public let preparedCount: Int

        /// Works it out.
        ///
        /// - Parameters:
        ///   - description: The layers.
        ///   - mode: What the network is for.
        /// - Throws: `Failure` with `usage` if the layers do not fit together.
        public init(_ description: NetworkDescription, mode: PassMode) throws {
            let plan = try NetworkPlan(
                description.fused(), batch: 1, mode: mode, preparedMode: mode)
            layout = plan.layout
            preparedCount = plan.preparedCount
        }
    }
}
