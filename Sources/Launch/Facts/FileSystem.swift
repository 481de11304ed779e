import CSystem

/// The file system that a path lies on.
struct FileSystem {
    /// Bytes that this user may still write.
    let freeByteCount: Int
    /// Its kind, such as `ext4`, `nfs` or `lustre`; a number where it has no name here.
    let kind: String

    /// Looks at a path.
    ///
    /// - Returns: nil if there is no such path.
    init?(of path: String) {
        var free: Int64 = 0
        var number: Int64 = 0
        guard csystem_file_system(path, &free, &number) == 0 else { return nil }
        freeByteCount = Int(free)
        kind = Self.kinds[number] ?? "0x" + String(number, radix: 16)
    }

    /// Whether files of a kind are lost when the machine or the container ends.
    static func isInMemory(_ kind: String) -> Bool { ["tmpfs", "ramfs"].contains(kind) }

    /// Source: statfs(2), linux/magic.h, and Lustre's, GPFS's and BeeGFS's headers.
    private static let kinds: [Int64: String] = [
        0xef53: "ext4", 0x5846_5342: "xfs", 0x9123_683e: "btrfs", 0x2fc1_2fc1: "zfs",
        0x0102_1994: "tmpfs", 0x8584_58f6: "ramfs", 0x794c_7630: "overlay", 0x6969: "nfs",
        0x0bd0_0bd0: "lustre", 0x4750_4653: "gpfs", 0x1983_0326: "beegfs", 0x00c3_6400: "ceph",
        0xff53_4d42: "cifs", 0x6573_5546: "fuse", 0x0102_1997: "9p",
    ]
}
