/// The limits that a container or a scheduler sets on this process, in both versions of Linux's
/// control groups.
///
/// A limit may stand at the process's group or at any above it. In a container the path may be that
/// outside of it, of which only the root can be seen here.
enum ControlGroups {
    /// The texts of a file from the process's group up to the root, as far as they can be read.
    ///
    /// - Parameters:
    ///   - name: The file.
    ///   - controller: To which controller it belongs in version 1; nil for version 2.
    /// - Returns: The texts; none where this version is not in use.
    static func texts(of name: String, controller: String?) -> [String] {
        let lines = SystemFiles.text("/proc/self/cgroup")?.split(separator: "\n") ?? []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",").map(String.init)
            let isWanted = controller.map { controllers.contains($0) } ?? controllers.isEmpty
            guard isWanted else { continue }
            let root = "/sys/fs/cgroup" + (controller.map { "/" + $0 } ?? "")
            return folders(below: root, path: String(parts[2])).compactMap {
                SystemFiles.text($0 + "/" + name)
            }
        }
        return []
    }

    /// The least of the limits in files that hold a number, or `max` for none.
    static func least(of name: String, controller: String?) -> Int? {
        texts(of: name, controller: controller).compactMap { Int($0) }.min()
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
