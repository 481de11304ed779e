import Diagnostics
import Testing

/// Messages, whatever files and users put into them.
@Suite struct FailureTests {
    @Test("Subject, what was found and expected, and the fix are one line")
    func parts() {
        let failure = Failure(.badData, in: "a.bin", expected: "2", found: "1", fix: "fetch it")
        #expect("\(failure)" == "a.bin: 1, expected 2; fetch it")
    }

    @Test("Control characters cannot reach a terminal; letters of all languages can")
    func controlCharacters() {
        let failure = Failure(.usage, in: "größe", found: "a\u{1b}[2Jb\nc\u{9b}d é 名")
        #expect("\(failure)" == "größe: a\\u{1B}[2Jb\\nc\\u{009B}d é 名")
    }

    @Test("Of a very long text both ends are shown")
    func longTexts() {
        let text = "begin" + String(repeating: "é", count: 1_000_000) + "end"
        let message = "\(Failure(.usage, in: "--model", found: text))"
        #expect(message.hasPrefix("--model: beginé") && message.hasSuffix("éend"))
        #expect(message.contains(" … ") && message.utf8.count < 400)
    }

    @Test("Nothing is near to a word that is longer than any name")
    func nearest() {
        #expect(["resnet18", "cifar-net"].nearest(to: "resnet-18") == "resnet18")
        #expect(["resnet18"].nearest(to: String(repeating: "resnet18", count: 100_000)) == nil)
    }
}
