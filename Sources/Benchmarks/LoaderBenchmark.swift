import Communication
import Datasets
import Diagnostics
import Randomness

/// What it costs one thread to make a network's input of stored images, operation by operation.
public struct LoaderBenchmark: Sendable {
    /// One list of operations for each that there is, with ordinary parameters.
    public static let usualAugmentation = [
        "crop:4", "flip", "vertical-flip", "rotate:15", "shift:0.1", "shear:10", "zoom:0.2",
        "brightness:0.2", "contrast:0.2", "blur:0.1..2.0", "median:3", "bilateral:5", "cutout:8",
        "mixup:0.2", "cutmix:1",
    ]

    private let format: ImageFormat
    private let preprocess: [String]
    private let augment: [String]
    private let seconds: Double

    /// Describes a measurement.
    ///
    /// - Parameters:
    ///   - format: The size of the stored images.
    ///   - preprocess: The words of `--preprocess`.
    ///   - augment: The words of `--augment`.
    ///   - seconds: How long to repeat each list of operations.
    /// - Throws: `Failure` with `usage` if an operation is not understood or does not fit the images.
    public init(
        format: ImageFormat, preprocess: [String], augment: [String], seconds: Double = 0.2
    ) throws {
        guard seconds.isFinite && seconds > 0 else {
            throw Failure(.usage, in: "--seconds", expected: "above 0", found: "\(seconds)")
        }
        self.format = format
        self.preprocess = preprocess.filter { $0 != "none" }
        self.augment = augment.filter { $0 != "none" }
        self.seconds = seconds
        _ = try input(preprocess, augment)
    }

    /// Measures; every rank has to call it, so that all cores are busy.
    ///
    /// - Parameter communicator: The ranks.
    /// - Returns: This rank's measurement.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func run(_ communicator: any Communicator) throws -> Result {
        try communicator.barrier()
        let plain = try time([], [])
        let rows =
            try preprocess.map { Result.Row($0, try time([$0], []), plain) }
            + augment.map { Result.Row($0, try time([], [$0]), plain) }
        let all = try time(preprocess, augment)
        try communicator.barrier()
        return Result(
            ranks: communicator.rankCount, format: "\(format)", augment: augment,
            preprocess: preprocess, plainMicroseconds: 1e6 * plain,
            microsecondsPerImage: 1e6 * all, imagesPerSecond: 1 / all, operations: rows)
    }

    private func input(_ preprocess: [String], _ augment: [String]) throws -> ImageInput {
        try ImageInput(
            SyntheticImages(format: format, classCount: 10, count: 10_000),
            preprocessing: Preprocessing(parsing: preprocess),
            augmentation: Augmentation(parsing: augment))
    }

    /// The median seconds for an image.
    private func time(_ preprocess: [String], _ augment: [String]) throws -> Double {
        let input = try input(preprocess, augment)
        var reader = input.makeReader()
        defer { reader.deallocate() }
        let key = RandomKey(seed: 1)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: input.elementCount) {
            guard let output = $0.baseAddress else { return 0 }
            var image = 0
            let timing = Timing(for: seconds) {
                // Neighbouring images are told apart, as a shuffled epoch does.
                for _ in 0..<16 {
                    reader.read(image, key: key, into: output)
                    image = (image + 4_801) % input.count
                }
            }
            return timing.median / 16
        }
    }

    /// The measurement; encoded, the line that `bench loader --json` prints.
    public struct Result: Encodable, Sendable {
        /// One operation alone.
        public struct Row: Encodable, Sendable {
            /// As the user writes it.
            public let operation: String
            /// The time for an image with this operation and no other.
            public let microsecondsPerImage: Double
            /// What of it an image without any operation does not take.
            public let addedMicroseconds: Double

            init(_ operation: String, _ seconds: Double, _ plain: Double) {
                self.operation = operation
                microsecondsPerImage = 1e6 * seconds
                addedMicroseconds = 1e6 * (seconds - plain)
            }

            /// The names in JSON.
            public enum CodingKeys: String, CodingKey {
                case operation
                case microsecondsPerImage = "microseconds_per_image"
                case addedMicroseconds = "added_microseconds"
            }
        }

        /// The number of ranks that measured at the same time.
        public let ranks: Int
        /// The size of the stored images.
        public let format: String
        /// The words of `--augment`.
        public let augment: [String]
        /// The words of `--preprocess`.
        public let preprocess: [String]
        /// The time for an image without any operation.
        public let plainMicroseconds: Double
        /// The time for an image with all operations.
        public let microsecondsPerImage: Double
        /// The images that one thread prepares in a second, with all operations.
        public let imagesPerSecond: Double
        /// Each operation alone.
        public let operations: [Row]

        /// The names in JSON.
        public enum CodingKeys: String, CodingKey {
            case ranks, format, augment, preprocess, operations
            case plainMicroseconds = "plain_microseconds"
            case microsecondsPerImage = "microseconds_per_image"
            case imagesPerSecond = "images_per_second"
        }
    }
}
