import Foundation
import Launch
import Testing

/// The number by which builds are told apart.
struct ProgramDigestTests {
    private func digest(_ bytes: [UInt8]) throws -> String? {
        let path = NSTemporaryDirectory() + "/digest-\(UUID())"
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return ProgramDigest.ofFile(path)
    }

    @Test func theRunningProgramHasOne() throws {
        let digest = try #require(ProgramDigest.current)
        #expect(digest.wholeMatch(of: /[0-9a-f]{16}/) != nil)
        #expect(ProgramDigest.current == digest)
    }

    @Test(arguments: [0, 1, 31, 32, 33, (1 << 18) - 1, 1 << 18, (1 << 18) + 1])
    func everyByteCounts(count: Int) throws {
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let original = try digest(bytes)
        #expect(try digest(bytes) == original)
        #expect(try digest(bytes + [0]) != original)
        for index in [0, count / 2, count - 1] where count > 0 {
            bytes[index] ^= 0x80
            #expect(try digest(bytes) != original, "byte \(index)")
            bytes[index] ^= 0x80
        }
    }

    @Test func aMissingFileHasNone() {
        #expect(ProgramDigest.ofFile("/no/such/file") == nil)
    }
}
