// A run on synthetic images in a process of its own, for tests that limit what the process may do.
// Usage: TrainingProbe OUTPUT-FOLDER EPOCHS

import Communication
import Datasets
import Diagnostics
import Foundation
import Training

/// Prints what a run reports.
final class Printer: TrainingObserver {
    func checkpointWritten(_ path: String, step: Int) { print("checkpoint \(step)") }
    func warned(_ text: String) { print("warning: \(text)") }
    func runFinished(_ result: TrainingResult) { print("finished at step \(result.step)") }
}

let communicator = SingleProcessCommunicator()
let exitCode = try communicator.runProgram(reporting: { print("error: \($0)") }) {
    let format = ImageFormat(height: 8, width: 8, channels: 3)
    let training = SyntheticImages(format: format, classCount: 10, count: 64)
    let validation = SyntheticImages(format: format, classCount: 10, count: 16, seed: 1)
    var overrides = RunConfigurationOverrides()
    try overrides.set(.output, to: CommandLine.arguments[1])
    try overrides.set(.epochs, to: CommandLine.arguments[2])
    try overrides.set(.batchSize, to: "32")
    // With a constant rate the number of epochs may change when the run goes on.
    try overrides.set(.schedule, to: "constant")
    try overrides.set(.resume, to: "auto")
    let run = try PreparedRun.open(
        overrides, communicator: communicator,
        data: RunData(name: .builtin, training: training, validation: validation))
    _ = try Trainer(run, communicator: communicator, observer: Printer()).run()
    return .success
}
exit(exitCode.rawValue)
