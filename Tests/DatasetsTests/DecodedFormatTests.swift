import Datasets
import Foundation
import Testing

/// Sizes and constants in the metadata of a tensor file are checked as those in the program are.
@Suite struct DecodedFormatTests {
    @Test(arguments: [
        (0, 28, 1), (28, -1, 1), (28, 28, 0), (Int.max, 2, 1), (65_536, 65_536, 1),
        (46_341, 46_341, 1), (1, 1, Int(Int32.max) + 1),
    ])
    func formats(height: Int, width: Int, channels: Int) {
        let text = #"{"height":\#(height),"width":\#(width),"channels":\#(channels)}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ImageFormat.self, from: Data(text.utf8))
        }
    }

    @Test(arguments: [
        #"{"mean":[],"deviation":[]}"#, #"{"mean":[0,0],"deviation":[1]}"#,
        #"{"mean":[0],"deviation":[0]}"#, #"{"mean":[0],"deviation":[-1]}"#,
    ])
    func normalizations(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Normalization.self, from: Data(text.utf8))
        }
    }

    @Test func whatWasWrittenIsRead() throws {
        let format = ImageFormat(height: 32, width: 16, channels: 3)
        let coded = try JSONEncoder().encode(format)
        #expect(try JSONDecoder().decode(ImageFormat.self, from: coded) == format)
        let constants = try JSONEncoder().encode(Normalization.cifar10)
        #expect(try JSONDecoder().decode(Normalization.self, from: constants) == .cifar10)
    }
}
