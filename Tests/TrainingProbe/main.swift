// Work on synthetic images in a process of its own, for tests that limit what the process may do or
// count what it does.
// Usage: TrainingProbe train OUTPUT-FOLDER EPOCHS
//        TrainingProbe bench MODEL STEPS

import Communication
import Datasets
import Diagnostics
import Foundation
import Kernels
import Training

/// Prints what a run reports.
final class Printer: TrainingObserver {
    func checkpointWritten(_ path: String, step: Int) { print("checkpoint \(step)") }
    func warned(_ text: String) { print("warning: \(text)") }
    func runFinished(_ result: TrainingResult) { print("finished at step \(result.step)") }
}

/// Trains, and goes on with what is in the folder.
func train(output: String, epochs: String, _ communicator: any Communicator) throws {
    let format = ImageFormat(height: 8, width: 8, channels: 3)
    let training = SyntheticImages(format: format, classCount: 10, count: 64)
    let validation = SyntheticImages(format: format, classCount: 10, count: 16, seed: 1)
    var overrides = RunConfigurationOverrides()
    try overrides.set(.output, to: output)
    try overrides.set(.epochs, to: epochs)
    try overrides.set(.batchSize, to: "32")
    // With a constant rate the number of epochs may change when the run goes on.
    try overrides.set(.schedule, to: "constant")
    try overrides.set(.resume, to: "auto")
    let run = try PreparedRun.open(
        overrides, communicator: communicator,
        data: RunData(name: .builtin, training: training, validation: validation))
    _ = try Trainer(run, communicator: communicator, observer: Printer()).run()
}

/// Measures steps, and prints the page faults of all of them.
func measure(model: String, stepCount: Int, _ communicator: any Communicator) throws {
    BLASLibrary.setThreadCount(1)
    let result = try StepBenchmark(
        model: model, batchSize: 32, microbatch: 16, stepCount: stepCount, profiles: true,
        rankCount: 1
    ).run(communicator)
    let faults = [result.minorFaultsPerStep, result.majorFaultsPerStep].map {
        Int(($0 * Double(stepCount)).rounded())
    }
    print("page faults: \(faults[0]) minor, \(faults[1]) major")
}

let arguments = CommandLine.arguments
let communicator = SingleProcessCommunicator()
let exitCode = try communicator.runProgram(reporting: { print("error: \($0)") }) {
    switch (arguments[1], Int(arguments[3])) {
    case ("train", _): try train(output: arguments[2], epochs: arguments[3], communicator)
    case ("bench", let count?): try measure(model: arguments[2], stepCount: count, communicator)
    default:
        let found = arguments.dropFirst().joined(separator: " ")
        throw Failure(.usage, in: "TrainingProbe", found: found, fix: "see its first lines")
    }
    return .success
}
exit(exitCode.rawValue)
