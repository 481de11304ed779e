import Datasets
import Diagnostics
import Foundation
import Mutation
import Testing

/// Mutated files of images: taken or refused, never a trap; what is taken can be read to its end.
@Suite struct ImageFuzzTests {
    private static let images = idx([3, 2, 4], values: pattern(24))
    private static let labels = idx([3], values: [0, 9, 4])

    private static func readAll(_ source: any ImageSource, labelled: Bool) {
        var sum = 0
        for index in 0..<source.count {
            let pixels = source.pixels(at: index)
            for element in 0..<source.format.elementCount { sum &+= Int(pixels[element]) }
            if labelled { #expect(source.label(at: index) < source.classNames.count) }
        }
        #expect(sum >= 0)
    }

    private func tryImages(_ name: String, corpus: [[UInt8]], compresses: Bool) throws {
        var campaign = try Campaign(name, corpus: corpus, count: 2_000, exitCodes: [.badData])
        try campaign.run { path, bytes in
            if compresses { try Data(gzip(bytes)).write(to: URL(fileURLWithPath: path)) }
            Self.readAll(try ImageFile.open(path), labelled: false)
        }
    }

    @Test func plainImages() throws {
        try tryImages("idx", corpus: [Self.images], compresses: false)
    }

    @Test func gzipFiles() throws {
        let good = try gzip(Self.images)
        try tryImages("idx-gzip", corpus: [good, good + good], compresses: false)
    }

    @Test func compressedImages() throws {
        try tryImages("idx-in-gzip", corpus: [Self.images], compresses: true)
    }

    @Test func labelFiles() throws {
        let folder = try TemporaryFolder()
        let images = try folder.write(Self.images, to: "images")
        var campaign = try Campaign(
            "idx-labels", corpus: [Self.labels, gzip(Self.labels)], count: 2_000,
            exitCodes: [.badData])
        try campaign.run { path, _ in
            Self.readAll(try IDXImages(images: images, labels: path), labelled: true)
        }
    }

    @Test func records() throws {
        let record = { (label: UInt8) in [label] + [UInt8](repeating: 7, count: 3072) }
        var campaign = try Campaign(
            "cifar10", corpus: [record(0), record(3) + record(9)], count: 2_000,
            exitCodes: [.badData])
        try campaign.run { path, _ in Self.readAll(try CIFAR10(file: path), labelled: true) }
    }
}
