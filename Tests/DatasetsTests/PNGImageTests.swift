import CZlib
import Datasets
import Testing

/// The structure of a PNG file, read back.
private struct DecodedPNG {
    private(set) var types: [String] = []
    private(set) var header: [UInt8] = []
    private(set) var rows: [UInt8] = []

    init(_ file: [UInt8]) throws {
        #expect(file.prefix(8) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
        var position = 8
        while position < file.count {
            let length = Self.number(file[position..<position + 4])
            let body = Array(file[position + 4..<position + 8 + length])
            let checksum = Self.number(file[position + 8 + length..<position + 12 + length])
            #expect(checksum == Self.cyclicRedundancy(body))
            let type = String(decoding: body[..<4], as: UTF8.self)
            types.append(type)
            if type == "IHDR" { header = Array(body[4...]) }
            if type == "IDAT" { try inflate(Array(body[4...])) }
            position += 12 + length
        }
        #expect(position == file.count)
    }

    private mutating func inflate(_ stream: [UInt8]) throws {
        let height = Self.number(header[4..<8])
        let rowCount = Self.number(header[..<4]) * (header[9] == 2 ? 3 : 1) + 1
        var output = [UInt8](repeating: 0, count: height * rowCount)
        var count = UInt(output.count)
        try #require(uncompress(&output, &count, stream, UInt(stream.count)) == Z_OK)
        #expect(Int(count) == output.count)
        rows = output
    }

    static func number(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    /// The checksum as the standard's annex D defines it, bit by bit.
    private static func cyclicRedundancy(_ bytes: [UInt8]) -> Int {
        var register: UInt32 = 0xffff_ffff
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 {
                register = register & 1 == 1 ? 0xedb8_8320 ^ (register >> 1) : register >> 1
            }
        }
        return Int(register ^ 0xffff_ffff)
    }
}

@Suite struct PNGImageTests {
    @Test(arguments: [(1, 1, 1), (3, 7, 3), (120, 301, 1), (64, 50, 3)])
    func theFileHoldsThePicture(height: Int, width: Int, channels: Int) throws {
        var picture = PNGImage(height: height, width: width, channels: channels, grey: 9)
        #expect(picture[0, 0, 0] == 9)
        var values = pattern(height * width * channels).makeIterator()
        for row in 0..<height {
            for column in 0..<width {
                for channel in 0..<channels {
                    picture[row, column, channel] = values.next() ?? 0
                }
            }
        }
        let file = try DecodedPNG(picture.encoded())
        #expect(file.types == ["IHDR", "IDAT", "IEND"])
        #expect(DecodedPNG.number(file.header[..<4]) == width)
        #expect(DecodedPNG.number(file.header[4..<8]) == height)
        #expect(file.header[8...] == [8, channels == 1 ? 0 : 2, 0, 0, 0])
        let rowCount = width * channels
        let bytes = pattern(height * rowCount)
        let expected = (0..<height).flatMap { [0] + bytes[$0 * rowCount..<($0 + 1) * rowCount] }
        #expect(file.rows == expected)
    }

    /// Pillow 13.0.0 and OpenCV 5.0.0 read this file as the picture below.
    @Test func aKnownFileStaysTheSame() throws {
        var picture = PNGImage(height: 1, width: 2, channels: 3, grey: 0)
        for (channel, value) in [UInt8(255), 128, 1].enumerated() { picture[0, 1, channel] = value }
        let file = try DecodedPNG(picture.encoded())
        #expect(file.rows == [0, 0, 0, 0, 255, 128, 1])
    }
}

@Suite struct ContactSheetTests {
    private func sheet(_ preprocess: [String], _ augment: [String]) throws -> ContactSheet {
        ContactSheet(
            preprocessing: try Preprocessing(parsing: preprocess),
            augmentation: try Augmentation(parsing: augment), seed: 3, epoch: 0)
    }

    @Test func imagesStandAboveWhatTheyBecome() throws {
        let source = noiseImages([9, 7, 3], .planar)
        let after = try firstImage(of: source, augment: ["rotate:20", "brightness:0.3"])
        let picture = try sheet([], ["rotate:20", "brightness:0.3"]).draw(source, count: 5)
        // One pair, enlarged ten times; four pixels around and between the pictures.
        #expect(picture.width == 4 + 70 + 4)
        #expect(picture.height == 4 + 90 + 4 + 90 + 8)
        for row in 0..<90 {
            for column in 0..<70 {
                for channel in 0..<3 {
                    let pixel = row / 10 * 7 + column / 10
                    let stored = source.pixels(at: 0)[channel * 63 + pixel]
                    #expect(picture[4 + row, 4 + column, channel] == stored)
                    let changed = UInt8((after[3 * pixel + channel] * 255).rounded())
                    #expect(picture[98 + row, 4 + column, channel] == changed)
                }
            }
        }
        #expect(picture[3, 4, 0] == 32 && picture[95, 10, 1] == 32)
    }

    @Test func manyPairsStandInRowsOfEight() throws {
        let source = PatternImages(
            format: ImageFormat(height: 64, width: 64, channels: 1), layout: .planar, count: 40)
        let picture = try sheet(["resize:32"], []).draw(source, count: 19)
        #expect(picture.channels == 1)
        #expect(picture.width == 8 * 68 + 4)
        #expect(picture.height == 3 * (64 + 32 + 12) + 4)
    }
}
