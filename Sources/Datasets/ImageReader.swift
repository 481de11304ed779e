import Randomness

/// Turns stored images into a network's input: preprocessing, augmentation, order of the values,
/// conversion and normalisation.
///
/// Each loader thread owns one; it allocates nothing after `init`.
struct ImageReader: InputReader {
    /// The size of what it writes.
    let format: ImageFormat
    /// What the image that was written last is mixed with.
    private(set) var mixture: SampleMixture?
    private let imageCount: Int
    private let mixingOperations: [any MixingOperation]
    private let view: any ImageView
    /// The other image of a mixture.
    private let partner: UnsafeMutablePointer<Float>

    /// Allocates a reader; `deallocate` gives the memory back.
    ///
    /// All operations fit the images, and `format` is their size after the preprocessing.
    init(
        source: any ImageSource, format: ImageFormat, preprocessing: Preprocessing,
        augmentation: Augmentation, normalization: Normalization
    ) {
        self.format = format
        imageCount = source.count
        mixingOperations = augmentation.mixingOperations
        view =
            preprocessing.isEmpty && augmentation.keepsPixels
            ? StoredView(source, augmentation, normalization)
            : ComputedView(source, preprocessing, augmentation, normalization, format)
        partner = .allocate(capacity: mixingOperations.isEmpty ? 0 : format.elementCount)
    }

    func deallocate() { partner.deallocate() }

    /// Writes one image.
    ///
    /// - Parameters:
    ///   - index: The image in the source.
    ///   - key: The key of (seed, epoch); the image's own key is derived from it.
    ///   - output: `[height, width, channel]`, overwritten.
    mutating func read(_ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>) {
        let imageKey = key.derived(index)
        view.write(index, key: imageKey, into: output)
        if !mixingOperations.isEmpty { mix(output, imageKey, epochKey: key) }
    }

    /// Mixes an image with any other one of the source, as that one's augmentation leaves it.
    private mutating func mix(
        _ image: UnsafeMutablePointer<Float>, _ imageKey: RandomKey, epochKey: RandomKey
    ) {
        let choice = imageKey.derived("mixing").integer(below: mixingOperations.count, at: 0)
        let operation = mixingOperations[choice]
        let key = imageKey.derived(type(of: operation).name)
        let other = key.derived("partner").integer(below: imageCount, at: 0)
        view.write(other, key: epochKey.derived(other), into: partner)
        let share = operation.mix(image, with: partner, format: format, key: key)
        mixture = SampleMixture(partner: other, share: share)
    }
}

/// The images of a source as an epoch sees them, before they are mixed.
protocol ImageView: AnyObject {
    /// Writes one image.
    ///
    /// - Parameters:
    ///   - index: The image in the source.
    ///   - key: The key of (seed, epoch, image number).
    ///   - output: `[height, width, channel]`, overwritten.
    func write(_ index: Int, key: RandomKey, into output: UnsafeMutablePointer<Float>)
}
