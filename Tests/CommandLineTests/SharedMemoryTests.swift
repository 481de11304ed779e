import Foundation
import Testing

/// A container whose /dev/shm has no room for the model, as Docker's 64 MB often have not.
@Suite(
    .enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"),
    .enabled(if: canMount, "only root can mount a small /dev/shm, where containers allow it"))
struct SharedMemoryTests {
    @Test func withoutRoomRanksExchangeMessages() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "train", "--dataset", "builtin", "--model", "mnist-cnn", "--batch-size", "64",
                "--microbatch", "16", "--epochs", "1", "--max-steps", "5", "--output",
            ]
            let shared = try ProgramProcess(arguments + ["shared"], rankCount: 2, in: folder)
            #expect(shared.errors == "")
            let confined = try ProgramProcess(
                arguments + ["confined"], rankCount: 2, in: folder,
                wrapper: ["unshare", "-m", "sh", "-c", Self.mount, "sh"])
            #expect(confined.exitCode == 0)
            #expect(
                confined.errors
                    == "warning: ranks of a host exchange messages instead of memory: /dev/shm: "
                    + "No space left on device, expected room for 20 MiB; give the container "
                    + "more shared memory, as with --shm-size\n")
            #expect(confined.lastLine.hasPrefix("parameters sha256:"))
            #expect(confined.lastLine == shared.lastLine)
        }
    }

    /// Runs its arguments with a /dev/shm of 16 MB.
    private static let mount = #"mount -t tmpfs -o size=16m tmpfs /dev/shm && exec "$@""#
}

/// Whether this user may mount file systems in a name space of its own.
let canMount: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}()
