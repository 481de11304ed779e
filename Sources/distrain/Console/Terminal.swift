import Glibc

/// The terminal on which standard output ends, if it does.
struct Terminal: Sendable {
    /// Characters in a line.
    let columns: Int

    /// Finds the terminal.
    ///
    /// Open MPI gives every rank a terminal of its own as standard output, wherever mpirun's output
    /// goes; what counts is that of mpirun, which is the parent of the ranks on its host.
    ///
    /// - Parameter environment: Tells whether mpirun started the process.
    /// - Returns: nil if output goes to a file or a pipe.
    static func find(_ environment: LaunchEnvironment) -> Terminal? {
        guard environment.isUnderMPIRun else { return Terminal(descriptor: STDOUT_FILENO) }
        let descriptor = open("/proc/\(getppid())/fd/1", O_WRONLY | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return Terminal(descriptor: descriptor)
    }

    private init?(descriptor: Int32) {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let code = ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        columns = code == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
