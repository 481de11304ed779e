/// The limits that a container or a scheduler sets on this process, in both versions of Linux's
/// control groups.
///
/// A limit may stand at the process's group or at any above it. In a container the path may be that
/// outside of it, of which only the root can be seen here.
enum ControlGroups {
    /// The folders of the process's group and of those above it.
    ///
    /// - Parameter controller: A controller of version 1; nil for version 2.
    /// - Returns: The folders, which need not be there; none where this version is not in use.
    static func folders(controller: String?) -> [String] {
        let lines = SystemFiles.text("/proc/self/cgroup")?.split(separator: "\n") ?? []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",").map(String.init)
            let isWanted = controller.map { controllers.contains($0) } ?? controllers.isEmpty
            guard isWanted else { continue }
            let root = "/sys/fs/cgroup" + (controller.map { "/" + $0 } ?? "")
            return folders(below: root, path: String(parts[2]))
        }
        return []
    }

    /// The number in a group's file; nil if there is none, or `max` for no limit.
    static func number(_ name: String, in folder: String) -> Int? {
        SystemFiles.text(folder + "/" + name).flatMap { Int($0) }
    }

    private static func folders(below root: String, path: String) -> [String] {
        var names = path.split(separator: "/")
        var folders = [root]
        while !names.isEmpty {
            folders.append(root + "/" + names.joined(separator: "/"))
            names.removeLast()
        }
        return folders
    }
}
