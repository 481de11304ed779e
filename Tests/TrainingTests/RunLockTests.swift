import Communication
import Diagnostics
import Foundation
import Testing
import Training

/// Two jobs never write into one run directory.
@Suite struct RunLockTests {
    /// Tries to start another job in the folder after the second step, in each way.
    private final class Intruder: TrainingObserver {
        let run: TestRun
        private(set) var failures: [Failure?] = []
        private(set) var folderWasChanged = false

        init(_ run: TestRun) { self.run = run }

        func stepFinished(_ report: StepReport) {
            guard report.step == 2, let folder = run.settings[.output] else { return }
            let before = try? contents(folder)
            for resume in ["auto", folder] {
                failures.append(
                    agreedFailure {
                        _ = try PreparedRun.open(
                            run.with([.resume: resume]).overrides(),
                            communicator: SingleProcessCommunicator(), data: run.data)
                    })
            }
            folderWasChanged = before == nil || (try? contents(folder)) != before
        }

        private func contents(_ folder: String) throws -> [String: Data] {
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
            return Dictionary(
                uniqueKeysWithValues: names.map {
                    ($0, FileManager.default.contents(atPath: folder + "/" + $0) ?? Data())
                })
        }
    }

    @Test("A second job is refused with the name of the first, and changes nothing")
    func refused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let run = TestRun([.output: path, .epochs: "1"])
        let intruder = try run.trainOnThisThread(Intruder(run))
        #expect(intruder.failures.count == 2)
        for failure in intruder.failures {
            #expect(failure?.exitCode == .badLaunch)
            #expect(failure?.subject == path)
            #expect(failure?.found.hasPrefix("is in use by process \(getpid()) on ") == true)
            #expect(failure?.found.contains(", which started at 20") == true)
        }
        #expect(!intruder.folderWasChanged)
        // The end of the first job frees the folder.
        #expect(try run.with([.resume: "auto"]).train().step == 3)
    }

    @Test("A job that was killed leaves no lock")
    func killed() throws {
        let folder = try TemporaryFolder()
        let probe = try probePath()
        let path = folder.path + "/run"
        let script = """
            '\(probe)' train '\(path)' 100000 > '\(folder.path)/first' &
            until [ -e '\(path)/checkpoints/last' ]; do sleep 0.02; done
            '\(probe)' train '\(path)' 100001; echo "second: $?"
            kill -9 $!; wait $! 2>&-
            '\(probe)' train '\(path)' 1; echo "third: $?"
            """
        let output = try bash(script).output
        #expect(output.contains("is in use by process"))
        #expect(output.contains("second: 77"))
        #expect(output.contains("third: 0"))
    }
}
