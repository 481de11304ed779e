/// To which cores ranks are bound, and whether some are bound to the same.
enum BindingCheck: LaunchCheck {
    static let name = "binding"

    private static let fix = "leave it to mpirun: --map-by slot:PE=1 --bind-to core"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let problems = launch.hosts.flatMap { host in crowded(host, launch) }
        if !problems.isEmpty { return problems }
        let loose = launch.ranks.indices.filter { rank in
            let load = HostLoad(of: [rank], in: launch)
            return load.cores.count > load.threadCount
        }
        if loose.isEmpty { return [.ok("each rank has cores of its own")] }
        // Where ranks outnumber the cores, or one is alone on its host, binding helps nobody.
        let shared = launch.hosts.filter {
            $0.ranks.count > 1 && !HostLoad(of: $0.ranks, in: launch).isCrowded
        }
        let helped = shared.flatMap(\.ranks).filter(loose.contains)
        if helped.isEmpty { return [.ok("not bound")] }
        return [
            .note(
                "\(launch.place(of: helped)): free to move among cores, which costs them what "
                    + "their caches hold", fix: fix)
        ]
    }

    /// Ranks that are bound to the same cores and too many for them, though the host has others.
    private static func crowded(_ host: LaunchFacts.Host, _ launch: LaunchFacts) -> [Finding] {
        let groups = Dictionary(grouping: host.ranks) { launch.ranks[$0].processor.allowedCores }
        return groups.sorted { $0.value[0] < $1.value[0] }.compactMap { cores, ranks in
            let load = HostLoad(of: ranks, in: launch)
            let isBound = cores.count < load.hostCoreCount
            guard ranks.count > 1, isBound, load.isCrowded else { return nil }
            let names = cores.map(String.init).joined(separator: ", ")
            return .wrong(
                "\(launch.place(of: ranks)) are bound to the same "
                    + "core\(cores.count == 1 ? "" : "s") \(names)", fix: fix)
        }
    }
}
