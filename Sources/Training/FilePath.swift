/// The parts of a path.
///
/// `NSString` has them too, but ends the program over a path of one character.
package enum FilePath {
    /// What comes after the last slash, without slashes at the end.
    ///
    /// - Parameter path: Such as `runs/net/`.
    /// - Returns: Such as `net`; `/` for the root, nothing for nothing.
    package static func name(of path: String) -> String {
        let path = trimmed(path)
        guard path != "/", let slash = path.lastIndex(of: "/") else { return String(path) }
        return String(path[path.index(after: slash)...])
    }

    /// The folder that holds a file or folder.
    ///
    /// - Parameter path: Such as `runs/net/`.
    /// - Returns: Such as `runs`; `/` for what lies in the root and for itself, nothing for a name.
    package static func parent(of path: String) -> String {
        let path = trimmed(path)
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(trimmed(path[...slash]))
    }

    /// The path without slashes at the end, but for the root.
    private static func trimmed(_ path: some StringProtocol) -> Substring {
        var path = Substring(path)
        while path.count > 1 && path.last == "/" { path.removeLast() }
        return path
    }
}
