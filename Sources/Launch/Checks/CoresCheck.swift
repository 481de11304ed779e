/// Whether there is a core for each thread that computes, on each host.
enum CoresCheck: LaunchCheck {
    static let name = "cores"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        launch.hosts.map { finding($0, HostLoad(of: $0.ranks, in: launch)) }
    }

    private static func finding(_ host: LaunchFacts.Host, _ load: HostLoad) -> Finding {
        let (threads, cores) = (load.threadCount, load.cores.count)
        let work =
            QuantityText.count(host.ranks.count, "rank")
            + (threads > host.ranks.count ? " with \(threads) threads" : "")
        let place =
            (cores < load.hostCoreCount
                ? "\(cores) of the \(load.hostCoreCount) cores" : QuantityText.count(cores, "core"))
            + " of \(host.name)"
        if load.isCrowded {
            return .wrong("\(work) on \(place): they take turns", fix: fix(host, load, room: cores))
        }
        if let quota = load.quota, Double(threads) > quota {
            return .wrong(
                "\(work) on \(host.name), whose control group grants the time of "
                    + "\(QuantityText.tenths(quota)) cores: they are stopped again and again",
                fix: fix(host, load, room: Int(quota)))
        }
        if threads < cores {
            return .note(
                "\(work) on \(place): \(cores - threads) without work",
                fix: "start one rank a core, as with mpirun -n \(cores)")
        }
        return .ok("\(work) on \(place)")
    }

    private static func fix(_ host: LaunchFacts.Host, _ load: HostLoad, room: Int) -> String {
        if load.threadCount > host.ranks.count && room >= host.ranks.count {
            return "leave out --blas-threads: ranks are the parallelism"
        }
        return "start at most \(QuantityText.count(max(1, room), "rank")) on this host, or ask for "
            + "more cores"
    }
}
