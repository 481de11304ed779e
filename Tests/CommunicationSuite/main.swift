// The checks of CommunicationChecks with MPI's communicator, to be started by mpirun.
//
//     mpirun -n 3 --oversubscribe .build/release/CommunicationSuite
//
// With the argument `throw`, rank 1 throws while the others wait for it; with `agree`, ranks 1 and
// up agree with rank 0 on a failure.

import Communication
import CommunicationChecks
import Diagnostics
import Glibc

func report(_ text: String) {
    let line = "\(text)\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
}

func runChecks(_ communicator: any Communicator) throws -> ExitCode {
    for check in Check.all { try check.run(communicator) }
    if communicator.rank == 0 {
        print("\(Check.all.count) checks passed on \(communicator.rankCount) ranks")
    }
    return .success
}

do {
    let world = try MPICommunicator.world()
    let exitCode = try world.runProgram(reporting: report) {
        switch CommandLine.arguments.dropFirst().first {
        case "throw":
            if world.rank == 1 { throw Failure(.badNumbers, in: "the loss", found: "is NaN") }
            try world.barrier()
            return .success
        case "agree":
            let failure = Failure(.missingInput, in: "data", found: "does not exist")
            try world.agree(on: world.rank > 0 ? failure : nil)
            return .success
        default:
            return try runChecks(world)
        }
    }
    try world.finalize()
    exit(exitCode.rawValue)
} catch {
    report("\(error)")
    exit(ExitCode.internalError.rawValue)
}
