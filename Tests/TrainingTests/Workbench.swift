import Communication
import Datasets
import Diagnostics
import Foundation
import Kernels
import Testing
import Training

/// A folder that is removed with the last reference to it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/distrain-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Small images whose class can be learned: each class has its own brightness in one corner.
final class CornerImages: ImageSource {
    let name = "corners"
    let format: ImageFormat
    let layout = PixelLayout.interleaved
    let classNames = ["a", "b", "c", "d"]
    let count: Int
    let normalization = Normalization.symmetric
    // Safe: written in init alone.
    nonisolated(unsafe) private let bytes: UnsafeMutablePointer<UInt8>

    init(count: Int, seed: Int, side: Int = 8) {
        self.count = count
        format = ImageFormat(height: side, width: side, channels: 3)
        let (rowCount, imageCount) = (side * 3, side * side * 3)
        bytes = .allocate(capacity: count * imageCount)
        for index in 0..<count * imageCount {
            let (image, element) = index.quotientAndRemainder(dividingBy: imageCount)
            let noise = UInt8((index &* 7919 &+ seed &* 104_729) % 64)
            let isBright = element % rowCount < 12 && element / rowCount < 4
            bytes[index] = noise + (isBright ? UInt8(image % 4) * 60 : 0)
        }
    }

    deinit { bytes.deallocate() }

    func label(at index: Int) -> Int { index % 4 }
    func pixels(at index: Int) -> UnsafePointer<UInt8> {
        UnsafePointer(bytes + index * format.height * format.width * format.channels)
    }
}

/// What a run is asked for and what it learns from; small enough to take part of a second.
struct TestRun: Sendable {
    var settings: [ConfigurationKey: String] = [
        .model: "cifar-net", .batchSize: "32", .microbatch: "8", .epochs: "2",
        .optimizer: "sgd", .learningRate: "0.01", .momentum: "0.9", .augment: "crop:1,flip",
        .keep: "50",
    ]
    /// 70 images make batches of 32, 32 and 6: the last has one microbatch.
    var data = RunData(
        name: .builtin, training: CornerImages(count: 70, seed: 1),
        validation: CornerImages(count: 150, seed: 2))

    init(_ changes: [ConfigurationKey: String] = [:]) {
        // As the program does it: ranks are the parallelism.
        BLASLibrary.setThreadCount(1)
        settings.merge(changes) { $1 }
    }

    func overrides() throws -> RunConfigurationOverrides {
        var overrides = RunConfigurationOverrides()
        for (key, text) in settings { try overrides.set(key, to: text) }
        return overrides
    }

    /// Forgets the settings that steps over batches alone have.
    mutating func dropStepSettings() {
        for key in [ConfigurationKey.batchSize, .epochs, .learningRate, .momentum] {
            settings[key] = nil
        }
    }

    func with(_ changes: [ConfigurationKey: String]) -> TestRun {
        var run = self
        run.settings.merge(changes) { $1 }
        return run
    }

    /// Trains on threads as ranks.
    ///
    /// - Parameters:
    ///   - ranks: The number of ranks.
    ///   - hosts: For each rank its host; all on one if not given.
    ///   - observer: Made on rank 0, and told.
    ///   - setUp: Called with the trainer of each rank and the rank, before the first step.
    /// - Returns: What rank 0 returned.
    /// - Throws: What a rank throws.
    @discardableResult
    func train(
        ranks: Int = 1, hosts: [Int]? = nil,
        observer: @escaping @Sendable (StopRequest) -> (any TrainingObserver)? = {
            _ in nil
        },
        setUp: @escaping @Sendable (Trainer, Int) -> Void = { _, _ in }
    ) throws -> TrainingResult {
        let overrides = try overrides()
        let data = data
        let hosts = hosts ?? Array(repeating: 0, count: ranks)
        let results = try ThreadCommunicator.run(hosts: hosts) { communicator in
            let run = try PreparedRun.open(overrides, communicator: communicator, data: data)
            let stop = StopRequest()
            let trainer = try Trainer(
                run, communicator: communicator,
                observer: communicator.rank == 0 ? observer(stop) : nil, stop: stop)
            setUp(trainer, communicator.rank)
            return try trainer.run()
        }
        return results[0]
    }

    /// Trains with one rank on the calling thread.
    ///
    /// - Parameters:
    ///   - observer: Who is told.
    ///   - setUp: Called with the trainer before the first step.
    /// - Returns: The observer, which has seen all.
    /// - Throws: What the trainer throws.
    func trainOnThisThread<Observer: TrainingObserver>(
        _ observer: Observer, setUp: (Trainer) -> Void = { _ in }
    ) throws -> Observer {
        let communicator = SingleProcessCommunicator()
        let run = try PreparedRun.open(overrides(), communicator: communicator, data: data)
        let trainer = try Trainer(run, communicator: communicator, observer: observer)
        setUp(trainer)
        _ = try trainer.run()
        return observer
    }
}

/// The failure that all ranks agreed on, or nil if another error or none was thrown.
func agreedFailure(_ body: () throws -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch let agreed as AgreedFailure {
        return agreed.entries.count == 1 ? agreed.entries[0].failure : nil
    } catch {
        return nil
    }
}

/// The events of a run log, as dictionaries.
func events(in folder: String, named name: String? = nil) throws -> [[String: Any]] {
    let text = try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8)
    return try text.split(separator: "\n").compactMap { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return name == nil || object?["event"] as? String == name ? object : nil
    }
}

/// Asks the run to stop after a step, and keeps what it is told.
final class Recorder: TrainingObserver {
    private let stop: StopRequest
    private let lastStep: Int
    private(set) var warnings: [String] = []
    private(set) var epochs: [EpochReport] = []

    init(_ stop: StopRequest, afterStep lastStep: Int = .max) {
        self.stop = stop
        self.lastStep = lastStep
    }

    func stepFinished(_ report: StepReport) { if report.step >= lastStep { stop.request() } }
    func warned(_ text: String) { warnings.append(text) }
    func epochFinished(_ report: EpochReport) { epochs.append(report) }
}

/// The program `TrainingProbe`, which lies beside the test bundle.
func probePath() throws -> String {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let path = folder.appendingPathComponent("TrainingProbe").path
    try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is missing")
    return path
}

/// Runs a command in bash.
///
/// - Returns: Its exit code and standard output.
func bash(_ command: String) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", command]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
