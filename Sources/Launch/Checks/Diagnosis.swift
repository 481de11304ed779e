/// What all checks say of a launch.
public struct Diagnosis: Codable, Hashable, Sendable {
    /// What one check says.
    public struct Entry: Codable, Hashable, Sendable {
        /// The check's name.
        public let check: String
        /// The worst of its findings.
        public let status: Finding.Status
        /// Its findings.
        public let findings: [Finding]
    }

    /// All checks in the order of the table; a new one is a row here.
    static var checks: [any LaunchCheck.Type] {
        [
            RankCountCheck.self, CoresCheck.self, BindingCheck.self, EqualityCheck.self,
            BLASCheck.self, VectorsCheck.self, LibraryCheck.self, TransportCheck.self,
            SingleCopyCheck.self, SharedMemoryCheck.self, MemoryCheck.self, OutputCheck.self,
            ClockCheck.self, LinkCheck.self,
        ]
    }

    /// The number of ranks.
    public let ranks: Int
    /// The number of hosts.
    public let hosts: Int
    /// The worst of all.
    public let status: Finding.Status
    /// One for each check.
    public let checks: [Entry]

    /// Asks all checks.
    ///
    /// - Parameter launch: The facts.
    public init(_ launch: LaunchFacts) {
        ranks = launch.ranks.count
        hosts = launch.hosts.count
        checks = Self.checks.map { check in
            let findings = check.findings(of: launch)
            return Entry(
                check: check.name, status: findings.map(\.status).max() ?? .ok, findings: findings)
        }
        status = checks.map(\.status).max() ?? .ok
    }

    /// What one check says.
    ///
    /// - Parameter check: The check's name.
    /// - Returns: Its findings; none for an unknown name.
    public func findings(of check: String) -> [Finding] {
        checks.filter { $0.check == check }.flatMap(\.findings)
    }

    /// How many findings have a status.
    ///
    /// - Parameter status: The status.
    /// - Returns: The number.
    public func count(of status: Finding.Status) -> Int {
        checks.flatMap(\.findings).count { $0.status == status }
    }
}
