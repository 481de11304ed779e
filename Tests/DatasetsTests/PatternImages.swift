import Datasets

/// Images in memory whose bytes a test can compute.
final class PatternImages: ImageSource, @unchecked Sendable {
    // Unchecked since a pointer is not Sendable; the memory is written in `init` only.
    let name = "pattern"
    let format: ImageFormat
    let layout: PixelLayout
    let classNames = (0..<10).map { "\($0)" }
    let count: Int
    let normalization = Normalization.symmetric
    private let bytes: UnsafeMutablePointer<UInt8>

    init(
        format: ImageFormat, layout: PixelLayout, count: Int,
        value: (_ place: Int, _ image: Int) -> UInt8 = { place, image in
            UInt8(truncatingIfNeeded: place &* 31 &+ image &* 101 &+ place &* image)
        }
    ) {
        self.format = format
        self.layout = layout
        self.count = count
        bytes = .allocate(capacity: count * format.elementCount)
        for image in 0..<count {
            for place in 0..<format.elementCount {
                bytes[image * format.elementCount + place] = value(place, image)
            }
        }
    }

    deinit { bytes.deallocate() }

    func label(at index: Int) -> Int { index % 10 }

    func pixels(at index: Int) -> UnsafePointer<UInt8> {
        UnsafePointer(bytes + index * format.elementCount)
    }
}
