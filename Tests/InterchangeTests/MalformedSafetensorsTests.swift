import Diagnostics
import Foundation
import Interchange
import Randomness
import Testing

/// Files that violate the format: each ends in a `Failure` that names the file.
@Suite struct MalformedSafetensorsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func bytes(header: String, data: Int) -> Data {
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        bytes.append(contentsOf: header.utf8)
        return bytes + Data(count: data)
    }

    private func failure(reading bytes: Data) throws -> Failure {
        let url = folder.file("bad.safetensors")
        try bytes.write(to: url)
        let failure = try #require(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
        #expect(failure.subject == url.path)
        #expect(failure.exitCode == .badData)
        return failure
    }

    private static let tensor = #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#

    /// Header, number of data bytes, and what the message has to say.
    static let violations: [(String, Int, String)] = [
        ("", 0, "the header ends early, expected '{' at the beginning"),
        ("[]", 0, "'[' at byte 0 of the header, expected '{' at the beginning"),
        (" {}", 0, "' ' at byte 0 of the header"),
        ("{} x", 0, "'x' at byte 3 of the header, expected the end of the header"),
        ("{", 0, "the header ends early"),
        (#"{"a":1}"#, 0, "'1' at byte 5 of the header, expected '{'"),
        (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "tensor a lacks some"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}"#, 8, "tensor a lacks some"),
        (#"{"a":{"dtype":"F32","dtype":"F32"}}"#, 8, "tensor a has the key dtype"),
        (#"{"a":{"type":"F32"}}"#, 8, "tensor a has the key type"),
        (#"{"a":{"dtype":"F31"}}"#, 8, "tensor a has dtype F31, expected a known dtype"),
        (#"{"a":{"shape":[-2]}}"#, 8, "'-' at byte 15 of the header, expected an integer"),
        (#"{"a":{"shape":[2.5]}}"#, 8, "'.' at byte 16 of the header, expected ']'"),
        (#"{"a":{"shape":[02]}}"#, 8, "02 in the header"),
        (#"{"a":{"shape":[9223372036854775808]}}"#, 8, "9223372036854775808 in the header"),
        (#"{"a":{"shape":"#, 8, "the header ends early, expected '['"),
        (#"{"a":{"shape":["#, 8, "the header ends early, expected an integer"),
        ("{\"a\":\(tensor),\"a\":\(tensor)}", 8, "two tensors have the name a"),
        ("{\"a\":\(tensor),}", 8, "expected '\"'"),
        ("{\"a\":\(tensor)}", 7, "tensor a has data_offsets [0, 8]"),
        ("{\"a\":\(tensor)}", 9, "9, expected 8 bytes of data"),
        ("{\"a\":\(tensor),\"b\":\(tensor)}", 8, "tensor b has data_offsets [0, 8]"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "[4, 8]"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-8]}}"#, 8, "'-' at byte 50"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "12 for its shape [3]"),
        (
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
            "tensor a has 0 bytes"
        ),
        (#"{"__metadata__":{"k":1}}"#, 0, "'1' at byte 21"),
        (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "__metadata__ has the key k twice"),
        (#"{"__metadata__":{},"__metadata__":{}}"#, 0, "__metadata__ appears twice"),
        (#"{"\ud800":{}}"#, 0, "half a surrogate pair"),
        (#"{"\u00g0":{}}"#, 0, "expected four hexadecimal digits"),
        (#"{"\x":{}}"#, 0, "an unknown escape"),
        ("{\"a\nb\":{}}", 0, "a control character in a string"),
        ("{\"abc", 0, "the header ends inside a string"),
    ]

    @Test(arguments: violations) func violation(
        header: String, dataByteCount: Int, message: String
    ) throws {
        let failure = try failure(reading: bytes(header: header, data: dataByteCount))
        #expect(failure.description.contains(message))
    }

    @Test func stringsThatAreNotUTF8() throws {
        var data = bytes(header: "{\"??\":{}}", data: 0)
        data[10] = 0xff
        #expect(try failure(reading: data).description.contains("a string in the header is not"))
    }

    @Test func headersLongerThanTheFileOrTheBound() throws {
        let wrong = Data([255, 255, 255, 255, 255, 255, 255, 255]) + Data("{}".utf8)
        #expect(
            try failure(reading: wrong).description.hasSuffix(
                "the header claims 18,446,744,073,709,551,615, "
                    + "expected a header of at most 2 bytes"))
    }

    @Test func escapedNamesAreDecoded() throws {
        let header =
            #"{"a\u00fc\ud83d\ude00\/\n":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}"#
        let url = folder.file("good.safetensors")
        try bytes(header: header, data: 2).write(to: url)
        #expect(try SafetensorsFile(contentsOf: url).names == ["aü😀/\n"])
    }

    @Test func foldersAreNotFiles() throws {
        let failure = try #require(throws: Failure.self) {
            try SafetensorsFile(contentsOf: folder.url)
        }
        #expect(failure.exitCode == .badData)
    }

    @Test func everyTruncationIsAFailure() throws {
        let whole = try small()
        for count in 0..<whole.count { _ = try failure(reading: whole.prefix(count)) }
    }

    /// A flipped bit in the data goes unseen (the checkpoint's manifest finds those); one in the
    /// header is either a failure or still a valid layout that reads without harm.
    @Test func randomBitFlipsNeverTrap() throws {
        let whole = try small()
        let url = folder.file("flipped.safetensors")
        let key = RandomKey(seed: 20).derived("bit flips")
        var failureCount = 0
        for trial in 0..<2000 {
            var bytes = whole
            for flip in 0...key.integer(below: 3, at: 100_000 + trial) {
                let place = key.derived(trial)
                bytes[place.integer(below: whole.count, at: 2 * flip)] ^=
                    1 << UInt8(place.integer(below: 8, at: 2 * flip + 1))
            }
            try bytes.write(to: url)
            do {
                let file = try SafetensorsFile(contentsOf: url)
                for name in file.names where try file.elementType(of: name) == .float32 {
                    _ = try file.floats(named: name)
                }
            } catch let failure as Failure {
                #expect(failure.exitCode == .badData)
                failureCount += 1
            }
        }
        #expect(failureCount > 1000)
    }

    private func small() throws -> Data {
        let url = folder.file("small.safetensors")
        try Safetensors.write(
            [
                TensorValue("a", shape: [2], floats: [1, 2]),
                TensorValue("b.c", shape: [], integers: [7]),
            ], metadata: ["k": "v"], to: url)
        return try Data(contentsOf: url)
    }
}
