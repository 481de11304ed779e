/// The report of a rank that has died, is silent or does not come forward.
enum HangReport {
    /// Writes it.
    ///
    /// - Parameters:
    ///   - culprit: The rank.
    ///   - trouble: What is wrong with it.
    ///   - others: All ranks that are known of.
    /// - Returns: A line for the culprit and one for each of the others.
    static func text(
        _ culprit: RankStatus, _ trouble: Watchdog.Trouble, others: [RankStatus]
    ) -> String {
        let what =
            switch trouble {
            case .died: "died"
            case .silent: "has been silent for \(seconds(culprit.sinceSign)), stopped or cut off,"
            case .stuck: "has not come forward for \(seconds(culprit.sinceChange)),"
            }
        let head =
            "rank \(culprit.rank) on \(culprit.host), process \(culprit.process), \(what) "
            + "\(place(culprit)); the job ends, go on with --resume auto"
        let lines = others.filter { $0.rank != culprit.rank }.sorted { $0.rank < $1.rank }.map {
            "  rank \($0.rank) on \($0.host): \($0.hasLeft ? "has ended" : place($0)), for "
                + seconds($0.sinceChange)
        }
        return ([head] + lines).joined(separator: "\n")
    }

    private static func place(_ status: RankStatus) -> String {
        "after step \(status.step), in \(status.phase)"
            + (status.operation.isEmpty ? "" : ", waiting in \(status.operation)")
    }

    private static func seconds(_ duration: Duration) -> String {
        // What other hosts say of themselves may be anything.
        let number = duration / .milliseconds(100)
        guard number.magnitude < 1e15 else { return "-" }
        let tenths = Int(number)
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
