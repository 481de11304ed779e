/// Mean and standard deviation of each channel over all pixels of all images, as bytes.
///
/// Sums are exact integers; only the last division and root are rounded.
public struct ChannelStatistics: Hashable, Sendable {
    /// One a channel.
    public let mean: [Double]
    /// The deviation of the whole population, one a channel.
    public let deviation: [Double]

    /// Reads all images.
    ///
    /// - Parameter source: The images.
    public init(of source: any ImageSource) {
        let format = source.format
        let isPlanar = source.layout == .planar
        var sums = [UInt64](repeating: 0, count: format.channels)
        var squares = sums
        for image in 0..<source.count {
            let pixels = source.pixels(at: image)
            for channel in 0..<format.channels {
                let first = pixels + (isPlanar ? channel * format.planeCount : channel)
                let stride = isPlanar ? 1 : format.channels
                var sum: UInt64 = 0
                var square: UInt64 = 0
                for pixel in 0..<format.planeCount {
                    let value = UInt64(first[pixel * stride])
                    sum &+= value
                    square &+= value &* value
                }
                sums[channel] += sum
                squares[channel] += square
            }
        }
        let count = Double(source.count) * Double(format.planeCount)
        let mean = sums.map { Double($0) / count }
        self.mean = mean
        deviation = zip(squares, mean).map { square, mean in
            max(0, Double(square) / count - mean * mean).squareRoot()
        }
    }
}
