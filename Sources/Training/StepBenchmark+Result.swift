extension StepBenchmark {
    /// What was measured; encoded, the line that `bench step --json` prints.
    public struct Result: Codable, Hashable, Sendable {
        /// The network.
        public let model: String
        /// The number of ranks.
        public let ranks: Int
        /// Images of a step over all ranks.
        public let batch: Int
        /// Images of a forward and backward pass.
        public let microbatch: Int
        /// The number of measured steps.
        public let steps: Int
        /// Images of a step over the median of the steps' times, each that of the slowest rank.
        public let imagesPerSecond: Double
        /// The share of the time in which the ranks waited for images.
        public let loaderPercent: Double
        /// The share of the time in which the ranks exchanged gradients or waited for each other.
        public let communicationPercent: Double
        /// The most memory that any rank's process ever had in use, in MiB.
        public let peakMemoryMiB: Double
        /// Page faults of a measured step that the kernel served from memory: the mean over the
        /// steps, of the process that had the most.
        public let minorFaultsPerStep: Double
        /// The same for page faults that waited for a disk.
        public let majorFaultsPerStep: Double
        /// Where the time went, if that was asked for.
        public let profile: StepProfile?

        /// The names in JSON.
        public enum CodingKeys: String, CodingKey {
            case model, ranks, batch, microbatch, steps, profile
            case imagesPerSecond = "images_per_second"
            case loaderPercent = "loader_percent"
            case communicationPercent = "communication_percent"
            case peakMemoryMiB = "peak_memory_mib"
            case minorFaultsPerStep = "minor_faults_per_step"
            case majorFaultsPerStep = "major_faults_per_step"
        }
    }
}
